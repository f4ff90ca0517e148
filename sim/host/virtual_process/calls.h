// The handlers of trapped calls, one file per family. Each says what the call becomes.
#pragma once

#include "sim/host/virtual_process/tree.h"

namespace sim::virtual_process {

// The arguments of a call, as the program gave them.
class Arguments {
 public:
  explicit Arguments(const Thread& thread) : data_(thread.call.data) {}
  int call() const { return data_.nr; }
  std::uint64_t operator[](int index) const { return data_.args[index]; }
  // The low half, with its sign: descriptors, flags, numbers of signals.
  int Int(int index) const { return static_cast<int>(data_.args[index]); }

 private:
  const seccomp_data& data_;
};

Outcome ClockCall(Tree& tree, Thread& thread);  // clock_gettime, gettimeofday, time, times
Outcome SleepCall(Tree& tree, Thread& thread);  // nanosleep, clock_nanosleep
Outcome FutexCall(Tree& tree, Thread& thread);
Outcome EpollCall(Tree& tree, Thread& thread);
Outcome PollCall(Tree& tree, Thread& thread);
Outcome SelectCall(Tree& tree, Thread& thread);
Outcome TimerFileCall(Tree& tree, Thread& thread);  // timerfd
Outcome TimerCall(Tree& tree, Thread& thread);      // timer_*
Outcome IntervalCall(Tree& tree, Thread& thread);   // setitimer, getitimer, alarm
Outcome SignalCall(Tree& tree, Thread& thread);     // kill and its like, rt_sigtimedwait
Outcome RandomCall(Tree& tree, Thread& thread);     // getrandom
Outcome OpenCall(Tree& tree, Thread& thread);
Outcome IdentityCall(Tree& tree, Thread& thread);   // processors, host name, memory
Outcome DirectoryCall(Tree& tree, Thread& thread);  // getdents64
Outcome ExecuteCall(Tree& tree, Thread& thread);
Outcome ProcessOptionCall(Tree& tree, Thread& thread);  // prctl
Outcome SocketCall(Tree& tree, Thread& thread);

// Puts `file` into the program; its number there, or -errno.
int GiveFile(Tree& tree, Thread& thread, int file, bool closes_on_exec);
// Fires a timer that was due `count` times.
void FireTimer(Tree& tree, VirtualTimer& timer, std::int64_t id, std::int64_t count);
// Whether a signal of `signals` waits for the thread or its process.
bool HasPendingSignal(const Thread& thread, std::uint64_t signals);
// Reads the clock: nothing else comes of it.
bool IsClockCall(const seccomp_data& call);
// A wait that is never resumed after a signal's handler ran (signal(7)).
bool IsNeverRestarted(const seccomp_data& call);

}  // namespace sim::virtual_process
