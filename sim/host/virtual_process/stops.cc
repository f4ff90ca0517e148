// The part of Supervisor that takes what ptrace reports: births, ends, exec, stops.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "sim/host/virtual_process/blocking_calls.h"
#include "sim/host/virtual_process/calls.h"
#include "sim/host/virtual_process/program_image.h"
#include "sim/host/virtual_process/supervisor.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {

void Supervisor::Reap() {
  for (;;) {
    int status = 0;
    const pid_t id = waitpid(-1, &status, __WALL | WNOHANG);
    if (id < 0 && errno == EINTR) continue;
    if (id <= 0) return;
    if (id == launched_.starter) continue;
    has_run_ = true;
    if (WIFSTOPPED(status)) {
      TakeStop(id, status);
    } else {
      TakeExit(id, status);
    }
  }
}

void Supervisor::TakeStop(pid_t id, int status) {
  const int event = status >> 16;
  const int signal = WSTOPSIG(status);
  if (event == PTRACE_EVENT_EXEC) return TakeExec(id);
  const auto found = tree_.threads.find(id);
  if (found == tree_.threads.end()) {
    // A new thread: its parent's event is still to come.
    early_stops_.insert(id);
    return;
  }
  Thread& thread = found->second;
  // Whatever stops it, the kernel forgets that we asked it to stop.
  const bool is_sampling = std::exchange(thread.is_sampling, false);
  const bool is_interrupting = std::exchange(thread.is_interrupting, false);
  const bool is_pass = event == 0 && IsAtBreakpoint(thread, signal);
  if (thread.state == Thread::State::kEnding) {
    ptrace(PTRACE_CONT, id, nullptr, event == 0 && !is_pass ? signal : 0);
    return;
  }
  switch (event) {
    case PTRACE_EVENT_CLONE:
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
      return TakeBirth(thread, event);
    case PTRACE_EVENT_VFORK_DONE:
      thread.vforked = 0;
      return QueueStopped(thread, 0);
    case PTRACE_EVENT_STOP:
      if (IsGroupStop(signal)) {
        thread.state = Thread::State::kBlocked;
        if (runner_ == id) runner_ = 0;
        ptrace(PTRACE_LISTEN, id, nullptr, nullptr);
        return;
      }
      if (is_interrupting) return HoldBlocked(thread);
      if (is_sampling) return TakeSample(thread);
      if (thread.state == Thread::State::kBlocked) return QueueStopped(thread, 0);
      // We asked while it was stopped by something else, which was not reported yet.
      ptrace(PTRACE_CONT, id, nullptr, nullptr);
      return;
    case 0:
      return is_pass ? TakePass(thread) : TakeSignal(thread, signal);
    default:
      ptrace(PTRACE_CONT, id, nullptr, nullptr);
  }
}

void Supervisor::TakeExit(pid_t id, int status) {
  const auto found = tree_.threads.find(id);
  if (found == tree_.threads.end()) {
    early_stops_.erase(id);
    return;
  }
  AwaitVforking(id);
  const pid_t process = found->second.process;
  tree_.Drop(found->second.wait);
  tree_.futexes.Remove(id);
  tree_.order.Remove(id);
  tree_.signalled.erase(id);
  tree_.resting.erase(id);
  const std::uint32_t number = found->second.number;
  tree_.threads.erase(found);
  if (runner_ == id) runner_ = 0;
  // In which order the other threads of a process that is killed end is the machine's; and whether
  // anything is told after the end of the first process.
  if (id == process && id != tree_.root) tree_.Tell(CallRecord::Kind::kEnd, number, 0);
  if (id == tree_.root) root_status_ = status;
  if (id != process) return WakeChanged(process);
  const Process ended = tree_.processes.at(process);
  if (ended.pidfd >= 0) close(ended.pidfd);
  tree_.processes.erase(process);
  tree_.ending.erase(process);
  std::erase_if(tree_.senders, [process](const auto& sent) { return sent.first.first == process; });
  for (auto& [other, child] : tree_.processes) {
    if (child.parent == process) child.parent = 0;
  }
  WakeParents(ended.parent);
}

// Joining a thread, and inheriting a robust lock, are waits for a word that the kernel writes.
void Supervisor::WakeChanged(pid_t process) {
  for (auto& [id, thread] : tree_.threads) {
    const bool is_waiting = thread.state == Thread::State::kHeld && thread.wait.futex &&
                            thread.wait.futex_address != 0 && thread.process == process;
    if (!is_waiting) continue;
    const auto word = ReadValue<std::uint32_t>(id, thread.wait.futex_address);
    if (!word || *word == thread.wait.futex_value) continue;
    if (thread.wait.is_lock) {
      tree_.WakeAgain(thread);
    } else {
      tree_.WakeWith(thread, Outcome::Answer(0));
    }
  }
}

void Supervisor::WakeParents(pid_t parent) {
  const auto process = tree_.processes.find(parent);
  if (process != tree_.processes.end()) ++process->second.child_events;
  for (auto& [id, thread] : tree_.threads) {
    const bool is_waiting = thread.state == Thread::State::kHeld && thread.wait.wants_children;
    if (is_waiting && thread.process == parent) tree_.WakeAgain(thread);
  }
  tree_.ExpectSignal(parent);
}

Thread& Supervisor::AddThread(pid_t id, pid_t parent_process) {
  const std::string status = ReadProcFile(id, "status");
  Thread thread;
  thread.id = id;
  thread.number = tree_.births++;
  thread.process = static_cast<pid_t>(StatusNumber(status, "Tgid", 10));
  if (thread.process == 0) thread.process = id;
  thread.inner = id;
  const std::size_t line = status.find("NSpid:");
  if (line != std::string::npos) {
    const std::size_t tab = status.rfind('\t', status.find('\n', line));
    thread.inner = std::atoi(status.c_str() + tab + 1);
  }
  if (!tree_.processes.contains(thread.process)) {
    Process process;
    process.id = thread.process;
    process.parent = parent_process;
    tree_.processes[thread.process] = process;
  }
  return tree_.threads[id] = thread;
}

void Supervisor::TakeBirth(Thread& parent, int event) {
  unsigned long born = 0;
  ptrace(PTRACE_GETEVENTMSG, parent.id, nullptr, &born);
  const auto id = static_cast<pid_t>(born);
  int status = 0;
  if (early_stops_.erase(id) == 0) {
    while (waitpid(id, &status, __WALL) < 0 && errno == EINTR) {
    }
  }
  const pid_t parent_id = parent.id;
  Thread& child = AddThread(id, parent.process);
  tree_.Tell(CallRecord::Kind::kBirth, child.number, parent.number);
  QueueStopped(child, 0);
  Thread& again = tree_.threads.at(parent_id);
  if (event == PTRACE_EVENT_VFORK) {
    // It waits in the kernel until the child has executed something, or ended.
    again.vforked = id;
    again.state = Thread::State::kBlocked;
    if (runner_ == parent_id) runner_ = 0;
  }
  ptrace(PTRACE_CONT, parent_id, nullptr, nullptr);
  // Killed before it could stop.
  if (status != 0 && !WIFSTOPPED(status)) TakeExit(id, status);
  if (tree_.threads.size() <= kThreadsMax) return;
  tree_.Note("made more than " + std::to_string(kThreadsMax) + " threads and processes: ended");
  kill(tree_.root, SIGKILL);
}

void Supervisor::TakeExec(pid_t id) {
  unsigned long former = 0;
  ptrace(PTRACE_GETEVENTMSG, id, nullptr, &former);
  AwaitVforking(id);
  // Whoever executes takes the first thread's number, and the others are gone.
  std::uint32_t number = tree_.threads.contains(id) ? tree_.threads.at(id).number : 0;
  for (auto at = tree_.threads.begin(); at != tree_.threads.end();) {
    Thread& thread = at->second;
    if (thread.process != id) {
      ++at;
      continue;
    }
    tree_.Drop(thread.wait);
    tree_.futexes.Remove(thread.id);
    tree_.order.Remove(thread.id);
    if (runner_ == thread.id) runner_ = 0;
    tree_.resting.erase(at->first);
    at = tree_.threads.erase(at);
  }
  Thread& thread = AddThread(id, 0);
  thread.number = number;
  thread.state = Thread::State::kRunning;
  runner_ = id;
  patience_ = 1'000'000;
  std::erase_if(tree_.timers.all(), [id](const auto& entry) {
    return entry.second.kind == VirtualTimer::Kind::kPosix && entry.second.process == id;
  });
  has_executed_ = true;
  CallRecord executed{.time = tree_.page->monotonic + tree_.page->real_offset,
                      .thread = number,
                      .kind = CallRecord::Kind::kExecute};
  NameOf(id).copy(executed.text.data(), executed.text.size());
  tree_.trail.Add(executed);
  if (!PrepareImage(tree_, thread, [this](const seccomp_notif& call) { TakeCall(call); })) {
    tree_.Note(NameOf(id) + " reads the clock by calls: its image could not be changed");
  }
  ptrace(PTRACE_CONT, id, nullptr, nullptr);
}

void Supervisor::QueueStopped(Thread& thread, int signal) {
  tree_.resting.erase(thread.id);
  tree_.Drop(thread.wait);
  tree_.futexes.Remove(thread.id);
  thread.is_stopped = true;
  thread.turn = Thread::Turn::kResume;
  thread.resume_signal = signal;
  thread.state = Thread::State::kWaitsForTurn;
  if (runner_ == thread.id) runner_ = 0;
  // One that waits for its turn keeps its place.
  if (is_settling_) {
    settled_.push_back(thread.id);
  } else {
    tree_.order.Add(thread.id);
  }
}

// Its parent goes on in the kernel now: where that is must not depend on who is quicker.
void Supervisor::AwaitVforking(pid_t child) {
  for (auto& [id, thread] : tree_.threads) {
    if (thread.vforked != child) continue;
    const pid_t parent = id;
    thread.vforked = 0;
    int status = 0;
    while (waitpid(parent, &status, __WALL) < 0) {
      if (errno != EINTR) return;
    }
    return WIFSTOPPED(status) ? TakeStop(parent, status) : TakeExit(parent, status);
  }
}

// What its threads waited for is of no interest any more.
void Supervisor::EndThreads(pid_t process) {
  for (auto& [id, thread] : tree_.threads) {
    if (thread.process != process || thread.state == Thread::State::kRunning) continue;
    tree_.Drop(thread.wait);
    tree_.futexes.Remove(id);
    tree_.order.Remove(id);
    thread.state = Thread::State::kEnding;
  }
}

bool Supervisor::EmulateCounter(Thread& thread) {
  user_regs_struct regs{};
  std::uint8_t code[3] = {};
  if (ptrace(PTRACE_GETREGS, thread.id, nullptr, &regs) != 0 ||
      !ReadMemory(thread.id, regs.rip, code, sizeof code)) {
    return false;
  }
  const bool is_plain = code[0] == 0x0f && code[1] == 0x31;                        // rdtsc
  const bool is_numbered = code[0] == 0x0f && code[1] == 0x01 && code[2] == 0xf9;  // rdtscp
  if (!is_plain && !is_numbered) return false;
  const auto now = static_cast<std::uint64_t>(ReadClock(*tree_.page, ClockKind::kMonotonic));
  regs.rax = now & 0xffffffff;
  regs.rdx = now >> 32;
  if (is_numbered) regs.rcx = 0;
  regs.rip += is_plain ? 2 : 3;
  ptrace(PTRACE_SETREGS, thread.id, nullptr, &regs);
  ptrace(PTRACE_CONT, thread.id, nullptr, nullptr);
  return true;
}

// Asked to stop because it sleeps in a call that is not trapped.
void Supervisor::HoldBlocked(Thread& thread) {
  user_regs_struct regs{};
  ptrace(PTRACE_GETREGS, thread.id, nullptr, &regs);
  const auto call = BlockingCall::Of(static_cast<long>(regs.orig_rax));
  const bool is_blocked = call && IsRestarting(static_cast<std::int64_t>(regs.rax));
  const auto go_on = [&thread] { ptrace(PTRACE_CONT, thread.id, nullptr, nullptr); };
  // It was awake again before it stopped: nothing has happened.
  if (!is_blocked) return go_on();
  virtual_process::Wait wait;
  if (call->until == BlockingCall::Until::kChild) {
    // A child may have ended since the call looked.
    const std::uint64_t events = tree_.ProcessOf(thread).child_events;
    if (thread.child_events_seen != events) {
      thread.child_events_seen = events;
      return go_on();
    }
    wait.wants_children = true;
  } else {
    const bool is_reading = call->until == BlockingCall::Until::kReadable;
    const int file = static_cast<int>(regs.rdi);
    const std::uint64_t signals = tree_.SignalsOf(thread, file);
    if (signals != 0) {
      if (HasPendingSignal(thread, signals)) return go_on();
      wait.signals = signals;
      return HoldStopped(thread, std::move(wait));
    }
    if (!tree_.Watch(wait, thread, file, is_reading ? EPOLLIN : EPOLLOUT)) {
      thread.state = Thread::State::kBlocked;
      if (runner_ == thread.id) runner_ = 0;
      return go_on();
    }
    pollfd ready{wait.files.back(), static_cast<short>(is_reading ? POLLIN : POLLOUT), 0};
    if (poll(&ready, 1, 0) > 0) {
      tree_.Drop(wait);
      return go_on();
    }
    const Process& process = tree_.ProcessOf(thread);
    const auto& timeouts = is_reading ? process.receive_timeouts : process.send_timeouts;
    const auto timeout = timeouts.find(file);
    if (timeout != timeouts.end()) {
      wait.deadline = tree_.page->monotonic + timeout->second;
    }
  }
  HoldStopped(thread, std::move(wait));
}

void Supervisor::HoldStopped(Thread& thread, virtual_process::Wait wait) {
  thread.wait = std::move(wait);
  thread.state = Thread::State::kHeld;
  thread.is_stopped = true;
  if (runner_ == thread.id) runner_ = 0;
}

void Supervisor::KillAll() {
  for (const auto& [id, process] : tree_.processes) kill(id, SIGKILL);
}

}  // namespace sim::virtual_process
