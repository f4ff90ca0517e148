// Decides whether an event is written anew, counted on an earlier one, combined with similar ones
// or dropped.
//
// Source of the rules and numbers: client-go/tools/record/events_cache.go: after 10 similar events
// within 10 minutes they are combined; per object and source 25 may burst, then one in 5 minutes
// passes.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>

#include "sim/time.h"

namespace controllers {

struct EventFacts {
  std::string object;  // everything that identifies source and object
  std::string reason;
  std::string type;  // "Normal", "Warning"
  std::string message;
};

struct CorrelatedEvent {
  bool is_dropped = false;
  std::string key;  // under which Recorded() remembers what was written
  std::string message;
  std::string existing_name;    // not "": count on this one instead of writing anew
  std::string first_timestamp;  // of the existing one
  std::int64_t count = 1;
};

class EventCorrelator {
 public:
  CorrelatedEvent Correlate(const EventFacts& facts, sim::Time now);
  // The event under `key` is now stored as `name` with `count`.
  void Recorded(const std::string& key, std::string name, std::string first_timestamp,
                std::int64_t count);
  void Forget(const std::string& key) { stored_.erase(key); }

 private:
  struct Similar {
    std::set<std::string> messages;
    sim::Time last{};
  };
  struct Stored {
    std::string name;
    std::string first_timestamp;
    std::int64_t count = 0;
  };
  struct Budget {
    double tokens = 0;
    sim::Time last{};
  };
  bool TakeToken(const std::string& object, sim::Time now);

  std::map<std::string, Similar> similar_;
  std::map<std::string, Stored> stored_;
  std::deque<std::string> stored_order_;
  std::map<std::string, Budget> budgets_;
};

}  // namespace controllers
