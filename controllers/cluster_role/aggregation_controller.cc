#include "controllers/cluster_role/aggregation_controller.h"

#include <algorithm>

namespace controllers {
namespace {

using apiserver::FindPath;

const Value* Selectors(const Value& role) {
  const Value* selectors = FindPath(role, {"aggregationRule", "clusterRoleSelectors"});
  return selectors != nullptr && selectors->is_array() ? selectors : nullptr;
}

}  // namespace

ClusterRoleAggregationController::ClusterRoleAggregationController(const ControllerContext& context)
    : Controller(context, {"clusterrole-aggregation-controller",
                           "clusterrole-aggregation-controller.sync", ""}),
      roles_(informers().plain(kClusterRoles)) {
  // Any role may be selected by any aggregated one; there are few of these.
  roles_.AddHandler([this](const PlainPtr& old_role, const PlainPtr& new_role) {
    const ObjectKey key = (new_role ? new_role : old_role)->meta().key();
    if (new_role && Selectors(*new_role->object->Peek()) != nullptr) {
      aggregated_.insert(key);
    } else {
      aggregated_.erase(key);
    }
    for (const ObjectKey& aggregated : aggregated_) Enqueue(aggregated);
  });
}

sim::Task<Outcome> ClusterRoleAggregationController::Reconcile(ObjectKey key) {
  const PlainPtr role = roles_.Find(key);
  if (!role) co_return Outcome::Done();
  const std::shared_ptr<const Value> value = role->object->Peek();
  const Value* selectors = Selectors(*value);
  if (selectors == nullptr) co_return Outcome::Done();
  Array rules;
  for (const Value& selector_value : selectors->get_array()) {
    const auto selector = apiserver::LabelSelector::FromObject(&selector_value);
    if (!selector.ok()) continue;
    for (const auto& [other_key, other] : roles_.entries()) {
      if (other_key == key || !selector->Matches(other->meta().labels)) continue;
      const std::shared_ptr<const Value> other_value = other->object->Peek();
      const Value* other_rules = apiserver::Find(*other_value, "rules");
      if (other_rules == nullptr || !other_rules->is_array()) continue;
      for (const Value& rule : other_rules->get_array()) {
        if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
      }
    }
  }
  const Value* present = apiserver::Find(*value, "rules");
  const bool is_same =
      present != nullptr && present->is_array() ? present->get_array() == rules : rules.empty();
  if (is_same) co_return Outcome::Done();
  Value updated = role->object->Parse();
  updated.get_object()["rules"] = std::move(rules);
  const auto written = co_await client().Update(kClusterRoles, std::move(updated));
  if (!written.ok() && written.error().code != 404) {
    co_return Outcome::Retry(written.error().message);
  }
  co_return Outcome::Done();
}

}  // namespace controllers
