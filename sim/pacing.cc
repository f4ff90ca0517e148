#include "sim/pacing.h"

#include <algorithm>
#include <charconv>

#include "sim/check.h"

namespace sim {
namespace {

constexpr std::int64_t kUnit = 1000;  // factor_milli of real time.

// count * numerator / denominator, rounded up if asked, clipped to what a duration holds.
Duration Scale(Duration duration, std::int64_t numerator, std::int64_t denominator, bool round_up) {
  __extension__ using Wide = __int128;
  const Wide product = static_cast<Wide>(duration.count()) * numerator;
  const Wide scaled = (product + (round_up ? denominator - 1 : 0)) / denominator;
  return Duration(static_cast<std::int64_t>(
      std::min<Wide>(scaled, std::numeric_limits<std::int64_t>::max() / 2)));
}

}  // namespace

Result<PacingMode> ParsePacing(std::string_view text) {
  if (text == "real") return PacingMode{};
  if (text == "paused") return PacingMode{Pace::kPaused};
  if (text == "max") return PacingMode{Pace::kMax};
  const Error error{"\"" + std::string(text) +
                    "\" is no pace of time: real, paused, max, or a factor such as x10 or x0.5"};
  if (!text.starts_with('x')) return error;
  const std::string_view number = text.substr(1);
  const std::size_t dot = number.find('.');
  const std::string_view whole = number.substr(0, dot);
  std::string decimals(dot == std::string_view::npos ? "" : number.substr(dot + 1));
  if (whole.empty() || decimals.size() > 3 || (dot != std::string_view::npos && decimals.empty())) {
    return error;
  }
  decimals.resize(3, '0');
  const std::string digits = std::string(whole) + decimals;
  std::int64_t factor = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), factor);
  if (code != std::errc() || end != digits.data() + digits.size() || factor <= 0 ||
      factor > Pacing::kFactorMilliMax) {
    return error;
  }
  return PacingMode{Pace::kScaled, factor};
}

std::string PacingText(PacingMode mode) {
  if (mode.pace == Pace::kPaused) return "paused";
  if (mode.pace == Pace::kMax) return "max";
  if (mode.pace == Pace::kUnbounded) return "unbounded";
  if (mode.factor_milli == kUnit) return "real";
  std::string text = "x" + std::to_string(mode.factor_milli / kUnit);
  if (mode.factor_milli % kUnit == 0) return text;
  std::string decimals = std::to_string(kUnit + mode.factor_milli % kUnit).substr(1);
  while (decimals.back() == '0') decimals.pop_back();
  return text + "." + decimals;
}

Pacing::Pacing(PacingMode mode, Time now, WallTime wall)
    : mode_(mode), last_input_(now), anchor_time_(now), anchor_wall_(wall) {
  SIM_CHECK(mode.factor_milli > 0 && mode.factor_milli <= kFactorMilliMax);
}

void Pacing::SetMode(PacingMode mode, Time now, WallTime wall) {
  SIM_CHECK(mode.factor_milli > 0 && mode.factor_milli <= kFactorMilliMax);
  mode_ = mode;
  advance_until_.reset();
  is_following_ = false;
  last_input_ = now;
  Anchor(now, wall);
}

void Pacing::EndAdvance(Time now, WallTime wall) {
  if (!advance_until_) return;
  advance_until_.reset();
  is_following_ = false;
  Anchor(now, wall);
}

void Pacing::Anchor(Time now, WallTime wall) {
  anchor_time_ = now;
  anchor_wall_ = wall;
}

Time Pacing::AnchoredTime(WallTime wall) const {
  return anchor_time_ + Scale(wall - anchor_wall_, mode_.factor_milli, kUnit, false);
}

WallTime Pacing::AnchoredWall(Time time) const {
  return anchor_wall_ + Scale(time - anchor_time_, kUnit, mode_.factor_milli, true);
}

Pacing::Reach Pacing::ReachOf(const PacingView& view) {
  if (view.is_busy) return {view.now, false};
  if (advance_until_) return {std::max(*advance_until_, view.now), false};
  switch (mode_.pace) {
    case Pace::kUnbounded:
      return {Time::max(), false};
    case Pace::kPaused:
      return {view.now, false};
    case Pace::kMax: {
      const bool has_work = !view.is_calling_outside && view.next_work_due &&
                            *view.next_work_due <= last_input_ + kMaxSpanWithoutInput;
      if (has_work) {
        is_following_ = false;
        return {*view.next_work_due, false};
      }
      if (!is_following_) Anchor(view.now, view.wall);
      is_following_ = true;
      break;
    }
    case Pace::kScaled:
      break;
  }
  return {std::max(view.now, AnchoredTime(view.wall)), true};
}

PacingDecision Pacing::Decide(const PacingView& view) {
  using Kind = PacingDecision::Kind;
  // What passed while all were quiet counts; a span in which a program was busy does not, up to
  // this reading.
  if (view.is_busy || was_busy_) {
    Time time = anchor_time_;
    if (!was_busy_) {
      time = AnchoredTime(view.wall);
      if (view.next_due) time = std::min(time, *view.next_due);
    }
    Anchor(mode_.pace == Pace::kScaled ? std::max(view.now, time) : view.now, view.wall);
  }
  was_busy_ = view.is_busy;

  const Reach reach = ReachOf(view);
  if (view.has_inputs) {
    const Time time = reach.is_by_wall ? reach.time : view.now;
    return {Kind::kTakeInputs, view.next_due ? std::min(time, *view.next_due) : time, {}};
  }
  if (view.next_due && *view.next_due <= reach.time) return {Kind::kRunEvent, {}, {}};
  if (advance_until_ && !view.is_busy) {
    EndAdvance(reach.time, view.wall);
    return {Kind::kAdvance, reach.time, {}};
  }
  if (reach.is_by_wall && view.next_due) return {Kind::kWait, {}, AnchoredWall(*view.next_due)};
  return {Kind::kIdle, {}, {}};
}

}  // namespace sim
