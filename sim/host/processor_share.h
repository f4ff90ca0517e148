// Keeps threads that take turns on one processor: the kernel's and the supervisors of programs on
// virtual time, of which one works while the others wait. To wake a processor that sleeps costs
// more than the turn itself.
//
// Invariants:
// (1) Only processors that the process was given are used, and nothing but speed depends on which.
// (2) Where others want the same processor the chain is let go, so that the system moves it, and
// gathers again later, wherever the kernel's thread then is.
// (3) Where the system refuses, or doesn't count how long threads waited, nothing happens.
//
// What a gathered thread starts inherits its one processor: whoever starts threads or processes
// does so inside a UngatheredScope. The thread that gathers only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "sim/pacing.h"

namespace sim {

struct ProcessorUse {
  WallTime ran{};
  WallTime waited{};  // Ready, and for a processor.
};

// Of /proc/PID/schedstat. Nothing if the text is not of that form, or the system doesn't count.
std::optional<ProcessorUse> ParseProcessorUse(std::string_view text);

// A pure decision: when to gather, and when to let go.
class ShareDecision {
 public:
  // Between two looks.
  static constexpr WallTime kBetween = std::chrono::milliseconds(100);
  // Each turn waits for the end of the one before. Measured: a chain alone on its processor waits
  // 0.57 times as long as it works, two of them on one 1.4 times.
  static constexpr int kWaitedPerCentMax = 80;
  // How long it is let go: twice as long each time that it can't stay.
  static constexpr WallTime kFreeMin = std::chrono::milliseconds(400);
  static constexpr WallTime kFreeMax = std::chrono::seconds(10);

  enum class Move : std::uint8_t { kStay, kGather, kLetGo };
  // What the chain's threads have done since the last look.
  Move Look(WallTime now, const ProcessorUse& use);

 private:
  bool is_gathered_ = false;
  WallTime free_until_{};
  WallTime free_for_ = kFreeMin;
};

class ProcessorShare {
 public:
  ProcessorShare() = default;
  ~ProcessorShare();
  ProcessorShare(const ProcessorShare&) = delete;
  ProcessorShare& operator=(const ProcessorShare&) = delete;

  // A process of one thread that starts no others from now on. One that has chosen a processor
  // itself keeps it.
  void Add(pid_t process);
  void Remove(pid_t process);
  // Cheap until the next look is due.
  void Look();

 private:
  std::optional<ProcessorUse> CountUse();
  void Gather();
  void LetGo();

  ShareDecision decision_;
  WallTime next_look_{};
  std::map<pid_t, ProcessorUse> members_;  // As it was at the last look. 0: this thread.
};

// While it lives, what this thread starts may run wherever the process may.
class UngatheredScope {
 public:
  UngatheredScope();
  ~UngatheredScope();
  UngatheredScope(const UngatheredScope&) = delete;
  UngatheredScope& operator=(const UngatheredScope&) = delete;

 private:
  int processor_ = -1;  // Where this thread was gathered.
};

}  // namespace sim
