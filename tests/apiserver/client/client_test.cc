#include "apiserver/client/client.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_write.h"
#include "apiserver/client/resources.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {
namespace {

// Keeps the last request and answers what it was told, at once or after a second.
class RecordingHandler final : public RequestHandler {
 public:
  explicit RecordingHandler(sim::Kernel& kernel) : kernel_(kernel) {}
  sim::Task<Response> Handle(std::unique_ptr<Request> request) override {
    last = std::move(request);
    if (!is_slow) return answer;
    return Later(kernel_, answer);
  }
  static sim::Task<Response> Later(sim::Kernel& kernel, Response response) {
    co_await kernel.Sleep(std::chrono::seconds(1), sim::Lane::kControl, "test.wait", "");
    co_return response;
  }
  std::unique_ptr<Request> last;
  Response answer;
  bool is_slow = false;

 private:
  sim::Kernel& kernel_;
};

class ClientTest : public testing::Test {
 protected:
  static Value Pod() { return {{"metadata", {{"name", "a"}, {"namespace", "n"}}}}; }
  std::string Line() const {
    const Request& request = *handler_.last;
    std::string line =
        request.method + " " + request.path + " " + request.info.verb + " " + request.content_type;
    for (const auto& [key, value] : request.query) line += " " + key + "=" + value;
    return line;
  }

  sim::Kernel kernel_{sim::KernelOptions{}};
  Store store_{kernel_, {}};
  RecordingHandler handler_{kernel_};
  Client client_{handler_,
                 store_,
                 {.user = {.name = "system:kube-scheduler", .uid = {}, .groups = {}, .extra = {}},
                  .field_manager = "kube-scheduler"}};
};

TEST_F(ClientTest, AsksAsItsUserAsAnybodyWould) {
  const char* manager = " fieldManager=kube-scheduler";
  (void)client_.Create(kPods, "n", Pod());
  EXPECT_EQ(Line(),
            std::string("POST /api/v1/namespaces/n/pods create application/json") + manager);
  EXPECT_TRUE(handler_.last->is_internal);
  EXPECT_EQ(handler_.last->user.name, "system:kube-scheduler");
  EXPECT_EQ(TextAt(*handler_.last->object, {"metadata", "name"}), "a");
  (void)client_.Create(kPods, "n", Pod(), "a", "binding");
  EXPECT_EQ(
      Line(),
      std::string("POST /api/v1/namespaces/n/pods/a/binding create application/json") + manager);
  (void)client_.Update(kDeployments, Pod(), "status");
  EXPECT_EQ(
      Line(),
      std::string("PUT /apis/apps/v1/namespaces/n/deployments/a/status update application/json") +
          manager);
  (void)client_.Patch(kNodes, {"", "x"}, PatchType::kStrategic, {{"a", 1}}, "status");
  EXPECT_EQ(
      Line(),
      std::string("PATCH /api/v1/nodes/x/status patch application/strategic-merge-patch+json") +
          manager);
  EXPECT_EQ(handler_.last->body, R"({"a":1})");
  (void)client_.Patch(kNamespaces, {"", "x"}, PatchType::kApply, Object());
  EXPECT_EQ(Line(), std::string("PATCH /api/v1/namespaces/x patch application/apply-patch+yaml") +
                        manager + " force=true");
  EXPECT_EQ(handler_.last->info.namespace_, "x");
}

TEST_F(ClientTest, DeletesWithOptionsInTheBody) {
  (void)client_.Delete(kPods, {"n", "a"},
                       {.propagation = Propagation::kForeground,
                        .grace_period_seconds = 0,
                        .uid = "u",
                        .resource_version = "7"});
  EXPECT_EQ(Line(), "DELETE /api/v1/namespaces/n/pods/a delete application/json");
  EXPECT_EQ(
      ToJson(*handler_.last->object),
      R"({"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,)"
      R"("preconditions":{"uid":"u","resourceVersion":"7"},"propagationPolicy":"Foreground"})");
}

TEST_F(ClientTest, AnErrorIsTheOneThatWasAnswered) {
  handler_.answer = ErrorResponse(ConflictError({"apps", "deployments"}, "web", "try again"));
  auto task = client_.Update(kDeployments, Pod());
  ASSERT_TRUE(task.done());
  const auto result = task.Take();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, 409);
  EXPECT_EQ(result.error().reason, "Conflict");
  EXPECT_EQ(result.error().message,
            "Operation cannot be fulfilled on deployments.apps \"web\": try again");
  ASSERT_TRUE(result.error().details);
  EXPECT_EQ(result.error().details->group, "apps");
}

TEST_F(ClientTest, WaitsForAnAnswerThatTakesTime) {
  handler_.is_slow = true;
  handler_.answer.body = StoredObject::Make(Pod(), 3);
  auto task = client_.Create(kPods, "n", Pod());
  EXPECT_FALSE(task.done());
  kernel_.RunUntil(kernel_.now() + std::chrono::seconds(1));
  ASSERT_TRUE(task.done());
  const auto result = task.Take();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ((*result)->meta().revision, 3U);
}

TEST_F(ClientTest, LiveReadsSeeTheStore) {
  EXPECT_EQ(client_.Live(kPods, {"n", "a"}), nullptr);
  store_.Create({"", "pods"}, Pod());
  EXPECT_NE(client_.Live(kPods, {"n", "a"}), nullptr);
  EXPECT_EQ(client_.LiveList(kPods).size(), 1U);
  EXPECT_EQ(client_.LiveList(kPods, "other").size(), 0U);
}

}  // namespace
}  // namespace apiserver
