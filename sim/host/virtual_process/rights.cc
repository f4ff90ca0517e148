#include "sim/host/virtual_process/rights.h"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "sim/host/virtual_process/tracee.h"

namespace sim::virtual_process {
namespace {

// At the same address in every fork of ours.
char place_in_a_fork = 0;

}  // namespace

Error Refused(std::string_view what, int error) {
  // Containers allow it to whoever has the capability.
  const char* hint = error == EPERM ? " (in a container: --cap-add=SYS_PTRACE)" : "";
  return Error{"programs on virtual time need " + std::string(what) + " (" + std::strerror(error) +
               "): allow it" + hint + ", or say `pacing: real`"};
}

std::optional<Error> MissingRight(pid_t child) {
  char byte = 0;
  const iovec here{&byte, 1};
  const iovec there{&place_in_a_fork, 1};
  if (process_vm_readv(child, &here, 1, &there, 1, 0) != 1) {
    return Refused("process_vm_readv", errno);
  }
  if (process_vm_writev(child, &here, 1, &there, 1, 0) != 1) {
    return Refused("process_vm_writev", errno);
  }
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  if (pidfd < 0) return Refused("pidfd_open", errno);
  const int copy = CopyFile(pidfd, STDOUT_FILENO);
  const int error = errno;
  close(pidfd);
  if (copy < 0) return Refused("pidfd_getfd", error);
  close(copy);
  return std::nullopt;
}

}  // namespace sim::virtual_process
