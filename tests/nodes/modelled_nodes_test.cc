#include <gtest/gtest.h>

#include "nodes/pod_logs.h"
#include "tests/support/fake_api.h"

namespace nodes {
namespace {

using apiserver::kEvents;
using apiserver::kPods;
using apiserver::TextAt;
using std::chrono::seconds;

class ModelledNodes : public testing::Test {
 protected:
  ModelledNodes() : pool_(api_.kernel(), api_.handler(), api_.store(), api_.hub(), {}) {
    EXPECT_TRUE(pool_.CreateMany(1, "small").ok());
    api_.Settle();
  }
  void CreatePod(const std::string& name, const std::string& spec) {
    api_.Create(kPods, R"({"metadata":{"name":")" + name +
                           R"(","namespace":"default"},"spec":{"nodeName":"node-1",)" + spec +
                           "}}");
  }
  std::string Text(std::string_view key, std::initializer_list<std::string_view> path) {
    const apiserver::Value value = api_.At(kPods, key, path);
    return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
  }
  std::vector<std::string> Reasons() {
    std::vector<std::string> reasons;
    for (const auto& event : api_.List(kEvents))
      reasons.emplace_back(TextAt(*event->Peek(), {"reason"}));
    return reasons;
  }

  tests::FakeApi api_;
  NodePool pool_;
};

TEST_F(ModelledNodes, RunAPodAndLetItGoWithGrace) {
  CreatePod("p",
            R"("terminationGracePeriodSeconds":30,"containers":[{"name":"app","image":"nginx"}])");
  api_.Settle();
  EXPECT_EQ(Text("default/p", {"status", "phase"}), "Running");
  EXPECT_EQ(Text("default/p", {"status", "podIP"}), "10.244.0.2");
  EXPECT_EQ(Reasons(), (std::vector<std::string>{"Pulling", "Pulled", "DefaultBehaviour", "Created",
                                                 "Started"}));
  api_.Delete(kPods, "default/p");
  api_.Pass(std::chrono::milliseconds(500));
  ASSERT_NE(api_.Find(kPods, "default/p"), nullptr);
  api_.Pass(seconds(2));
  EXPECT_EQ(api_.Find(kPods, "default/p"), nullptr);
}

TEST_F(ModelledNodes, RefuseWhatDoesNotFit) {
  CreatePod(
      "big",
      R"("containers":[{"name":"app","image":"x","resources":{"requests":{"cpu":"1500m"}}}])");
  CreatePod("more",
            R"("containers":[{"name":"app","image":"x","resources":{"requests":{"cpu":"1"}}}])");
  CreatePod("picky", R"("nodeSelector":{"no":"such"},"containers":[{"name":"app","image":"x"}])");
  api_.Settle();
  EXPECT_EQ(Text("default/big", {"status", "phase"}), "Running");
  EXPECT_EQ(Text("default/more", {"status", "phase"}), "Failed");
  EXPECT_EQ(Text("default/more", {"status", "reason"}), "OutOfcpu");
  EXPECT_EQ(Text("default/more", {"status", "message"}),
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 1000, used: 1500, "
            "capacity: 1930");
  EXPECT_EQ(Text("default/picky", {"status", "reason"}), "NodeAffinity");
}

TEST_F(ModelledNodes, FreeTheRoomOfPodsThatAreOver) {
  const std::string spec =
      R"("restartPolicy":"Never","containers":[{"name":"app","image":"x","command":["sleep","5"],
         "resources":{"requests":{"cpu":"1500m"}}}])";
  CreatePod("first", spec);
  api_.Settle();
  EXPECT_EQ(Text("default/first", {"status", "phase"}), "Succeeded");
  CreatePod("second", spec);
  api_.Settle();
  EXPECT_EQ(Text("default/second", {"status", "phase"}), "Succeeded");
}

TEST_F(ModelledNodes, StandStillWithoutPowerAndStartAgain) {
  CreatePod("p", R"("containers":[{"name":"app","image":"nginx"}])");
  api_.Settle();
  ASSERT_TRUE(pool_.PowerLoss("node-1"));
  api_.Delete(kPods, "default/p", {.grace_period_seconds = 5, .uid = {}, .resource_version = {}});
  CreatePod("q", R"("containers":[{"name":"app","image":"nginx"}])");
  api_.Pass(std::chrono::minutes(5));
  EXPECT_NE(api_.Find(kPods, "default/p"), nullptr);
  ASSERT_TRUE(pool_.PowerReturn("node-1"));
  api_.Pass(seconds(30));
  EXPECT_EQ(api_.Find(kPods, "default/p"), nullptr);
  EXPECT_EQ(Text("default/q", {"status", "phase"}), "Running");
}

TEST_F(ModelledNodes, ShowLogs) {
  PodLogs logs(api_.kernel());
  logs.SetPool(&pool_);
  const auto read = [&](apiserver::PodLogOptions options) -> std::string {
    options.container = "app";
    const apiserver::Response response = logs.ReadLog(api_.Find(kPods, "default/p"), options);
    const auto* bytes = std::get_if<apiserver::SharedBytes>(&response.body);
    return bytes != nullptr ? **bytes : "no text";
  };
  CreatePod(
      "p",
      R"("containers":[{"name":"app","image":"x","command":["sh","-c","echo up; sleep 5; echo down; exit 1"]}])");
  EXPECT_NE(
      read({}).find(R"(container \"app\" in pod \"p\" is waiting to start: ContainerCreating)"),
      std::string::npos);
  api_.Pass(seconds(20));  // It has ended twice and pauses.
  apiserver::PodLogOptions last_line;
  last_line.tail_lines = 1;
  apiserver::PodLogOptions previous;
  previous.previous = true;
  EXPECT_EQ(read({}), "up\ndown\n");
  EXPECT_EQ(read(last_line), "down\n");
  EXPECT_EQ(read(previous), "up\ndown\n");
  ASSERT_TRUE(pool_.PowerLoss("node-1"));
  EXPECT_NE(read({}).find("no route to host"), std::string::npos);
}

TEST_F(ModelledNodes, FollowLogsUntilTheContainerEnds) {
  PodLogs logs(api_.kernel());
  logs.SetPool(&pool_);
  CreatePod("p",
            R"("restartPolicy":"Never","containers":[{"name":"app","image":"x","command":["sh","-c",
      "for i in 1 2 3; do echo $i; sleep 5; done"]}])");
  api_.Pass(seconds(9));
  apiserver::PodLogOptions options;
  options.container = "app";
  options.follow = true;
  const apiserver::Response response = logs.ReadLog(api_.Find(kPods, "default/p"), options);
  const auto* log = std::get_if<std::shared_ptr<apiserver::LogStream>>(&response.body);
  ASSERT_NE(log, nullptr);
  api_.Pass(seconds(30));
  bool is_finished = false;
  std::string text;
  for (const auto& chunk : (*log)->stream()->Take(is_finished)) text += *chunk.bytes;
  EXPECT_EQ(text, "1\n2\n3\n");
  EXPECT_TRUE(is_finished);
}

TEST_F(ModelledNodes, RetryARefusedStatus) {
  int refusals_left = 2;
  api_.handler().SetRefusal(
      [&](const apiserver::Request& request) -> std::optional<apiserver::ApiError> {
        if (request.info.resource != "pods" || request.info.subresource != "status" ||
            refusals_left-- <= 0) {
          return std::nullopt;
        }
        return apiserver::InternalError("no");
      });
  CreatePod("p", R"("containers":[{"name":"app","image":"nginx"}])");
  api_.Settle();
  EXPECT_EQ(Text("default/p", {"status", "phase"}), "Running");
}

}  // namespace
}  // namespace nodes
