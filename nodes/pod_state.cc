#include "nodes/pod_state.h"

#include "sim/check.h"

namespace nodes {

std::optional<PodState> NextPodState(PodState state, PodEvent event) {
  switch (state) {
    case PodState::kNew:
      if (event == PodEvent::kAdmitted) return PodState::kSandbox;
      if (event == PodEvent::kStop) return PodState::kStopping;
      return event == PodEvent::kRefused ? std::optional(PodState::kFailed) : std::nullopt;
    case PodState::kSandbox:
      if (event == PodEvent::kSandboxReady) return PodState::kInitializing;
      return event == PodEvent::kStop ? std::optional(PodState::kStopping) : std::nullopt;
    case PodState::kInitializing:
      if (event == PodEvent::kInitialized) return PodState::kRunning;
      if (event == PodEvent::kFailed) return PodState::kFailed;
      return event == PodEvent::kStop ? std::optional(PodState::kStopping) : std::nullopt;
    case PodState::kRunning:
    case PodState::kStopping:
      if (event == PodEvent::kSucceeded) return PodState::kSucceeded;
      if (event == PodEvent::kFailed) return PodState::kFailed;
      return event == PodEvent::kStop && state == PodState::kRunning
                 ? std::optional(PodState::kStopping)
                 : std::nullopt;
    case PodState::kSucceeded:
    case PodState::kFailed:
      return std::nullopt;
  }
  SIM_CHECK(false);
  return std::nullopt;
}

std::string_view PodStateName(PodState state) {
  switch (state) {
    case PodState::kNew:
      return "New";
    case PodState::kSandbox:
      return "Sandbox";
    case PodState::kInitializing:
      return "Initializing";
    case PodState::kRunning:
      return "Running";
    case PodState::kStopping:
      return "Stopping";
    case PodState::kSucceeded:
      return "Succeeded";
    case PodState::kFailed:
      return "Failed";
  }
  SIM_CHECK(false);
  return {};
}

}  // namespace nodes
