// Keeps one pod of a DaemonSet on every node that suits, and renews them when the template changes.
#pragma once

#include "controllers/daemonset/daemon_plan.h"
#include "controllers/framework/controller.h"
#include "controllers/framework/expectations.h"
#include "controllers/framework/ownership.h"
#include "controllers/framework/revision_history.h"

namespace controllers {

class DaemonSetController final : public Controller {
 public:
  explicit DaemonSetController(const ControllerContext& context);

 private:
  struct Run;

  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  sim::Task<bool> Load(Run* run);
  sim::Task<> CreatePods(Run* run, std::vector<std::string> nodes);
  sim::Task<> DeletePods(Run* run, std::vector<PodPtr> pods);
  int UnavailableMax(const Run& run) const;
  Value Status(const Run& run) const;
  void OnPod(const PodPtr& old_pod, const PodPtr& new_pod);
  void OnNode(const NodeInformer::EntryPtr& old_node, const NodeInformer::EntryPtr& new_node);
  Cached<SelectorSummary> SetOf(const ObjectMeta& pod) const;

  WorkloadInformer& sets_;
  PodInformer& pods_;
  NodeInformer& nodes_;
  PlainInformer& revisions_;
  Expectations expectations_;
};

}  // namespace controllers
