#include "sim/host/child_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <utility>

#include "sim/check.h"
#include "sim/host/line_splitter.h"
#include "sim/host/process_group.h"
#include "sim/host/uv_handle.h"

extern char** environ;

namespace sim {
namespace {

// The last of two equal names counts, as in a shell.
std::vector<std::string> EnvironmentOf(const ChildOptions& options, std::string* path_list) {
  std::map<std::string, std::string> variables;
  if (options.inherits_environment) {
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string_view text = *entry;
      const std::size_t equals = text.find('=');
      if (equals != std::string_view::npos) {
        variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
      }
    }
  }
  for (const auto& [name, value] : options.environment) variables[name] = value;
  *path_list = variables.contains("PATH") ? variables["PATH"] : "/usr/local/bin:/usr/bin:/bin";
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  return environment;
}

}  // namespace

std::string ExitText(ExitStatus status) {
  if (status.signal == 0) return "exit code " + std::to_string(status.code);
  return "killed by signal " + std::to_string(status.signal) + " (" + strsignal(status.signal) +
         ")";
}

struct ChildProcess::State {
  struct Stream {
    State* state;
    OutputStream stream;
    int file;
    LineSplitter lines;
    UvHandle<uv_poll_t> poll;
  };

  State(uv_loop_s* loop, ProcessGroup started, ChildEvents given)
      : group(started),
        events(std::move(given)),
        output(MakeStream(OutputStream::kStandardOutput, group.output_file)),
        error(MakeStream(OutputStream::kStandardError, group.error_file)) {
    for (Stream* stream : {&output, &error}) {
      stream->poll = UvHandle<uv_poll_t>(stream, [loop, stream](uv_poll_t* handle) {
        return uv_poll_init(loop, handle, stream->file);
      });
      uv_poll_start(stream->poll.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
        auto* readable = static_cast<Stream*>(handle->data);
        if (!Read(*readable, kReadsPerWakeUp)) readable->poll.Close();
      });
    }
    exit_poll = UvHandle<uv_poll_t>(this, [this, loop](uv_poll_t* handle) {
      return uv_poll_init(loop, handle, group.process_file);
    });
    uv_poll_start(exit_poll.get(), UV_READABLE,
                  [](uv_poll_t* handle, int, int) { static_cast<State*>(handle->data)->Finish(); });
  }

  ~State() { Close(); }

  Stream MakeStream(OutputStream stream, int file) {
    return {this,
            stream,
            file,
            LineSplitter([this, stream](std::string_view line) {
              if (events.on_line) events.on_line(stream, line);
            }),
            {}};
  }

  // A program that writes without end must not keep the loop from all else.
  static constexpr int kReadsPerWakeUp = 16;
  static constexpr int kReadsAtExit = 1024;

  // False at the end of the stream.
  static bool Read(Stream& stream, int reads_max) {
    char buffer[16384];
    for (int count = 0; count < reads_max; ++count) {
      const ssize_t got = read(stream.file, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno == EAGAIN;
      if (got == 0) return false;
      stream.lines.Add({buffer, static_cast<std::size_t>(got)});
    }
    return true;
  }

  void Close() {
    output.poll.Close();
    error.poll.Close();
    exit_poll.Close();
    wait_status = EndProcessGroup(group);
  }

  // The first process has ended: takes the rest of the output and kills the rest of the group.
  void Finish() {
    for (Stream* stream : {&output, &error}) {
      if (stream->poll) Read(*stream, kReadsAtExit);
      stream->lines.Finish();
    }
    Close();
    ExitStatus status;
    if (WIFEXITED(wait_status)) status.code = WEXITSTATUS(wait_status);
    if (WIFSIGNALED(wait_status)) status.signal = WTERMSIG(wait_status);
    // The owner may destroy us from within.
    const std::function<void(ExitStatus)> on_exit = std::move(events.on_exit);
    if (on_exit) on_exit(status);
  }

  ProcessGroup group;
  ChildEvents events;
  Stream output;
  Stream error;
  UvHandle<uv_poll_t> exit_poll;
  int wait_status = -1;
};

ChildProcess::ChildProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}
ChildProcess::~ChildProcess() = default;

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(uv_loop_s* loop, ChildOptions options,
                                                          ChildEvents events) {
  if (options.command.empty()) return Error{"a command is empty"};
  ProcessGroupOptions group;
  std::string path_list;
  group.environment = EnvironmentOf(options, &path_list);
  Result<std::string> program = FindProgram(options.command.front(), path_list);
  if (!program.ok()) return program.error();
  group.program = std::move(*program);
  group.arguments = std::move(options.command);
  group.directory = std::move(options.directory);
  Result<ProcessGroup> started = StartProcessGroup(group);
  if (!started.ok()) return started.error();
  auto state = std::make_unique<State>(loop, *started, std::move(events));
  return std::unique_ptr<ChildProcess>(new ChildProcess(std::move(state)));
}

pid_t ChildProcess::pid() const { return state_->group.leader; }
bool ChildProcess::is_running() const { return state_->group.leader > 0; }

void ChildProcess::Signal(int number) {
  if (is_running()) kill(-state_->group.leader, number);
}

}  // namespace sim
