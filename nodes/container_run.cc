#include "nodes/container_run.h"

#include <algorithm>

#include "apiserver/api/time_format.h"
#include "sim/check.h"
#include "sim/digest.h"

namespace nodes {
namespace {

// 64 hexadecimal digits that only the run of the container decides.
std::string MakeContainerId(const PodSpec& pod, const std::string& name, int restarts_count) {
  std::string id = "orrery://";
  std::string text = pod.uid + "/" + name + "/" + std::to_string(restarts_count);
  for (int part = 0; part < 4; ++part) {
    const std::uint64_t hash = sim::StableHash(text += '.');
    id += sim::Hex64(hash);
  }
  return id;
}

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

std::string DurationMilliseconds(sim::Duration duration) {
  return apiserver::FormatGoDuration(
      std::chrono::duration_cast<std::chrono::milliseconds>(duration));
}

// Killed by SIGKILL: 128 + 9.
constexpr int kKilledExitCode = 137;

}  // namespace

ContainerRun::ContainerRun(const ContainerSpec& spec, const PodSpec& pod, bool is_init)
    : spec_(&spec), pod_(&pod), is_init_(is_init) {}

void ContainerRun::Become(ContainerEvent event) {
  const auto next = NextContainerState(state_, event);
  SIM_CHECK_MSG(next.has_value(), ContainerEventName(event));
  state_ = *next;
  if (state_ != ContainerState::kRunning && state_ != ContainerState::kStopping) {
    is_started_ = false;
    is_ready_ = false;
    milestones_.clear();
  }
  due_.reset();
}

void ContainerRun::Note(PodNotes& notes, bool is_warning, std::string reason,
                        std::string message) const {
  const std::string list = is_init_ ? "spec.initContainers{" : "spec.containers{";
  notes.push_back(
      {is_warning, std::move(reason), std::move(message), list + spec_->facts.name + "}"});
}

sim::Duration ContainerRun::NextBackOff(sim::Duration back_off) {
  return back_off == sim::Duration{} ? kBackOffMin : std::min(back_off * 2, kBackOffMax);
}

// --- Towards running.

void ContainerRun::Begin(ContainerWorld& world, sim::Time now, PodNotes& notes) {
  Become(ContainerEvent::kBegin);
  Pull(world, now, notes);
}

void ContainerRun::Pull(ContainerWorld& world, sim::Time now, PodNotes& notes) {
  const std::string& name = spec_->facts.image;
  waiting_message_.clear();
  image_ = world.rules.DescribeImage(spec_->facts, pod_->behaviour);
  const bool is_present = world.images.contains(name);
  if (spec_->pull_policy == PullPolicy::kNever && !is_present) {
    pull_failure_ = "Container image " + Quoted(name) + " is not present with pull policy of Never";
    Become(ContainerEvent::kPullFailed);
    waiting_message_ = pull_failure_;
    Note(notes, true, "ErrImageNeverPull", pull_failure_);
    due_ = now + kPullFailureShown;
    return;
  }
  if (is_present && spec_->pull_policy != PullPolicy::kAlways) {
    Note(notes, false, "Pulled",
         "Container image " + Quoted(name) +
             " already present on machine and can be accessed by the pod");
    Become(ContainerEvent::kPulled);
    Create(world, now, notes);
    return;
  }
  Note(notes, false, "Pulling", "Pulling image " + Quoted(name));
  pull_began_ = now;
  // What is present needs only the registry's word that it is the newest.
  constexpr sim::Duration kCheckTime = std::chrono::milliseconds(300);
  due_ = now + (is_present && image_.pull_error.empty() ? std::min(kCheckTime, image_.pull_time)
                                                        : image_.pull_time);
}

void ContainerRun::EndPull(ContainerWorld& world, sim::Time now, PodNotes& notes) {
  const std::string& name = spec_->facts.image;
  if (!image_.pull_error.empty()) {
    pull_failure_ = image_.pull_error;
    Become(ContainerEvent::kPullFailed);
    waiting_message_ = pull_failure_;
    Note(notes, true, "Failed", "Failed to pull image " + Quoted(name) + ": " + pull_failure_);
    Note(notes, true, "Failed", "Error: ErrImagePull");
    due_ = now + kPullFailureShown;
    return;
  }
  const std::string took = DurationMilliseconds(now - pull_began_);
  Note(notes, false, "Pulled",
       "Successfully pulled image " + Quoted(name) + " in " + took + " (" + took +
           " including waiting). Image size: " + std::to_string(image_.size_bytes) + " bytes.");
  world.images.insert(name);
  pull_back_off_ = {};
  Become(ContainerEvent::kPulled);
  Create(world, now, notes);
}

void ContainerRun::Create(ContainerWorld& world, sim::Time now, PodNotes& notes) {
  const int run_number = end_ ? restarts_count_ + 1 : restarts_count_;
  behaviour_ = world.rules.Describe(spec_->facts, run_number, pod_->behaviour);
  if (behaviour_.is_default && !default_was_noted_) {
    default_was_noted_ = true;
    Note(notes, false, "DefaultBehaviour",
         "No rule describes what container " + spec_->facts.name +
             " does: it runs until it is stopped");
  }
  Note(notes, false, "Created", "Container created");
  due_ = now + behaviour_.start_time;
}

void ContainerRun::Start(ContainerWorld&, sim::Time now, PodNotes& notes) {
  Become(ContainerEvent::kStarted);
  started_ = now;
  if (end_) {
    last_end_ = std::exchange(end_, std::nullopt);
    ++restarts_count_;
  }
  container_id_ = MakeContainerId(*pod_, spec_->facts.name, restarts_count_);
  Note(notes, false, "Started", "Container started");
  PlanProbes();
  SetRunningDue();
}

// --- Probes: their outcomes are known from the start, so they are planned as milestones.

void ContainerRun::PlanProbes() {
  milestones_.clear();
  is_started_ = false;
  is_ready_ = false;
  const sim::Time able = started_ + behaviour_.ready_after;
  // The first tick of a probe that is not before `from`.
  const auto tick_from = [](sim::Time first, sim::Duration period, sim::Time from) {
    if (from <= first) return first;
    return first + ((from - first + period - sim::Duration(1)) / period) * period;
  };
  sim::Time up = started_;
  if (spec_->startup_probe) {
    const ProbeSpec& probe = *spec_->startup_probe;
    const sim::Time first = started_ + probe.initial_delay;
    const sim::Time last = first + (probe.failure_threshold - 1) * probe.period;
    up = tick_from(first, probe.period, able);
    if (!behaviour_.becomes_ready || up > last) {
      milestones_.push_back({first, Milestone::Kind::kStartupFailed});
      milestones_.push_back({last, Milestone::Kind::kKill});
      return;
    }
    if (up > first) milestones_.push_back({first, Milestone::Kind::kStartupFailed});
    milestones_.push_back({up, Milestone::Kind::kStarted});
  } else {
    is_started_ = true;
  }
  if (spec_->readiness_probe) {
    const ProbeSpec& probe = *spec_->readiness_probe;
    const sim::Time first = std::max(started_ + probe.initial_delay, up);
    const sim::Time success = tick_from(first, probe.period, able);
    if (!behaviour_.becomes_ready || success > first) {
      milestones_.push_back({first, Milestone::Kind::kReadinessFailed});
    }
    if (behaviour_.becomes_ready) {
      milestones_.push_back(
          {success + (probe.success_threshold - 1) * probe.period, Milestone::Kind::kReady});
    }
  } else if (behaviour_.becomes_ready && behaviour_.ready_after > sim::Duration{}) {
    milestones_.push_back({std::max(able, up), Milestone::Kind::kReady});
  } else if (behaviour_.becomes_ready) {
    if (is_started_) {
      is_ready_ = true;
    } else {
      milestones_.push_back({up, Milestone::Kind::kReady});
    }
  }
  if (spec_->liveness_probe && behaviour_.live_for) {
    const ProbeSpec& probe = *spec_->liveness_probe;
    const sim::Time first = tick_from(std::max(started_ + probe.initial_delay, up), probe.period,
                                      started_ + *behaviour_.live_for);
    for (int failure = 0; failure < probe.failure_threshold; ++failure) {
      milestones_.push_back({first + failure * probe.period, Milestone::Kind::kLivenessFailed});
    }
    milestones_.push_back(
        {first + (probe.failure_threshold - 1) * probe.period, Milestone::Kind::kKill});
  }
  std::stable_sort(milestones_.begin(), milestones_.end());
}

void ContainerRun::NoteProbe(PodNotes& notes, std::string_view probe, const ProbeSpec& spec) const {
  const std::string what = spec.handler == "HTTP"  ? "HTTP probe failed with statuscode: 503"
                           : spec.handler == "TCP" ? "dial tcp: connect: connection refused"
                           : spec.handler == "gRPC"
                               ? "service unhealthy (responded with \"NOT_SERVING\")"
                               : "command failed";
  Note(notes, true, "Unhealthy", std::string(probe) + " probe failed: " + what);
}

void ContainerRun::Pass(const Milestone& milestone, sim::Time now, PodNotes& notes) {
  switch (milestone.kind) {
    case Milestone::Kind::kStarted:
      is_started_ = true;
      return;
    case Milestone::Kind::kReady:
      is_ready_ = true;
      return;
    case Milestone::Kind::kReadinessFailed:
      NoteProbe(notes, "Readiness", *spec_->readiness_probe);
      return;
    case Milestone::Kind::kStartupFailed:
      NoteProbe(notes, "Startup", *spec_->startup_probe);
      return;
    case Milestone::Kind::kLivenessFailed:
      NoteProbe(notes, "Liveness", *spec_->liveness_probe);
      return;
    case Milestone::Kind::kKill: {
      const bool is_startup = !is_started_;
      const ProbeSpec& probe = is_startup ? *spec_->startup_probe : *spec_->liveness_probe;
      Note(notes, false, "Killing",
           "Container " + spec_->facts.name + " failed " + (is_startup ? "startup" : "liveness") +
               " probe, will be restarted");
      PodNotes silent;
      Stop(now, probe.grace.value_or(pod_->grace), silent);
      return;
    }
  }
  SIM_CHECK(false);
}

// --- Running and ending.

void ContainerRun::SetRunningDue() {
  due_.reset();
  if (behaviour_.trace.end) due_ = started_ + *behaviour_.trace.end;
  if (!milestones_.empty() && (!due_ || milestones_.front().time < *due_))
    due_ = milestones_.front().time;
}

void ContainerRun::Advance(ContainerWorld& world, sim::Time now, PodNotes& notes) {
  SIM_CHECK(due_ && *due_ <= now);
  switch (state_) {
    case ContainerState::kPulling:
      return EndPull(world, now, notes);
    case ContainerState::kPullFailed:
      Become(ContainerEvent::kPause);
      if (spec_->pull_policy != PullPolicy::kNever) {
        Note(notes, false, "BackOff", "Back-off pulling image " + Quoted(spec_->facts.image));
        Note(notes, true, "Failed", "Error: ImagePullBackOff");
        waiting_message_ = "Back-off pulling image " + Quoted(spec_->facts.image) +
                           ": ErrImagePull: " + pull_failure_;
      }
      pull_back_off_ = NextBackOff(pull_back_off_);
      due_ = now + pull_back_off_;
      return;
    case ContainerState::kPullBackOff:
    case ContainerState::kBackOff:
      return Begin(world, now, notes);
    case ContainerState::kCreating:
      return Start(world, now, notes);
    case ContainerState::kRunning:
      if (!milestones_.empty() && milestones_.front().time <= now) {
        const Milestone milestone = milestones_.front();
        milestones_.erase(milestones_.begin());
        Pass(milestone, now, notes);
        if (state_ == ContainerState::kRunning) SetRunningDue();
        return;
      }
      return End(now, behaviour_.trace.exit_code, behaviour_.trace.exit_reason);
    case ContainerState::kStopping:
      return End(now, stop_exit_code_, stop_reason_);
    case ContainerState::kWaiting:
    case ContainerState::kExited:
      break;
  }
  SIM_CHECK(false);
}

void ContainerRun::Stop(sim::Time now, sim::Duration grace, PodNotes& notes) {
  if (state_ == ContainerState::kExited) return;
  if (state_ == ContainerState::kStopping) {
    // Told again, perhaps with less patience.
    if (due_ && now + grace < *due_) {
      due_ = now + grace;
      stop_exit_code_ = kKilledExitCode;
    }
    return;
  }
  const bool was_running = state_ == ContainerState::kRunning;
  const sim::Time own_end =
      behaviour_.trace.end ? started_ + *behaviour_.trace.end : sim::Time::max();
  Become(ContainerEvent::kStop);
  waiting_message_.clear();
  if (!was_running) return;
  is_ready_ = false;
  Note(notes, false, "Killing", "Stopping container " + spec_->facts.name);
  const sim::Duration wanted = spec_->pre_stop_sleep + behaviour_.stop_time;
  const bool is_killed = behaviour_.ignores_stop || wanted > grace;
  sim::Time end = now + (is_killed ? grace : wanted);
  stop_exit_code_ = is_killed ? kKilledExitCode : 0;
  stop_reason_.clear();
  if (own_end <= end) {
    end = std::max(own_end, now);
    stop_exit_code_ = behaviour_.trace.exit_code;
    stop_reason_ = behaviour_.trace.exit_reason;
  }
  due_ = end;
}

void ContainerRun::End(sim::Time now, int exit_code, std::string reason) {
  Become(ContainerEvent::kExited);
  if (reason.empty()) reason = exit_code == 0 ? "Completed" : "Error";
  end_ = ContainerEnd{exit_code, std::move(reason), started_, now, container_id_, behaviour_.trace};
}

void ContainerRun::Lose(sim::Time now) {
  if (!is_alive()) {
    // What was under way begins anew; pauses go on.
    if (state_ == ContainerState::kPulling || state_ == ContainerState::kCreating) {
      Become(ContainerEvent::kStop);
      if (!end_) state_ = ContainerState::kWaiting;
    }
    return;
  }
  constexpr int kUnknownExitCode = 255;
  End(now, kUnknownExitCode, "Unknown");
}

void ContainerRun::Restart(ContainerWorld& world, sim::Time now, PodNotes& notes) {
  SIM_CHECK(state_ == ContainerState::kExited && end_);
  const sim::Time finished = end_->finished;
  if (crash_back_off_ != sim::Duration{} && finished - crash_noted_ > kBackOffReset)
    crash_back_off_ = {};
  const sim::Duration pause = crash_back_off_;
  crash_back_off_ = NextBackOff(crash_back_off_);
  crash_noted_ = finished;
  if (pause == sim::Duration{} || finished + pause <= now) return Begin(world, now, notes);
  Become(ContainerEvent::kPause);
  const std::string& name = spec_->facts.name;
  waiting_message_ = "back-off " + apiserver::FormatGoDuration(pause) +
                     " restarting failed container=" + name + " pod=" + pod_->key.name + "_" +
                     pod_->key.namespace_ + "(" + pod_->uid + ")";
  Note(notes, true, "BackOff",
       "Back-off restarting failed container " + name + " in pod " + pod_->key.name + "_" +
           pod_->key.namespace_ + "(" + pod_->uid + ")");
  due_ = finished + pause;
}

void ContainerRun::Resume(ContainerWorld& world, const apiserver::Value& status) {
  restarts_count_ = static_cast<int>(apiserver::IntAt(status, {"restartCount"}));
  const auto time_at = [&status](std::initializer_list<std::string_view> path) {
    return apiserver::TimeFromText(apiserver::TextAt(status, path)).value_or(sim::Time{});
  };
  if (apiserver::FindPath(status, {"state", "running"}) != nullptr) {
    world.images.insert(spec_->facts.image);
    behaviour_ = world.rules.Describe(spec_->facts, restarts_count_, pod_->behaviour);
    default_was_noted_ = true;
    state_ = ContainerState::kRunning;
    started_ = time_at({"state", "running", "startedAt"});
    container_id_ = apiserver::TextAt(status, {"containerID"});
    PlanProbes();
    SetRunningDue();
  } else if (apiserver::FindPath(status, {"state", "terminated"}) != nullptr) {
    state_ = ContainerState::kExited;
    end_ = ContainerEnd{
        static_cast<int>(apiserver::IntAt(status, {"state", "terminated", "exitCode"})),
        std::string(apiserver::TextAt(status, {"state", "terminated", "reason"})),
        time_at({"state", "terminated", "startedAt"}),
        time_at({"state", "terminated", "finishedAt"}),
        std::string(apiserver::TextAt(status, {"state", "terminated", "containerID"})),
        world.rules.Describe(spec_->facts, restarts_count_, pod_->behaviour).trace};
  }
}

}  // namespace nodes
