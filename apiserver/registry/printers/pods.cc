#include "apiserver/api/time_format.h"
#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

// What the containers of a pod add up to while they are gone through.
struct PodView {
  std::string reason;
  std::int64_t restart_count = 0;
  std::string last_restart;  // RFC 3339, "" for never
  std::int64_t ready_count = 0;
};

bool IsSidecar(const Value& pod, std::string_view name) {
  for (const Value& container : ItemsAt(pod, {"spec", "initContainers"})) {
    if (TextAt(container, {"name"}) == name)
      return TextAt(container, {"restartPolicy"}) == "Always";
  }
  return false;
}

void NoteRestart(const Value& status, std::string& last_restart) {
  // RFC 3339 in UTC: the later text is the later time.
  const std::string_view finished = TextAt(status, {"lastState", "terminated", "finishedAt"});
  if (finished > last_restart) last_restart = finished;
}

// "Error", or "ExitCode:1" and "Signal:9" where the runtime gave no reason.
std::string TerminationText(const Value& terminated) {
  const std::string_view reason = TextAt(terminated, {"reason"});
  if (!reason.empty()) return std::string(reason);
  const std::int64_t signal = IntAt(terminated, {"signal"});
  if (signal != 0) return "Signal:" + std::to_string(signal);
  return "ExitCode:" + std::to_string(IntAt(terminated, {"exitCode"}));
}

// Goes through init containers up to the first that is not over. Returns whether the pod still
// initialises. `sidecars` gathers restarts of restartable init containers, which alone count later.
bool ViewInitContainers(const Value& pod, PodView& view, PodView& sidecars) {
  const Array& statuses = ItemsAt(pod, {"status", "initContainerStatuses"});
  for (std::size_t index = 0; index < statuses.size(); ++index) {
    const Value& status = statuses[index];
    const bool is_sidecar = IsSidecar(pod, TextAt(status, {"name"}));
    view.restart_count += IntAt(status, {"restartCount"});
    NoteRestart(status, view.last_restart);
    if (is_sidecar) {
      sidecars.restart_count += IntAt(status, {"restartCount"});
      NoteRestart(status, sidecars.last_restart);
    }
    const Value* terminated = FindPath(status, {"state", "terminated"});
    const std::string_view waiting = TextAt(status, {"state", "waiting", "reason"});
    if (terminated != nullptr && IntAt(*terminated, {"exitCode"}) == 0) continue;
    if (is_sidecar && BoolAt(status, {"started"})) {
      if (BoolAt(status, {"ready"})) ++view.ready_count;
      continue;
    }
    if (terminated != nullptr) {
      view.reason = "Init:" + TerminationText(*terminated);
    } else if (!waiting.empty() && waiting != "PodInitializing") {
      view.reason = "Init:" + std::string(waiting);
    } else {
      view.reason = "Init:" + std::to_string(index) + "/" +
                    std::to_string(CountAt(pod, {"spec", "initContainers"}));
    }
    return true;
  }
  return false;
}

void ViewContainers(const Value& pod, PodView& view) {
  bool has_running = false;
  const Array& statuses = ItemsAt(pod, {"status", "containerStatuses"});
  for (auto status = statuses.rbegin(); status != statuses.rend(); ++status) {
    view.restart_count += IntAt(*status, {"restartCount"});
    NoteRestart(*status, view.last_restart);
    const std::string_view waiting = TextAt(*status, {"state", "waiting", "reason"});
    const Value* terminated = FindPath(*status, {"state", "terminated"});
    if (!waiting.empty()) {
      view.reason = waiting;
    } else if (terminated != nullptr) {
      view.reason = TerminationText(*terminated);
    } else if (BoolAt(*status, {"ready"}) && FindPath(*status, {"state", "running"}) != nullptr) {
      has_running = true;
      ++view.ready_count;
    }
  }
  if (view.reason == "Completed" && has_running) {
    view.reason = IsConditionTrue(pod, "Ready") ? "Running" : "NotReady";
  }
}

PodView ViewOf(const Value& pod) {
  const std::string_view phase = TextAt(pod, {"status", "phase"});
  const std::string_view status_reason = TextAt(pod, {"status", "reason"});
  PodView view;
  view.reason = status_reason.empty() ? phase : status_reason;
  const Value* scheduled = FindCondition(pod, "PodScheduled");
  if (scheduled != nullptr && TextAt(*scheduled, {"reason"}) == "SchedulingGated") {
    view.reason = "SchedulingGated";
  }
  PodView sidecars;
  const bool is_initialising = ViewInitContainers(pod, view, sidecars);
  if (!is_initialising || IsConditionTrue(pod, "Initialized")) {
    view.restart_count = sidecars.restart_count;
    view.last_restart = sidecars.last_restart;
    ViewContainers(pod, view);
  }
  if (FindPath(pod, {"metadata", "deletionTimestamp"}) != nullptr) {
    const bool is_over = phase == "Succeeded" || phase == "Failed";
    if (status_reason == "NodeLost") {
      view.reason = "Unknown";
    } else if (!is_over) {
      view.reason = "Terminating";
    }
  }
  return view;
}

std::int64_t ContainerCount(const Value& pod) {
  std::int64_t count = CountAt(pod, {"spec", "containers"});
  for (const Value& container : ItemsAt(pod, {"spec", "initContainers"})) {
    count += TextAt(container, {"restartPolicy"}) == "Always" ? 1 : 0;
  }
  return count;
}

std::string ReadinessGates(const Value& pod) {
  const Array& gates = ItemsAt(pod, {"spec", "readinessGates"});
  if (gates.empty()) return "<none>";
  std::int64_t true_count = 0;
  for (const Value& gate : gates) {
    true_count += IsConditionTrue(pod, TextAt(gate, {"conditionType"})) ? 1 : 0;
  }
  return std::to_string(true_count) + "/" + std::to_string(gates.size());
}

Array PodCells(const Value& pod, sim::Time now) {
  const PodView view = ViewOf(pod);
  std::string restarts = std::to_string(view.restart_count);
  if (view.restart_count != 0 && !view.last_restart.empty()) {
    restarts += " (" + AgeSince(view.last_restart, now) + " ago)";
  }
  const Array& ips = ItemsAt(pod, {"status", "podIPs"});
  return {NameOf(pod),
          std::to_string(view.ready_count) + "/" + std::to_string(ContainerCount(pod)),
          view.reason,
          restarts,
          Age(pod, now),
          Or(ips.empty() ? std::string_view() : TextAt(ips[0], {"ip"}), "<none>"),
          Or(TextAt(pod, {"spec", "nodeName"}), "<none>"),
          Or(TextAt(pod, {"status", "nominatedNodeName"}), "<none>"),
          ReadinessGates(pod)};
}

Array PodConditions(const Value& pod) {
  const std::string_view phase = TextAt(pod, {"status", "phase"});
  const bool has_succeeded = phase == "Succeeded";
  if (!has_succeeded && phase != "Failed") return {};
  return {Object{
      {"type", "Completed"},
      {"status", "True"},
      {"reason", phase},
      {"message", has_succeeded ? "The pod has completed successfully." : "The pod failed."}}};
}

Array PodTemplateCells(const Value& object, sim::Time) {
  const Value* spec = FindPath(object, {"template", "spec"});
  return {NameOf(object), ContainerNames(spec), ContainerImages(spec),
          LabelsText(FindPath(object, {"template", "metadata", "labels"}))};
}

}  // namespace

void AddPodPrinters(PrinterTable& printers) {
  printers.Add(
      {"", "pods"},
      MakePrinter({NameColumn(), Text("Ready", "Ready containers of all."),
                   Text("Status", "What the pod is doing."),
                   Text("Restarts", "How often containers were restarted, and when last."),
                   AgeColumn(), Wide("IP", "The pod's address."), Wide("Node", "Where it runs."),
                   Wide("Nominated Node", "Where preemption makes room for it."),
                   Wide("Readiness Gates", "Conditions that must hold besides.")},
                  PodCells, PodConditions));
  printers.Add({"", "podtemplates"}, MakePrinter({NameColumn(), Text("Containers", "Their names."),
                                                  Text("Images", "Their images."),
                                                  Text("Pod Labels", "The labels that pods get.")},
                                                 PodTemplateCells));
}

}  // namespace apiserver
