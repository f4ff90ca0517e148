// The life of one container on a node.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nodes {

enum class ContainerState : std::uint8_t {
  kWaiting,  // its turn has not come
  kPulling,
  kPullFailed,   // ErrImagePull
  kPullBackOff,  // ImagePullBackOff
  kCreating,
  kRunning,
  kStopping,  // told to end
  kExited,
  kBackOff,  // CrashLoopBackOff
};

enum class ContainerEvent : std::uint8_t {
  kBegin,
  kPulled,
  kPullFailed,
  kPause,
  kStarted,
  kStop,
  kExited
};

// nullopt: the event means nothing in this state.
std::optional<ContainerState> NextContainerState(ContainerState state, ContainerEvent event);

std::string_view ContainerStateName(ContainerState state);
std::string_view ContainerEventName(ContainerEvent event);

}  // namespace nodes
