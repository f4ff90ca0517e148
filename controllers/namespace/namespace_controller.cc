#include "controllers/namespace/namespace_controller.h"

#include "apiserver/api/time_format.h"
#include "controllers/framework/conditions.h"

namespace controllers {
namespace {

const std::string kFinalizer = "kubernetes";

void SetNamespaceCondition(Array& conditions, const Condition& condition, sim::Time now) {
  Object entry;
  entry["type"] = condition.type;
  entry["status"] = condition.status;
  entry["lastTransitionTime"] = apiserver::FormatTime(now);
  entry["reason"] = condition.reason;
  entry["message"] = condition.message;
  for (Value& present : conditions) {
    if (apiserver::TextAt(present, {"type"}) != condition.type) continue;
    const bool is_same = apiserver::TextAt(present, {"status"}) == condition.status &&
                         apiserver::TextAt(present, {"reason"}) == condition.reason &&
                         apiserver::TextAt(present, {"message"}) == condition.message;
    if (!is_same) present = std::move(entry);
    return;
  }
  conditions.push_back(std::move(entry));
}

std::string Join(const std::map<std::string, int>& counts, std::string_view verb) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (!text.empty()) text += ", ";
    text += name + std::string(verb) + std::to_string(count) + " resource instances";
  }
  return text;
}

}  // namespace

Array NamespaceConditions(const Value* old_conditions, const NamespaceContent& content,
                          sim::Time now) {
  Array conditions = CopyConditions(old_conditions);
  SetNamespaceCondition(conditions,
                        {"NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered",
                         "All resources successfully discovered"},
                        now);
  SetNamespaceCondition(conditions,
                        {"NamespaceDeletionGroupVersionParsingFailure", "False",
                         "ParsedGroupVersions", "All legacy kube types successfully parsed"},
                        now);
  if (content.failures.empty()) {
    SetNamespaceCondition(conditions,
                          {"NamespaceDeletionContentFailure", "False", "ContentDeleted",
                           "All content successfully deleted, may be waiting on finalization"},
                          now);
  } else {
    SetNamespaceCondition(
        conditions,
        {"NamespaceDeletionContentFailure", "True", "ContentDeletionFailed",
         "Failed to delete all resource types, " + std::to_string(content.failures.size()) +
             " remaining: " + content.failures.front()},
        now);
  }
  if (content.resources.empty()) {
    SetNamespaceCondition(conditions,
                          {"NamespaceContentRemaining", "False", "ContentRemoved",
                           "All content successfully removed"},
                          now);
  } else {
    SetNamespaceCondition(conditions,
                          {"NamespaceContentRemaining", "True", "SomeResourcesRemain",
                           "Some resources are remaining: " + Join(content.resources, " has ")},
                          now);
  }
  if (content.finalizers.empty()) {
    SetNamespaceCondition(conditions,
                          {"NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers",
                           "All content-preserving finalizers finished"},
                          now);
  } else {
    SetNamespaceCondition(conditions,
                          {"NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain",
                           "Some content in the namespace has finalizers remaining: " +
                               Join(content.finalizers, " in ")},
                          now);
  }
  return conditions;
}

NamespaceController::NamespaceController(const ControllerContext& context)
    : Controller(context, {"namespace-controller", "namespace-controller.sync", ""}),
      namespaces_(informers().plain(kNamespaces)),
      kinds_(informers().plain(kCustomResourceDefinitions)) {
  namespaces_.AddHandler([this](const PlainPtr&, const PlainPtr& entry) {
    if (entry && entry->meta().is_deleting()) Enqueue(entry->meta().key());
  });
  all_objects().AddHandler([this](const apiserver::ChangePtr& change) {
    const ObjectMeta& meta = change->object->meta();
    if (meta.namespace_.empty()) return;
    const bool is_news =
        change->type != apiserver::ChangeType::kModified ||
        (change->previous && change->previous->meta().finalizers != meta.finalizers);
    if (!is_news) return;
    const PlainPtr entry = namespaces_.Find({"", meta.namespace_});
    if (entry && entry->meta().is_deleting()) Enqueue(entry->meta().key());
  });
}

sim::Task<Outcome> NamespaceController::Reconcile(ObjectKey key) {
  const ObjectPtr object = client().Live(kNamespaces, key);
  if (!object || !object->meta().is_deleting()) co_return Outcome::Done();
  const std::shared_ptr<const Value> value = object->Peek();
  const Value* finalizers = apiserver::FindPath(*value, {"spec", "finalizers"});
  const bool is_finalized =
      finalizers == nullptr || !finalizers->is_array() || finalizers->get_array().empty();
  if (is_finalized) co_return Outcome::Done();

  NamespaceContent content;
  const ServedResource pods{kPods, "Pod", true};
  co_await DeleteAll(pods, key.name, &content);
  CountRemaining(pods, key.name, content);
  const bool has_pods = !content.resources.empty();
  const std::vector<GroupResource> resources = store().Resources();
  for (const GroupResource& resource : resources) {
    if (resource == kPods.group_resource()) continue;
    const auto served = kinds_.ByResource(resource);
    if (!served || !served->is_namespaced) continue;
    if (!has_pods) {  // What pods need stays until they are gone.
      co_await DeleteAll(*served, key.name, &content);
      CountRemaining(*served, key.name, content);
    }
  }
  Object status;
  const Value* old_status = apiserver::Find(*value, "status");
  if (old_status != nullptr && old_status->is_object()) status = old_status->get_object();
  status["phase"] = "Terminating";
  status["conditions"] =
      NamespaceConditions(apiserver::FindPath(*value, {"status", "conditions"}), content, now());
  const auto written = co_await WriteStatus(&client(), kNamespaces, object, std::move(status));
  if (!written.ok()) {
    if (written.error().code == 404) co_return Outcome::Done();
    co_return Outcome::Retry(written.error().message);
  }
  if (!content.failures.empty()) co_return Outcome::Retry(content.failures.front());
  if (!content.resources.empty()) co_return Outcome::Done();  // Their deletion brings the next run.

  Value finalized = (*written)->Parse();
  Array kept;
  for (const Value& finalizer : finalizers->get_array()) {
    if (finalizer != Value(kFinalizer)) kept.push_back(finalizer);
  }
  apiserver::EnsureObject(finalized, "spec")["finalizers"] = std::move(kept);
  const auto done = co_await client().Update(kNamespaces, std::move(finalized), "finalize");
  if (!done.ok() && done.error().code != 404) co_return Outcome::Retry(done.error().message);
  co_return Outcome::Done();
}

sim::Task<> NamespaceController::DeleteAll(ServedResource served, std::string name,
                                           NamespaceContent* content) {
  const std::vector<ObjectPtr> objects = client().LiveList(served.resource, name);
  for (const ObjectPtr& object : objects) {
    if (object->meta().is_deleting()) continue;
    apiserver::DeleteOptions options;
    options.propagation = apiserver::Propagation::kBackground;
    const auto deleted = co_await client().Delete(served.resource, object->key(), options);
    if (!deleted.ok() && deleted.error().code != 404) {
      content->failures.push_back(deleted.error().message);
    }
  }
}

void NamespaceController::CountRemaining(const ServedResource& served, const std::string& name,
                                         NamespaceContent& content) const {
  apiserver::StoreRange range;
  range.namespace_ = name;
  store().Visit(served.resource.group_resource(), range, [&](const ObjectPtr& object) {
    // Core resources have a dot too, as upstream prints a GroupResource here.
    ++content.resources[served.resource.resource + "." + served.resource.group];
    for (const std::string& finalizer : object->meta().finalizers) ++content.finalizers[finalizer];
    return true;
  });
}

}  // namespace controllers
