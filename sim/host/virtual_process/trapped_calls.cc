#include "sim/host/virtual_process/trapped_calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/check.h"

namespace sim::virtual_process {
namespace {

constexpr std::uint32_t kX32Bit = 0x40000000;
constexpr int kFutexWaitv = 449;

struct TrappedCall {
  int number;
  std::string_view name;
};

#define CALL(name) \
  TrappedCall { static_cast<int>(SYS_##name), #name }
constexpr std::array kTrapped = {
    // Clocks.
    CALL(clock_gettime),
    CALL(gettimeofday),
    CALL(time),
    CALL(times),
    CALL(sysinfo),
    // Waits.
    CALL(futex),
    CALL(epoll_wait),
    CALL(epoll_pwait),
    CALL(epoll_pwait2),
    CALL(poll),
    CALL(ppoll),
    CALL(select),
    CALL(pselect6),
    CALL(nanosleep),
    CALL(clock_nanosleep),
    CALL(sched_yield),
    CALL(rt_sigtimedwait),
    // Timers.
    CALL(timerfd_create),
    CALL(timerfd_settime),
    CALL(timerfd_gettime),
    CALL(timer_create),
    CALL(timer_settime),
    CALL(timer_gettime),
    CALL(timer_getoverrun),
    CALL(timer_delete),
    CALL(setitimer),
    CALL(getitimer),
    CALL(alarm),
    // Signals: where they go must be known before anybody else runs.
    CALL(kill),
    CALL(tkill),
    CALL(tgkill),
    CALL(rt_sigqueueinfo),
    CALL(rt_tgsigqueueinfo),
    CALL(signalfd),
    CALL(signalfd4),
    // Chance and identity.
    CALL(getrandom),
    CALL(openat),
    CALL(open),
    CALL(sched_getaffinity),
    CALL(sched_setaffinity),
    CALL(getcpu),
    CALL(getrusage),
    CALL(getdents64),
    CALL(uname),
    // Sockets.
    CALL(bind),
    CALL(listen),
    CALL(connect),
    CALL(getpeername),
    CALL(getsockname),
    // Processes.
    CALL(execve),
    CALL(execveat),
    CALL(exit_group),
};
// Handed over by their arguments.
constexpr std::array kTrappedAtTimes = {CALL(setsockopt), CALL(prctl), CALL(sendto), CALL(sendmsg),
                                        CALL(sendmmsg)};
#undef CALL

// Refused: what replaces them is trapped. By rseq(2) the kernel would tell a thread the processor
// it runs on, without a call: sched_getcpu(3) reads that.
constexpr std::array kRefused = {SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
                                 kFutexWaitv, SYS_rseq};

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

// If the call is `call` and its argument `index` has any of `bits`: hand it over.
void TrapIfBits(std::vector<sock_filter>& filter, int call, int index, std::uint32_t bits) {
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4));
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, OffsetOfArgument(index)));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
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
      list[index] = kTrapped[index].number;
    }
    return list;
  }();
  return calls;
}

std::string_view CallName(int call) {
  for (const std::span<const TrappedCall> calls :
       {std::span<const TrappedCall>(kTrapped), std::span<const TrappedCall>(kTrappedAtTimes)}) {
    const auto found = std::find_if(calls.begin(), calls.end(), [call](const TrappedCall& trapped) {
      return trapped.number == call;
    });
    if (found != calls.end()) return found->name;
  }
  return "another call";
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
  const std::array<std::uint32_t, 5> socket_options = {SO_RCVTIMEO_OLD, SO_SNDTIMEO_OLD,
                                                       SO_RCVTIMEO_NEW, SO_SNDTIMEO_NEW, TCP_CORK};
  TrapIfArgument(filter, SYS_setsockopt, 2, socket_options);
  const std::array<std::uint32_t, 2> process_options = {PR_SET_DUMPABLE, PR_SET_TSC};
  TrapIfArgument(filter, SYS_prctl, 0, process_options);
  TrapIfBits(filter, SYS_sendto, 3, MSG_MORE);
  TrapIfBits(filter, SYS_sendmsg, 2, MSG_MORE);
  TrapIfBits(filter, SYS_sendmmsg, 3, MSG_MORE);
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
