#include "controllers/framework/event_correlator.h"

#include <algorithm>

namespace controllers {
namespace {

constexpr std::size_t kSimilarMax = 10;
constexpr sim::Duration kSimilarWindow = std::chrono::minutes(10);
constexpr double kBurst = 25;
constexpr double kTokensPerSecond = 1.0 / 300;
constexpr std::size_t kRememberedMax = 4096;

// A full table is emptied of what is oldest in the order of keys: which one goes hardly matters.
template <class Map>
void Bound(Map& map) {
  while (map.size() > kRememberedMax) map.erase(map.begin());
}

}  // namespace

CorrelatedEvent EventCorrelator::Correlate(const EventFacts& facts, sim::Time now) {
  CorrelatedEvent event;
  const std::string aggregate_key = facts.object + "\n" + facts.type + "\n" + facts.reason;
  Similar& similar = similar_[aggregate_key];
  if (now - similar.last > kSimilarWindow) similar.messages.clear();
  similar.last = now;
  similar.messages.insert(facts.message);
  if (similar.messages.size() < kSimilarMax) {
    event.key = aggregate_key + "\n" + facts.message;
    event.message = facts.message;
  } else {
    similar.messages.erase(similar.messages.begin());
    event.key = aggregate_key;
    event.message = "(combined from similar events): " + facts.message;
  }
  Bound(similar_);
  if (const auto found = stored_.find(event.key); found != stored_.end()) {
    event.existing_name = found->second.name;
    event.first_timestamp = found->second.first_timestamp;
    event.count = found->second.count + 1;
  }
  event.is_dropped = !TakeToken(facts.object, now);
  return event;
}

bool EventCorrelator::TakeToken(const std::string& object, sim::Time now) {
  Bound(budgets_);
  const auto [found, is_new] = budgets_.try_emplace(object, Budget{kBurst, now});
  Budget& budget = found->second;
  const double seconds = std::chrono::duration<double>(now - budget.last).count();
  budget.tokens = std::min(kBurst, budget.tokens + seconds * kTokensPerSecond);
  budget.last = now;
  if (budget.tokens < 1) return false;
  budget.tokens -= 1;
  return true;
}

void EventCorrelator::Recorded(const std::string& key, std::string name,
                               std::string first_timestamp, std::int64_t count) {
  if (stored_.insert_or_assign(key, Stored{std::move(name), std::move(first_timestamp), count})
          .second) {
    stored_order_.push_back(key);
  }
  while (stored_order_.size() > kRememberedMax) {
    stored_.erase(stored_order_.front());
    stored_order_.pop_front();
  }
}

}  // namespace controllers
