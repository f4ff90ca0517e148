#include "sim/replay.h"

#include <utility>

#include "sim/time_text.h"

namespace sim {
namespace {

using Kind = ReplayOutcome::Kind;

std::string PlaceText(std::uint64_t position, Time time) {
  return "position " + std::to_string(position) + " at " + TimeText(time);
}

// Runs up to `position` and moves time to `time`; nothing if that went as recorded.
std::optional<ReplayOutcome> RunTo(Kernel& kernel, std::uint64_t position, Time time,
                                   std::optional<Time> until) {
  const auto diverged = [&kernel, position, time] {
    return ReplayOutcome{Kind::kDiverged, "diverged: expected " + PlaceText(position, time) +
                                              ", got " +
                                              PlaceText(kernel.position(), kernel.now())};
  };
  const auto is_past = [until](Time moved_to) { return until && moved_to > *until; };
  while (kernel.position() < position) {
    const std::optional<Time> due = kernel.NextDue();
    if (!due || *due > time) return diverged();
    if (is_past(*due)) break;
    kernel.RunNext();
  }
  if (kernel.position() == position && !is_past(time)) {
    const std::optional<Time> due = kernel.NextDue();
    if (time < kernel.now() || (due && *due < time)) return diverged();
    kernel.AdvanceTo(time);
    return std::nullopt;
  }
  kernel.RunUntil(*until);
  return ReplayOutcome{Kind::kStopped, ""};
}

}  // namespace

Result<Input> InputDecoders::Decode(JournalRecord record) const {
  const auto found = decoders_.find(record.kind);
  if (found == decoders_.end()) {
    return Error{"an input of the unknown kind \"" + record.kind + "\""};
  }
  Result<Callback> run = found->second(record.bytes);
  if (!run.ok()) return run.error();
  return Input{found->first, std::move(record.bytes), std::move(*run), std::nullopt};
}

ReplayOutcome Replay(Kernel& kernel, JournalReader& recording, const InputDecoders& decoders,
                     std::optional<Time> until) {
  for (;;) {
    Result<std::optional<JournalRecord>> record = recording.Next();
    if (!record.ok()) {
      if (!recording.is_cut()) return {Kind::kDamaged, record.error().message};
      // What the last input set off at its instant did happen.
      while (kernel.NextDue() == kernel.now()) kernel.RunNext();
      return {Kind::kCut, record.error().message};
    }
    if (!record->has_value()) break;
    if (auto outcome = RunTo(kernel, (*record)->position, (*record)->time, until)) return *outcome;
    Result<Input> input = decoders.Decode(std::move(**record));
    if (!input.ok()) return {Kind::kDamaged, input.error().message};
    kernel.AcceptInput(input->kind, input->bytes, std::move(input->run));
  }
  const JournalEnd& end = *recording.end();
  if (auto outcome = RunTo(kernel, end.position, end.time, until)) return *outcome;
  const std::string digest = kernel.FinalDigest().Hex();
  if (digest == end.digest) return {};
  return {Kind::kDiverged, "diverged: recorded digest " + end.digest + ", got " + digest};
}

}  // namespace sim
