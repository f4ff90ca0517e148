// Empties a node as kubectl drain does: cordons it, evicts its pods through the eviction API, tries
// those again that a budget protects, and waits until all are gone.
//
// Source of the rules: k8s.io/kubectl/pkg/drain (which pods are left, the pause of 5 s between
// tries).
#include <algorithm>

#include "scenarios/language/step_table.h"
#include "scenarios/language/values.h"
#include "scenarios/steps/target.h"

namespace scenarios {
namespace {

constexpr sim::Duration kRetryPause = std::chrono::seconds(5);
constexpr int kTooManyRequests = 429;
constexpr int kNotFound = 404;

const apiserver::GroupVersionResource kPodResource{"", "v1", "pods"};

struct DrainSpec {
  std::string node;
  sim::Duration timeout = std::chrono::minutes(10);
  bool is_forced = false;  // also pods that no controller would make again
  std::optional<std::int64_t> grace_period_seconds;
};

class DrainRun final : public StepRun {
 public:
  explicit DrainRun(const DrainSpec& spec) : spec_(spec) {}

  StepMove Next(const StepInput& input) override {
    switch (phase_) {
      case Phase::kCordon:
        phase_ = Phase::kCordoned;
        return StepMove::Call(last_call_ = CordonCall());
      case Phase::kCordoned:
        if (input.call_error) return StepMove::Failed(FailureOf(last_call_, *input.call_error));
        if (auto failure = ChoosePods(input.view)) return StepMove::Failed(std::move(*failure));
        phase_ = Phase::kEvict;
        return Evict(input);
      case Phase::kEvict:
        if (auto failure = NoteEviction(input)) return StepMove::Failed(std::move(*failure));
        return Evict(input);
      case Phase::kGoing:
        return Evict(input);
    }
    return StepMove::Done();
  }

 private:
  enum class Phase : std::uint8_t { kCordon, kCordoned, kEvict, kGoing };
  struct Pod {
    apiserver::ObjectKey key;
    std::string uid;
    bool is_evicted = false;
    sim::Time try_after{};
    std::string refusal;
  };

  ApiCall CordonCall() const {
    ApiCall call{.verb = CallVerb::kMergePatch,
                 .resource = {"", "v1", "nodes"},
                 .key = {"", spec_.node},
                 .body = {}};
    call.body =
        apiserver::Object{{"spec", apiserver::Object{{"unschedulable", apiserver::Value(true)}}}};
    return call;
  }

  std::optional<StepFailure> ChoosePods(const ClusterView& view) {
    for (const auto& object : view.List(kPodResource.group_resource(), "")) {
      const std::shared_ptr<const apiserver::Value> pod = object->Peek();
      if (apiserver::TextAt(*pod, {"spec", "nodeName"}) != spec_.node) continue;
      const apiserver::OwnerReference* owner = object->meta().Controller();
      const std::string_view phase = apiserver::TextAt(*pod, {"status", "phase"});
      const bool is_finished = phase == "Succeeded" || phase == "Failed";
      // DaemonSets' pods would come back at once; mirrors of static pods can't be evicted.
      if (owner != nullptr && (owner->kind == "DaemonSet" || owner->kind == "Node")) continue;
      if (owner == nullptr && !is_finished && !spec_.is_forced) {
        return StepFailure{
            .message = "pod " + object->key().Text() +
                       " has no controller: drain it with `force: true`, which deletes it",
            .object = object->key().Text()};
      }
      pods_.push_back({.key = object->key(),
                       .uid = object->meta().uid,
                       .is_evicted = false,
                       .try_after = {},
                       .refusal = {}});
    }
    return std::nullopt;
  }

  ApiCall EvictionCall(const Pod& pod) const {
    apiserver::Object body{
        {"apiVersion", "policy/v1"},
        {"kind", "Eviction"},
        {"metadata", apiserver::Object{{"name", pod.key.name}, {"namespace", pod.key.namespace_}}}};
    if (spec_.grace_period_seconds) {
      body["deleteOptions"] =
          apiserver::Object{{"gracePeriodSeconds", *spec_.grace_period_seconds}};
    }
    ApiCall call{.verb = CallVerb::kCreate, .resource = kPodResource, .key = pod.key, .body = {}};
    call.body = std::move(body);
    call.subresource = "eviction";
    return call;
  }

  // A pod that is gone already is as good as evicted; one that a budget protects is tried again.
  std::optional<StepFailure> NoteEviction(const StepInput& input) {
    Pod& pod = pods_[current_];
    phase_ = Phase::kGoing;
    if (!input.call_error || input.call_error->code == kNotFound) {
      pod.is_evicted = true;
      return std::nullopt;
    }
    if (input.call_error->code != kTooManyRequests) {
      return FailureOf(last_call_, *input.call_error);
    }
    pod.refusal = input.call_error->message;
    pod.try_after = input.view.now() + kRetryPause;
    return std::nullopt;
  }

  StepMove Evict(const StepInput& input) {
    const sim::Time deadline = input.began + spec_.timeout;
    sim::Time next = deadline;
    bool is_done = true;
    for (std::size_t index = 0; index < pods_.size(); ++index) {
      Pod& pod = pods_[index];
      const auto object = input.view.Find(kPodResource.group_resource(), pod.key);
      if (object == nullptr || object->meta().uid != pod.uid) continue;
      is_done = false;
      if (pod.is_evicted) continue;
      if (pod.try_after <= input.view.now()) {
        current_ = index;
        phase_ = Phase::kEvict;
        return StepMove::Call(last_call_ = EvictionCall(pod));
      }
      next = std::min(next, pod.try_after);
    }
    if (is_done) return StepMove::Done();
    if (input.view.now() >= deadline) return StepMove::Failed(TimedOut(input.view));
    return StepMove::Watch(next);
  }

  StepFailure TimedOut(const ClusterView& view) const {
    StepFailure failure;
    failure.message = "drain of " + spec_.node + " is not done in time";
    for (const Pod& pod : pods_) {
      const auto object = view.Find(kPodResource.group_resource(), pod.key);
      if (object == nullptr || object->meta().uid != pod.uid) continue;
      failure.found.push_back("pod " + pod.key.Text() +
                              (pod.is_evicted ? " is still terminating" : ": " + pod.refusal));
      failure.object = pod.key.Text();
    }
    return failure;
  }

  const DrainSpec& spec_;
  Phase phase_ = Phase::kCordon;
  std::vector<Pod> pods_;
  std::size_t current_ = 0;
  ApiCall last_call_;
};

class DrainStep final : public Step {
 public:
  explicit DrainStep(DrainSpec spec) : spec_(std::move(spec)) {}
  std::unique_ptr<StepRun> Begin() const override { return std::make_unique<DrainRun>(spec_); }
  std::string Title() const override { return "drain " + spec_.node; }

 private:
  const DrainSpec spec_;
};

const Shape& DrainShape() {
  static const Shape map{
      .kind = Shape::Kind::kObject,
      .fields = {{"node", &kTextShape, "The node's name.", true},
                 {"timeout", &kDurationShape, "How long it may take; 10m when not given."},
                 {"force", &kBooleanShape, "Also pods that have no controller."},
                 {"gracePeriodSeconds", &kIntegerShape, "In place of the pods' own."}}};
  static const Shape shape{.kind = Shape::Kind::kChoice, .choices = {&kTextShape, &map}};
  return shape;
}

std::unique_ptr<Step> ReadDrain(const SourceNode& node, const std::string&, ReadContext&) {
  DrainSpec spec;
  spec.node = ReadNodeName(node);
  spec.timeout = ReadDuration(node.Find("timeout"), spec.timeout);
  spec.is_forced = ReadBoolean(node.Find("force"), false);
  if (const SourceNode* grace = node.Find("gracePeriodSeconds")) {
    spec.grace_period_seconds = ReadInteger(grace, 0);
  }
  return std::make_unique<DrainStep>(std::move(spec));
}

}  // namespace

const StepKind kDrainStep = {"drain", "Empties a node through the eviction API.", &DrainShape,
                             &ReadDrain};

}  // namespace scenarios
