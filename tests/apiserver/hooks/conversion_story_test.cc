// A server with a definition of two versions, whose conversion webhook is a function: v1 holds
// spec.address "HOST:PORT", v2 spec.host and spec.port.
#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/encoding/decode_request.h"
#include "apiserver/encoding/encode.h"
#include "apiserver/pipeline/api_server.h"

namespace apiserver {
namespace {

class FakeConverter final : public OutsideCaller {
 public:
  sim::Task<sim::Result<OutsideAnswer>> Call(OutsideCall call) override {
    const Value review = ParseJson(call.body).value;
    urls.push_back(call.url);
    counts.push_back(FindPath(review, {"request", "objects"})->get_array().size());
    co_await kernel->Sleep(std::chrono::seconds(1), sim::Lane::kControl, "test.answer", "");
    if (is_broken) co_return sim::Error{"Post \"https://h/x?timeout=30s\": EOF"};
    const std::string version(TextAt(review, {"request", "desiredAPIVersion"}));
    Array converted;
    for (const Value& object : FindPath(review, {"request", "objects"})->get_array()) {
      converted.push_back(Convert(object, version));
    }
    const Value answer = {{"apiVersion", "apiextensions.k8s.io/v1"},
                          {"kind", "ConversionReview"},
                          {"response",
                           {{"uid", TextAt(review, {"request", "uid"})},
                            {"result", {{"status", "Success"}}},
                            {"convertedObjects", std::move(converted)}}}};
    OutsideAnswer sent;
    sent.status = 200;
    sent.body = ToJson(answer);
    co_return sim::Result<OutsideAnswer>(std::move(sent));
  }

  static Value Convert(const Value& object, const std::string& version) {
    Value made = object;
    made.get_object()["apiVersion"] = version;
    Object& spec = EnsureObject(made, "spec");
    if (version.ends_with("v2")) {
      const std::string address(TextAt(object, {"spec", "address"}));
      const std::size_t colon = address.find(':');
      spec["host"] = address.substr(0, colon);
      spec["port"] = std::stoi(address.substr(colon + 1));
      spec.erase("address");
    } else {
      spec["address"] = std::string(TextAt(object, {"spec", "host"})) + ":" +
                        std::to_string(IntAt(object, {"spec", "port"}));
      spec.erase("host");
      spec.erase("port");
    }
    return made;
  }

  sim::Kernel* kernel = nullptr;
  bool is_broken = false;
  std::vector<std::string> urls;
  std::vector<std::size_t> counts;
};

std::string Definition(const std::string& stored) {
  const auto version = [&](const std::string& name, const std::string& properties) {
    return R"({"name":")" + name + R"(","served":true,"storage":)" +
           (name == stored ? "true" : "false") +
           R"(,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
           "properties":)" +
           properties + "}}}}}";
  };
  return R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
  "metadata":{"name":"doors.e.com"},"spec":{"group":"e.com","scope":"Cluster",
  "names":{"plural":"doors","singular":"door","kind":"Door","listKind":"DoorList"},
  "conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],
  "clientConfig":{"url":"https://h/x"}}},"versions":[)" +
         version("v1", R"({"address":{"type":"string"}})") + "," +
         version("v2", R"({"host":{"type":"string"},"port":{"type":"integer","maximum":99}})") +
         "]}}";
}

class ConversionStory : public ::testing::Test {
 protected:
  ConversionStory()
      : server_(kernel_, {.outside_caller = &caller_}, StrategyTable(), PrinterTable()) {
    caller_.kernel = &kernel_;
    server_.AddWebhookAdmission();
    EXPECT_EQ(
        Do("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Definition("v1"))
            .first,
        201);
    while (kernel_.RunNext()) {
    }
  }

  Response Ask(const std::string& method, const std::string& target, const std::string& body,
               const std::string& type, Accepted& accept, RequestInfo& info) {
    WireRequest wire;
    wire.method = method;
    wire.target = target;
    wire.accept = "application/json";
    wire.content_type = type;
    wire.user_agent = "test";
    wire.body = body;
    auto request = DecodeRequest(wire, {"admin", {}, {"system:masters"}, {}});
    accept = request->accept;
    info = request->info;
    sim::Task<Response> task = server_.pipeline().Handle(std::move(request));
    while (!task.done() && kernel_.RunNext()) {
    }
    return task.Take();
  }

  std::pair<int, Value> Do(const std::string& method, const std::string& target,
                           const std::string& body = {},
                           const std::string& type = "application/json") {
    Accepted accept;
    RequestInfo info;
    const Response response = Ask(method, target, body, type, accept, info);
    return {response.status, ParseJson(EncodeAnswer(accept, info, response).bytes).value};
  }

  std::pair<int, Value> Make(const std::string& version, const std::string& name,
                             const std::string& spec) {
    return Do("POST", "/apis/e.com/" + version + "/doors",
              R"({"apiVersion":"e.com/)" + version + R"(","kind":"Door","metadata":{"name":")" +
                  name + R"("},"spec":)" + spec + "}");
  }

  sim::Kernel kernel_{sim::KernelOptions{.seed = 3}};
  FakeConverter caller_;
  ApiServer server_;
};

TEST_F(ConversionStory, WhatIsWrittenInOneVersionIsReadInTheOther) {
  const auto [status, made] = Make("v2", "a", R"({"host":"h","port":80})");
  EXPECT_EQ(status, 201);
  EXPECT_EQ(IntAt(made, {"spec", "port"}), 80);
  const auto stored = server_.store().Find({"e.com", "doors"}, {"", "a"})->Parse();
  EXPECT_EQ(TextAt(stored, {"apiVersion"}), "e.com/v1");
  EXPECT_EQ(TextAt(stored, {"spec", "address"}), "h:80");
  EXPECT_EQ(TextAt(stored, {"metadata", "uid"}), TextAt(made, {"metadata", "uid"}));
  // To the stored version, and back for the answer.
  EXPECT_EQ(caller_.counts, (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(caller_.urls[0], "https://h/x?timeout=30s");

  EXPECT_EQ(TextAt(Do("GET", "/apis/e.com/v1/doors/a").second, {"spec", "address"}), "h:80");
  EXPECT_EQ(caller_.counts.size(), 2u);  // It lies in v1.
  EXPECT_EQ(TextAt(Do("GET", "/apis/e.com/v2/doors/a").second, {"spec", "host"}), "h");
  EXPECT_EQ(caller_.counts.size(), 3u);
}

TEST_F(ConversionStory, PatchesAndValidationSeeTheVersionOfTheRequest) {
  Make("v1", "a", R"({"address":"h:80"})");
  const auto patched = Do("PATCH", "/apis/e.com/v2/doors/a", R"({"spec":{"port":81}})",
                          "application/merge-patch+json");
  EXPECT_EQ(patched.first, 200);
  EXPECT_EQ(TextAt(patched.second, {"spec", "host"}), "h");
  EXPECT_EQ(TextAt(Do("GET", "/apis/e.com/v1/doors/a").second, {"spec", "address"}), "h:81");
  EXPECT_EQ(Do("PATCH", "/apis/e.com/v2/doors/a", R"({"spec":{"port":100}})",
               "application/merge-patch+json")
                .first,
            422);
}

TEST_F(ConversionStory, AListIsOneReview) {
  for (const char* name : {"a", "b", "c"}) Make("v1", name, R"({"address":"h:80"})");
  const auto [status, list] = Do("GET", "/apis/e.com/v2/doors");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(caller_.counts, (std::vector<std::size_t>{3}));
  for (const Value& item : Find(list, "items")->get_array()) {
    EXPECT_EQ(TextAt(item, {"spec", "host"}), "h");
  }
  EXPECT_EQ(Find(Do("GET", "/apis/e.com/v2/doors?limit=2").second, "items")->get_array().size(),
            2u);
  EXPECT_EQ(caller_.counts, (std::vector<std::size_t>{3, 2}));
}

TEST_F(ConversionStory, AFailureIsThatOfTheRequestAndLeavesNothingBehind) {
  caller_.is_broken = true;
  const auto [status, failed] = Make("v2", "a", R"({"host":"h","port":80})");
  EXPECT_EQ(status, 500);
  EXPECT_EQ(TextAt(failed, {"message"}),
            "conversion webhook for e.com/v2, Kind=Door failed: Post "
            "\"https://h/x?timeout=30s\": EOF");
  EXPECT_EQ(server_.store().Count({"e.com", "doors"}), 0u);
  EXPECT_EQ(Make("v1", "a", R"({"address":"h:80"})").first, 201);
  EXPECT_EQ(Do("GET", "/apis/e.com/v2/doors").first, 500);
  EXPECT_EQ(Do("DELETE", "/apis/e.com/v2/doors/a").first, 500);
  EXPECT_EQ(Do("DELETE", "/apis/e.com/v1/doors/a").first, 200);
}

TEST_F(ConversionStory, AnUpdateThatChangesNothingMovesAnObjectToTheNewStorageVersion) {
  Make("v1", "a", R"({"address":"h:80"})");
  const std::string path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/doors.e.com";
  Value definition = Do("GET", path).second;
  const Value wanted = ParseJson(Definition("v2")).value;
  definition.get_object()["spec"].get_object()["versions"] =
      *FindPath(wanted, {"spec", "versions"});
  EXPECT_EQ(Do("PUT", path, ToJson(definition)).first, 200);
  while (kernel_.RunNext()) {
  }
  const Value read = Do("GET", "/apis/e.com/v1/doors/a").second;
  EXPECT_EQ(Do("PUT", "/apis/e.com/v1/doors/a", ToJson(read)).first, 200);
  const Value stored = server_.store().Find({"e.com", "doors"}, {"", "a"})->Parse();
  EXPECT_EQ(TextAt(stored, {"apiVersion"}), "e.com/v2");
  const Revision revision = server_.store().revision();
  EXPECT_EQ(
      Do("PUT", "/apis/e.com/v1/doors/a", ToJson(Do("GET", "/apis/e.com/v1/doors/a").second)).first,
      200);
  EXPECT_EQ(server_.store().revision(), revision);
}

TEST_F(ConversionStory, AWatchShowsWhatIsThereAndWhatFollowsInItsVersion) {
  Make("v1", "a", R"({"address":"h:80"})");
  Accepted accept;
  RequestInfo info;
  const Response response = Ask("GET",
                                "/apis/e.com/v2/doors?watch=1&sendInitialEvents=true"
                                "&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
                                "", "", accept, info);
  const auto stream = std::get<std::shared_ptr<WatchStream>>(response.body);
  kernel_.RunNext();  // It begins, and asks about what is there.
  Make("v1", "b", R"({"address":"i:81"})");
  Do("DELETE", "/apis/e.com/v1/doors/a");
  for (int i = 0; i < 50; ++i) kernel_.RunNext();
  std::string bytes;
  bool finished = false;
  for (const WatchStream::Chunk& chunk : stream->Take(finished)) bytes += *chunk.bytes;
  const std::size_t added = bytes.find(R"("type":"ADDED")");
  const std::size_t host = bytes.find(R"("host":"h")");
  const std::size_t second = bytes.find(R"("host":"i")");
  const std::size_t deleted = bytes.find(R"("type":"DELETED")");
  EXPECT_LT(added, host) << bytes;
  EXPECT_LT(host, second) << bytes;
  EXPECT_LT(second, deleted) << bytes;
  EXPECT_EQ(bytes.find(R"("address")"), std::string::npos) << bytes;
  stream->Disconnect();
}

}  // namespace
}  // namespace apiserver
