// A server with webhooks, whose callee is a function.
#include <gtest/gtest.h>

#include "apiserver/api/base64.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/client/client.h"
#include "apiserver/encoding/decode_request.h"
#include "apiserver/encoding/encode.h"
#include "apiserver/pipeline/api_server.h"

namespace apiserver {
namespace {

class FakeCaller final : public OutsideCaller {
 public:
  sim::Task<sim::Result<OutsideAnswer>> Call(OutsideCall call) override {
    const Value review = ParseJson(call.body).value;
    asked.push_back(*Find(review, "request"));
    urls.push_back(call.url);
    co_await kernel->Sleep(std::chrono::seconds(1), sim::Lane::kControl, "test.answer", "");
    if (failure) co_return *failure;
    const std::string uid(TextAt(asked.back(), {"uid"}));
    OutsideAnswer answer;
    answer.status = 200;
    answer.body =
        R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":")" +
        uid + "\"," + response + "}}";
    co_return sim::Result<OutsideAnswer>(std::move(answer));
  }

  sim::Kernel* kernel = nullptr;
  std::string response = R"("allowed":true)";
  std::optional<sim::Error> failure;
  std::vector<Value> asked;
  std::vector<std::string> urls;
};

class WebhookStory : public ::testing::Test {
 protected:
  WebhookStory() : server_(kernel_, {.outside_caller = &caller_}, StrategyTable(), PrinterTable()) {
    caller_.kernel = &kernel_;
    server_.AddWebhookAdmission();
    Do("POST", "/api/v1/namespaces", R"({"metadata":{"name":"ns"}})");
  }

  std::pair<int, Value> Do(const std::string& method, const std::string& target,
                           const std::string& body) {
    WireRequest wire;
    wire.method = method;
    wire.target = target;
    wire.accept = wire.content_type = "application/json";
    wire.user_agent = "test";
    wire.body = body;
    auto request = DecodeRequest(wire, {"admin", {}, {"system:masters"}, {}});
    const Accepted accept = request->accept;
    const RequestInfo info = request->info;
    sim::Task<Response> task = server_.pipeline().Handle(std::move(request));
    while (!task.done() && kernel_.RunNext()) {
    }
    const Response response = task.Take();
    return {response.status, ParseJson(EncodeAnswer(accept, info, response).bytes).value};
  }

  void Install(const std::string& resource, const std::string& more,
               const std::string& about = "configmaps") {
    const auto made = Do(
        "POST", "/apis/admissionregistration.k8s.io/v1/" + resource,
        R"({"metadata":{"name":"c"},"webhooks":[{"name":"h.example.com","clientConfig":{"url":"https://h/x"},
        "sideEffects":"None","admissionReviewVersions":["v1"],"timeoutSeconds":5,)" +
            more +
            R"("rules":[{"operations":["*"],"apiGroups":["*"],"apiVersions":["v1"],"resources":[")" +
            about + R"("]}]}]})");
    ASSERT_EQ(made.first, 201);
  }

  std::pair<int, Value> Make(const std::string& name) {
    return Do("POST", "/api/v1/namespaces/ns/configmaps",
              R"({"metadata":{"name":")" + name + R"("},"data":{"a":"b"}})");
  }

  sim::Kernel kernel_{sim::KernelOptions{.seed = 3}};
  FakeCaller caller_;
  ApiServer server_;
};

TEST_F(WebhookStory, AMutatingWebhookPatchesWhatIsStored) {
  Install("mutatingwebhookconfigurations", "");
  std::string patch;
  AppendBase64(R"([{"op":"add","path":"/data/c","value":"d"}])", patch);
  caller_.response = R"("allowed":true,"patchType":"JSONPatch","patch":")" + patch + "\"";
  const auto [status, made] = Make("m");
  EXPECT_EQ(status, 201);
  EXPECT_EQ(TextAt(made, {"data", "c"}), "d");
  ASSERT_EQ(caller_.asked.size(), 1u);
  EXPECT_EQ(caller_.urls[0], "https://h/x?timeout=5s");
  const Value& asked = caller_.asked[0];
  EXPECT_EQ(TextAt(asked, {"operation"}), "CREATE");
  EXPECT_EQ(TextAt(asked, {"userInfo", "username"}), "admin");
  EXPECT_EQ(TextAt(asked, {"object", "data", "a"}), "b");
  EXPECT_EQ(TextAt(asked, {"options", "kind"}), "CreateOptions");
  EXPECT_EQ(server_.store().Count({"", "configmaps"}), 1u);
}

TEST_F(WebhookStory, AValidatingWebhookSeesTheObjectThatIsThenStored) {
  Install("validatingwebhookconfigurations", "");
  const auto [status, made] = Make("m");
  EXPECT_EQ(status, 201);
  ASSERT_EQ(caller_.asked.size(), 1u);
  EXPECT_EQ(TextAt(caller_.asked[0], {"object", "metadata", "uid"}),
            TextAt(made, {"metadata", "uid"}));
  EXPECT_EQ(TextAt(caller_.asked[0], {"object", "metadata", "creationTimestamp"}),
            TextAt(made, {"metadata", "creationTimestamp"}));
  caller_.response = R"("allowed":false,"status":{"code":409,"message":"not now"})";
  const auto denied = Make("n");
  EXPECT_EQ(denied.first, 409);
  EXPECT_EQ(TextAt(denied.second, {"message"}),
            R"(admission webhook "h.example.com" denied the request: not now)");
  EXPECT_EQ(server_.store().Count({"", "configmaps"}), 1u);
}

// Renewals from inside the process reuse bytes unless somebody wants to see them.
TEST_F(WebhookStory, AWebhookForLeasesSeesHeartbeats) {
  const std::string path = "/apis/coordination.k8s.io/v1/namespaces/ns/leases";
  Do("POST", path,
     R"({"metadata":{"name":"a"},"spec":{"renewTime":"2026-01-01T00:00:00.000000Z"}})");
  Client client(server_.pipeline(), server_.store(),
                {.user = {"a", "", {"system:masters"}, {}}, .field_manager = "a"});
  const GroupVersionResource leases{"coordination.k8s.io", "v1", "leases"};
  const auto renew = [&](std::string time) {
    auto task = client.UpdateText(leases, client.Live(leases, {"ns", "a"}), {"spec", "renewTime"},
                                  std::move(time));
    while (!task.done() && kernel_.RunNext()) {
    }
    return task.Take();
  };
  Install("validatingwebhookconfigurations", "");
  ASSERT_TRUE(renew("2026-01-01T00:00:10.000000Z").ok());
  EXPECT_EQ(caller_.asked.size(), 0u);
  Do("DELETE", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/c", "");
  Install("validatingwebhookconfigurations", "", "leases");
  // Twice: the second would find a record of fields that bytes can be reused with.
  for (const std::string second : {"20", "30"}) {
    const std::string time = "2026-01-01T00:00:" + second + ".000000Z";
    ASSERT_TRUE(renew(time).ok());
    EXPECT_EQ(TextAt(caller_.asked.back(), {"object", "spec", "renewTime"}), time);
  }
  EXPECT_EQ(caller_.asked.size(), 2u);
  caller_.response = R"("allowed":false)";
  EXPECT_EQ(renew("2026-01-01T00:00:40.000000Z").error().code, 400);
}

TEST_F(WebhookStory, AFailingCallFailsTheRequestUnlessItIsIgnored) {
  Install("validatingwebhookconfigurations", R"("failurePolicy":"Fail",)");
  caller_.failure = sim::Error{"Post \"https://h/x?timeout=5s\": EOF"};
  const auto failed = Make("m");
  EXPECT_EQ(failed.first, 500);
  EXPECT_EQ(TextAt(failed.second, {"message"}),
            "Internal error occurred: failed calling webhook \"h.example.com\": failed to call "
            "webhook: Post \"https://h/x?timeout=5s\": EOF");
  const auto patched =
      Do("PATCH", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/c", "");
  EXPECT_NE(patched.first, 500);  // Configurations themselves are exempt.
}

}  // namespace
}  // namespace apiserver
