#include "nodes/container_state.h"

#include "sim/check.h"

namespace nodes {
namespace {

using Next = std::optional<ContainerState>;

Next If(bool condition, ContainerState state) { return condition ? Next(state) : std::nullopt; }

}  // namespace

std::optional<ContainerState> NextContainerState(ContainerState state, ContainerEvent event) {
  switch (state) {
    case ContainerState::kWaiting:
      if (event == ContainerEvent::kStop) return ContainerState::kExited;
      return If(event == ContainerEvent::kBegin, ContainerState::kPulling);
    case ContainerState::kPulling:
      if (event == ContainerEvent::kStop) return ContainerState::kExited;
      if (event == ContainerEvent::kPullFailed) return ContainerState::kPullFailed;
      return If(event == ContainerEvent::kPulled, ContainerState::kCreating);
    case ContainerState::kPullFailed:
      if (event == ContainerEvent::kStop) return ContainerState::kExited;
      return If(event == ContainerEvent::kPause, ContainerState::kPullBackOff);
    case ContainerState::kPullBackOff:
      if (event == ContainerEvent::kStop) return ContainerState::kExited;
      return If(event == ContainerEvent::kBegin, ContainerState::kPulling);
    case ContainerState::kCreating:
      if (event == ContainerEvent::kStop) return ContainerState::kExited;
      return If(event == ContainerEvent::kStarted, ContainerState::kRunning);
    case ContainerState::kRunning:
      if (event == ContainerEvent::kStop) return ContainerState::kStopping;
      return If(event == ContainerEvent::kExited, ContainerState::kExited);
    case ContainerState::kStopping:
      return If(event == ContainerEvent::kExited, ContainerState::kExited);
    case ContainerState::kExited:
      if (event == ContainerEvent::kPause) return ContainerState::kBackOff;
      return If(event == ContainerEvent::kBegin, ContainerState::kPulling);
    case ContainerState::kBackOff:
      if (event == ContainerEvent::kStop) return ContainerState::kExited;
      return If(event == ContainerEvent::kBegin, ContainerState::kPulling);
  }
  SIM_CHECK(false);
  return std::nullopt;
}

std::string_view ContainerStateName(ContainerState state) {
  switch (state) {
    case ContainerState::kWaiting:
      return "Waiting";
    case ContainerState::kPulling:
      return "Pulling";
    case ContainerState::kPullFailed:
      return "PullFailed";
    case ContainerState::kPullBackOff:
      return "PullBackOff";
    case ContainerState::kCreating:
      return "Creating";
    case ContainerState::kRunning:
      return "Running";
    case ContainerState::kStopping:
      return "Stopping";
    case ContainerState::kExited:
      return "Exited";
    case ContainerState::kBackOff:
      return "BackOff";
  }
  SIM_CHECK(false);
  return {};
}

std::string_view ContainerEventName(ContainerEvent event) {
  switch (event) {
    case ContainerEvent::kBegin:
      return "Begin";
    case ContainerEvent::kPulled:
      return "Pulled";
    case ContainerEvent::kPullFailed:
      return "PullFailed";
    case ContainerEvent::kPause:
      return "Pause";
    case ContainerEvent::kStarted:
      return "Started";
    case ContainerEvent::kStop:
      return "Stop";
    case ContainerEvent::kExited:
      return "Exited";
  }
  SIM_CHECK(false);
  return {};
}

}  // namespace nodes
