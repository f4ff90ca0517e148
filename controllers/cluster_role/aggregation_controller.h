// clusterrole-aggregation-controller: aggregated ClusterRoles hold the rules of the roles that they
// select.
#pragma once

#include <set>

#include "controllers/framework/controller.h"

namespace controllers {

class ClusterRoleAggregationController final : public Controller {
 public:
  explicit ClusterRoleAggregationController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  PlainInformer& roles_;
  std::set<ObjectKey> aggregated_;
};

}  // namespace controllers
