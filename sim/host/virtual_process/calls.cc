#include "sim/host/virtual_process/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/futex.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {

Outcome HandleCall(Tree& tree, Thread& thread) {
  const seccomp_data& call = thread.call.data;
  if (call.arch != AUDIT_ARCH_X86_64 || call.nr >= 0x40000000) {
    tree.Note(NameOf(thread.id) + " makes 32-bit calls: they run on the machine's time");
    return Outcome::Continue();
  }
  switch (call.nr) {
    case SYS_clock_gettime:
    case SYS_gettimeofday:
    case SYS_time:
    case SYS_times:
      return ClockCall(tree, thread);
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
      return SleepCall(tree, thread);
    case SYS_sched_yield:
      return Outcome::Yield();
    case SYS_futex:
      return FutexCall(tree, thread);
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
      return EpollCall(tree, thread);
    case SYS_poll:
    case SYS_ppoll:
      return PollCall(tree, thread);
    case SYS_select:
    case SYS_pselect6:
      return SelectCall(tree, thread);
    case SYS_timerfd_create:
    case SYS_timerfd_settime:
    case SYS_timerfd_gettime:
      return TimerFileCall(tree, thread);
    case SYS_timer_create:
    case SYS_timer_settime:
    case SYS_timer_gettime:
    case SYS_timer_getoverrun:
    case SYS_timer_delete:
      return TimerCall(tree, thread);
    case SYS_setitimer:
    case SYS_getitimer:
    case SYS_alarm:
      return IntervalCall(tree, thread);
    case SYS_kill:
    case SYS_tkill:
    case SYS_tgkill:
    case SYS_rt_sigqueueinfo:
    case SYS_rt_tgsigqueueinfo:
    case SYS_rt_sigtimedwait:
      return SignalCall(tree, thread);
    case SYS_getrandom:
      return RandomCall(tree, thread);
    case SYS_open:
    case SYS_openat:
      return OpenCall(tree, thread);
    case SYS_getdents64:
      return DirectoryCall(tree, thread);
    case SYS_execve:
    case SYS_execveat:
      return ExecuteCall(tree, thread);
    case SYS_signalfd:
    case SYS_signalfd4:
      tree.has_signal_files = true;
      return Outcome::Continue();
    case SYS_exit_group:
      tree.ending.insert(thread.process);
      return Outcome::Continue();
    case SYS_prctl:
      return ProcessOptionCall(tree, thread);
    case SYS_bind:
    case SYS_listen:
    case SYS_connect:
    case SYS_getpeername:
    case SYS_getsockname:
    case SYS_setsockopt:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg:
      return SocketCall(tree, thread);
    default:
      return IdentityCall(tree, thread);
  }
}

int GiveFile(Tree& tree, Thread& thread, int file, bool closes_on_exec) {
  seccomp_notif_addfd give{};
  give.id = thread.call.id;
  give.srcfd = static_cast<std::uint32_t>(file);
  give.newfd_flags = closes_on_exec ? O_CLOEXEC : 0;
  const int number = ioctl(tree.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &give);
  return number < 0 ? -errno : number;
}

bool IsClockCall(const seccomp_data& call) {
  switch (call.nr) {
    case SYS_clock_gettime:
    case SYS_gettimeofday:
    case SYS_time:
    case SYS_times:
      return true;
    default:
      return false;
  }
}

bool IsNeverRestarted(const seccomp_data& call) {
  switch (call.nr) {
    case SYS_futex: {
      const auto operation = static_cast<int>(call.args[1]) & FUTEX_CMD_MASK;
      const bool is_wait = operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET;
      return is_wait && call.args[3] != 0;
    }
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
    case SYS_rt_sigtimedwait:
      return true;
    default:
      return false;
  }
}

}  // namespace sim::virtual_process
