#include "apiserver/pipeline/request_info.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

struct Case {
  std::string method;
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
  std::string want;  // verb group/version resource/subresource namespace name tail, "-" for empty
};

std::string Show(const RequestInfo& info) {
  const auto dash = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  if (!info.is_resource) return info.verb + " no resource";
  return dash(info.verb) + " " + dash(info.group) + "/" + info.version + " " + dash(info.resource) +
         "/" + dash(info.subresource) + " " + dash(info.namespace_) + " " + dash(info.name) + " " +
         dash(info.tail);
}

TEST(RequestInfo, ReadsWhatARequestAddresses) {
  const std::vector<Case> cases = {
      {"GET", "/", {}, "get no resource"},
      {"GET", "/api/v1", {}, "get no resource"},
      {"GET", "/apis/apps/v1", {}, "get no resource"},
      {"POST", "/api/v1/namespaces", {}, "create -/v1 namespaces/- - - -"},
      {"GET", "/api/v1/namespaces/a", {}, "get -/v1 namespaces/- a a -"},
      {"PUT", "/api/v1/namespaces/a/finalize", {}, "update -/v1 namespaces/finalize a a -"},
      {"GET", "/api/v1/namespaces/a/pods/", {}, "list -/v1 pods/- a - -"},
      {"GET", "/api/v1/pods", {{"watch", ""}}, "watch -/v1 pods/- - - -"},
      {"GET", "/api/v1/pods", {{"watch", "0"}}, "list -/v1 pods/- - - -"},
      {"GET", "/api/v1/pods", {{"fieldSelector", "metadata.name=x"}}, "list -/v1 pods/- - x -"},
      {"GET", "/api/v1/namespaces/a/pods/b", {{"watch", "1"}}, "get -/v1 pods/- a b -"},
      {"GET", "/api/v1/watch/namespaces/a/pods/b", {}, "watch -/v1 pods/- a b -"},
      {"DELETE",
       "/apis/apps/v1/namespaces/a/deployments",
       {},
       "deletecollection apps/v1 deployments/- a - -"},
      {"PATCH",
       "/apis/apps/v1/namespaces/a/deployments/d/scale",
       {},
       "patch apps/v1 deployments/scale a d -"},
      {"GET", "/api/v1/nodes/n/proxy/x/y", {}, "get -/v1 nodes/proxy - n /x/y"},
      {"GET", "/api/v1/watch", {}, "get -/v1 -/- - - -"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Show(ReadRequestInfo(c.method, c.path, c.query)), c.want)
        << c.method << " " << c.path;
  }
}

}  // namespace
}  // namespace apiserver
