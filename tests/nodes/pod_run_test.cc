// Pods by the model, told as the story of their statuses and events.
#include "nodes/pod_run.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "nodes/pod_status.h"

namespace nodes {
namespace {

using apiserver::TextAt;
using apiserver::Value;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr sim::Time kStart{seconds(1'767'225'600)};

TEST(NextContainerState, KnowsOnlyTheseMoves) {
  struct Row {
    ContainerState state;
    ContainerEvent event;
    ContainerState want;
  };
  using S = ContainerState;
  using E = ContainerEvent;
  const std::vector<Row> rows = {
      {S::kWaiting, E::kBegin, S::kPulling},   {S::kWaiting, E::kStop, S::kExited},
      {S::kPulling, E::kPulled, S::kCreating}, {S::kPulling, E::kPullFailed, S::kPullFailed},
      {S::kPulling, E::kStop, S::kExited},     {S::kPullFailed, E::kPause, S::kPullBackOff},
      {S::kPullFailed, E::kStop, S::kExited},  {S::kPullBackOff, E::kBegin, S::kPulling},
      {S::kPullBackOff, E::kStop, S::kExited}, {S::kCreating, E::kStarted, S::kRunning},
      {S::kCreating, E::kStop, S::kExited},    {S::kRunning, E::kExited, S::kExited},
      {S::kRunning, E::kStop, S::kStopping},   {S::kStopping, E::kExited, S::kExited},
      {S::kExited, E::kBegin, S::kPulling},    {S::kExited, E::kPause, S::kBackOff},
      {S::kBackOff, E::kBegin, S::kPulling},   {S::kBackOff, E::kStop, S::kExited},
  };
  std::size_t moves_count = 0;
  for (int state = 0; state <= static_cast<int>(S::kBackOff); ++state) {
    for (int event = 0; event <= static_cast<int>(E::kExited); ++event) {
      const auto next = NextContainerState(static_cast<S>(state), static_cast<E>(event));
      if (next) ++moves_count;
      for (const Row& row : rows) {
        if (row.state == static_cast<S>(state) && row.event == static_cast<E>(event)) {
          EXPECT_EQ(next, row.want)
              << ContainerStateName(row.state) << " " << ContainerEventName(row.event);
        }
      }
    }
  }
  EXPECT_EQ(moves_count, rows.size());
}

class PodStory : public testing::Test {
 protected:
  // `spec` is the inside of a pod's spec as JSON.
  void Begin(const std::string& spec, const std::string& behaviour = {}) {
    auto parsed = apiserver::ParseJson(
        R"({"metadata":{"name":"p","namespace":"default","uid":"u","generation":1},"spec":{)" +
        spec + "}}");
    ASSERT_TRUE(parsed.ok());
    if (!behaviour.empty()) {
      apiserver::EnsureObject(parsed.value.as_object()["metadata"],
                              "annotations")[kBehaviourAnnotation] = behaviour;
    }
    run_ = std::make_unique<PodRun>(
        ReadPodSpec(parsed.value, apiserver::ReadMeta(parsed.value), "node-1"), rules_, images_);
    run_->Admit(kStart);
  }
  void RunUntil(sim::Duration after_start) {
    while (run_->NextDue() && *run_->NextDue() <= kStart + after_start) {
      now_ = *run_->NextDue();
      run_->Advance(now_);
      Collect();
    }
    now_ = kStart + after_start;
  }
  void Collect() {
    for (const PodNote& note : run_->TakeNotes()) {
      if (note.reason != "DefaultBehaviour") story_.push_back(note.reason);
    }
  }
  apiserver::Object Status() {
    Value old = status_;
    status_ = MakePodStatus(*run_, old, {"172.18.0.2", "10.244.0.2"}, now_);
    return status_.as_object();
  }
  std::string Phase() { return std::string(TextAt(Status(), {"phase"})); }
  // "True", "False" or "".
  std::string Condition(std::string_view type) {
    const apiserver::Object status = Status();
    for (const Value& condition : status.at("conditions").as_array()) {
      if (TextAt(condition, {"type"}) == type) return std::string(TextAt(condition, {"status"}));
    }
    return "";
  }
  std::string Waiting(std::string_view part = "reason") {
    const apiserver::Object status = Status();
    return std::string(
        TextAt(status.at("containerStatuses").as_array().at(0), {"state", "waiting", part}));
  }
  std::int64_t Restarts() {
    const apiserver::Object status = Status();
    return apiserver::IntAt(status.at("containerStatuses").as_array().at(0), {"restartCount"});
  }
  std::string Story() {
    std::string text;
    for (const std::string& reason : story_) text += (text.empty() ? "" : " ") + reason;
    return text;
  }

  BehaviourRules rules_ = BehaviourRules::Builtin();
  std::set<std::string> images_;
  std::unique_ptr<PodRun> run_;
  sim::Time now_ = kStart;
  Value status_;
  std::vector<std::string> story_;
};

const std::string kApp = R"("containers":[{"name":"app","image":"nginx"}])";

TEST_F(PodStory, PullsCreatesStartsAndIsReady) {
  Begin(kApp);
  EXPECT_EQ(Phase(), "Pending");
  EXPECT_EQ(Condition("PodReadyToStartContainers"), "False");
  RunUntil(milliseconds(500));
  EXPECT_EQ(Condition("PodReadyToStartContainers"), "True");
  EXPECT_EQ(Waiting(), "ContainerCreating");
  RunUntil(seconds(30));
  EXPECT_EQ(Phase(), "Running");
  for (const char* type : {"Initialized", "Ready", "ContainersReady", "PodScheduled"}) {
    EXPECT_EQ(Condition(type), "True") << type;
  }
  EXPECT_EQ(Story(), "Pulling Pulled Created Started");
  EXPECT_EQ(images_, std::set<std::string>{"nginx"});
  EXPECT_EQ(run_->NextDue(), std::nullopt);
}

TEST_F(PodStory, FailingContainersBackOffTenSecondsThenTwice) {
  images_.insert("busybox");
  Begin(R"("containers":[{"name":"app","image":"busybox","command":["false"]}])");
  // 0.5 s of sandbox, 0.2 s of creation: fails at 0.7, again at 0.9, then pauses 10 s, 20 s, ...
  RunUntil(seconds(1));
  EXPECT_EQ(Waiting(), "CrashLoopBackOff");
  EXPECT_EQ(Waiting("message"), "back-off 10s restarting failed container=app pod=p_default(u)");
  EXPECT_EQ(Restarts(), 1);
  EXPECT_EQ(Phase(), "Running");
  EXPECT_EQ(Condition("Ready"), "False");
  RunUntil(seconds(12));
  EXPECT_EQ(Restarts(), 2);
  EXPECT_EQ(Waiting("message"), "back-off 20s restarting failed container=app pod=p_default(u)");
  RunUntil(minutes(30));
  EXPECT_EQ(Waiting("message"), "back-off 5m0s restarting failed container=app pod=p_default(u)");
}

TEST_F(PodStory, ALongRunForgetsTheBackOff) {
  Begin(kApp, R"({"app":{"run":"11m","exitCode":1}})");
  RunUntil(minutes(100));
  for (const std::string& reason : story_) EXPECT_NE(reason, "BackOff");
  EXPECT_GE(Restarts(), 8);
}

TEST_F(PodStory, EndsAsItsRestartPolicySays) {
  struct Row {
    std::string policy;
    std::string command;
    std::string want;
  };
  for (const Row& row : std::vector<Row>{{"Never", "true", "Succeeded"},
                                         {"Never", "false", "Failed"},
                                         {"OnFailure", "true", "Succeeded"},
                                         {"OnFailure", "false", "Running"},
                                         {"Always", "true", "Running"}}) {
    status_ = Value();
    Begin(R"("restartPolicy":")" + row.policy +
          R"(","containers":[{"name":"app","image":"x","command":[")" + row.command + R"("]}])");
    RunUntil(seconds(20));
    EXPECT_EQ(Phase(), row.want) << row.policy << " " << row.command;
  }
}

TEST_F(PodStory, InitContainersRunOneAfterTheOtherAndSidecarsStay) {
  Begin(R"("initContainers":[{"name":"one","image":"x","command":["sleep","5"]},
          {"name":"side","image":"x","restartPolicy":"Always","command":["sleep","infinity"]},
          {"name":"two","image":"x","command":["sleep","5"]}],
          "restartPolicy":"Never","containers":[{"name":"app","image":"x","command":["sleep","10"]}])");
  RunUntil(seconds(9));
  EXPECT_EQ(Condition("Initialized"), "False");
  EXPECT_EQ(Waiting(), "PodInitializing");
  RunUntil(seconds(20));
  EXPECT_EQ(Condition("Initialized"), "True");
  EXPECT_EQ(Phase(), "Running");
  EXPECT_TRUE(run_->Find("side")->is_alive());
  EXPECT_TRUE(run_->Find("app")->is_alive());
  // The sidecar has no handler for SIGTERM, so it takes its 30 s.
  RunUntil(seconds(70));
  EXPECT_EQ(Phase(), "Succeeded");
  EXPECT_FALSE(run_->Find("side")->is_alive());
}

TEST_F(PodStory, AFailedInitContainerEndsAPodThatIsNeverRestarted) {
  Begin(
      R"("restartPolicy":"Never","initContainers":[{"name":"i","image":"x","command":["false"]}],)" +
      kApp);
  RunUntil(seconds(60));
  EXPECT_EQ(Phase(), "Failed");
  EXPECT_EQ(run_->Find("app")->end(), std::nullopt);
}

TEST_F(PodStory, ImagesThatCannotBePulledBackOff) {
  Begin(R"("containers":[{"name":"app","image":"nginx:does-not-exist"}])");
  RunUntil(milliseconds(1500));
  EXPECT_EQ(Waiting(), "ErrImagePull");
  RunUntil(seconds(5));
  EXPECT_EQ(Waiting(), "ImagePullBackOff");
  EXPECT_EQ(Waiting("message").rfind(
                "Back-off pulling image \"nginx:does-not-exist\": ErrImagePull: failed to pull", 0),
            0u);
  EXPECT_EQ(Story(), "Pulling Failed Failed BackOff Failed");
  EXPECT_EQ(Phase(), "Pending");
}

TEST_F(PodStory, ProbesDecideReadinessAndLife) {
  Begin(
      R"("containers":[{"name":"app","image":"x","readinessProbe":{"httpGet":{},"periodSeconds":5},
          "livenessProbe":{"tcpSocket":{},"periodSeconds":10,"failureThreshold":2}}])",
      R"({"app":{"pull":"0s","readyAfter":"7s","liveFor":"60s","stop":"1s"}})");
  RunUntil(seconds(7));
  EXPECT_EQ(Condition("Ready"), "False");
  RunUntil(seconds(11));  // Started at 0.7 s; ticks at 5.7 and 10.7 s.
  EXPECT_EQ(Condition("Ready"), "True");
  RunUntil(seconds(75));  // Ticks at 60.7 and 70.7 s fail; it ends a second later and starts anew.
  EXPECT_EQ(Restarts(), 1);
  EXPECT_EQ(Story(),
            "Pulling Pulled Created Started Unhealthy Unhealthy Unhealthy Killing Pulled Created "
            "Started Unhealthy");
}

TEST_F(PodStory, AStartupProbeThatNeverSucceedsKills) {
  Begin(
      R"("containers":[{"name":"app","image":"x","startupProbe":{"exec":{},"periodSeconds":1,"failureThreshold":3}}])",
      R"({"app":{"ready":false,"pull":"0s","stop":"0s"}})");
  RunUntil(seconds(5));
  EXPECT_GE(Restarts(), 1);
}

TEST_F(PodStory, DeletedPodsHaveTheirGrace) {
  struct Row {
    std::string behaviour;
    int want_exit_code;
    sim::Duration want_after;
  };
  for (const Row& row : std::vector<Row>{{R"({"app":{"stop":"2s"}})", 0, seconds(2)},
                                         {R"({"app":{"stop":"1m"}})", 137, seconds(10)},
                                         {R"({"app":{"ignoresStop":true}})", 137, seconds(10)}}) {
    Begin(kApp, row.behaviour);
    RunUntil(seconds(60));
    run_->Stop(now_, seconds(10));
    EXPECT_EQ(run_->NextDue(), now_ + row.want_after) << row.behaviour;
    RunUntil(seconds(90));
    EXPECT_TRUE(run_->is_over());
    EXPECT_EQ(run_->Find("app")->end()->exit_code, row.want_exit_code) << row.behaviour;
  }
}

TEST_F(PodStory, APodThatIsDeletedBeforeItRunsIsOverAtOnce) {
  Begin(kApp);
  run_->Stop(now_, seconds(30));
  EXPECT_TRUE(run_->is_over());
  EXPECT_EQ(run_->NextDue(), std::nullopt);
}

TEST_F(PodStory, FailsWhenItsDeadlineIsOver) {
  Begin(R"("activeDeadlineSeconds":20,)" + kApp);
  RunUntil(seconds(25));
  EXPECT_EQ(Phase(), "Failed");
  EXPECT_EQ(TextAt(Status(), {"reason"}), "DeadlineExceeded");
}

TEST_F(PodStory, AfterAPowerLossContainersRunAgain) {
  Begin(kApp);
  RunUntil(seconds(30));
  now_ = kStart + minutes(5);
  run_->Reboot(now_);
  Collect();
  RunUntil(minutes(6));
  EXPECT_EQ(Restarts(), 1);
  EXPECT_EQ(Phase(), "Running");
  EXPECT_EQ(Story(), "Pulling Pulled Created Started SandboxChanged Pulled Created Started");
}

TEST_F(PodStory, IsResumedFromItsStatus) {
  Begin(kApp, R"({"app":{"run":"1m","exitCode":1}})");
  RunUntil(seconds(30));
  const Value status = Status();
  const sim::Time due = *run_->NextDue();
  Begin(kApp, R"({"app":{"run":"1m","exitCode":1}})");
  auto parsed = apiserver::ParseJson(
      R"({"metadata":{"name":"p","namespace":"default","uid":"u","generation":1},"spec":{)" + kApp +
      "}}");
  apiserver::EnsureObject(parsed.value.as_object()["metadata"],
                          "annotations")[kBehaviourAnnotation] =
      R"({"app":{"run":"1m","exitCode":1}})";
  PodRun resumed(ReadPodSpec(parsed.value, apiserver::ReadMeta(parsed.value), "node-1"), rules_,
                 images_);
  resumed.Resume(status, now_);
  EXPECT_EQ(resumed.state(), PodState::kRunning);
  // Times in a status are whole seconds.
  EXPECT_EQ(std::chrono::floor<seconds>(*resumed.NextDue()), std::chrono::floor<seconds>(due));
}

}  // namespace
}  // namespace nodes
