#include "apiserver/watch/shared_events.h"

namespace apiserver {
namespace {

SharedBytes Make(const WatchEvent& event, const WatchEncoder& encoder) {
  std::string bytes;
  encoder.AppendEvent(event, bytes);
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace

SharedBytes SharedEvents::Encode(const WatchEvent& event, const WatchEncoder& encoder) {
  const std::string_view key = encoder.key();
  if (key.empty() || (event.is_first && encoder.is_first_special())) return Make(event, encoder);
  Slot& slot = slots_[event.revision % kRevisionsMax];
  if (slot.revision != event.revision) {
    slot.revision = event.revision;
    slot.entries.clear();
  }
  for (const Entry& entry : slot.entries) {
    if (entry.type == event.type && entry.encoder_key == key) return entry.bytes;
  }
  SharedBytes bytes = Make(event, encoder);
  slot.entries.push_back({event.type, std::string(key), bytes});
  return bytes;
}

}  // namespace apiserver
