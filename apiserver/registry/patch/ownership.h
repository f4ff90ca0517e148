// The heart of updates and applies: which manager owns what after an object changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/registry/patch/managed_fields.h"

namespace apiserver {

// One field that an apply would change and another manager owns.
struct FieldConflict {
  std::string manager_id;
  FieldPath path;
};

// An object as it looks in one version. Absent: the version is no longer served.
struct VersionedObject {
  TypedNode schema = TypedNode::Deduced();
  Value object;
};
std::optional<VersionedObject> InVersion(const Value& object, std::string_view api_version,
                                         const FieldManagerContext& context);
TypedNode SchemaOf(const FieldManagerContext& context);

FieldSet ResetFieldsOf(const FieldManagerContext& context, std::string_view api_version);

// Brings entries in line with markers of the schema that changed since they were written.
ManagedFields Reconciled(ManagedFields managed, const FieldManagerContext& context);

struct OwnershipChange {
  ManagedFields managed;
  Comparison comparison;  // in the request's version, without reset fields; empty on conflicts
  std::vector<FieldConflict> conflicts;
};
// Takes what changed between `before` and `after` from all managers but `self_id`. With conflicts
// and without `is_forced`, `managed` is unchanged.
OwnershipChange TakeOwnership(ManagedFields managed, const Value& before, const Value& after,
                              const std::string& self_id, bool is_forced,
                              const FieldManagerContext& context);

}  // namespace apiserver
