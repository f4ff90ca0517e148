// The built-in kinds and the resources that are served for them: constants, made by tools/schema.
//
// Invariants:
// (1) Every kind of the 22 served group-versions, of the unserved alpha and beta ones and of the
// meta API has a Type. (2) Resources lie in the reference server's discovery order: group by group,
// the core group ("") first. Threads: constants, readable from any thread.
#pragma once

#include <span>
#include <string_view>

#include "apiserver/schema/type.h"

namespace apiserver {

struct SubresourceInfo {
  std::string_view name = {};   // "status"
  std::string_view group = {};  // of the kind that is sent and answered
  std::string_view version = {};
  std::string_view kind = {};
  std::span<const std::string_view> verbs = {};
  const Type* type = nullptr;
};

struct ResourceInfo {
  std::string_view group = {};  // "" for the core group
  std::string_view version = {};
  std::string_view resource = {};  // plural
  std::string_view singular = {};
  std::string_view kind = {};
  std::string_view list_kind = {};  // "" when it can't be listed
  bool namespaced = false;
  std::span<const std::string_view> verbs = {};
  std::span<const std::string_view> short_names = {};
  std::span<const std::string_view> categories = {};
  std::span<const SubresourceInfo> subresources = {};
  std::string_view storage_group = {};  // another group-version's kind may be what is stored:
  std::string_view storage_version =
      {};  // autoscaling/v1 is kept as v2, events.k8s.io/v1 as core v1
  std::string_view storage_version_hash = {};
  const Type* type = nullptr;

  bool HasVerb(std::string_view verb) const;
  // The subresource `name`, or nullptr.
  const SubresourceInfo* FindSubresource(std::string_view name) const;
};

struct GroupInfo {
  std::string_view name = {};
  std::span<const std::string_view> versions = {};  // the preferred one first
};

// The type of a built-in kind, lists and options included, or nullptr. DeleteOptions, ListOptions,
// WatchEvent and the other meta kinds that every group registers are found under any group and
// version.
const Type* FindType(std::string_view group, std::string_view version, std::string_view kind);

std::span<const ResourceInfo> BuiltinResources();
std::span<const GroupInfo> BuiltinGroups();

// The resource `resource` of a group-version, or nullptr.
const ResourceInfo* FindResource(std::string_view group, std::string_view version,
                                 std::string_view resource);
// The resource that serves `kind`, or nullptr.
const ResourceInfo* FindResourceByKind(std::string_view group, std::string_view version,
                                       std::string_view kind);

}  // namespace apiserver
