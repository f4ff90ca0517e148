#include "sim/host/virtual_process/launch.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "sim/host/virtual_process/raw_call.h"
#include "sim/host/virtual_process/rights.h"
#include "sim/host/virtual_process/trapped_calls.h"

namespace sim::virtual_process {
namespace {

constexpr char kHostName[] = "orrery";
// Of the machine's time: a process that is started answers within milliseconds.
constexpr int kStartSecondsMax = 20;
constexpr unsigned kNamespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS;

struct Hello {
  std::int32_t error = 0;
  std::int32_t stage = 0;  // 0 alive, 1 filter installed
  std::int32_t has_namespaces = 0;
};

// A hello and, if one is set, a descriptor: all in place before the filter is there, since whatever
// is called afterwards may be trapped.
class HelloMessage {
 public:
  explicit HelloMessage(const Hello& hello) : hello_(hello) {}
  HelloMessage(const HelloMessage&) = delete;
  HelloMessage& operator=(const HelloMessage&) = delete;

  Hello& hello() { return hello_; }
  // -1: none.
  bool Send(int socket, int file) {
    part_ = {&hello_, sizeof hello_};
    message_ = {};
    message_.msg_iov = &part_;
    message_.msg_iovlen = 1;
    if (file >= 0) {
      message_.msg_control = control_;
      message_.msg_controllen = sizeof control_;
      cmsghdr* header = CMSG_FIRSTHDR(&message_);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(sizeof(int));
      *reinterpret_cast<int*>(CMSG_DATA(header)) = file;
    }
    return RawCall(SYS_sendmsg, socket, &message_, MSG_NOSIGNAL) == sizeof hello_;
  }

 private:
  Hello hello_;
  iovec part_{};
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(int))] = {};
  msghdr message_{};
};

// Gives the sender's process as we see it, and a descriptor if one came.
bool ReceiveHello(int socket, Hello& hello, pid_t& sender, int& file) {
  iovec part{&hello, sizeof hello};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(ucred))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got = 0;
  do {
    got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got == 0) errno = ECONNRESET;  // It has ended.
  if (got != static_cast<ssize_t>(sizeof hello)) return false;
  for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
    if (at->cmsg_type == SCM_RIGHTS) std::memcpy(&file, CMSG_DATA(at), sizeof file);
    if (at->cmsg_type == SCM_CREDENTIALS) {
      ucred who;
      std::memcpy(&who, CMSG_DATA(at), sizeof who);
      sender = who.pid;
    }
  }
  return true;
}

void WriteFile(const char* path, const std::string& text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  // What can't be written leaves the namespace without a name for us: the program sees "nobody".
  if (write(file, text.data(), text.size()) < 0) errno = 0;
  close(file);
}

// Whoever runs us, the program sees itself as root: it is so in every run, and root's own needs no
// user namespace, in which it would see fewer files.
bool EnterNamespaces() {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (user == 0 && unshare(kNamespaces) == 0) return true;
  if (unshare(kNamespaces | CLONE_NEWUSER) != 0) return false;
  WriteFile("/proc/self/setgroups", "deny");
  WriteFile("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
  WriteFile("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
  return true;
}

// Clients in a pod look here without being told.
constexpr char kAccountPlace[] = "/secrets/kubernetes.io/serviceaccount";

// In this namespace only, and in place of what else lies in /run; where that is refused, a variable
// still says where the files are.
void ShowAccount(const std::string& directory) {
  if (directory.empty()) return;
  char run[PATH_MAX];
  if (realpath("/var/run", run) == nullptr) return;
  const std::string place = std::string(run) + kAccountPlace;
  const int files = open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (files >= 0 && mount("tmpfs", run, "tmpfs", 0, "size=1m,mode=755") == 0) {
    for (std::size_t at = 0; at != std::string::npos;) {
      at = place.find('/', at + 1);
      mkdir(place.substr(0, at).c_str(), 0755);
    }
    const std::string source = "/proc/self/fd/" + std::to_string(files);
    if (mount(source.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) != 0) errno = 0;
  }
  if (files >= 0) close(files);
}

// The program was told of something that lies there.
bool IsUsed(const std::string& place, const StartMessage& start) {
  const auto names = [&place](const std::string& text) {
    return text.find(place + "/") != std::string::npos;
  };
  return names(start.directory + "/") || names(start.program) ||
         std::any_of(start.arguments.begin(), start.arguments.end(), names) ||
         std::any_of(start.environment.begin(), start.environment.end(), names);
}

// The folder of a run has a name of its own, which the program must not see: variables that lead
// there lead to kHomePlace. Where that is refused they keep the name.
void ShowHome(StartMessage& start) {
  const std::string place = std::string(kHomePlace) + "/run";
  if (start.home.empty() || IsUsed(kHomePlace, start)) return;
  const int files = open(start.home.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (files < 0) return;
  const std::string source = "/proc/self/fd/" + std::to_string(files);
  const bool is_shown = mount("tmpfs", kHomePlace, "tmpfs", 0, "size=64k,mode=755") == 0 &&
                        mkdir(place.c_str(), 0755) == 0 &&
                        mount(source.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) == 0;
  close(files);
  if (!is_shown) return;
  for (std::string& entry : start.environment) {
    const std::size_t value = entry.find('=') + 1;
    if (entry.compare(value, start.home.size(), start.home) != 0) continue;
    entry.replace(value, start.home.size(), place);
  }
}

// What other runs and programs leave behind must not be there. Not where the program itself lies.
void ShowEmptyPlaces(const StartMessage& start) {
  for (const char* place : {kTemporaryPlace, "/tmp"}) {
    if (IsUsed(place, start)) continue;
    if (mount("tmpfs", place, "tmpfs", 0, "size=1g,mode=1777") != 0) errno = 0;
  }
}

// In this namespace only, and only where there is such a file.
void ShowFile(const char* place, const std::string& text) {
  const std::string source = std::string(kTemporaryPlace) + "/shown";
  const int file = open(source.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) return;
  const bool is_whole = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  if (is_whole && mount(source.c_str(), place, nullptr, MS_BIND, nullptr) != 0) errno = 0;
  unlink(source.c_str());
}

// A name server answers at the machine's time, if at all: names are those of this machine.
void ShowOwnNames() {
  if (mount("tmpfs", kTemporaryPlace, "tmpfs", 0, "size=64k,mode=755") != 0) {
    errno = 0;
    return;
  }
  ShowFile("/etc/hosts", std::string("127.0.0.1 localhost ") + kHostName + "\n::1 localhost\n");
  ShowFile("/etc/resolv.conf", "");
  ShowFile("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
  umount2(kTemporaryPlace, MNT_DETACH);  // What is shown stays.
}

// The first process of the namespace: waits for whoever lost its parent, and ends with the program.
[[noreturn]] void Reap(pid_t program) {
  for (;;) {
    const pid_t ended = wait(nullptr);
    if (ended == program || (ended < 0 && errno == ECHILD)) _exit(0);
  }
}

std::vector<char*> PointersOf(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// From the filter on: nothing here may call a function of a library, since sanitizers look into
// those, and their own calls would be trapped by a supervisor that is not there yet. Returns only
// if it has failed.
void ExecuteUnderFilter(HelloMessage& hello, int socket, const sock_fprog& filter,
                        const char* program, char* const* arguments, char* const* environment) {
  const auto fail = [&](long error) {
    hello.hello().error = static_cast<std::int32_t>(-error);
    hello.Send(socket, -1);
  };
  char go = 0;
  const long listener =
      RawCall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
  if (listener < 0) return fail(listener);
  hello.hello().stage = 1;
  if (!hello.Send(socket, static_cast<int>(listener))) return;
  if (RawCall(SYS_read, socket, &go, 1) != 1) return;
  // The supervisor answers what reads the counter, once there is a program.
  RawCall(SYS_prctl, PR_SET_TSC, PR_TSC_SIGSEGV);
  fail(RawCall(SYS_execve, program, arguments, environment));
}

[[noreturn]] void BecomeProgram(const StartMessage& start, int socket, int output,
                                bool has_namespaces) {
  HelloMessage hello(Hello{.has_namespaces = has_namespaces ? 1 : 0});
  const auto fail = [&](int error) {
    hello.hello().error = error;
    hello.Send(socket, -1);
    _exit(127);
  };
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_DUMPABLE, 1);
  personality(ADDR_NO_RANDOMIZE);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) fail(errno);
  syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
  if (!start.directory.empty() && chdir(start.directory.c_str()) != 0) fail(errno);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < SIGRTMAX; ++number) signal(number, SIG_DFL);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(errno);
  std::vector<sock_filter> filter = BuildFilter();
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  const std::vector<char*> arguments = PointersOf(start.arguments);
  const std::vector<char*> environment = PointersOf(start.environment);
  char go = 0;
  if (!hello.Send(socket, -1) || read(socket, &go, 1) != 1) _exit(127);
  ExecuteUnderFilter(hello, socket, program, start.program.c_str(), arguments.data(),
                     environment.data());
  for (;;) RawCall(SYS_exit_group, 127);
}

[[noreturn]] void BecomeStarter(StartMessage start, int socket, int output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool has_namespaces = EnterNamespaces();
  const pid_t reaper = fork();
  if (reaper != 0) {
    close(socket);
    close(output);
    int status = 0;
    while (waitpid(reaper, &status, 0) < 0 && errno == EINTR) {
    }
    _exit(0);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (has_namespaces) {
    mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    // Where it is refused, /proc shows the machine's process numbers.
    if (mount("proc", "/proc", "proc", 0, nullptr) != 0) errno = 0;
    ShowAccount(start.account_directory);
    ShowOwnNames();
    ShowHome(start);  // First: what leads there leads elsewhere from then on.
    ShowEmptyPlaces(start);
    if (sethostname(kHostName, sizeof kHostName - 1) != 0) errno = 0;
  }
  const pid_t program = fork();
  if (program == 0) BecomeProgram(start, socket, output, has_namespaces);
  close(socket);
  close(output);
  Reap(program);
}

}  // namespace

Result<Launched> Launch(const StartMessage& start) {
  Launched launched;
  int sockets[2];
  int output[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return Error{std::string("cannot make a socket: ") + std::strerror(errno)};
  }
  const int yes = 1;
  setsockopt(sockets[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
  const timeval limit{kStartSecondsMax, 0};
  setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (pipe2(output, O_CLOEXEC) != 0) {
    return Error{std::string("cannot make a pipe: ") + std::strerror(errno)};
  }
  launched.starter = fork();
  if (launched.starter == 0) {
    close(sockets[0]);
    BecomeStarter(start, sockets[1], output[1]);
  }
  close(sockets[1]);
  close(output[1]);
  launched.output = output[0];
  fcntl(launched.output, F_SETFL, O_NONBLOCK);
  launched.handshake = sockets[0];
  Hello hello;
  int ignored = -1;
  if (launched.starter < 0 || !ReceiveHello(sockets[0], hello, launched.program, ignored)) {
    return Error{std::string("cannot start a process: ") + std::strerror(errno)};
  }
  if (hello.error != 0) {
    return Error{"cannot start " + start.program + " in " + start.directory + ": " +
                 std::strerror(hello.error)};
  }
  launched.has_namespaces = hello.has_namespaces != 0;
  const long options = PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                       PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, launched.program, nullptr, options) != 0) {
    return Refused("ptrace", errno);
  }
  if (auto missing = MissingRight(launched.program)) return *missing;
  LetExecute(launched);
  if (!ReceiveHello(sockets[0], hello, launched.program, launched.listener)) {
    return Error{std::string("a started process does not answer: ") + std::strerror(errno)};
  }
  if (launched.listener < 0) {
    return Refused("seccomp's user notifications", hello.error == 0 ? EPERM : hello.error);
  }
  return launched;
}

void LetExecute(Launched& launched) {
  if (write(launched.handshake, "g", 1) != 1) errno = 0;
}

int ReadExecError(Launched& launched) {
  Hello hello;
  iovec part{&hello, sizeof hello};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const bool is_whole =
      recvmsg(launched.handshake, &message, MSG_DONTWAIT) == static_cast<ssize_t>(sizeof hello);
  return is_whole ? hello.error : 0;
}

}  // namespace sim::virtual_process
