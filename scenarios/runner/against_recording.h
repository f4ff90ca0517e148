// The inputs of a recording as a run against it needs them: which are the changed program's own
// requests, and which of those comes next.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "apiserver/encoding/wire_record.h"
#include "sim/journal.h"

namespace scenarios {

struct AheadRecord {
  sim::JournalRecord record;
  std::optional<apiserver::WireRecord> own;  // a request of the program
};

class AgainstRecording {
 public:
  AgainstRecording(sim::JournalReader& reader, std::uint32_t place)
      : reader_(reader), place_(place) {}

  // The next input, or null at the end.
  AheadRecord* Front();
  void PopFront() { ahead_.pop_front(); }
  // The next request of the program, at the front or later; null if there is none.
  const AheadRecord* NextOwn();

  // Set at the end: of the whole recording, or why it stops early, or what is wrong with it.
  const std::optional<sim::JournalEnd>& end() const { return reader_.end(); }
  const std::string& cut() const { return cut_; }
  const std::string& damage() const { return damage_; }

 private:
  // Reads one more; false at the end.
  bool Read();

  sim::JournalReader& reader_;
  const std::uint32_t place_;
  std::deque<AheadRecord> ahead_;
  bool is_over_ = false;
  std::string cut_;
  std::string damage_;
};

}  // namespace scenarios
