// When attached programs are quiet, and in which order their requests are then executed (design,
// section 3).
//
// Invariants:
// (1) A program is quiet only if two observations at least kStillMin apart saw all its parts still,
// with the
//     same marks: so nothing of it ran in between.
// (2) The order of a round depends on what is asked and on the seed, never on arrival.
// The kernel's thread only; ports may look at what other threads own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/inbox.h"
#include "sim/pacing.h"
#include "sim/random.h"
#include "sim/time.h"

namespace sim {

// One part of what makes a program quiet: its threads, its connections, its outside calls.
class StillnessPort {
 public:
  virtual ~StillnessPort() = default;
  // Nothing while it moves (a thread runs, a request is half read, a byte unsent, a connection not
  // accepted). Otherwise a mark that changes whenever it moved in between (switch counts, bytes and
  // requests so far).
  virtual std::optional<std::uint64_t> StillMark() = 0;
};

// Keeps answers from going out while a round is executed; implemented by who writes to the
// programs.
class ReleaseGate {
 public:
  virtual ~ReleaseGate() = default;
  virtual void Hold() = 0;
  virtual void Release() = 0;
};

class Rounds {
 public:
  static constexpr Duration kStillMin = std::chrono::milliseconds(1);
  // A program that is busy for so long fails the scenario; it is never taken for quiet.
  static constexpr Duration kBusyMax = std::chrono::seconds(60);

  // `random` orders the rounds; null for the canonical order (seed 0).
  explicit Rounds(Random* random) : random_(random) {}

  // `program` is its place in the scenario file. Ports outlive the attachment.
  void Attach(std::uint32_t program, std::string name, std::vector<StillnessPort*> ports,
              WallTime wall);
  void Detach(std::uint32_t program);
  // Programs whose quietness is looked at.
  bool has_programs() const { return !programs_.empty(); }
  std::size_t program_count() const { return programs_.size(); }

  // Programs on virtual time say themselves when they are quiet: only their requests are ours.
  void AttachVirtual(std::uint32_t program) { virtual_programs_.insert(program); }
  // What it has asked before is still executed. It is leaving: the server hears of its connections
  // at a moment of the machine's, so what that brings belongs to a round as well.
  void DetachVirtual(std::uint32_t program) { is_leaving_ |= virtual_programs_.erase(program) > 0; }
  bool has_virtual_programs() const { return !virtual_programs_.empty(); }
  bool is_leaving() const { return is_leaving_; }
  // All are quiet, and nothing is left to execute.
  void EndLeaving() { is_leaving_ = false; }
  // Requests are to be added, rather than executed as they come.
  bool is_collecting() const {
    return !programs_.empty() || !virtual_programs_.empty() || is_leaving_;
  }

  // Requires: `input.round` is set.
  void Add(Input input);
  bool has_requests() const { return !requests_.empty(); }

  // Looks at every program once; true if all are quiet. What the kernel has yet to do at this
  // instant is the caller's to finish first, and inputs that came meanwhile make the answer
  // worthless.
  bool ObserveQuiet(WallTime wall);

  // The name of a program that has not been quiet for more than kBusyMax, after ObserveQuiet.
  std::optional<std::string> FindStuck(WallTime wall) const;

  // All that waits, in the order of execution.
  std::vector<Input> TakeRound();

 private:
  struct Program {
    std::string name;
    std::vector<StillnessPort*> ports;
    std::optional<std::uint64_t> mark;   // Nothing if it moved at the last observation.
    WallTime still_since{};              // When `mark` was first seen.
    std::optional<WallTime> busy_since;  // Not quiet at any observation since.
  };
  static std::optional<std::uint64_t> MarkOf(const Program& program);

  Random* random_;
  std::map<std::uint32_t, Program> programs_;
  std::set<std::uint32_t> virtual_programs_;
  bool is_leaving_ = false;
  std::vector<Input> requests_;
};

}  // namespace sim
