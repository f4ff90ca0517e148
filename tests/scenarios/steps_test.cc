// Steps as machines of moves: no cluster, only what they are shown.
#include <gtest/gtest.h>

#include <map>

#include "apiserver/api/json_parse.h"
#include "scenarios/language/resource_names.h"
#include "scenarios/language/scenario.h"

namespace scenarios {
namespace {

class FakeView final : public ClusterView {
 public:
  sim::Time now() const override { return time; }
  bool is_idle() const override { return idle; }
  std::optional<ServedResource> FindResource(std::string_view name) const override {
    return FindBuiltinResource(name);
  }
  std::optional<ServedResource> FindKind(const apiserver::GroupVersionKind& kind) const override {
    return FindBuiltinKind(kind);
  }
  apiserver::ObjectPtr Find(const apiserver::GroupResource& resource,
                            const apiserver::ObjectKey& key) const override {
    const auto found = objects.find({resource, key});
    return found == objects.end() ? nullptr : found->second;
  }
  std::vector<apiserver::ObjectPtr> List(const apiserver::GroupResource& resource,
                                         std::string_view namespace_) const override {
    std::vector<apiserver::ObjectPtr> list;
    for (const auto& [key, object] : objects) {
      const bool is_there = namespace_.empty() || key.second.namespace_ == namespace_;
      if (key.first == resource && is_there) list.push_back(object);
    }
    return list;
  }
  void Put(const std::string& resource, const char* json) {
    const auto object = apiserver::StoredObject::Make(apiserver::ParseJson(json).value, 1);
    objects[{{"", resource}, object->key()}] = object;
  }

  sim::Time time{};
  bool idle = false;
  std::map<std::pair<apiserver::GroupResource, apiserver::ObjectKey>, apiserver::ObjectPtr> objects;
};

// The one step of `text`, begun.
class Begun {
 public:
  explicit Begun(const std::string& text)
      : scenario_(*ReadScenario("s.yaml",
                                "apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: s}\n"
                                "steps:\n- " +
                                    text + "\n",
                                {}, {})),
        run_(scenario_.steps.at(0).step->Begin()) {}

  StepMove Next(const FakeView& view, std::optional<apiserver::ApiError> error = {}) {
    StepInput input{.view = view, .scenario_began = {}, .began = {}};
    input.call_error = std::move(error);
    return run_->Next(input);
  }

 private:
  Scenario scenario_;
  std::unique_ptr<StepRun> run_;
};

using Kind = StepMove::Kind;

constexpr char kPod[] =
    R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"default","uid":"1",
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"2",
        "controller":true}]},"spec":{"nodeName":"n"},"status":{"phase":"Running"}})";

TEST(Steps, ApplySendsEachManifest) {
  FakeView view;
  Begun step(
      "apply: {namespace: x, manifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}, "
      "{apiVersion: v1, kind: Node, metadata: {name: b}}]}");
  const StepMove first = step.Next(view);
  EXPECT_EQ(CallText(first.call), "apply configmaps x/a");
  EXPECT_EQ(CallText(step.Next(view).call), "apply nodes b");
  EXPECT_EQ(step.Next(view).kind, Kind::kDone);
}

TEST(Steps, RefusalsNameTheStatus) {
  FakeView view;
  Begun step("create: {manifest: {apiVersion: v1, kind: Node, metadata: {name: b}}}");
  step.Next(view);
  const StepMove move = step.Next(view, apiserver::AlreadyExistsError({"", "nodes"}, "b"));
  ASSERT_EQ(move.kind, Kind::kFailed);
  EXPECT_EQ(move.failure.message,
            "create nodes b was refused: AlreadyExists (409): nodes \"b\" already exists");
}

TEST(Steps, UnservedKindsAreWaitedFor) {
  FakeView view;
  Begun step("apply: {manifest: {apiVersion: e.com/v1, kind: Widget, metadata: {name: b}}}");
  EXPECT_EQ(step.Next(view).kind, Kind::kWatch);
  view.time += std::chrono::seconds(10);
  EXPECT_EQ(
      step.Next(view).failure.message,
      "no matches for kind \"Widget\" in version \"e.com/v1\": the cluster does not serve it");
}

TEST(Steps, ExpectEventually) {
  FakeView view;
  Begun step("expect: {eventually: 5s, resource: pods/a, matches: {status: {phase: Running}}}");
  EXPECT_EQ(step.Next(view).kind, Kind::kWatch);
  view.Put("pods", kPod);
  EXPECT_EQ(step.Next(view).kind, Kind::kDone);
  Begun late("expect: {eventually: 5s, resource: pods/a, matches: {status: {phase: Failed}}}");
  view.time += std::chrono::seconds(5);
  const StepMove move = late.Next(view);
  ASSERT_EQ(move.kind, Kind::kFailed);
  EXPECT_EQ(move.failure.found.at(0), R"(status.phase: want "Failed", got "Running")");
  EXPECT_EQ(move.failure.object, "default/a");
}

TEST(Steps, ExpectAlwaysFailsAtOnce) {
  FakeView view;
  view.Put("pods", kPod);
  Begun step("expect: {always: 5s, resource: pods, count: 1}");
  EXPECT_EQ(step.Next(view).kind, Kind::kWatch);
  view.objects.clear();
  EXPECT_EQ(step.Next(view).failure.found.at(0), "count: want 1, got 0 of 0 objects");
}

TEST(Steps, ExpectAlwaysHoldsToItsEnd) {
  FakeView view;
  Begun step("expect: {always: 5s, resource: pods/a, absent: true}");
  EXPECT_EQ(step.Next(view).kind, Kind::kWatch);
  view.time += std::chrono::seconds(5);
  EXPECT_EQ(step.Next(view).kind, Kind::kDone);
}

TEST(Steps, ExpectsConditions) {
  FakeView view;
  view.Put("pods", kPod);
  const auto found = [&](const std::string& that) {
    StepMove move = Begun("expect: {at: +0s, resource: pods/a, that: '" + that + "'}").Next(view);
    return move.kind == Kind::kDone ? "" : move.failure.found.at(0);
  };
  EXPECT_EQ(found("self.status.phase == \"Running\" && self.metadata.name.size() == 1"), "");
  EXPECT_EQ(found("self.status.phase == \"Failed\""),
            "that: self.status.phase == \"Failed\" is false");
  EXPECT_EQ(found("self.status.reason == \"x\""), "that: no such key: reason");
  EXPECT_EQ(Begun("expect: {at: +0s, resource: pods, that: 'has(self.spec.nodeName)', count: 1}")
                .Next(view)
                .kind,
            Kind::kDone);
  EXPECT_EQ(Begun("expect: {at: +0s, resource: pods, that: 'has(self.spec.x)', absent: true}")
                .Next(view)
                .kind,
            Kind::kDone);
}

TEST(Steps, ExpectsEvents) {
  FakeView view;
  Begun step("expect: {eventually: 5s, resource: pods/a, event: {reason: Pulled, message: image}}");
  EXPECT_EQ(step.Next(view).kind, Kind::kWatch);
  view.Put("events",
           R"({"apiVersion":"v1","kind":"Event","metadata":{"name":"e","namespace":"default"},
               "involvedObject":{"kind":"Pod","name":"a"},"reason":"Pulled",
               "message":"an image came","type":"Normal"})");
  EXPECT_EQ(step.Next(view).kind, Kind::kDone);
}

TEST(Steps, DrainTriesAgainWhatABudgetProtects) {
  FakeView view;
  view.Put("pods", kPod);
  Begun step("drain: n");
  EXPECT_EQ(CallText(step.Next(view).call), "patch nodes n");
  EXPECT_EQ(CallText(step.Next(view).call), "create pods default/a/eviction");
  const StepMove wait = step.Next(view, apiserver::TooManyRequestsError("budget", 10));
  ASSERT_EQ(wait.kind, Kind::kWatch);
  EXPECT_EQ(wait.time - view.time, std::chrono::seconds(5));
  view.time = wait.time;
  EXPECT_EQ(CallText(step.Next(view).call), "create pods default/a/eviction");
  EXPECT_EQ(step.Next(view).kind, Kind::kWatch);
  view.objects.clear();
  EXPECT_EQ(step.Next(view).kind, Kind::kDone);
}

TEST(Steps, DrainRefusesPodsThatNobodyMakesAgain) {
  FakeView view;
  view.Put("pods",
           R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"default"},
               "spec":{"nodeName":"n"}})");
  Begun step("drain: {node: n}");
  step.Next(view);
  EXPECT_EQ(step.Next(view).kind, Kind::kFailed);
  Begun forced("drain: {node: n, force: true}");
  forced.Next(view);
  EXPECT_EQ(forced.Next(view).kind, Kind::kCall);
}

TEST(Steps, WaitIdle) {
  FakeView view;
  Begun step("wait: idle");
  EXPECT_TRUE(step.Next(view).is_for_idle);
  view.idle = true;
  EXPECT_EQ(step.Next(view).kind, Kind::kDone);
}

TEST(Steps, WaitForACondition) {
  FakeView view;
  Begun step("wait: {resource: pods/a, condition: Ready, timeout: 3s}");
  view.Put("pods", kPod);
  EXPECT_EQ(step.Next(view).kind, Kind::kWatch);
  view.time += std::chrono::seconds(3);
  EXPECT_EQ(step.Next(view).failure.message, "wait for pods/a Ready: not so within 3s");
}

TEST(Steps, Scale) {
  FakeView view;
  Begun step("scale: {resource: deployments/web, replicas: 3}");
  const StepMove move = step.Next(view);
  EXPECT_EQ(CallText(move.call), "patch deployments.apps default/web/scale");
  EXPECT_EQ(apiserver::IntAt(move.call.body, {"spec", "replicas"}), 3);
}

TEST(Steps, DeleteBySelector) {
  FakeView view;
  view.Put("pods", kPod);
  Begun step("delete: {resource: pods, selector: \"!app\"}");
  EXPECT_EQ(CallText(step.Next(view).call), "delete pods default/a");
  EXPECT_EQ(step.Next(view).kind, Kind::kDone);
}

}  // namespace
}  // namespace scenarios
