// Runs a kernel from a recording: the same events at the same positions, without anything outside.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/inbox.h"
#include "sim/journal.h"
#include "sim/kernel.h"

namespace sim {

// Makes of a kept input what it did when it came: one decoder per kind. Outlives the kernel that
// replays.
class InputDecoders {
 public:
  // What to run for `bytes`; an error if they are malformed.
  using Decoder = std::function<Result<Callback>(std::string_view bytes)>;

  // `kind` is a static literal, the one that inputs of this kind carry.
  void Add(std::string_view kind, Decoder decoder) { decoders_[kind] = std::move(decoder); }

  Result<Input> Decode(JournalRecord record) const;

 private:
  std::map<std::string_view, Decoder> decoders_;
};

struct ReplayOutcome {
  enum class Kind : std::uint8_t {
    kSame,      // To the end, with the recorded digest.
    kStopped,   // At the time that was asked for.
    kCut,       // All that there is; its process was killed before it could end.
    kDiverged,  // The history is another: another program, or we are wrong.
    kDamaged,   // The recording can't be read further.
  };
  Kind kind = Kind::kSame;
  std::string detail;  // For the last three, one line.
};

// Requires: `kernel` is as it was when the recording began, with its first events scheduled.
ReplayOutcome Replay(Kernel& kernel, JournalReader& recording, const InputDecoders& decoders,
                     std::optional<Time> until = std::nullopt);

}  // namespace sim
