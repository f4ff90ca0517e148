#include "sim/fault.h"

#include "sim/check.h"

namespace sim {

Faults::Point& Faults::PointOf(std::string_view name) {
  const auto found = points_.find(name);
  return found != points_.end() ? found->second : points_[std::string(name)];
}

void Faults::Arm(std::string_view name, FaultPlan plan) {
  SIM_CHECK(plan.chance_percent <= 100);
  Point& point = PointOf(name);
  point.plan = plan;
  point.is_armed = true;
  point.hits_since_armed = point.fires_since_armed = 0;
}

void Faults::Disarm(std::string_view name) { PointOf(name).is_armed = false; }

bool Faults::Hit(std::string_view name) {
  Point& point = PointOf(name);
  ++point.hits;
  if (!point.is_armed) return false;
  ++point.hits_since_armed;
  const bool is_due = point.plan.at_hit != 0 && point.hits_since_armed >= point.plan.at_hit;
  const bool is_drawn =
      point.plan.chance_percent != 0 && random_.Bernoulli(point.plan.chance_percent, 100);
  if (!is_due && !is_drawn) return false;
  ++point.fires;
  if (++point.fires_since_armed >= point.plan.fires_max) point.is_armed = false;
  return true;
}

std::uint64_t Faults::hit_count(std::string_view name) const {
  const auto found = points_.find(name);
  return found == points_.end() ? 0 : found->second.hits;
}

std::uint64_t Faults::fire_count(std::string_view name) const {
  const auto found = points_.find(name);
  return found == points_.end() ? 0 : found->second.fires;
}

}  // namespace sim
