#include "nodes/instant_pod.h"

#include <algorithm>

#include "apiserver/api/time_format.h"

namespace nodes {
namespace {

using apiserver::Array;
using apiserver::Find;
using apiserver::FindPath;
using apiserver::Object;
using apiserver::TextAt;
using apiserver::Value;

const Array& ContainersOf(const Value& pod, std::string_view list) {
  static const Array kNone;
  const Value* found = FindPath(pod, {"spec", list});
  return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

Object StatusSoFar(const Value& pod) {
  const Value* status = Find(pod, "status");
  return status != nullptr && status->is_object() ? status->get_object() : Object();
}

Object Terminated(const std::string& now) {
  return {
      {"terminated",
       Object{{"exitCode", 0}, {"reason", "Completed"}, {"startedAt", now}, {"finishedAt", now}}}};
}

Object Running(const std::string& now) { return {{"running", Object{{"startedAt", now}}}}; }

Object ContainerStatus(const Value& container, bool is_ready, Object state) {
  return {{"name", TextAt(container, {"name"})},
          {"state", std::move(state)},
          {"ready", is_ready},
          {"restartCount", 0},
          {"image", TextAt(container, {"image"})},
          {"imageID", ""}};
}

// Sets the condition `type` to True; one that is True already stays as it is.
void SetTrue(Array& conditions, std::string_view type, const std::string& now) {
  Object condition{
      {"type", type}, {"status", "True"}, {"lastProbeTime", nullptr}, {"lastTransitionTime", now}};
  for (Value& existing : conditions) {
    if (TextAt(existing, {"type"}) != type) continue;
    if (TextAt(existing, {"status"}) != "True") existing = std::move(condition);
    return;
  }
  conditions.push_back(std::move(condition));
}

}  // namespace

InstantStep NextInstantStep(const Value& pod, const apiserver::ObjectMeta& meta) {
  if (meta.is_deleting()) {
    // What is left is waiting for somebody else's finalizer.
    const bool is_done = meta.deletion_grace_period_seconds == 0 && !meta.finalizers.empty();
    return is_done ? InstantStep::kNothing : InstantStep::kDelete;
  }
  const std::string_view phase = TextAt(pod, {"status", "phase"});
  if (phase == "Succeeded" || phase == "Failed") return InstantStep::kNothing;
  if (TextAt(pod, {"status", "podIP"}).empty()) return InstantStep::kRun;
  const bool is_of_job =
      std::any_of(meta.owners.begin(), meta.owners.end(),
                  [](const apiserver::OwnerReference& owner) { return owner.kind == "Job"; });
  return is_of_job && phase == "Running" ? InstantStep::kSucceed : InstantStep::kNothing;
}

Object InstantRunningStatus(const Value& pod, const std::string& host_ip, const std::string& pod_ip,
                            sim::Time time) {
  const std::string now = apiserver::FormatTime(time);
  Object status = StatusSoFar(pod);
  Array conditions;
  if (const Value* existing = status.if_contains("conditions");
      existing != nullptr && existing->is_array()) {
    conditions = existing->get_array();
  }
  for (const std::string_view type : {"Initialized", "Ready", "ContainersReady"})
    SetTrue(conditions, type, now);
  if (const Value* gates = FindPath(pod, {"spec", "readinessGates"});
      gates != nullptr && gates->is_array()) {
    for (const Value& gate : gates->get_array())
      SetTrue(conditions, TextAt(gate, {"conditionType"}), now);
  }
  status["phase"] = "Running";
  status["conditions"] = std::move(conditions);
  status["hostIP"] = host_ip;
  status["hostIPs"] = Array{Object{{"ip", host_ip}}};
  status["podIP"] = pod_ip;
  status["podIPs"] = Array{Object{{"ip", pod_ip}}};
  status["startTime"] = now;
  Array initial;
  for (const Value& container : ContainersOf(pod, "initContainers")) {
    const bool is_sidecar = TextAt(container, {"restartPolicy"}) == "Always";
    initial.push_back(
        ContainerStatus(container, true, is_sidecar ? Running(now) : Terminated(now)));
    if (is_sidecar) initial.back().as_object()["started"] = true;
  }
  if (!initial.empty()) status["initContainerStatuses"] = std::move(initial);
  Array containers;
  for (const Value& container : ContainersOf(pod, "containers")) {
    containers.push_back(ContainerStatus(container, true, Running(now)));
  }
  status["containerStatuses"] = std::move(containers);
  return status;
}

Object InstantSucceededStatus(const Value& pod, sim::Time time) {
  const std::string now = apiserver::FormatTime(time);
  Object status = StatusSoFar(pod);
  status["phase"] = "Succeeded";
  Array containers;
  for (const Value& container : ContainersOf(pod, "containers")) {
    containers.push_back(ContainerStatus(container, false, Terminated(now)));
    containers.back().as_object()["started"] = false;
  }
  status["containerStatuses"] = std::move(containers);
  return status;
}

}  // namespace nodes
