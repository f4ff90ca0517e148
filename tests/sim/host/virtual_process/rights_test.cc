// What a system refuses is named before a program begins.
#include "sim/host/virtual_process/rights.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace sim::virtual_process {
namespace {

void Deny(std::uint32_t call) {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

// What a process says of its child when the system denies it `call`; 0: nothing is denied.
std::string SaidWithout(std::uint32_t call) {
  int pipe_files[2];
  if (pipe(pipe_files) != 0) return "no pipe";
  const pid_t parent = fork();
  if (parent == 0) {
    const pid_t child = fork();
    if (child == 0) {
      for (;;) pause();
    }
    if (call != 0) Deny(call);
    const auto missing = MissingRight(child);
    const std::string text = missing ? missing->message : "";
    if (write(pipe_files[1], text.data(), text.size()) < 0) _exit(1);
    kill(child, SIGKILL);
    _exit(0);
  }
  close(pipe_files[1]);
  std::string said;
  char part[256];
  for (ssize_t got = 1; got > 0;) {
    got = read(pipe_files[0], part, sizeof part);
    if (got > 0) said.append(part, static_cast<std::size_t>(got));
  }
  close(pipe_files[0]);
  waitpid(parent, nullptr, 0);
  return said;
}

TEST(RightsTest, NamesWhatIsMissing) {
  EXPECT_EQ(SaidWithout(0), "");
  struct Case {
    std::uint32_t call;
    const char* name;
  };
  for (const Case& test :
       {Case{SYS_process_vm_readv, "process_vm_readv"},
        Case{SYS_process_vm_writev, "process_vm_writev"}, Case{SYS_pidfd_open, "pidfd_open"},
        Case{SYS_pidfd_getfd, "pidfd_getfd"}}) {
    EXPECT_EQ(SaidWithout(test.call), std::string("programs on virtual time need ") + test.name +
                                          " (Operation not permitted): allow it (in a container: "
                                          "--cap-add=SYS_PTRACE), or say `pacing: real`");
  }
}

}  // namespace
}  // namespace sim::virtual_process
