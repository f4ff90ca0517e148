// The last kernel events, kept so that a failure can show what happened around an object.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sim/observer.h"

namespace scenarios {

class EventTrail final : public sim::Observer {
 public:
  static constexpr std::size_t kEventsMax = 4096;

  void OnEvent(const sim::EventRecord& event) override;

  // The last `count` events whose key is `object` or begins with it and a dash: "default/web" also
  // shows "default/web-7d4b9-x2k8l". Oldest first.
  std::vector<std::string> LinesAbout(std::string_view object, std::size_t count) const;

 private:
  std::deque<sim::EventRecord> events_;
};

}  // namespace scenarios
