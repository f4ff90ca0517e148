// The roles and bindings of the start as rows of short texts.
//
// A rule is a line `VERBS GROUPS RESOURCES [NAMES]` or `VERBS urls PATHS`, each a list with commas;
// the group `core` is "". A subject is a line `Group NAME`, `User NAME` or `ServiceAccount
// NAMESPACE/NAME`.
#pragma once

#include <span>

namespace apiserver {

struct RoleRow {
  const char* namespace_;  // "" for a ClusterRole
  const char* name;
  const char* aggregated_to;    // "edit": the role that takes this one's rules in, or ""
  const char* aggregates_from;  // "edit": takes the rules of roles aggregated to it, or ""
  const char* rules;
};

struct BindingRow {
  const char* namespace_;
  const char* name;
  const char* role_kind;
  const char* role_name;
  const char* subjects;
};

std::span<const RoleRow> ClusterRoleRows();
std::span<const RoleRow> ControllerRoleRows();
std::span<const RoleRow> NamespaceRoleRows();
std::span<const BindingRow> BindingRows();

}  // namespace apiserver
