#include "sim/host/virtual_process/trapped_calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cstdint>

#include "sim/check.h"

namespace sim::virtual_process {
namespace {

constexpr std::uint32_t kX32Bit = 0x40000000;
constexpr int kFutexWaitv = 449;

constexpr std::array kTrapped = {
    // Clocks.
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_time,
    SYS_times,
    SYS_sysinfo,
    // Waits.
    SYS_futex,
    SYS_epoll_wait,
    SYS_epoll_pwait,
    SYS_epoll_pwait2,
    SYS_poll,
    SYS_ppoll,
    SYS_select,
    SYS_pselect6,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_sched_yield,
    SYS_rt_sigtimedwait,
    // Timers.
    SYS_timerfd_create,
    SYS_timerfd_settime,
    SYS_timerfd_gettime,
    SYS_timer_create,
    SYS_timer_settime,
    SYS_timer_gettime,
    SYS_timer_getoverrun,
    SYS_timer_delete,
    SYS_setitimer,
    SYS_getitimer,
    SYS_alarm,
    // Signals: where they go must be known before anybody else runs.
    SYS_kill,
    SYS_tkill,
    SYS_tgkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_signalfd,
    SYS_signalfd4,
    // Chance and identity.
    SYS_getrandom,
    SYS_openat,
    SYS_open,
    SYS_sched_getaffinity,
    SYS_sched_setaffinity,
    SYS_getcpu,
    SYS_getdents64,
    SYS_uname,
    // Sockets.
    SYS_connect,
    SYS_getpeername,
    SYS_getsockname,
    // Processes.
    SYS_execve,
    SYS_execveat,
    SYS_exit_group,
};

// Refused: what replaces them is trapped.
constexpr std::array kRefused = {SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
                                 kFutexWaitv};

constexpr std::uint32_t kOffsetOfCall = offsetof(seccomp_data, nr);
constexpr std::uint32_t kOffsetOfSet = offsetof(seccomp_data, arch);
constexpr std::uint32_t OffsetOfArgument(int index) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) +
         static_cast<std::uint32_t>(index) * 8;
}

// If the call is `call` and the low half of its argument `index` is one of `values`: hand it over.
void TrapIfArgument(std::vector<sock_filter>& filter, int call, int index,
                    std::span<const std::uint32_t> values) {
  const auto count = static_cast<std::uint8_t>(values.size());
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0,
                            static_cast<std::uint8_t>(count + 3)));
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, OffsetOfArgument(index)));
  for (std::uint8_t at = 0; at < count; ++at) {
    filter.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, values[at], static_cast<std::uint8_t>(count - at), 0));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
}

// A look that does not wait: nothing changes while its thread runs, so the kernel may answer it.
void AllowIfZero(std::vector<sock_filter>& filter, int call, int index) {
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4));
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, OffsetOfArgument(index)));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

}  // namespace

std::span<const int> TrappedCalls() {
  static const auto calls = [] {
    std::array<int, kTrapped.size()> list{};
    for (std::size_t index = 0; index < list.size(); ++index) {
      list[index] = static_cast<int>(kTrapped[index]);
    }
    return list;
  }();
  return calls;
}

std::vector<sock_filter> BuildFilter() {
  std::vector<sock_filter> filter;
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kOffsetOfSet));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kOffsetOfCall));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32Bit, 0, 1));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  for (const int call : kRefused) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
  }
  const std::array<std::uint32_t, 4> socket_options = {SO_RCVTIMEO_OLD, SO_SNDTIMEO_OLD,
                                                       SO_RCVTIMEO_NEW, SO_SNDTIMEO_NEW};
  TrapIfArgument(filter, SYS_setsockopt, 2, socket_options);
  const std::array<std::uint32_t, 2> process_options = {PR_SET_DUMPABLE, PR_SET_TSC};
  TrapIfArgument(filter, SYS_prctl, 0, process_options);
  AllowIfZero(filter, SYS_epoll_wait, 3);
  AllowIfZero(filter, SYS_epoll_pwait, 3);
  const auto calls = TrappedCalls();
  // Jumps reach 255 instructions.
  SIM_CHECK(calls.size() < 200);
  for (std::size_t index = 0; index < calls.size(); ++index) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(calls[index]),
                              static_cast<std::uint8_t>(calls.size() - index), 0));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  return filter;
}

}  // namespace sim::virtual_process
