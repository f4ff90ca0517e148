// Whether a program's threads all wait, as far as /proc shows: two scans with equal marks, at least
// Rounds::kStillMin apart, mean that none of them ran in between.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/rounds.h"

namespace sim {

struct ThreadSample {
  pid_t thread = 0;
  char state = '?';            // As in /proc/PID/status: R, S, D, T, t, Z, X.
  std::uint64_t switches = 0;  // Voluntary and other ones.
  bool operator==(const ThreadSample&) const = default;
};

// Reads /proc/PID/task/TID/status (proc_pid_status(5)); nothing if it is not of that form.
std::optional<ThreadSample> ParseThreadStatus(std::string_view text);

// Nothing if a thread runs, waits for a disk or was stopped; dead threads count as still.
std::optional<std::uint64_t> StillMarkOf(std::span<const ThreadSample> threads);

struct ProcessParent {
  pid_t process = 0;
  pid_t parent = 0;
  pid_t group = 0;
  bool operator==(const ProcessParent&) const = default;
};

// Reads /proc/PID/stat (proc_pid_stat(5)); nothing if it is not of that form.
std::optional<ProcessParent> ParseProcessParent(std::string_view text);

// `root`, its descendants, and the processes of its group (whose parents may be gone), in ascending
// order.
std::vector<pid_t> DescendantsOf(pid_t root, std::span<const ProcessParent> table);

// All threads of these processes. Those that end meanwhile are left out.
std::vector<ThreadSample> ScanProcessTree(pid_t root);

// A process tree as a part of a program.
class ProcessTreePort : public StillnessPort {
 public:
  explicit ProcessTreePort(pid_t root) : root_(root) {}
  std::optional<std::uint64_t> StillMark() override { return StillMarkOf(ScanProcessTree(root_)); }

 private:
  pid_t root_;
};

}  // namespace sim
