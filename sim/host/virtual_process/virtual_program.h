// The kernel's side of a program on virtual time: starts its supervisor, lets it run, and hears
// from it.
//
// Invariants:
// (1) The program runs only between Run and the next `on_quiet` or `on_exit`.
// (2) When the object is destroyed, and when we die in whatever way, supervisor and program end.
// Callbacks run on the loop's thread, between kernel events.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/host/virtual_process/protocol.h"
#include "sim/result.h"
#include "sim/time.h"

struct uv_loop_s;

namespace sim {

struct VirtualProgramEvents {
  std::function<void(std::string_view line)> on_line;
  // What it has sent to the server: before on_quiet and on_exit.
  std::function<void(std::vector<virtual_process::Wire> wires)> on_wires{};
  std::function<void(const virtual_process::QuietMessage& quiet)> on_quiet;
  std::function<void(const virtual_process::BusyMessage& busy)> on_busy;
  std::function<void(const std::string& note)> on_note;
  // The last call. `failure` is not empty if it could not be started.
  std::function<void(const virtual_process::ExitedMessage& exit, const std::string& failure)>
      on_exit;
};

class VirtualProgram {
 public:
  static constexpr int kSilenceSeconds = 60;

  // `loop` outlives it. `start.program` may be a name that is looked up in PATH; `environment` is
  // all that it gets. The program does nothing before the first Run. A supervisor that says nothing
  // for `silence_seconds` of the machine's time while the program runs has failed.
  static Result<std::unique_ptr<VirtualProgram>> Start(uv_loop_s* loop,
                                                       virtual_process::StartMessage start,
                                                       VirtualProgramEvents events,
                                                       int silence_seconds = kSilenceSeconds);
  ~VirtualProgram();

  bool is_alive() const;
  // Its process, while it is alive. It starts no others after its first rest.
  pid_t supervisor() const;
  // It may not go on by itself. At the beginning it is quiet, with a deadline that has passed.
  bool is_quiet() const;
  const virtual_process::QuietMessage& quiet() const;

  // `wires` is what the server has sent. Requires: is_quiet().
  void Run(Time now, Time until, std::vector<virtual_process::Wire> wires = {});
  // Is taken at the next Run, but for SIGKILL.
  void Signal(int number);

 private:
  struct State;
  explicit VirtualProgram(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// For main(): the exit status, if this process was started to be a supervisor.
std::optional<int> RunAsSupervisor(int argument_count, char** arguments);

}  // namespace sim
