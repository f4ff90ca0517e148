// Starts a process in a group of its own, beside a guard that kills the group should we die.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sim/result.h"

namespace sim {

struct ProcessGroupOptions {
  std::string program;                 // A path.
  std::vector<std::string> arguments;  // The first is the program's name.
  std::vector<std::string> environment;
  std::string directory;  // Empty for ours.
};

// The parent's ends; all close on exec.
struct ProcessGroup {
  pid_t leader = -1;      // Also the group's number.
  int process_file = -1;  // Readable when the leader has ended (pidfd).
  int output_file = -1;   // Not blocking.
  int error_file = -1;    // Not blocking.
  pid_t guard = -1;
  int guard_file = -1;  // Its end tells the guard to kill; a byte tells it to go.
};

Result<ProcessGroup> StartProcessGroup(const ProcessGroupOptions& options);

// Kills what is left of the group, reaps leader and guard, closes all. The leader's wait status, or
// -1 if it was reaped before.
int EndProcessGroup(ProcessGroup& group);

// The path of `command`: as it is if it has a slash, otherwise the first that can be executed in
// `path_list`.
Result<std::string> FindProgram(const std::string& command, std::string_view path_list);

}  // namespace sim
