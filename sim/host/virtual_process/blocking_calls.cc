#include "sim/host/virtual_process/blocking_calls.h"

#include <sys/syscall.h>

namespace sim::virtual_process {

std::optional<BlockingCall> BlockingCall::Of(long number) {
  switch (number) {
    case SYS_read:
    case SYS_readv:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_recvmmsg:
    case SYS_accept:
    case SYS_accept4:
      return BlockingCall{Until::kReadable};
    case SYS_write:
    case SYS_writev:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg:
      return BlockingCall{Until::kWritable};
    case SYS_wait4:
    case SYS_waitid:
      return BlockingCall{Until::kChild};
    default:
      return std::nullopt;
  }
}

bool MayBlockForLong(long number) {
  switch (number) {
    case SYS_pause:
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait:
    case SYS_flock:
    case SYS_fcntl:
    case SYS_msgrcv:
    case SYS_msgsnd:
    case SYS_semop:
    case SYS_semtimedop:
    case SYS_mq_timedreceive:
    case SYS_connect:
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
      return true;
    default:
      return false;
  }
}

bool IsRestarting(std::int64_t answer) {
  // ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK of <linux/errno.h>.
  return answer == -512 || answer == -513 || answer == -514 || answer == -516;
}

}  // namespace sim::virtual_process
