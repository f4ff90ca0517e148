// How the paths outside of resources are reached: methods, forms, hashes.
#include "apiserver/pipeline/documents.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

class DocumentsTest : public ::testing::Test {
 protected:
  DocumentsTest() {
    ServedGroup group;
    group.name = "example.com";
    ServedVersion version;
    version.version = "v1";
    version.resources.emplace_back();
    version.resources.back().is_custom = true;
    group.versions.push_back(std::move(version));
    documents.SetCustomGroups({group});
  }

  Response Ask(std::string method, std::string path, std::string accept = "") {
    Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.accept_header = std::move(accept);
    std::optional<Response> response = documents.Handle(request);
    Response missing;
    missing.status = 0;
    return response ? std::move(*response) : missing;
  }

  static std::string TextOf(const Response& response) {
    return *std::get<SharedBytes>(response.body);
  }

  Documents documents{"10.0.0.1:6443"};
};

TEST_F(DocumentsTest, RoutesKnowGetAloneAndOtherHandlersAnyMethod) {
  const struct {
    const char* path;
    int status;  // of a POST and a HEAD
  } kRows[] = {{"/", 200},
               {"/api", 405},
               {"/api/v1", 405},
               {"/apis", 200},
               {"/apis/apps", 200},
               {"/apis/apps/v1", 405},
               {"/apis/apps/v9", 404},
               {"/apis/apiregistration.k8s.io", 405},
               {"/apis/example.com", 200},
               {"/apis/example.com/v1", 200},
               {"/version", 405},
               {"/version/", 405},
               {"/openapi/v2", 200},
               {"/openapi/v3", 200},
               {"/openapi/v3/", 404},
               {"/healthz", 200},
               {"/healthz/", 0},
               {"/livez/ping", 200},
               {"/readyz/nosuch", 0},
               {"/nosuch", 0}};
  for (const auto& row : kRows) {
    EXPECT_EQ(Ask("POST", row.path).status, row.status) << row.path;
    EXPECT_EQ(Ask("HEAD", row.path).status, row.status) << row.path;
  }
}

TEST_F(DocumentsTest, RoutesRefuseFormsByName) {
  const std::string route = "406: Not Acceptable\\n\\nAvailable representations: application/json";
  const std::string clause = "only the following media types are accepted: application/json";
  const struct {
    const char* path;
    const char* accept;
    std::string message;  // how it begins; empty: it is answered
  } kRows[] = {{"/api", "application/yaml", ""},
               {"/api", "application/*", route},
               {"/api", "application/json;as=Table", clause},
               {"/apis", "application/*", ""},
               {"/apis", "text/plain", clause},
               {"/apis/apps", "text/plain", clause},
               {"/apis/apps/v1", "text/plain", route},
               {"/apis/example.com/v1", "text/plain", clause},
               {"/version", "application/yaml", route + "\""},
               {"/version", "application/json;as=Table", ""},
               {"/openapi/v3", "text/plain", ""}};
  for (const auto& row : kRows) {
    const Response response = Ask("GET", row.path, row.accept);
    EXPECT_EQ(response.status, row.message.empty() ? 200 : 406) << row.path << row.accept;
    if (row.message.empty()) continue;
    EXPECT_NE(TextOf(response).find("\"message\":\"" + row.message), std::string::npos)
        << row.path << row.accept << TextOf(response);
  }
}

TEST_F(DocumentsTest, DocumentsOfAHashNeverChange) {
  Request request;
  request.method = "GET";
  request.path = "/openapi/v3/api/v1";
  const auto header = [](const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return std::string();
  };
  EXPECT_EQ(header(*documents.Handle(request), "Cache-Control"), "");
  request.query.emplace_back("hash", "ABC");
  const Response moved = *documents.Handle(request);
  EXPECT_EQ(moved.status, 301);
  const std::string location = header(moved, "Location");
  ASSERT_TRUE(location.starts_with("/openapi/v3/api/v1?hash=")) << location;
  request.query.front().second = location.substr(location.find('=') + 1);
  const Response kept = *documents.Handle(request);
  EXPECT_EQ(kept.status, 200);
  EXPECT_EQ(header(kept, "Cache-Control"), "public, immutable");
}

}  // namespace
}  // namespace apiserver
