// One pod as it runs on a node: its containers in their order, from admission to its end.
//
// Pure but for the node's images: time comes in as arguments; what happened goes out as notes
// (Events) and as the status that pod_status.h makes of it. Invariants: (1) Init containers run one
// after the other; sidecars among them stay until the main containers are over. (2) After
// Advance(now), NextDue() is later than now or nothing.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "nodes/container_run.h"
#include "nodes/pod_state.h"

namespace nodes {

class PodRun {
 public:
  // From admission until the network of the pod is there.
  static constexpr sim::Duration kSandboxTime = std::chrono::milliseconds(500);

  PodRun(PodSpec spec, const BehaviourRules& rules, std::set<std::string>& images);
  PodRun(const PodRun&) = delete;
  PodRun& operator=(const PodRun&) = delete;

  const PodSpec& spec() const { return spec_; }
  PodState state() const { return state_; }
  bool is_over() const { return state_ == PodState::kSucceeded || state_ == PodState::kFailed; }
  bool has_sandbox() const { return has_sandbox_; }
  sim::Time admitted() const { return admitted_; }
  // Why it failed as a whole: "OutOfcpu", "DeadlineExceeded"; or "".
  const std::string& reason() const { return reason_; }
  const std::string& message() const { return message_; }
  const std::deque<ContainerRun>& init_containers() const { return init_containers_; }
  const std::deque<ContainerRun>& containers() const { return containers_; }
  const ContainerRun* Find(std::string_view container) const;

  void SetGeneration(std::int64_t generation) { spec_.generation = generation; }
  void SetDeadline(std::optional<sim::Duration> deadline) { spec_.deadline = deadline; }

  void Admit(sim::Time now);
  void Refuse(sim::Time now, std::string reason, std::string message);
  // Takes up what an earlier incarnation of the kubelet wrote into the pod's status.
  void Resume(const apiserver::Value& status, sim::Time now);
  // Does everything that is due.
  void Advance(sim::Time now);
  std::optional<sim::Time> NextDue() const;
  // The pod is deleted: all containers end within `grace`. May be said again.
  void Stop(sim::Time now, sim::Duration grace);
  // The machine was without power: what ran is gone, and runs again as the restart policy says.
  void Reboot(sim::Time now);

  // What happened since the last call.
  PodNotes TakeNotes() { return std::exchange(notes_, {}); }

 private:
  void Become(PodEvent event);
  // Lets the pod go on as far as it can without time passing.
  void Settle(sim::Time now);
  bool Initialize(sim::Time now);
  void Supervise(sim::Time now);
  void Finish();
  void StopAll(sim::Time now);
  // Restarts an ended container if its policy wants so; true: it is or will be running again.
  bool RestartIfWanted(ContainerRun& container, sim::Time now);
  bool WantsRestart(const ContainerRun& container) const;
  void KeepSidecarsUp(sim::Time now);
  std::optional<sim::Time> DeadlineTime() const;
  ContainerRun* EarliestDue(sim::Time now);

  PodSpec spec_;
  ContainerWorld world_;
  PodState state_ = PodState::kNew;
  std::deque<ContainerRun> init_containers_;
  std::deque<ContainerRun> containers_;
  bool has_sandbox_ = false;
  sim::Time admitted_{};
  std::optional<sim::Time> sandbox_due_;
  std::optional<sim::Time> stop_until_;  // when the grace period ends
  bool is_out_of_time_ = false;
  std::string reason_;
  std::string message_;
  PodNotes notes_;
};

}  // namespace nodes
