// Watches over nodes: silence, taints, beta labels, and the readiness of pods on lost nodes.
#pragma once

#include <map>

#include "controllers/framework/controller.h"
#include "controllers/node_lifecycle/node_health.h"

namespace controllers {

class NodeLifecycleController final : public Controller {
 public:
  explicit NodeLifecycleController(const ControllerContext& context);
  ~NodeLifecycleController() override;

 private:
  struct Watched {
    NodeHeard heard;
    std::string lease_time;   // spec.renewTime as last seen
    std::string status_text;  // the conditions as last seen
    // Held, so that the Node is parsed once for many renewals of its Lease.
    std::shared_ptr<const apiserver::Value> node;
    sim::EventId check;
  };

  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  // The silence of a node is looked for in an event of its own, as housekeeping.
  ObjectPtr LeaseOf(const std::string& node);
  void WatchFor(const std::string& node);
  sim::Task<bool> MarkUnknown(ObjectPtr node);
  sim::Task<bool> MarkPodsNotReady(std::string node);
  void OnNode(const NodeInformer::EntryPtr& old_node, const NodeInformer::EntryPtr& new_node);

  NodeInformer& nodes_;
  PodInformer& pods_;
  std::map<std::string, Watched> watched_;
};

// ttl-controller: the annotation that tells kubelets how long to cache, by the size of the cluster.
class NodeTtlController final : public Controller {
 public:
  explicit NodeTtlController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  int TtlSeconds() const;
  NodeInformer& nodes_;
};

}  // namespace controllers
