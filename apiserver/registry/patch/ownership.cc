#include "apiserver/registry/patch/ownership.h"

#include <map>
#include <optional>

namespace apiserver {
namespace {

void DropEmpty(ManagedFields& managed) {
  std::erase_if(managed, [](const auto& entry) { return entry.second.fields.empty(); });
}

Comparison WithoutReset(Comparison comparison, const FieldSet& reset) {
  if (reset.empty()) return comparison;
  comparison.added = comparison.added.RecursiveDifference(reset);
  comparison.modified = comparison.modified.RecursiveDifference(reset);
  comparison.removed = comparison.removed.RecursiveDifference(reset);
  return comparison;
}

// Comparisons of one change, one per version, made when first needed.
class VersionedComparisons {
 public:
  VersionedComparisons(const Value& before, const Value& after, const FieldManagerContext& context)
      : before_(before), after_(after), context_(context) {}

  // nullptr: the version is no longer served.
  const Comparison* In(const std::string& api_version) {
    const auto found = made_.find(api_version);
    if (found != made_.end()) return found->second ? &*found->second : nullptr;
    std::optional<Comparison>& made = made_[api_version];
    if (api_version == context_.api_version) {
      made = CompareTyped(SchemaOf(context_), before_, after_);
    } else {
      const auto old_object = InVersion(before_, api_version, context_);
      const auto new_object = InVersion(after_, api_version, context_);
      if (!old_object || !new_object) return nullptr;
      made = CompareTyped(old_object->schema, old_object->object, new_object->object);
    }
    made = WithoutReset(std::move(*made), ResetFieldsOf(context_, api_version));
    return &*made;
  }

 private:
  const Value& before_;
  const Value& after_;
  const FieldManagerContext& context_;
  std::map<std::string, std::optional<Comparison>> made_;
};

}  // namespace

SchemaNode SchemaOf(const FieldManagerContext& context) {
  return context.type == nullptr ? SchemaNode::Deduced() : SchemaNode::Of(*context.type);
}

std::optional<VersionedObject> InVersion(const Value& object, std::string_view api_version,
                                         const FieldManagerContext& context) {
  if (api_version == context.api_version || !context.convert) {
    return VersionedObject{SchemaOf(context), object};
  }
  const Type* type = nullptr;
  if (context.type_in) {
    type = context.type_in(api_version);
    if (type == nullptr) return std::nullopt;
  }
  return VersionedObject{type == nullptr ? SchemaNode::Deduced() : SchemaNode::Of(*type),
                         context.convert(object, api_version)};
}

FieldSet ResetFieldsOf(const FieldManagerContext& context, std::string_view api_version) {
  return context.reset_fields ? context.reset_fields(api_version) : FieldSet();
}

ManagedFields Reconciled(ManagedFields managed, const FieldManagerContext& context) {
  for (auto& [id, entry] : managed) {
    const Type* type = context.type;
    if (entry.api_version != context.api_version && context.type_in) {
      type = context.type_in(entry.api_version);
    }
    if (type != nullptr) entry.fields = ReconciledWithSchema(SchemaNode::Of(*type), entry.fields);
  }
  return managed;
}

OwnershipChange TakeOwnership(ManagedFields managed, const Value& before, const Value& after,
                              const std::string& self_id, bool is_forced,
                              const FieldManagerContext& context) {
  VersionedComparisons comparisons(before, after, context);
  OwnershipChange change;
  change.comparison = *comparisons.In(context.api_version);
  std::map<std::string, FieldSet> lost;
  std::vector<std::string> gone;
  for (const auto& [id, entry] : managed) {
    if (id == self_id) continue;
    const Comparison* comparison = comparisons.In(entry.api_version);
    if (comparison == nullptr) {
      gone.push_back(id);
      continue;
    }
    const FieldSet conflict =
        entry.fields.Intersection(comparison->modified.Union(comparison->added));
    conflict.ForEach([&](const FieldPath& path) { change.conflicts.push_back({id, path}); });
    lost[id] = conflict.Union(comparison->removed);
  }
  if (!is_forced && !change.conflicts.empty()) {
    change.managed = std::move(managed);
    return change;
  }
  for (const std::string& id : gone) managed.erase(id);
  for (const auto& [id, fields] : lost) {
    ManagedEntry& entry = managed.at(id);
    if (!fields.empty()) entry.fields = entry.fields.Difference(fields);
  }
  DropEmpty(managed);
  change.managed = std::move(managed);
  return change;
}

}  // namespace apiserver
