// What a request to the clock asks for: one of pause, pace, resume, step, advance, until, idle,
// fault and interrupt.
//
// The body is an object with exactly one of these, in JSON or YAML; `until` is an `expect` of the
// scenario language (without `eventually`, `always` or `at`: eventually within kDefaultTimeout).
// Pure; errors are lines that name the field and the nearest known name. Threads: any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/language/read_context.h"
#include "scenarios/language/step.h"
#include "sim/pacing.h"
#include "sim/result.h"

namespace scenarios {

struct ClockOrder {
  enum class Kind : std::uint8_t {
    kPause,
    kPace,
    kResume,
    kStep,
    kAdvance,
    kUntil,
    kIdle,
    kFault,
    kInterrupt
  };
  static constexpr std::int64_t kStepsMax = 10'000;
  // Time ends in the year 2262.
  static constexpr sim::Duration kSpanMax = std::chrono::hours(24 * 366 * 20);
  static constexpr sim::Duration kDefaultTimeout = std::chrono::minutes(10);

  Kind kind = Kind::kPause;
  sim::PacingMode pace{};              // of kPace
  std::int64_t step_count = 1;         // of kStep
  bool has_housekeeping = false;       // of kStep: heartbeats and their like are steps too
  sim::Duration span{};                // of kAdvance and, as the time-out, of kIdle
  std::shared_ptr<const Step> step{};  // of kUntil an expectation, of kFault what happens
};

// `custom_resources` as in ReadContext. Errors: all problems, one per line.
sim::Result<ClockOrder> ReadClockOrder(const std::string& body,
                                       std::vector<std::string> custom_resources);

}  // namespace scenarios
