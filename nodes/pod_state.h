// The life of one pod on a node.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nodes {

enum class PodState : std::uint8_t {
  kNew,           // bound to the node, not admitted
  kSandbox,       // its network is being made
  kInitializing,  // init containers run
  kRunning,       // the main containers have begun
  kStopping,      // all containers are told to end
  kSucceeded,
  kFailed,
};

enum class PodEvent : std::uint8_t {
  kAdmitted,
  kRefused,
  kSandboxReady,
  kInitialized,
  kStop,       // deleted, out of time, or nothing is left but sidecars
  kSucceeded,  // no container runs or will run again, and all is well
  kFailed,
};

// nullopt: the event means nothing in this state.
std::optional<PodState> NextPodState(PodState state, PodEvent event);

std::string_view PodStateName(PodState state);

}  // namespace nodes
