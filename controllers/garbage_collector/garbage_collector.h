// Deletes what has lost its owners, and carries out foreground and orphaning deletions.
#pragma once

#include <set>

#include "controllers/framework/controller.h"
#include "controllers/framework/resource_kinds.h"
#include "controllers/garbage_collector/collection_plan.h"
#include "controllers/garbage_collector/owner_graph.h"

namespace controllers {

class GarbageCollector final : public Controller {
 public:
  explicit GarbageCollector(const ControllerContext& context);

 private:
  // What is known of one owner reference.
  struct OwnerFinding {
    OwnerState state = OwnerState::kSolid;
    bool is_unknown_kind = false;
    bool is_out_of_reach = false;  // a namespaced owner of a cluster-scoped object
  };

  void OnChange(const apiserver::ChangePtr& change);
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  sim::Task<Outcome> Orphan(ServedResource served, ObjectPtr object);
  sim::Task<Outcome> FinishForeground(ServedResource served, ObjectPtr object);
  sim::Task<Outcome> Collect(ServedResource served, ObjectPtr object);
  sim::Task<apiserver::ApiResult<ObjectPtr>> DropOwners(ServedResource served, ObjectPtr object,
                                                        std::vector<std::string> uids);
  sim::Task<apiserver::ApiResult<ObjectPtr>> Unblock(ServedResource served, ObjectPtr object);
  sim::Task<Outcome> RemoveFinalizer(ServedResource served, ObjectPtr object,
                                     std::string_view finalizer);
  OwnerFinding FindOwner(const ObjectMeta& dependent, const apiserver::OwnerReference& owner) const;
  bool IsWaiting(const ObjectIdentity& identity) const;
  void EnqueueOwners(const ObjectMeta& meta);

  PlainInformer& definitions_;
  ResourceKinds kinds_;
  OwnerGraph graph_;
  std::set<ObjectKey> of_unknown_kind_;  // looked at again when a definition comes
};

}  // namespace controllers
