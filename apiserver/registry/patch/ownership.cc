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
  comparison.added.RemoveRecursively(reset);
  comparison.modified.RemoveRecursively(reset);
  comparison.removed.RemoveRecursively(reset);
  return comparison;
}

// What one version's managers may lose.
struct VersionedChange {
  Comparison comparison;
  std::optional<FieldSet> written;  // added or modified, made for the first other manager

  const FieldSet& Written() {
    if (!written) {
      written = comparison.modified;
      written->Add(comparison.added);
    }
    return *written;
  }
};

// Comparisons of one change, one per version, made when first needed.
class VersionedComparisons {
 public:
  VersionedComparisons(const Value& before, const Value& after, const FieldManagerContext& context)
      : before_(before), after_(after), context_(context) {}

  // nullptr: the version is no longer served.
  VersionedChange* In(const std::string& api_version) {
    const auto found = made_.find(api_version);
    if (found != made_.end()) return found->second ? &*found->second : nullptr;
    std::optional<VersionedChange>& made = made_[api_version];
    Comparison comparison;
    if (api_version == context_.api_version) {
      comparison = CompareTyped(SchemaOf(context_), before_, after_);
    } else {
      const auto old_object = Shown("old", before_, api_version);
      const auto new_object = Shown("new", after_, api_version);
      if (!old_object || !new_object) return nullptr;
      comparison = CompareTyped(old_object->schema, old_object->object, new_object->object);
    }
    made.emplace();
    made->comparison = WithoutReset(std::move(comparison), ResetFieldsOf(context_, api_version));
    return &*made;
  }

 private:
  std::optional<VersionedObject> Shown(std::string_view which, const Value& object,
                                       const std::string& api_version) const {
    const bool is_new = context_.failure != nullptr && context_.failure->empty();
    std::optional<VersionedObject> shown = InVersion(object, api_version, context_);
    if (is_new && !context_.failure->empty()) {
      context_.failure->insert(0, "failed to convert " + std::string(which) + " object: ");
    }
    return shown;
  }

  const Value& before_;
  const Value& after_;
  const FieldManagerContext& context_;
  std::map<std::string, std::optional<VersionedChange>> made_;
};

}  // namespace

TypedNode SchemaOf(const FieldManagerContext& context) {
  return context.type == nullptr ? TypedNode::Deduced() : TypedNode::Of(*context.type);
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
  VersionedObject versioned{type == nullptr ? TypedNode::Deduced() : TypedNode::Of(*type),
                            context.convert(object, api_version)};
  if (context.failure != nullptr && context.failure->empty()) {
    *context.failure = ValidateTyped(versioned.schema, versioned.object, Duplicates::kRefused);
  }
  return versioned;
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
    if (type == nullptr) continue;
    const TypedNode schema = TypedNode::Of(*type);
    if (NeedsReconciling(schema, entry.fields)) {
      entry.fields = ReconciledWithSchema(schema, entry.fields);
    }
  }
  return managed;
}

OwnershipChange TakeOwnership(ManagedFields managed, const Value& before, const Value& after,
                              const std::string& self_id, bool is_forced,
                              const FieldManagerContext& context) {
  VersionedComparisons comparisons(before, after, context);
  OwnershipChange change;
  struct Loss {
    std::string id;
    FieldSet conflict;
    const FieldSet* removed = nullptr;  // nullptr: the version is gone, and the entry with it
  };
  std::vector<Loss> losses;
  for (const auto& [id, entry] : managed) {
    if (id == self_id) continue;
    VersionedChange* in_version = comparisons.In(entry.api_version);
    Loss loss{id, {}, nullptr};
    if (in_version != nullptr) {
      loss.conflict = entry.fields.Intersection(in_version->Written());
      loss.removed = &in_version->comparison.removed;
      const std::string& manager_id = id;
      loss.conflict.ForEach(
          [&](const FieldPath& path) { change.conflicts.push_back({manager_id, path}); });
    }
    losses.push_back(std::move(loss));
  }
  if (!is_forced && !change.conflicts.empty()) {
    change.managed = std::move(managed);
    return change;
  }
  for (const Loss& loss : losses) {
    if (loss.removed == nullptr) {
      managed.erase(loss.id);
      continue;
    }
    FieldSet& fields = managed.at(loss.id).fields;
    fields.Remove(loss.conflict);
    fields.Remove(*loss.removed);
  }
  DropEmpty(managed);
  change.managed = std::move(managed);
  change.comparison = std::move(comparisons.In(context.api_version)->comparison);
  return change;
}

}  // namespace apiserver
