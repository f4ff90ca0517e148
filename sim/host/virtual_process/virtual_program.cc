#include "sim/host/virtual_process/virtual_program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sim/check.h"
#include "sim/host/line_splitter.h"
#include "sim/host/process_group.h"
#include "sim/host/processor_share.h"
#include "sim/host/uv_handle.h"
#include "sim/host/virtual_process/supervisor.h"

namespace sim {

using namespace virtual_process;

namespace {

constexpr char kHiddenCommand[] = "supervise-program";
constexpr int kSupervisorSocket = 3;

std::string PathListOf(const std::vector<std::string>& environment) {
  for (const std::string& entry : environment) {
    if (entry.starts_with("PATH=")) return entry.substr(5);
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

// Between fork and exec: only what is allowed in a copy of a process with threads.
[[noreturn]] void BecomeSupervisor(int socket, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  setpgid(0, 0);
  if (socket == kSupervisorSocket) {
    fcntl(socket, F_SETFD, 0);
  } else if (dup2(socket, kSupervisorSocket) < 0) {
    _exit(127);
  }
  // What we listen on, and what we were given by whoever started us, is not the program's.
  syscall(SYS_close_range, kSupervisorSocket + 1u, ~0u, 0u);
  execl("/proc/self/exe", "orrery", kHiddenCommand, static_cast<char*>(nullptr));
  _exit(127);
}

}  // namespace

struct VirtualProgram::State {
  State(uv_loop_s* loop, int made_socket, pid_t started, VirtualProgramEvents given,
        int silence_seconds)
      : socket(made_socket),
        supervisor(started),
        events(std::move(given)),
        lines([this](std::string_view line) { told_lines.emplace_back(line); }),
        silent_looks_max(silence_seconds) {
    poll = UvHandle<uv_poll_t>(
        this, [this, loop](uv_poll_t* handle) { return uv_poll_init(loop, handle, socket); });
    uv_poll_start(poll.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
      static_cast<State*>(handle->data)->TakeMessages();
    });
    watchdog = UvHandle<uv_timer_t>(
        this, [loop](uv_timer_t* handle) { return uv_timer_init(loop, handle); });
    constexpr std::uint64_t kSecondInMilliseconds = 1000;
    uv_timer_start(
        watchdog.get(), [](uv_timer_t* handle) { static_cast<State*>(handle->data)->Look(); },
        kSecondInMilliseconds, kSecondInMilliseconds);
    uv_unref(reinterpret_cast<uv_handle_t*>(watchdog.get()));
  }
  ~State() { Close(); }

  // Every second of the machine's time.
  void Look() {
    if (is_quiet || ++silent_looks < silent_looks_max) return;
    Finish({.code = -1}, "its supervisor has not answered for " + std::to_string(silent_looks_max) +
                             " s: it is ended");
  }

  void Close() {
    poll.Close();
    watchdog.Close();
    if (socket >= 0) close(std::exchange(socket, -1));
    if (supervisor <= 0) return;
    kill(supervisor, SIGKILL);
    while (waitpid(supervisor, nullptr, 0) < 0 && errno == EINTR) {
    }
    supervisor = -1;
  }

  void Send(const Message& message) {
    const std::string bytes = Pack(message);
    // It is gone, or about to be: its end comes as a message, or as the end of the socket.
    if (send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) errno = 0;
  }

  void TakeMessages() {
    static thread_local std::string buffer(kMessageBytesMax, '\0');
    while (socket >= 0) {
      const ssize_t got = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return Finish({.code = -1}, "its supervisor has ended");
      auto message = Unpack({buffer.data(), static_cast<std::size_t>(got)});
      if (!message.ok()) return Finish({.code = -1}, message.error().message);
      if (!Take(*message)) return;
      // The last word until we let it run.
      if (std::holds_alternative<QuietMessage>(*message)) return;
    }
  }

  // What a program says while it runs is heard when it is quiet: at a time that is always the same.
  void TellLines() {
    const std::vector<std::string> told = std::exchange(told_lines, {});
    for (const std::string& line : told) {
      if (events.on_line) events.on_line(line);
    }
  }

  // False once it is over.
  bool Take(Message& message) {
    silent_looks = 0;
    if (auto* said = std::get_if<QuietMessage>(&message)) {
      if (!said->wires.empty() && events.on_wires) events.on_wires(std::move(said->wires));
      // Said before our last word arrived, by one that somebody called.
      if (said->number != run_number) return true;
      quiet = *said;
      is_quiet = true;
      TellLines();
      if (events.on_quiet) events.on_quiet(quiet);
    } else if (auto* ahead = std::get_if<WiresMessage>(&message)) {
      if (events.on_wires) events.on_wires(std::move(ahead->wires));
    } else if (const auto* output = std::get_if<OutputMessage>(&message)) {
      lines.Add(output->bytes);
    } else if (const auto* note = std::get_if<NoteMessage>(&message)) {
      if (events.on_note) events.on_note(note->text);
    } else if (const auto* busy = std::get_if<BusyMessage>(&message)) {
      if (events.on_busy) events.on_busy(*busy);
    } else if (const auto* failed = std::get_if<FailedMessage>(&message)) {
      Finish({.code = -1}, failed->text);
      return false;
    } else if (const auto* exited = std::get_if<ExitedMessage>(&message)) {
      Finish(*exited, "");
      return false;
    }
    return true;
  }

  void Finish(const ExitedMessage& exit, const std::string& failure) {
    lines.Finish();
    quiet.now = std::max(quiet.now, exit.now);
    TellLines();
    Close();
    // The owner may destroy us from within.
    const auto on_exit = std::move(events.on_exit);
    if (on_exit) on_exit(exit, failure);
  }

  int socket;
  pid_t supervisor;
  VirtualProgramEvents events;
  std::vector<std::string> told_lines;
  LineSplitter lines;
  UvHandle<uv_poll_t> poll;
  UvHandle<uv_timer_t> watchdog;
  const int silent_looks_max;
  int silent_looks = 0;
  QuietMessage quiet;
  bool is_quiet = true;
  std::uint64_t run_number = 0;
};

VirtualProgram::VirtualProgram(std::unique_ptr<State> state) : state_(std::move(state)) {}
VirtualProgram::~VirtualProgram() = default;

Result<std::unique_ptr<VirtualProgram>> VirtualProgram::Start(uv_loop_s* loop, StartMessage start,
                                                              VirtualProgramEvents events,
                                                              int silence_seconds) {
#ifndef __x86_64__
  return Error{"programs on virtual time need an x86-64 processor: say `pacing: real`"};
#endif
  auto program = FindProgram(start.program, PathListOf(start.environment));
  if (!program.ok()) return program.error();
  start.program = std::move(program).value();
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    return Error{std::string("cannot make a socket: ") + std::strerror(errno)};
  }
  const int size = static_cast<int>(kMessageBytesMax);
  for (const int socket : sockets) setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  const pid_t parent = getpid();
  const UngatheredScope everywhere;
  const pid_t supervisor = fork();
  if (supervisor == 0) BecomeSupervisor(sockets[1], parent);
  close(sockets[1]);
  if (supervisor < 0) {
    close(sockets[0]);
    return Error{std::string("cannot start a supervisor: ") + std::strerror(errno)};
  }
  auto state =
      std::make_unique<State>(loop, sockets[0], supervisor, std::move(events), silence_seconds);
  state->quiet.now = start.time;
  state->quiet.deadline = start.time;
  state->Send(start);
  return std::unique_ptr<VirtualProgram>(new VirtualProgram(std::move(state)));
}

bool VirtualProgram::is_alive() const { return state_->supervisor > 0; }
pid_t VirtualProgram::supervisor() const { return state_->supervisor; }
bool VirtualProgram::is_quiet() const { return state_->is_quiet; }
const QuietMessage& VirtualProgram::quiet() const { return state_->quiet; }

void VirtualProgram::Run(Time now, Time until, std::vector<Wire> wires) {
  SIM_CHECK(is_quiet());
  state_->is_quiet = false;
  state_->silent_looks = 0;
  std::vector<std::vector<Wire>> messages = SplitWires(std::move(wires));
  for (std::size_t index = 0; index + 1 < messages.size(); ++index) {
    state_->Send(WiresMessage{std::move(messages[index])});
  }
  state_->Send(RunMessage{++state_->run_number, now.time_since_epoch().count(),
                          until.time_since_epoch().count(), std::move(messages.back())});
}

void VirtualProgram::Signal(int number) { state_->Send(SignalMessage{number}); }

std::optional<int> RunAsSupervisor(int argument_count, char** arguments) {
  if (argument_count != 2 || std::strcmp(arguments[1], kHiddenCommand) != 0) return std::nullopt;
  return RunSupervisor(kSupervisorSocket);
}

}  // namespace sim
