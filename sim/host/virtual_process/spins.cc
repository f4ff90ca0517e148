// The part of Supervisor that finds threads that spin (spin_watch.h). Where one has spun it is
// stopped each time it passes, so that it is soon known whether it still does.
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include <cstddef>
#include <utility>

#include "sim/host/virtual_process/supervisor.h"
#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

// Of <linux/hw_breakpoint.h>'s register 7: the first address counts, when it is executed.
constexpr std::uint64_t kFirstIsOn = 1;
constexpr int kControl = 7;

bool WriteDebugRegister(pid_t thread, int number, std::uint64_t value) {
  const std::size_t place =
      offsetof(struct user, u_debugreg) + 8 * static_cast<std::size_t>(number);
  return ptrace(PTRACE_POKEUSER, thread, reinterpret_cast<void*>(place), value) == 0;
}

// 0: nowhere. False if the processor can't.
bool StopAt(pid_t thread, std::uint64_t address) {
  if (!WriteDebugRegister(thread, kControl, 0)) return false;
  if (address == 0) return true;
  return WriteDebugRegister(thread, 0, address) && WriteDebugRegister(thread, kControl, kFirstIsOn);
}

SpinState StateAt(pid_t thread, const user_regs_struct& registers) {
  SpinState state{.registers = registers};
  ReadMemory(thread, registers.rsp, state.stack.data(), sizeof state.stack);
  return state;
}

}  // namespace

bool Supervisor::IsAtBreakpoint(const Thread& thread, int signal) {
  siginfo_t info{};
  return signal == SIGTRAP && thread.breakpoint != 0 &&
         ptrace(PTRACE_GETSIGINFO, thread.id, nullptr, &info) == 0 && info.si_code == TRAP_HWBKPT;
}

// Asked to stop because it computes while others wait. Where threads of its process have spun
// before is watched from now on: it is no proof that others have, and one place is soon passed.
void Supervisor::TakeSample(Thread& thread) {
  user_regs_struct registers{};
  ptrace(PTRACE_GETREGS, thread.id, nullptr, &registers);
  const bool is_in_call = static_cast<std::int64_t>(registers.orig_rax) >= 0;
  if (is_in_call) spin_watch_.Postpone();
  if (runner_ == thread.id && !is_in_call) {
    const SpinState state = StateAt(thread.id, registers);
    if (spin_watch_.Add(state)) return Rest(thread, state);
    passes_left_ = kPassesMax;
    WatchPlace(thread, tree_.ProcessOf(thread).spin_place);
  }
  ptrace(PTRACE_CONT, thread.id, nullptr, nullptr);
}

void Supervisor::WatchPlace(Thread& thread, std::uint64_t place) {
  if (thread.breakpoint != place) thread.breakpoint = StopAt(thread.id, place) ? place : 0;
}

// It has come by where it, or another before it, has spun.
void Supervisor::TakePass(Thread& thread) {
  user_regs_struct registers{};
  ptrace(PTRACE_GETREGS, thread.id, nullptr, &registers);
  if (runner_ == thread.id && passes_left_ > 0) {
    --passes_left_;
    const SpinState state = StateAt(thread.id, registers);
    if (spin_watch_.Add(state)) return Rest(thread, state);
  } else {
    WatchPlace(thread, 0);
  }
  ptrace(PTRACE_CONT, thread.id, nullptr, nullptr);
}

// A thread spins for others: they get their turns, and if all of them wait for a time, that comes.
// It goes on when anybody has run.
void Supervisor::Rest(Thread& thread, const SpinState& state) {
  thread.spin = state;
  tree_.ProcessOf(thread).spin_place = state.registers.rip;
  WatchPlace(thread, state.registers.rip);
  const std::int64_t next = NextDeadline();
  const bool is_near = next != kNever && next - tree_.page->monotonic <= kRestMax;
  if (!tree_.order.empty() || !is_near || ++thread.rests > kRestsMax) {
    return QueueStopped(thread, 0);
  }
  virtual_process::Wait wait;
  wait.deadline = next;
  wait.is_rest = true;
  tree_.resting.insert(thread.id);
  HoldStopped(thread, std::move(wait));
}

}  // namespace sim::virtual_process
