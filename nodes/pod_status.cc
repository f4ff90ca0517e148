#include "nodes/pod_status.h"

#include <algorithm>

#include "apiserver/api/time_format.h"
#include "sim/digest.h"

namespace nodes {
namespace {

using apiserver::Array;
using apiserver::Find;
using apiserver::FormatTime;
using apiserver::Object;
using apiserver::TextAt;
using apiserver::Value;

// --- Containers.

std::string ImageId(const std::string& image) {
  std::string id = image.substr(0, image.find('@')) + "@sha256:";
  std::string text = image;
  for (int part = 0; part < 4; ++part) id += sim::Hex64(sim::StableHash(text += '.'));
  return id;
}

Object Terminated(const ContainerEnd& end) {
  return {{"terminated", Object{{"exitCode", end.exit_code},
                                {"reason", end.reason},
                                {"startedAt", FormatTime(end.started)},
                                {"finishedAt", FormatTime(end.finished)},
                                {"containerID", end.container_id}}}};
}

Object Waiting(std::string_view reason, const std::string& message) {
  Object waiting{{"reason", reason}};
  if (!message.empty()) waiting["message"] = message;
  return {{"waiting", std::move(waiting)}};
}

// The current state; `begins_later` says that init containers come first.
Object StateOf(const ContainerRun& container, bool begins_later) {
  const std::string& message = container.waiting_message();
  switch (container.state()) {
    case ContainerState::kWaiting:
      return Waiting(begins_later ? "PodInitializing" : "ContainerCreating", "");
    case ContainerState::kPulling:
    case ContainerState::kCreating:
      // Until the next run has begun, the last one is what there is to see.
      return container.end() ? Terminated(*container.end())
                             : Waiting(begins_later ? "PodInitializing" : "ContainerCreating", "");
    case ContainerState::kPullFailed:
      return Waiting(
          container.spec().pull_policy == PullPolicy::kNever ? "ErrImageNeverPull" : "ErrImagePull",
          message);
    case ContainerState::kPullBackOff:
      return Waiting(container.spec().pull_policy == PullPolicy::kNever ? "ErrImageNeverPull"
                                                                        : "ImagePullBackOff",
                     message);
    case ContainerState::kBackOff:
      return Waiting("CrashLoopBackOff", message);
    case ContainerState::kRunning:
    case ContainerState::kStopping:
      return {{"running", Object{{"startedAt", FormatTime(container.started())}}}};
    case ContainerState::kExited:
      return container.end() ? Terminated(*container.end()) : Waiting("ContainerCreating", "");
  }
  return {};
}

const std::optional<ContainerEnd>& LastEnd(const ContainerRun& container) {
  const bool is_between = container.state() == ContainerState::kBackOff ||
                          container.state() == ContainerState::kPullFailed ||
                          container.state() == ContainerState::kPullBackOff;
  return is_between ? container.end() : container.last_end();
}

// An init container is "ready" once it is through; a sidecar and a main container while they serve.
bool ShowsReady(const ContainerRun& container) {
  if (container.is_init() && !container.spec().is_sidecar) return container.has_ended_well();
  return container.is_ready() && container.state() == ContainerState::kRunning;
}

Object ContainerStatus(const ContainerRun& container, bool begins_later) {
  const auto& facts = container.spec().facts;
  const auto& last_end = LastEnd(container);
  const bool has_run = container.is_alive() || container.end().has_value();
  Object status{{"name", facts.name},
                {"state", StateOf(container, begins_later)},
                {"lastState", last_end ? Terminated(*last_end) : Object()},
                {"ready", ShowsReady(container)},
                {"restartCount", container.restarts_count()},
                {"image", facts.image},
                {"imageID", has_run ? ImageId(facts.image) : ""}};
  if (container.is_alive()) {
    status["containerID"] = container.container_id();
  } else if (container.end()) {
    status["containerID"] = container.end()->container_id;
  }
  status["started"] = container.is_alive() && container.is_started();
  const Value& resources = container.spec().resources;
  if (resources.is_object() && container.is_alive()) {
    if (const Value* requests = Find(resources, "requests"))
      status["allocatedResources"] = *requests;
    status["resources"] = resources;
  }
  return status;
}

// --- The pod.

bool HasRunOnce(const ContainerRun& container) {
  return container.is_alive() || container.end().has_value() || container.last_end().has_value();
}

std::string_view PhaseOf(const PodRun& run) {
  switch (run.state()) {
    case PodState::kSucceeded:
      return "Succeeded";
    case PodState::kFailed:
      return "Failed";
    case PodState::kNew:
    case PodState::kSandbox:
    case PodState::kInitializing:
      return "Pending";
    case PodState::kRunning:
    case PodState::kStopping:
      return std::all_of(run.containers().begin(), run.containers().end(), HasRunOnce) ? "Running"
                                                                                       : "Pending";
  }
  return "";
}

std::string Names(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) text += (text.size() > 1 ? " " : "") + name;
  return text + "]";
}

struct Verdict {
  bool is_true = true;
  std::string reason;
  std::string message;
};

Verdict Initialized(const PodRun& run) {
  std::vector<std::string> incomplete;
  for (const ContainerRun& container : run.init_containers()) {
    const bool is_complete =
        container.spec().is_sidecar ? container.is_started() : container.has_ended_well();
    if (!is_complete) incomplete.push_back(container.spec().facts.name);
  }
  if (run.state() == PodState::kSucceeded) return {true, "PodCompleted", ""};
  const bool was_initialized =
      std::any_of(run.containers().begin(), run.containers().end(), HasRunOnce);
  if (incomplete.empty() || was_initialized) return {};
  return {false, "ContainersNotInitialized",
          "containers with incomplete status: " + Names(incomplete)};
}

Verdict ContainersReady(const PodRun& run) {
  if (run.state() == PodState::kSucceeded) return {false, "PodCompleted", ""};
  if (run.state() == PodState::kFailed) return {false, "PodFailed", ""};
  std::vector<std::string> unready;
  for (const ContainerRun& container : run.init_containers()) {
    if (container.spec().is_sidecar && !ShowsReady(container))
      unready.push_back(container.spec().facts.name);
  }
  for (const ContainerRun& container : run.containers()) {
    if (!ShowsReady(container)) unready.push_back(container.spec().facts.name);
  }
  if (unready.empty()) return {};
  return {false, "ContainersNotReady", "containers with unready status: " + Names(unready)};
}

const Value* FindCondition(const Array& conditions, std::string_view type) {
  const auto found =
      std::find_if(conditions.begin(), conditions.end(),
                   [&](const Value& condition) { return TextAt(condition, {"type"}) == type; });
  return found != conditions.end() ? &*found : nullptr;
}

Verdict Ready(const PodRun& run, const Array& conditions, const Verdict& containers_ready) {
  if (!containers_ready.is_true) return containers_ready;
  std::string message;
  for (const std::string& gate : run.spec().readiness_gates) {
    const Value* condition = FindCondition(conditions, gate);
    if (condition != nullptr && TextAt(*condition, {"status"}) == "True") continue;
    if (!message.empty()) message += ", ";
    message +=
        condition == nullptr
            ? "corresponding condition of pod readiness gate \"" + gate + "\" does not exist."
            : "the status of pod readiness gate \"" + gate + "\" is not \"True\", but " +
                  std::string(TextAt(*condition, {"status"}));
  }
  if (message.empty()) return {};
  return {false, "ReadinessGatesNotReady", message};
}

class Conditions {
 public:
  Conditions(const Value& status, std::int64_t generation, sim::Time now)
      : generation_(generation), now_(FormatTime(now)) {
    const Value* conditions = Find(status, "conditions");
    if (conditions != nullptr && conditions->is_array()) old_ = conditions->get_array();
  }
  const Array& old() const { return old_; }

  void Set(std::string_view type, const Verdict& verdict) {
    const std::string_view text = verdict.is_true ? "True" : "False";
    const Value* old_condition = FindCondition(old_, type);
    const bool is_unchanged =
        old_condition != nullptr && TextAt(*old_condition, {"status"}) == text;
    Object condition{
        {"type", type},
        {"observedGeneration", generation_},
        {"status", text},
        {"lastProbeTime", nullptr},
        {"lastTransitionTime",
         is_unchanged ? std::string(TextAt(*old_condition, {"lastTransitionTime"})) : now_}};
    if (!verdict.reason.empty()) condition["reason"] = verdict.reason;
    if (!verdict.message.empty()) condition["message"] = verdict.message;
    own_.push_back(std::move(condition));
  }
  // What is not the kubelet's comes after.
  Array Take() {
    for (const Value& condition : old_) {
      if (FindCondition(own_, TextAt(condition, {"type"})) == nullptr) own_.push_back(condition);
    }
    return std::move(own_);
  }

 private:
  std::int64_t generation_;
  std::string now_;
  Array old_;
  Array own_;
};

void AddConditions(const PodRun& run, Conditions& conditions) {
  const Verdict containers_ready = ContainersReady(run);
  const bool network_is_up = run.has_sandbox() && !run.is_over();
  conditions.Set("PodReadyToStartContainers", {network_is_up, "", ""});
  conditions.Set("Initialized", Initialized(run));
  conditions.Set("Ready", Ready(run, conditions.old(), containers_ready));
  conditions.Set("ContainersReady", containers_ready);
  // A pod that came with its node's name was scheduled by whoever wrote it.
  if (FindCondition(conditions.old(), "PodScheduled") == nullptr)
    conditions.Set("PodScheduled", {});
}

}  // namespace

Object MakePodStatus(const PodRun& run, const Value& status, const PodAddresses& addresses,
                     sim::Time now) {
  Object result = status.is_object() ? status.get_object() : Object();
  Conditions conditions(status, run.spec().generation, now);
  AddConditions(run, conditions);
  result["observedGeneration"] = run.spec().generation;
  result["phase"] = PhaseOf(run);
  result["startTime"] = FormatTime(run.admitted());
  if (!run.reason().empty()) {
    result["reason"] = run.reason();
    result["message"] = run.message();
  }
  const bool was_refused = run.state() == PodState::kFailed && !run.has_sandbox();
  if (was_refused)
    return result;  // It never became a pod of this node: no conditions, no containers.
  result["conditions"] = conditions.Take();
  result["hostIP"] = addresses.host_ip;
  result["hostIPs"] = Array{Object{{"ip", addresses.host_ip}}};
  if (run.has_sandbox() && !addresses.pod_ip.empty()) {
    result["podIP"] = addresses.pod_ip;
    result["podIPs"] = Array{Object{{"ip", addresses.pod_ip}}};
  }
  if (!run.init_containers().empty()) {
    Array initial;
    bool begins_later = false;
    for (const ContainerRun& container : run.init_containers()) {
      initial.push_back(ContainerStatus(container, begins_later));
      begins_later = true;
    }
    result["initContainerStatuses"] = std::move(initial);
  }
  const bool is_initializing =
      run.state() == PodState::kInitializing || run.state() == PodState::kSandbox;
  Array containers;
  for (const ContainerRun& container : run.containers()) {
    containers.push_back(
        ContainerStatus(container, is_initializing && !run.init_containers().empty()));
  }
  result["containerStatuses"] = std::move(containers);
  return result;
}

}  // namespace nodes
