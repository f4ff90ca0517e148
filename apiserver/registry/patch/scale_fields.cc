#include "apiserver/registry/patch/scale_fields.h"

#include "apiserver/registry/patch/managed_fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kScaleVersion = "autoscaling/v1";

const FieldPath& ReplicasInScale() {
  static const FieldPath kPath = {PathElement::Field("spec"), PathElement::Field("replicas")};
  return kPath;
}

FieldSet SetOf(const FieldPath& path) {
  FieldSet set;
  set.Insert(path);
  return set;
}

ManagedFields ParsedOrNone(const Value* entries) {
  sim::Result<ManagedFields> managed = ParseManagedFields(entries);
  return managed.ok() ? std::move(*managed) : ManagedFields();
}

// The same owner, seen from the parent or from the Scale, whose apiVersions differ.
std::string OwnerId(ManagedEntry entry) {
  entry.api_version.clear();
  return entry.Id();
}

}  // namespace

Value ScaleManagedFields(const Value* parent_entries, const ReplicasPaths& paths,
                         JsonStorage storage) {
  ManagedFields scale;
  for (const auto& [id, entry] : ParsedOrNone(parent_entries)) {
    const auto path = paths.find(entry.api_version);
    if (path == paths.end() || !entry.fields.Has(path->second)) continue;
    ManagedEntry owned = entry;
    owned.api_version = kScaleVersion;
    owned.fields = SetOf(ReplicasInScale());
    scale.emplace(owned.Id(), std::move(owned));
  }
  return WriteManagedFields(scale, std::move(storage));
}

Value ParentManagedFields(const Value* parent_entries, const Value* scale_entries,
                          const std::string& api_version, const ReplicasPaths& paths,
                          JsonStorage storage) {
  std::map<std::string, ManagedEntry> owners;
  for (const auto& [id, entry] : ParsedOrNone(scale_entries)) {
    if (entry.fields.Has(ReplicasInScale())) owners.emplace(OwnerId(entry), entry);
  }
  ManagedFields parent;
  for (const auto& [id, entry] : ParsedOrNone(parent_entries)) {
    const auto path = paths.find(entry.api_version);
    if (path == paths.end()) continue;
    ManagedEntry kept = entry;
    if (entry.fields.Has(path->second)) {
      const auto owner = owners.find(OwnerId(entry));
      if (owner != owners.end()) {
        owners.erase(owner);
      } else {
        kept.fields = kept.fields.Difference(SetOf(path->second));
      }
    }
    if (!kept.fields.empty()) parent.emplace(id, std::move(kept));
  }
  const auto path = paths.find(api_version);
  if (path == paths.end()) return WriteManagedFields(parent, std::move(storage));
  for (const auto& [id, entry] : owners) {
    ManagedEntry added = entry;
    added.api_version = api_version;
    added.time.clear();  // Upstream looks for it where it is not.
    added.fields = SetOf(path->second);
    const std::string added_id = added.Id();
    const auto [at, is_new] = parent.emplace(added_id, added);
    if (!is_new) at->second.fields = at->second.fields.Union(added.fields);
  }
  return WriteManagedFields(parent, std::move(storage));
}

}  // namespace apiserver
