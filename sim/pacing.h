// How virtual time keeps company with the wall clock: what the driver does next, as a decision on
// values.
//
// Time stands while a program is busy, and that span is taken off the wall clock's; so virtual time
// never runs ahead of (scaled) wall time. Inputs are taken before any event that would move time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/result.h"
#include "sim/time.h"

namespace sim {

// A reading of the machine's steady clock; only differences mean anything.
using WallTime = Duration;

enum class Pace : std::uint8_t {
  kScaled,     // Follows the wall clock, times a factor.
  kMax,        // Jumps to the next work, and follows the wall clock when there is none.
  kPaused,     // Stands.
  kUnbounded,  // Never waits for the wall clock: scenarios without programs.
};

struct PacingMode {
  Pace pace = Pace::kScaled;
  // Virtual milliseconds per wall second.
  std::int64_t factor_milli = 1000;
  bool operator==(const PacingMode&) const = default;
};

// "real", "paused", "max", "x10", "x0.5".
Result<PacingMode> ParsePacing(std::string_view text);
std::string PacingText(PacingMode mode);

struct PacingView {
  Time now{};
  WallTime wall{};
  std::optional<Time> next_due;
  std::optional<Time> next_work_due;  // Skips housekeeping.
  bool has_inputs = false;
  bool is_busy = false;  // Some attached program is not known to be quiet.
  // A call is with a callee outside: `max` follows the wall clock meanwhile, so that the call's
  // timeout leaves the callee time to work.
  bool is_calling_outside = false;
};

struct PacingDecision {
  enum class Kind : std::uint8_t {
    kTakeInputs,  // Move time to `time`, then take the inputs.
    kRunEvent,    // Run the earliest event.
    kAdvance,     // Move time to `time`: the end of an advance.
    kWait,        // Until the wall clock shows `wall`, or an input comes.
    kIdle,        // Until an input comes or a program gets quiet.
  };
  Kind kind = Kind::kIdle;
  Time time{};
  WallTime wall{};
  bool operator==(const PacingDecision&) const = default;
};

class Pacing {
 public:
  // A forgotten server at `max` would burn a processor on cron jobs for ever.
  static constexpr Duration kMaxSpanWithoutInput = std::chrono::hours(1);
  static constexpr std::int64_t kFactorMilliMax = 1'000'000'000;

  Pacing(PacingMode mode, Time now, WallTime wall);

  PacingMode mode() const { return mode_; }
  void SetMode(PacingMode mode, Time now, WallTime wall);

  // Runs up to `time` without waiting, whatever the pace, which then goes on from there.
  void AdvanceTo(Time time) { advance_until_ = time; }
  // Ends an advance where it is.
  void EndAdvance(Time now, WallTime wall);
  bool is_advancing() const { return advance_until_.has_value(); }

  // An outside input was taken at virtual time `now`.
  void NoteInput(Time now) { last_input_ = now; }

  PacingDecision Decide(const PacingView& view);

 private:
  void Anchor(Time now, WallTime wall);
  Time AnchoredTime(WallTime wall) const;
  WallTime AnchoredWall(Time time) const;
  // How far time may go now; and whether that follows the wall clock.
  struct Reach {
    Time time;
    bool is_by_wall;
  };
  Reach ReachOf(const PacingView& view);

  PacingMode mode_;
  Time last_input_;
  std::optional<Time> advance_until_;
  Time anchor_time_;
  WallTime anchor_wall_;
  bool was_busy_ = false;
  bool is_following_ = false;  // kMax without work in reach.
};

}  // namespace sim
