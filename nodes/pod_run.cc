#include "nodes/pod_run.h"

#include <algorithm>

#include "apiserver/api/time_format.h"
#include "sim/check.h"

namespace nodes {

PodRun::PodRun(PodSpec spec, const BehaviourRules& rules, std::set<std::string>& images)
    : spec_(std::move(spec)), world_{rules, images} {
  for (const ContainerSpec& container : spec_.init_containers)
    init_containers_.emplace_back(container, spec_, true);
  for (const ContainerSpec& container : spec_.containers)
    containers_.emplace_back(container, spec_, false);
}

const ContainerRun* PodRun::Find(std::string_view container) const {
  for (const auto* list : {&containers_, &init_containers_}) {
    for (const ContainerRun& candidate : *list) {
      if (candidate.spec().facts.name == container) return &candidate;
    }
  }
  return nullptr;
}

void PodRun::Become(PodEvent event) {
  const auto next = NextPodState(state_, event);
  SIM_CHECK_MSG(next.has_value(), PodStateName(state_));
  state_ = *next;
}

void PodRun::Admit(sim::Time now) {
  Become(PodEvent::kAdmitted);
  admitted_ = now;
  sandbox_due_ = now + kSandboxTime;
  const std::string problem = BehaviourRules::CheckAnnotation(spec_.behaviour);
  if (!problem.empty()) {
    notes_.push_back(
        {true, "InvalidBehaviour", std::string(kBehaviourAnnotation) + ": " + problem, ""});
  }
}

void PodRun::Refuse(sim::Time now, std::string reason, std::string message) {
  Become(PodEvent::kRefused);
  admitted_ = now;
  notes_.push_back({true, reason, message, ""});
  reason_ = std::move(reason);
  message_ = "Pod was rejected: " + std::move(message);
}

void PodRun::Resume(const apiserver::Value& status, sim::Time now) {
  Admit(apiserver::TimeFromText(apiserver::TextAt(status, {"startTime"})).value_or(now));
  sandbox_due_.reset();
  has_sandbox_ = true;
  Become(PodEvent::kSandboxReady);
  const auto resume = [&](std::deque<ContainerRun>& containers, std::string_view list) {
    const apiserver::Value* entries = apiserver::Find(status, list);
    if (entries == nullptr || !entries->is_array()) return;
    for (const apiserver::Value& entry : entries->get_array()) {
      for (ContainerRun& container : containers) {
        if (container.spec().facts.name == apiserver::TextAt(entry, {"name"}))
          container.Resume(world_, entry);
      }
    }
  };
  resume(init_containers_, "initContainerStatuses");
  resume(containers_, "containerStatuses");
  const auto has_begun = [](const ContainerRun& container) {
    return container.state() != ContainerState::kWaiting;
  };
  if (std::any_of(containers_.begin(), containers_.end(), has_begun)) {
    Become(PodEvent::kInitialized);
    for (ContainerRun& container : containers_) {
      if (!has_begun(container)) container.Begin(world_, now, notes_);
    }
  }
  Settle(now);
}

// --- The passing of time.

std::optional<sim::Time> PodRun::DeadlineTime() const {
  if (!spec_.deadline || is_over() || state_ == PodState::kStopping || state_ == PodState::kNew)
    return std::nullopt;
  return admitted_ + *spec_.deadline;
}

std::optional<sim::Time> PodRun::NextDue() const {
  std::optional<sim::Time> due = sandbox_due_;
  const auto consider = [&due](const std::optional<sim::Time>& candidate) {
    if (candidate && (!due || *candidate < *due)) due = candidate;
  };
  consider(DeadlineTime());
  for (const ContainerRun& container : init_containers_) consider(container.due());
  for (const ContainerRun& container : containers_) consider(container.due());
  return due;
}

ContainerRun* PodRun::EarliestDue(sim::Time now) {
  ContainerRun* earliest = nullptr;
  for (auto* list : {&init_containers_, &containers_}) {
    for (ContainerRun& container : *list) {
      if (!container.due() || *container.due() > now) continue;
      if (earliest == nullptr || *container.due() < *earliest->due()) earliest = &container;
    }
  }
  return earliest;
}

void PodRun::Advance(sim::Time now) {
  if (sandbox_due_ && *sandbox_due_ <= now) {
    sandbox_due_.reset();
    has_sandbox_ = true;
    if (state_ == PodState::kSandbox) Become(PodEvent::kSandboxReady);
    Settle(now);
  }
  while (ContainerRun* container = EarliestDue(now)) {
    container->Advance(world_, now, notes_);
    Settle(now);
  }
  if (const auto deadline = DeadlineTime(); deadline && *deadline <= now) {
    is_out_of_time_ = true;
    reason_ = "DeadlineExceeded";
    message_ = "Pod was active on the node longer than the specified deadline";
    notes_.push_back({false, "DeadlineExceeded", message_, ""});
    Stop(now, spec_.grace);
  }
}

void PodRun::Settle(sim::Time now) {
  if (state_ == PodState::kInitializing && Initialize(now)) {
    Become(PodEvent::kInitialized);
    for (ContainerRun& container : containers_) container.Begin(world_, now, notes_);
  }
  if (state_ == PodState::kRunning) Supervise(now);
  if (state_ == PodState::kStopping) StopAll(now);
}

// True: all init containers are through, so the main ones may begin.
bool PodRun::Initialize(sim::Time now) {
  KeepSidecarsUp(now);
  for (ContainerRun& container : init_containers_) {
    if (container.state() == ContainerState::kWaiting) {
      container.Begin(world_, now, notes_);
      return false;
    }
    if (container.spec().is_sidecar) {
      if (container.state() != ContainerState::kRunning || !container.is_started()) return false;
      continue;
    }
    if (container.has_ended_well()) continue;
    if (container.state() != ContainerState::kExited) return false;
    if (!RestartIfWanted(container, now)) {
      StopAll(now);
      Become(PodEvent::kStop);
    }
    return false;
  }
  return true;
}

bool PodRun::WantsRestart(const ContainerRun& container) const {
  if (container.spec().is_sidecar) return true;
  const bool ended_well = container.has_ended_well();
  switch (spec_.restart_policy) {
    case RestartPolicy::kAlways:
      return !container.is_init() || !ended_well;
    case RestartPolicy::kOnFailure:
      return !ended_well;
    case RestartPolicy::kNever:
      return false;
  }
  SIM_CHECK(false);
  return false;
}

bool PodRun::RestartIfWanted(ContainerRun& container, sim::Time now) {
  if (container.state() != ContainerState::kExited) return true;
  if (!container.end() || !WantsRestart(container)) return false;
  container.Restart(world_, now, notes_);
  return true;
}

void PodRun::KeepSidecarsUp(sim::Time now) {
  for (ContainerRun& container : init_containers_) {
    if (container.spec().is_sidecar) RestartIfWanted(container, now);
  }
}

void PodRun::Supervise(sim::Time now) {
  bool goes_on = false;
  for (ContainerRun& container : containers_) {
    if (RestartIfWanted(container, now)) goes_on = true;
  }
  if (goes_on) return KeepSidecarsUp(now);
  Become(PodEvent::kStop);
  stop_until_ = now + spec_.grace;
}

void PodRun::Stop(sim::Time now, sim::Duration grace) {
  if (is_over()) return;
  const sim::Time until = now + grace;
  if (!stop_until_ || until < *stop_until_) stop_until_ = until;
  sandbox_due_.reset();
  if (state_ != PodState::kStopping) Become(PodEvent::kStop);
  StopAll(now);
}

// The main containers end first, then the sidecars, the last first.
void PodRun::StopAll(sim::Time now) {
  const sim::Duration grace =
      stop_until_ ? std::max(*stop_until_ - now, sim::Duration{}) : spec_.grace;
  const auto is_up = [](const ContainerRun& container) { return container.is_alive(); };
  for (ContainerRun& container : containers_) container.Stop(now, grace, notes_);
  for (ContainerRun& container : init_containers_) {
    if (!container.spec().is_sidecar) container.Stop(now, grace, notes_);
  }
  if (std::any_of(containers_.begin(), containers_.end(), is_up)) return;
  for (auto container = init_containers_.rbegin(); container != init_containers_.rend();
       ++container) {
    container->Stop(now, grace, notes_);
    if (is_up(*container)) return;
  }
  if (state_ == PodState::kStopping) Finish();
}

// Requires: nothing runs any more.
void PodRun::Finish() {
  const bool has_failed =
      is_out_of_time_ ||
      std::any_of(init_containers_.begin(), init_containers_.end(),
                  [](const ContainerRun& container) {
                    return !container.spec().is_sidecar && !container.has_ended_well();
                  }) ||
      std::any_of(containers_.begin(), containers_.end(),
                  [](const ContainerRun& container) { return !container.has_ended_well(); });
  Become(has_failed ? PodEvent::kFailed : PodEvent::kSucceeded);
}

void PodRun::Reboot(sim::Time now) {
  if (is_over() || state_ == PodState::kNew) return;
  if (has_sandbox_) {
    notes_.push_back(
        {false, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.", ""});
  }
  for (auto* list : {&init_containers_, &containers_}) {
    for (ContainerRun& container : *list) container.Lose(now);
  }
  if (state_ == PodState::kSandbox) sandbox_due_ = now + kSandboxTime;
  if (state_ == PodState::kRunning) {
    for (ContainerRun& container : containers_) {
      if (container.state() == ContainerState::kWaiting) container.Begin(world_, now, notes_);
    }
  }
  Settle(now);
}

}  // namespace nodes
