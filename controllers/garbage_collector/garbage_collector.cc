#include "controllers/garbage_collector/garbage_collector.h"

#include <algorithm>

namespace controllers {
namespace {

bool IsDeletingDependents(const ObjectMeta& meta) {
  return meta.is_deleting() && HasFinalizer(meta, kForegroundFinalizer);
}

bool IsOrphaning(const ObjectMeta& meta) {
  return meta.is_deleting() && HasFinalizer(meta, kOrphanFinalizer);
}

std::string OwnerText(const apiserver::OwnerReference& owner) {
  return "[" + owner.api_version + "/" + owner.kind + ", namespace: , name: " + owner.name +
         ", uid: " + owner.uid + "]";
}

}  // namespace

GarbageCollector::GarbageCollector(const ControllerContext& context)
    : Controller(context, {"generic-garbage-collector", "garbage-collector-controller.sync",
                           "garbage-collector-controller"}),
      definitions_(informers().plain(kCustomResourceDefinitions)),
      kinds_(definitions_) {
  definitions_.AddHandler([this](const PlainPtr&, const PlainPtr&) {
    for (const ObjectKey& key : of_unknown_kind_) Enqueue(key);
    of_unknown_kind_.clear();
  });
  all_objects().AddHandler([this](const apiserver::ChangePtr& change) { OnChange(change); });
}

void GarbageCollector::OnChange(const apiserver::ChangePtr& change) {
  const ObjectMeta& meta = change->object->meta();
  const ObjectIdentity identity{change->resource, meta.key()};
  if (change->type == apiserver::ChangeType::kDeleted) {
    graph_.Remove(identity);
    for (const Dependent& dependent : graph_.DependentsOf(meta.uid)) {
      Enqueue(dependent.identity.ToQueueKey());
    }
    EnqueueOwners(meta);  // One of them may have waited for this object.
    return;
  }
  const bool has_new_owners = graph_.Put(identity, meta);
  if (has_new_owners && !meta.owners.empty()) Enqueue(identity.ToQueueKey());
  if (IsOrphaning(meta) || IsDeletingDependents(meta)) Enqueue(identity.ToQueueKey());
  const bool blocks_no_more = change->previous && !change->previous->meta().owners.empty() &&
                              change->previous->meta().owners.size() >= meta.owners.size();
  if (blocks_no_more) EnqueueOwners(change->previous->meta());
}

// Those that are waiting for their dependents.
void GarbageCollector::EnqueueOwners(const ObjectMeta& meta) {
  for (const apiserver::OwnerReference& owner : meta.owners) {
    const auto [group, version] = apiserver::SplitApiVersion(owner.api_version);
    const auto served = kinds_.ByKind(group, version, owner.kind);
    if (!served) continue;
    const ObjectIdentity identity{served->resource.group_resource(),
                                  {served->is_namespaced ? meta.namespace_ : "", owner.name}};
    if (IsWaiting(identity)) Enqueue(identity.ToQueueKey());
  }
}

bool GarbageCollector::IsWaiting(const ObjectIdentity& identity) const {
  const ObjectPtr object = store().Find(identity.resource, identity.key);
  return object && IsDeletingDependents(object->meta());
}

sim::Task<Outcome> GarbageCollector::Reconcile(ObjectKey key) {
  const ObjectIdentity identity = ObjectIdentity::FromQueueKey(key);
  const ObjectPtr object = store().Find(identity.resource, identity.key);
  if (!object) co_return Outcome::Done();
  const auto served = kinds_.ByResource(identity.resource);
  if (!served) co_return Outcome::Done();  // Its definition is gone, and it will go with it.
  if (IsOrphaning(object->meta())) co_return co_await Orphan(*served, object);
  if (IsDeletingDependents(object->meta())) co_return co_await FinishForeground(*served, object);
  if (object->meta().is_deleting() || object->meta().owners.empty()) co_return Outcome::Done();
  co_return co_await Collect(*served, object);
}

// The dependents lose their reference, then the owner may go.
sim::Task<Outcome> GarbageCollector::Orphan(ServedResource served, ObjectPtr object) {
  const std::vector<Dependent> dependents = graph_.DependentsOf(object->meta().uid);
  const std::vector<std::string> uids(1, object->meta().uid);
  for (const Dependent& dependent : dependents) {
    const ObjectPtr child = store().Find(dependent.identity.resource, dependent.identity.key);
    const auto child_served = kinds_.ByResource(dependent.identity.resource);
    if (!child || !child_served) continue;
    const auto dropped = co_await DropOwners(*child_served, child, uids);
    if (!dropped.ok() && dropped.error().code != 404) {
      co_return Outcome::Retry(dropped.error().message);
    }
  }
  co_return co_await RemoveFinalizer(served, object, kOrphanFinalizer);
}

// Waits for those dependents that block, and sees that they go.
sim::Task<Outcome> GarbageCollector::FinishForeground(ServedResource served, ObjectPtr object) {
  bool is_blocked = false;
  for (const Dependent& dependent : graph_.DependentsOf(object->meta().uid)) {
    const ObjectPtr child = store().Find(dependent.identity.resource, dependent.identity.key);
    if (!child) continue;
    is_blocked |= dependent.blocks_owner;
    if (!IsDeletingDependents(child->meta())) Enqueue(dependent.identity.ToQueueKey());
  }
  if (is_blocked) co_return Outcome::Done();
  co_return co_await RemoveFinalizer(served, object, kForegroundFinalizer);
}

GarbageCollector::OwnerFinding GarbageCollector::FindOwner(
    const ObjectMeta& dependent, const apiserver::OwnerReference& owner) const {
  OwnerFinding finding;
  const auto [group, version] = apiserver::SplitApiVersion(owner.api_version);
  const auto served = kinds_.ByKind(group, version, owner.kind);
  if (!served) {
    finding.is_unknown_kind = true;
    return finding;
  }
  if (dependent.namespace_.empty() && served->is_namespaced) {
    finding.is_out_of_reach = true;
    return finding;
  }
  const ObjectKey key{served->is_namespaced ? dependent.namespace_ : "", owner.name};
  const ObjectPtr object = store().Find(served->resource.group_resource(), key);
  if (!object || object->meta().uid != owner.uid) {
    finding.state = OwnerState::kAbsent;
  } else if (IsDeletingDependents(object->meta())) {
    finding.state = OwnerState::kWaiting;
  }
  return finding;
}

sim::Task<Outcome> GarbageCollector::Collect(ServedResource served, ObjectPtr object) {
  const ObjectMeta& meta = object->meta();
  const ObjectIdentity identity{served.resource.group_resource(), meta.key()};
  std::vector<OwnerState> states;
  for (const apiserver::OwnerReference& owner : meta.owners) {
    const OwnerFinding finding = FindOwner(meta, owner);
    if (finding.is_unknown_kind) of_unknown_kind_.insert(identity.ToQueueKey());
    if (finding.is_out_of_reach) {
      events().Warning(Involve({served.resource.group, served.resource.version, served.kind}, meta),
                       "OwnerRefInvalidNamespace",
                       "ownerRef " + OwnerText(owner) + " does not exist in namespace \"" +
                           meta.namespace_ + "\"");
    }
    states.push_back(finding.state);
  }
  bool has_dependents = false, has_waiting_dependent = false;
  for (const Dependent& dependent : graph_.DependentsOf(meta.uid)) {
    has_dependents = true;
    has_waiting_dependent |= IsWaiting(dependent.identity);
  }
  const CollectionPlan plan = PlanCollection(meta, states, has_dependents, has_waiting_dependent);
  if (plan.action == CollectionAction::kKeep) co_return Outcome::Done();
  if (plan.action == CollectionAction::kDropReferences) {
    const auto dropped = co_await DropOwners(served, object, plan.dropped_owners);
    if (!dropped.ok() && dropped.error().code != 404) {
      co_return Outcome::Retry(dropped.error().message);
    }
    co_return Outcome::Done();
  }
  if (plan.unblocks_owners) {
    const auto unblocked = co_await Unblock(served, object);
    if (!unblocked.ok()) co_return Outcome::Retry(unblocked.error().message);
    object = *unblocked;
  }
  apiserver::DeleteOptions options;
  options.uid = object->meta().uid;
  options.resource_version = std::to_string(object->meta().revision);
  options.propagation =
      plan.action == CollectionAction::kDeleteForeground  ? apiserver::Propagation::kForeground
      : plan.action == CollectionAction::kDeleteOrphaning ? apiserver::Propagation::kOrphan
                                                          : apiserver::Propagation::kBackground;
  const auto deleted = co_await client().Delete(served.resource, object->key(), options);
  if (!deleted.ok() && deleted.error().code != 404) {
    co_return Outcome::Retry(deleted.error().message);
  }
  co_return Outcome::Done();
}

sim::Task<apiserver::ApiResult<ObjectPtr>> GarbageCollector::DropOwners(
    ServedResource served, ObjectPtr object, std::vector<std::string> uids) {
  const std::shared_ptr<const Value> value = object->Peek();
  Array kept;
  const Value* owners = apiserver::FindPath(*value, {"metadata", "ownerReferences"});
  if (owners != nullptr && owners->is_array()) {
    for (const Value& owner : owners->get_array()) {
      const std::string uid(apiserver::TextAt(owner, {"uid"}));
      if (std::find(uids.begin(), uids.end(), uid) == uids.end()) kept.push_back(owner);
    }
  }
  Object metadata;
  metadata["resourceVersion"] = std::to_string(object->meta().revision);
  if (kept.empty()) {
    metadata["ownerReferences"] = nullptr;
  } else {
    metadata["ownerReferences"] = std::move(kept);
  }
  Value patch = Object{{"metadata", std::move(metadata)}};
  return client().Patch(served.resource, object->key(), apiserver::PatchType::kMerge,
                        std::move(patch));
}

sim::Task<apiserver::ApiResult<ObjectPtr>> GarbageCollector::Unblock(ServedResource served,
                                                                     ObjectPtr object) {
  const std::shared_ptr<const Value> value = object->Peek();
  Array owners = apiserver::FindPath(*value, {"metadata", "ownerReferences"})->get_array();
  for (Value& owner : owners) {
    if (apiserver::BoolAt(owner, {"blockOwnerDeletion"})) {
      owner.get_object()["blockOwnerDeletion"] = false;
    }
  }
  Object metadata;
  metadata["resourceVersion"] = std::to_string(object->meta().revision);
  metadata["ownerReferences"] = std::move(owners);
  Value patch = Object{{"metadata", std::move(metadata)}};
  return client().Patch(served.resource, object->key(), apiserver::PatchType::kMerge,
                        std::move(patch));
}

sim::Task<Outcome> GarbageCollector::RemoveFinalizer(ServedResource served, ObjectPtr object,
                                                     std::string_view finalizer) {
  Array kept;
  for (const std::string& present : object->meta().finalizers) {
    if (present != finalizer) kept.emplace_back(present);
  }
  Object metadata;
  metadata["resourceVersion"] = std::to_string(object->meta().revision);
  metadata["finalizers"] = std::move(kept);
  Value patch = Object{{"metadata", std::move(metadata)}};
  const auto patched = co_await client().Patch(served.resource, object->key(),
                                               apiserver::PatchType::kMerge, std::move(patch));
  if (!patched.ok() && patched.error().code != 404) {
    co_return Outcome::Retry(patched.error().message);
  }
  co_return Outcome::Done();
}

}  // namespace controllers
