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

bool IsRestarting(std::int64_t answer) {
  // ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK of <linux/errno.h>.
  return answer == -512 || answer == -513 || answer == -514 || answer == -516;
}

}  // namespace sim::virtual_process
