#include "controllers/framework/revision_history.h"

#include <algorithm>

#include "controllers/framework/ownership.h"

namespace controllers {
namespace {

Value SortNames(const Value& value) {
  if (value.is_array()) {
    Array sorted;
    for (const Value& element : value.get_array()) sorted.push_back(SortNames(element));
    return sorted;
  }
  if (!value.is_object()) return value;
  std::map<std::string_view, const Value*> members;
  for (const auto& member : value.get_object()) members[member.key()] = &member.value();
  Object sorted;
  for (const auto& [name, member] : members) sorted[name] = SortNames(*member);
  return sorted;
}

}  // namespace

Revision ReadRevision(const ObjectPtr& object) {
  const std::shared_ptr<const Value> value = object->Peek();
  Revision revision;
  revision.object = object;
  revision.name = object->meta().name;
  revision.number = apiserver::IntAt(*value, {"revision"});
  if (const Value* data = apiserver::Find(*value, "data")) {
    revision.data = boost::json::serialize(SortNames(*data));
  }
  return revision;
}

std::vector<Revision> RevisionsOf(const PlainInformer& revisions, const ObjectMeta& owner) {
  std::vector<Revision> result;
  for (const PlainPtr& entry : revisions.ByIndex("owner", owner.uid)) {
    result.push_back(ReadRevision(entry->object));
  }
  std::sort(result.begin(), result.end(), [](const Revision& a, const Revision& b) {
    return std::tie(a.number, a.name) < std::tie(b.number, b.name);
  });
  return result;
}

Value RevisionData(const Value& workload) {
  Object pod_template;
  pod_template["$patch"] = "replace";
  const Value* plain = apiserver::FindPath(workload, {"spec", "template"});
  if (plain != nullptr && plain->is_object()) {
    const Value sorted = SortNames(*plain);
    for (const auto& member : sorted.get_object()) pod_template[member.key()] = member.value();
  }
  Object spec;
  spec["template"] = std::move(pod_template);
  Object data;
  data["spec"] = std::move(spec);
  return data;
}

Value MakeRevision(const Value& workload, const ObjectMeta& owner, const GroupVersionKind& kind,
                   const RevisionWanted& wanted) {
  Object labels;
  const Value* template_labels =
      apiserver::FindPath(workload, {"spec", "template", "metadata", "labels"});
  if (template_labels != nullptr && template_labels->is_object()) {
    labels = template_labels->get_object();
  }
  labels[wanted.hash_label] = wanted.hash;
  Object metadata;
  metadata["name"] = owner.name + "-" + wanted.hash;
  metadata["namespace"] = owner.namespace_;
  metadata["labels"] = std::move(labels);
  const Value* annotations = apiserver::FindPath(workload, {"metadata", "annotations"});
  if (annotations != nullptr && annotations->is_object()) metadata["annotations"] = *annotations;
  metadata["ownerReferences"] = Array{ControllerReference(kind, owner)};
  Object revision;
  revision["apiVersion"] = "apps/v1";
  revision["kind"] = "ControllerRevision";
  revision["metadata"] = std::move(metadata);
  revision["data"] = wanted.data;
  revision["revision"] = wanted.number;
  return revision;
}

sim::Task<apiserver::ApiResult<Revision>> EnsureRevision(apiserver::Client* client, ObjectPtr owner,
                                                         GroupVersionKind kind,
                                                         RevisionWanted wanted,
                                                         std::vector<Revision>* revisions) {
  const std::string data = boost::json::serialize(wanted.data);
  wanted.number = revisions->empty() ? 1 : revisions->back().number + 1;
  for (Revision& revision : *revisions) {
    if (revision.data != data) continue;
    if (revision.number + 1 == wanted.number) co_return apiserver::ApiResult<Revision>(revision);
    Value renumbered = revision.object->Parse();
    renumbered.get_object()["revision"] = wanted.number;
    const auto updated = co_await client->Update(kControllerRevisions, std::move(renumbered));
    if (!updated.ok()) co_return apiserver::ApiResult<Revision>(updated.error());
    revision = ReadRevision(*updated);
    co_return apiserver::ApiResult<Revision>(revision);
  }
  const std::shared_ptr<const Value> value = owner->Peek();
  Value object = MakeRevision(*value, owner->meta(), kind, wanted);
  const ObjectKey key{owner->meta().namespace_, owner->meta().name + "-" + wanted.hash};
  const auto created =
      co_await client->Create(kControllerRevisions, owner->meta().namespace_, std::move(object));
  if (!created.ok()) {
    // It may be ours, made before the cache saw it.
    const ObjectPtr live = client->Live(kControllerRevisions, key);
    if (live && live->meta().Controller() != nullptr &&
        live->meta().Controller()->uid == owner->meta().uid && ReadRevision(live).data == data) {
      revisions->push_back(ReadRevision(live));
      co_return apiserver::ApiResult<Revision>(revisions->back());
    }
    co_return apiserver::ApiResult<Revision>(created.error());
  }
  revisions->push_back(ReadRevision(*created));
  co_return apiserver::ApiResult<Revision>(revisions->back());
}

sim::Task<apiserver::ApiResult<bool>> TruncateHistory(apiserver::Client* client,
                                                      std::vector<Revision> revisions,
                                                      std::vector<std::string> live, int limit) {
  std::erase_if(revisions, [&](const Revision& revision) {
    return std::find(live.begin(), live.end(), revision.name) != live.end();
  });
  const int surplus = static_cast<int>(revisions.size()) - limit;
  for (int i = 0; i < surplus; ++i) {
    const auto deleted = co_await client->Delete(
        kControllerRevisions, revisions[static_cast<std::size_t>(i)].object->key());
    if (!deleted.ok() && deleted.error().code != 404) {
      co_return apiserver::ApiResult<bool>(deleted.error());
    }
  }
  co_return apiserver::ApiResult<bool>(true);
}

}  // namespace controllers
