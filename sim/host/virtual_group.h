// The programs on virtual time that are attached to a kernel: when all are quiet, and whose turn it
// is.
//
// The kernel's thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "sim/time.h"

namespace sim {

// What the group needs of a program (sim/host/virtual_process/virtual_program.h).
class VirtualMember {
 public:
  virtual ~VirtualMember() = default;
  virtual bool is_quiet() const = 0;
  // The following are as of its last quietness.
  virtual std::optional<Time> deadline() const = 0;
  virtual bool has_news() const = 0;
  // Requires: is_quiet().
  virtual void Run(Time now, Time until) = 0;
};

class VirtualGroup {
 public:
  // `is_settled`: nothing is under way between the programs and the server. It may answer no, and
  // wake the driver when it knows.
  explicit VirtualGroup(std::function<bool()> is_settled) : is_settled_(std::move(is_settled)) {}

  // `place` is the program's place in the scenario, which orders them.
  void Add(std::uint32_t place, VirtualMember& member) { members_[place] = {&member}; }
  void Remove(std::uint32_t place) { members_.erase(place); }
  bool empty() const { return members_.empty(); }

  // A frozen program has no turn.
  void Freeze(std::uint32_t place, bool is_frozen);
  // Something from outside may wait for any of them.
  void NoteNews();

  bool IsQuiet() const;
  // The latest that any of them has seen.
  Time clock() const { return clock_; }
  // Keeps the time of one that has ended.
  void NoteClock(Time clock) { clock_ = std::max(clock_, clock); }
  // True if somebody runs now. Requires: IsQuiet().
  bool RunNext(Time now, std::optional<Time> next_due);

 private:
  struct Member {
    VirtualMember* program = nullptr;
    bool is_frozen = false;
    bool has_news = false;
  };
  std::function<bool()> is_settled_;
  std::map<std::uint32_t, Member> members_;
  Time clock_ = Time::min();
};

}  // namespace sim
