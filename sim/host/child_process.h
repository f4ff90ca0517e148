// A program that runs beside us in a process group of its own and never outlives us.
//
// Invariants:
// (1) When the object is destroyed, when the program's first process ends, and when we die in
// whatever way, all
//     of its group is killed.
// (2) `on_exit` is called once, after all output that was written before; nothing is called after
// it. Callbacks run on the loop's thread, between kernel events: what a run may depend on goes
// through the inbox.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/result.h"

struct uv_loop_s;

namespace sim {

struct ChildOptions {
  std::vector<std::string> command;  // The program, looked up in PATH, and its arguments.
  std::string directory;             // Empty for ours.
  // Added to, or in place of, our own environment's variables.
  std::vector<std::pair<std::string, std::string>> environment;
  bool inherits_environment = true;
};

struct ExitStatus {
  int code = 0;    // When it ended by itself.
  int signal = 0;  // When it was killed; otherwise 0.
  bool is_success() const { return code == 0 && signal == 0; }
  bool operator==(const ExitStatus&) const = default;
};

// "exit code 3", "killed by signal 9 (Killed)".
std::string ExitText(ExitStatus status);

enum class OutputStream : std::uint8_t { kStandardOutput, kStandardError };

struct ChildEvents {
  std::function<void(OutputStream stream, std::string_view line)> on_line;
  std::function<void(ExitStatus status)> on_exit;
};

class ChildProcess {
 public:
  // `loop` outlives the process. Standard input is empty.
  static Result<std::unique_ptr<ChildProcess>> Start(uv_loop_s* loop, ChildOptions options,
                                                     ChildEvents events);
  ~ChildProcess();

  pid_t pid() const;
  bool is_running() const;
  // To the whole group. Does nothing once it has ended.
  void Signal(int number);

 private:
  struct State;
  explicit ChildProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sim
