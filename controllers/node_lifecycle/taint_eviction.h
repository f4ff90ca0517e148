// taint-eviction-controller: pods leave a node whose NoExecute taints they do not tolerate, at once
// or in time.
#pragma once

#include <map>
#include <optional>

#include "controllers/framework/controller.h"

namespace controllers {

// When the pod has to leave: nullopt never; otherwise after the smallest tolerationSeconds that
// cover the taints, zero when one taint is not tolerated at all.
std::optional<sim::Duration> EvictionDelay(const std::vector<apiserver::Taint>& taints,
                                           const Value& pod);

class TaintEvictionController final : public Controller {
 public:
  explicit TaintEvictionController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  bool HasNoExecute(const std::string& node) const;

  NodeInformer& nodes_;
  PodInformer& pods_;
  std::map<std::string, sim::Time> since_;  // pod uid -> when its taints began to count
};

}  // namespace controllers
