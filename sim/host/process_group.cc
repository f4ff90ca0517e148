#include "sim/host/process_group.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "sim/host/processor_share.h"

namespace sim {
namespace {

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  ~Pipe() {
    for (int end : ends_) {
      if (end >= 0) close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool ok() const { return ends_[0] >= 0; }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  int TakeReadEnd() { return std::exchange(ends_[0], -1); }
  int TakeWriteEnd() { return std::exchange(ends_[1], -1); }
  void CloseWriteEnd() { close(TakeWriteEnd()); }

 private:
  std::array<int, 2> ends_;
};

std::vector<char*> PointersOf(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

pid_t ReapChild(pid_t child, int* status) {
  for (;;) {
    const pid_t reaped = waitpid(child, status, 0);
    if (reaped >= 0 || errno != EINTR) return reaped;
  }
}

// All that the new process needs, made before the fork: after it only async-signal-safe calls are
// allowed, because other threads may have held any lock.
struct ExecPlan {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* directory;  // Null for ours.
  int input_file;
  int output_file;
  int error_file;
  int report_file;
  pid_t parent;
};

[[noreturn]] void Report(int file, int error) {
  const ssize_t written = write(file, &error, sizeof error);
  _exit(written == sizeof error ? 127 : 126);
}

[[noreturn]] void BecomeProgram(const ExecPlan& plan) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // We may have died before the line above.
  if (getppid() != plan.parent) _exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (dup2(plan.input_file, 0) < 0 || dup2(plan.output_file, 1) < 0 ||
      dup2(plan.error_file, 2) < 0) {
    Report(plan.report_file, errno);
  }
  if (plan.directory != nullptr && chdir(plan.directory) != 0) Report(plan.report_file, errno);
  // Nor what we were given by whoever started us.
  syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
  execve(plan.program, plan.arguments, plan.environment);
  Report(plan.report_file, errno);
}

// Waits for our end. Holds no other file, lest it keep a port or a lock alive.
[[noreturn]] void BecomeGuard(int wait_file, pid_t group) {
  setsid();
  prctl(PR_SET_NAME, "orrery-guard");
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_IGN);
  dup2(wait_file, 0);
  syscall(SYS_close_range, 1u, ~0u, 0u);
  char byte = 0;
  ssize_t got = 0;
  do {
    got = read(0, &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) kill(-group, SIGKILL);
  _exit(0);
}

void SetNonBlocking(int file) { fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK); }

void CloseFile(int& file) {
  if (file >= 0) close(std::exchange(file, -1));
}

}  // namespace

Result<std::string> FindProgram(const std::string& command, std::string_view path_list) {
  if (command.empty()) return Error{"a command is empty"};
  if (command.find('/') != std::string::npos) return command;
  while (true) {
    const std::size_t colon = path_list.find(':');
    const std::string_view directory = path_list.substr(0, colon);
    const std::string path =
        (directory.empty() ? std::string(".") : std::string(directory)) + "/" + command;
    if (access(path.c_str(), X_OK) == 0) return path;
    if (colon == std::string_view::npos) break;
    path_list.remove_prefix(colon + 1);
  }
  return Error{"cannot start " + command + ": it is not in PATH"};
}

Result<ProcessGroup> StartProcessGroup(const ProcessGroupOptions& options) {
  Pipe output;
  Pipe error;
  Pipe report;
  Pipe guard;
  const int input_file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto failed = [&](int number) {
    if (input_file >= 0) close(input_file);
    return Error{"cannot start " + options.program + ": " + std::strerror(number)};
  };
  if (!output.ok() || !error.ok() || !report.ok() || !guard.ok() || input_file < 0) {
    return failed(errno);
  }
  const std::vector<char*> arguments = PointersOf(options.arguments);
  const std::vector<char*> environment = PointersOf(options.environment);
  const ExecPlan plan{options.program.c_str(),
                      arguments.data(),
                      environment.data(),
                      options.directory.empty() ? nullptr : options.directory.c_str(),
                      input_file,
                      output.write_end(),
                      error.write_end(),
                      report.write_end(),
                      getpid()};
  ProcessGroup group;
  const UngatheredScope everywhere;
  group.leader = fork();
  if (group.leader < 0) return failed(errno);
  if (group.leader == 0) BecomeProgram(plan);
  // Both sides do it, so that neither has to wait for the other.
  setpgid(group.leader, group.leader);
  group.guard = fork();
  if (group.guard == 0) BecomeGuard(guard.read_end(), group.leader);
  const int guard_error = errno;
  close(input_file);

  report.CloseWriteEnd();
  int exec_error = 0;
  ssize_t got = 0;
  do {
    got = read(report.read_end(), &exec_error, sizeof exec_error);
  } while (got < 0 && errno == EINTR);
  group.process_file = static_cast<int>(syscall(SYS_pidfd_open, group.leader, 0u));
  group.output_file = output.TakeReadEnd();
  group.error_file = error.TakeReadEnd();
  group.guard_file = guard.TakeWriteEnd();
  const bool has_started = got == 0 && group.guard > 0 && group.process_file >= 0;
  if (!has_started) {
    const int number = got > 0 ? exec_error : group.guard < 0 ? guard_error : errno;
    EndProcessGroup(group);
    return Error{"cannot start " + options.program + ": " + std::strerror(number)};
  }
  SetNonBlocking(group.output_file);
  SetNonBlocking(group.error_file);
  return group;
}

int EndProcessGroup(ProcessGroup& group) {
  int status = -1;
  if (group.leader > 0) {
    kill(-group.leader, SIGKILL);
    if (ReapChild(group.leader, &status) < 0) status = -1;
    group.leader = -1;
  }
  if (group.guard > 0) {
    // The group's number may soon be another's: the guard must not kill it.
    const ssize_t written = write(group.guard_file, "q", 1);
    if (written != 1) kill(group.guard, SIGKILL);
    ReapChild(group.guard, nullptr);
    group.guard = -1;
  }
  for (int* file :
       {&group.process_file, &group.output_file, &group.error_file, &group.guard_file}) {
    CloseFile(*file);
  }
  return status;
}

}  // namespace sim
