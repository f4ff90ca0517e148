// One container of a pod as it runs: its state, its past, and when it will move by itself.
//
// Pure but for `images`, the node's store of pulled images: time comes in as arguments, what
// happened goes out as notes. Invariant: due() is set exactly in the states that end by themselves.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "nodes/container_state.h"
#include "nodes/pod_spec.h"

namespace nodes {

// What becomes an Event about the pod.
struct PodNote {
  bool is_warning = false;
  std::string reason;
  std::string message;
  std::string field_path;  // "spec.containers{app}", or "" for the pod as a whole
};
using PodNotes = std::vector<PodNote>;

// One ended run.
struct ContainerEnd {
  int exit_code = 0;
  std::string reason;
  sim::Time started{};
  sim::Time finished{};
  std::string container_id;
  ContainerTrace trace;
};

// What containers of a node share.
struct ContainerWorld {
  const BehaviourRules& rules;
  std::set<std::string>& images;  // present on the node
};

class ContainerRun {
 public:
  // Source: pkg/kubelet: MaxContainerBackOff, initial back-off, reset after twice the longest.
  static constexpr sim::Duration kBackOffMin = std::chrono::seconds(10);
  static constexpr sim::Duration kBackOffMax = std::chrono::seconds(300);
  static constexpr sim::Duration kBackOffReset = std::chrono::seconds(600);
  // From a failed pull until the kubelet looks again and calls it a back-off.
  static constexpr sim::Duration kPullFailureShown = std::chrono::seconds(2);

  ContainerRun(const ContainerSpec& spec, const PodSpec& pod, bool is_init);

  const ContainerSpec& spec() const { return *spec_; }
  ContainerState state() const { return state_; }
  bool is_init() const { return is_init_; }
  bool is_started() const { return is_started_; }  // its startup probe succeeded
  bool is_ready() const { return is_ready_; }
  bool is_alive() const {
    return state_ == ContainerState::kRunning || state_ == ContainerState::kStopping;
  }
  bool has_ended_well() const {
    return state_ == ContainerState::kExited && end_ && end_->exit_code == 0;
  }
  int restarts_count() const { return restarts_count_; }
  sim::Time started() const { return started_; }
  const std::string& container_id() const { return container_id_; }
  const std::string& waiting_message() const { return waiting_message_; }
  const ContainerTrace& trace() const { return behaviour_.trace; }
  // The end of the newest run when it is over, and of the run before the newest.
  const std::optional<ContainerEnd>& end() const { return end_; }
  const std::optional<ContainerEnd>& last_end() const { return last_end_; }
  std::optional<sim::Time> due() const { return due_; }

  // Begins the first run.
  void Begin(ContainerWorld& world, sim::Time now, PodNotes& notes);
  // Begins the next run after an end, at once or after a pause.
  void Restart(ContainerWorld& world, sim::Time now, PodNotes& notes);
  // Does what is due. Requires: due() is not after now.
  void Advance(ContainerWorld& world, sim::Time now, PodNotes& notes);
  // Tells it to end within `grace`; one that does not run is over at once.
  void Stop(sim::Time now, sim::Duration grace, PodNotes& notes);
  // The machine lost its power: a running container is gone without a word.
  void Lose(sim::Time now);

  // A run that the pod's status shows from an earlier incarnation of the kubelet.
  void Resume(ContainerWorld& world, const apiserver::Value& status);

 private:
  struct Milestone {
    enum class Kind : std::uint8_t {
      kStarted,
      kReady,
      kReadinessFailed,
      kLivenessFailed,
      kStartupFailed,
      kKill
    };
    sim::Time time;
    Kind kind;
    bool operator<(const Milestone& other) const { return time < other.time; }
  };

  void Become(ContainerEvent event);
  void Pull(ContainerWorld& world, sim::Time now, PodNotes& notes);
  void EndPull(ContainerWorld& world, sim::Time now, PodNotes& notes);
  void Create(ContainerWorld& world, sim::Time now, PodNotes& notes);
  void Start(ContainerWorld& world, sim::Time now, PodNotes& notes);
  void PlanProbes();
  void Pass(const Milestone& milestone, sim::Time now, PodNotes& notes);
  void End(sim::Time now, int exit_code, std::string reason);
  void SetRunningDue();
  void Note(PodNotes& notes, bool is_warning, std::string reason, std::string message) const;
  void NoteProbe(PodNotes& notes, std::string_view probe, const ProbeSpec& spec) const;
  static sim::Duration NextBackOff(sim::Duration back_off);

  const ContainerSpec* spec_;
  const PodSpec* pod_;
  bool is_init_;
  ContainerState state_ = ContainerState::kWaiting;
  ContainerBehaviour behaviour_;
  ImageBehaviour image_;
  bool default_was_noted_ = false;
  int restarts_count_ = 0;
  bool is_started_ = false;
  bool is_ready_ = false;
  sim::Time pull_began_{};
  sim::Time started_{};
  std::string container_id_;
  std::string waiting_message_;
  std::optional<ContainerEnd> end_;
  std::optional<ContainerEnd> last_end_;
  std::optional<sim::Time> due_;
  std::vector<Milestone> milestones_;  // those to come, in order
  // Set while it is told to end.
  int stop_exit_code_ = 0;
  std::string stop_reason_;
  // Back-off between runs, and between pulls; 0 is none yet.
  sim::Duration crash_back_off_{};
  sim::Time crash_noted_{};
  sim::Duration pull_back_off_{};
  std::string pull_failure_;
};

}  // namespace nodes
