#include "sim/host/virtual_process/tree.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {

bool Thread::IsSameCall(const seccomp_notif& again) const {
  const bool waits = state == State::kHeld || state == State::kWaitsForTurn;
  return waits && has_call && !is_stopped &&
         std::memcmp(&call.data, &again.data, sizeof call.data) == 0;
}

int Tree::Copy(const Thread& thread, int file) {
  Process& process = ProcessOf(thread);
  if (process.pidfd < 0) {
    process.pidfd = static_cast<int>(syscall(SYS_pidfd_open, process.id, 0));
  }
  return CopyFile(process.pidfd, file);
}

bool Tree::Watch(Wait& wait, const Thread& thread, int file, std::uint32_t events) {
  const int copy = Copy(thread, file);
  if (copy < 0) return false;
  epoll_event event{};
  event.events = events;
  event.data.u64 = static_cast<std::uint64_t>(thread.id);
  if (epoll_ctl(files, EPOLL_CTL_ADD, copy, &event) != 0) {
    close(copy);
    return false;
  }
  wait.files.push_back(copy);
  return true;
}

void Tree::Drop(Wait& wait) {
  for (const int file : wait.files) {
    // The descriptors are copies: closing one would leave the file registered.
    epoll_ctl(files, EPOLL_CTL_DEL, file, nullptr);
    close(file);
  }
  wait.files.clear();
}

std::uint64_t Tree::SignalsOf(const Thread& thread, int file) const {
  if (!has_signal_files) return 0;
  const std::string path = "fdinfo/" + std::to_string(file);
  return StatusNumber(ReadProcFile(thread.process, path.c_str()), "sigmask", 16);
}

void Tree::Note(const std::string& text) {
  if (notes.insert(text).second) new_notes.push_back(text);
}

void Tree::ExpectSignal(pid_t process) {
  for (const auto& [id, thread] : threads) {
    if (thread.process == process) signalled.insert(id);
  }
}

Thread* Tree::FindByInner(pid_t inner) {
  for (auto& [id, thread] : threads) {
    if (thread.inner == inner) return &thread;
  }
  return nullptr;
}

void Tree::Tell(const Thread& thread, CallRecord::Kind kind, const Outcome& outcome) {
  const seccomp_data& call = thread.call.data;
  // Where the launcher keeps the program's name is different in each run.
  const bool is_telling = call.nr != SYS_execve;
  trail.Add({.time = page->monotonic + page->real_offset,
             .value = outcome.error != 0 ? -outcome.error : outcome.value,
             .argument = is_telling ? call.args[0] : 0,
             .thread = thread.number,
             .call = call.nr,
             .kind = kind,
             .result = static_cast<CallRecord::Result>(outcome.kind)});
}

void Tree::Tell(CallRecord::Kind kind, std::uint64_t thread, std::int64_t value, int call) {
  trail.Add({.time = page->monotonic + page->real_offset,
             .value = value,
             .thread = static_cast<std::uint32_t>(thread),
             .call = call,
             .kind = kind});
}

void Tree::WakeWith(Thread& thread, Outcome answer) {
  Drop(thread.wait);
  futexes.Remove(thread.id);
  thread.answer = std::move(answer);
  thread.turn = thread.is_stopped ? Thread::Turn::kResume : Thread::Turn::kAnswer;
  thread.resume_signal = 0;
  thread.state = Thread::State::kWaitsForTurn;
  order.Add(thread.id);
}

void Tree::WakeAgain(Thread& thread) {
  thread.kept_deadline = thread.wait.deadline;
  // Its call looks at the same files once more.
  if (thread.is_stopped) Drop(thread.wait);
  futexes.Remove(thread.id);
  thread.turn = thread.is_stopped ? Thread::Turn::kResume : Thread::Turn::kCall;
  thread.resume_signal = 0;
  thread.state = Thread::State::kWaitsForTurn;
  order.Add(thread.id);
}

}  // namespace sim::virtual_process
