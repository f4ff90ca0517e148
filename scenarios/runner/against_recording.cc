#include "scenarios/runner/against_recording.h"

#include <algorithm>

#include "scenarios/api_gateway.h"

namespace scenarios {

bool AgainstRecording::Read() {
  if (is_over_) return false;
  auto record = reader_.Next();
  if (!record.ok() || !record->has_value()) {
    is_over_ = true;
    if (!record.ok()) (reader_.is_cut() ? cut_ : damage_) = record.error().message;
    return false;
  }
  AheadRecord ahead{std::move(**record), std::nullopt};
  if (ahead.record.kind == "request.receive") {
    auto wire = apiserver::UnpackWireRecord(ahead.record.bytes);
    if (wire.ok() && !ApiGateway::IsOfThisVersion(wire->id)) {
      is_over_ = true;
      damage_ =
          "an earlier version of orrery made it, by which programs' requests can't be told from "
          "others: record it anew";
      return false;
    }
    if (wire.ok() && ApiGateway::ProgramOfId(wire->id) == place_) ahead.own = std::move(*wire);
  }
  ahead_.push_back(std::move(ahead));
  return true;
}

AheadRecord* AgainstRecording::Front() {
  if (ahead_.empty() && !Read()) return nullptr;
  return &ahead_.front();
}

const AheadRecord* AgainstRecording::NextOwn() {
  for (std::size_t at = 0; at < ahead_.size() || Read(); ++at) {
    if (ahead_[at].own) return &ahead_[at];
  }
  return nullptr;
}

}  // namespace scenarios
