#include "scenarios/runner/event_trail.h"

#include <algorithm>

#include "sim/kernel.h"

namespace scenarios {

void EventTrail::OnEvent(const sim::EventRecord& event) {
  if (event.key.empty()) return;
  if (events_.size() == kEventsMax) events_.pop_front();
  events_.push_back(event);
}

std::vector<std::string> EventTrail::LinesAbout(std::string_view object, std::size_t count) const {
  std::vector<std::string> lines;
  for (auto event = events_.rbegin(); event != events_.rend() && lines.size() < count; ++event) {
    const bool is_same = event->key == object;
    const bool is_part = event->key.size() > object.size() && event->key.starts_with(object) &&
                         event->key[object.size()] == '-';
    if (is_same || is_part) lines.push_back(sim::EventText(*event));
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

}  // namespace scenarios
