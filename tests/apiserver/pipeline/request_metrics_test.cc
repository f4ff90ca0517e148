#include "apiserver/pipeline/request_metrics.h"

#include <gtest/gtest.h>

#include "apiserver/pipeline/metric_text.h"
#include "apiserver/registry/api_resource.h"
#include "apiserver/watch/watch_stream.h"

namespace apiserver {
namespace {

Request Asking(std::string method, std::string verb, std::string name = "") {
  Request request;
  request.method = std::move(method);
  request.info.is_resource = true;
  request.info.verb = std::move(verb);
  request.info.version = "v1";
  request.info.resource = "pods";
  request.info.namespace_ = "default";
  request.info.name = std::move(name);
  return request;
}

TEST(LabelsOf, SpellsVerbsAndScopesAsUpstreamDoes) {
  Request apply = Asking("PATCH", "patch", "web");
  apply.content_type = "application/apply-patch+yaml";
  Request log = Asking("GET", "get", "web");
  log.info.subresource = "log";
  Request everywhere = Asking("GET", "list");
  everywhere.info.namespace_ = "";
  struct Case {
    Request request;
    const char* verb;
    const char* scope;
  };
  std::vector<Case> cases;
  cases.push_back({Asking("GET", "get", "web"), "GET", "resource"});
  cases.push_back({Asking("GET", "list"), "LIST", "namespace"});
  cases.push_back({std::move(everywhere), "LIST", "cluster"});
  cases.push_back({Asking("GET", "watch"), "WATCH", "namespace"});
  cases.push_back({Asking("POST", "create"), "POST", "resource"});
  cases.push_back({Asking("PATCH", "patch", "web"), "PATCH", "resource"});
  cases.push_back({std::move(apply), "APPLY", "resource"});
  cases.push_back({std::move(log), "CONNECT", "resource"});
  cases.push_back({Asking("DELETE", "deletecollection"), "DELETECOLLECTION", "namespace"});
  cases.push_back({Asking("BREW", "brew"), "other", "namespace"});
  for (const Case& c : cases) {
    const RequestLabels labels = LabelsOf(c.request);
    EXPECT_EQ(labels.verb, c.verb) << c.request.method << " " << c.request.info.verb;
    EXPECT_EQ(labels.scope, c.scope) << c.request.method << " " << c.request.info.verb;
  }
}

class Refuses final : public RequestHandler {
 public:
  sim::Task<Response> Handle(std::unique_ptr<Request>) override {
    Response response;
    response.status = 403;
    co_return response;
  }
};

TEST(RequestMetrics, CountsByAnswer) {
  sim::Kernel kernel({.seed = 1});
  Store store(kernel, {});
  Refuses next;
  const ResourceTable resources{StrategyTable()};
  RequestMetrics metrics(kernel, next, store, resources);
  for (int i = 0; i < 2; ++i) {
    sim::Task<Response> task =
        metrics.Handle(std::make_unique<Request>(Asking("GET", "get", "web")));
    EXPECT_EQ(task.Take().status, 403);
  }
  const std::string text = metrics.Text();
  const std::string labels =
      R"(component="apiserver",dry_run="",group="",resource="pods",scope="resource",subresource="",verb="GET",version="v1")";
  for (const std::string& line :
       {"apiserver_request_total{code=\"403\"," + labels + "} 2\n",
        "apiserver_request_duration_seconds_bucket{" + labels + ",le=\"0.005\"} 2\n",
        "apiserver_request_duration_seconds_count{" + labels + "} 2\n",
        std::string("apiserver_current_inflight_requests{request_kind=\"readOnly\"} 0\n")}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

// Answers each request with a watch, and warns.
class Watches final : public RequestHandler {
 public:
  sim::Task<Response> Handle(std::unique_ptr<Request>) override {
    Response response;
    stream = std::make_shared<WatchStream>(1 << 20);
    response.body = stream;
    response.warnings.push_back("of something");
    co_return response;
  }
  std::shared_ptr<WatchStream> stream;
};

TEST(RequestMetrics, TellsOfDeprecatedApisAndOfWatches) {
  sim::Kernel kernel({.seed = 1});
  Store store(kernel, {});
  Watches next;
  const ResourceTable resources{StrategyTable()};
  RequestMetrics metrics(kernel, next, store, resources);
  for (const char* resource : {"endpoints", "pods"}) {
    Request request = Asking("GET", "watch");
    request.info.resource = resource;
    metrics.Handle(std::make_unique<Request>(std::move(request))).Take();
    next.stream->tally()->Add(1024);
    next.stream->tally()->Add(1025);
  }
  const std::string text = metrics.Text();
  for (
      const std::string line :
      {R"(apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1)",
       R"(apiserver_watch_events_total{group="",resource="pods",version="v1"} 2)",
       R"(apiserver_watch_events_sizes_bucket{group="",resource="pods",version="v1",le="1024"} 1)",
       R"(apiserver_watch_events_sizes_bucket{group="",resource="pods",version="v1",le="2048"} 2)",
       R"(apiserver_watch_events_sizes_sum{group="",resource="pods",version="v1"} 2049)"}) {
    EXPECT_NE(text.find(line + "\n"), std::string::npos) << line << text;
  }
  EXPECT_EQ(text.find(R"(deprecated_apis{group="",removed_release="",resource="pods")"),
            std::string::npos);
}

// The labels are the client's texts, which end with the request.
TEST(RequestMetrics, KeepsItsOwnTexts) {
  sim::Kernel kernel({.seed = 1});
  Store store(kernel, {});
  Refuses next;
  const ResourceTable resources{StrategyTable()};
  RequestMetrics metrics(kernel, next, store, resources);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      Request request = Asking("GET", "get", "web");
      request.info.resource = "a-resource-with-a-name-that-is-long-" + std::to_string(i);
      metrics.Handle(std::make_unique<Request>(std::move(request))).Take();
    }
  }
  const std::string text = metrics.Text();
  for (int i = 0; i < 100; ++i) {
    const std::string shown = "name-that-is-long-" + std::to_string(i) +
                              R"(",scope="resource",subresource="",verb="GET",version="v1"} 2)";
    EXPECT_NE(text.find(shown), std::string::npos) << shown;
  }
}

TEST(MetricText, EscapesWhatALabelMayHold) {
  MetricText text;
  text.Family("a", "gauge", "Letters.");
  text.Sample({{"name", "quo\"te\\ and\nline"}}, 1.5);
  EXPECT_EQ(text.Take(),
            "# HELP a Letters.\n# TYPE a gauge\na{name=\"quo\\\"te\\\\ and\\nline\"} 1.5\n");
}

}  // namespace
}  // namespace apiserver
