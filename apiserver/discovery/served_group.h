// What the API server serves, as values: built-in groups, custom ones, and aggregated ones as far
// as they are known. All discovery and OpenAPI documents are functions of these.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/schema/type.h"

namespace apiserver {

// The group, version and kind of what a request sends and gets.
struct ServedKind {
  std::string group = {};
  std::string version = {};
  std::string kind = {};
};

struct ServedSubresource {
  std::string name = {};  // "status"
  ServedKind kind = {};
  std::vector<std::string> verbs = {};
  const Type* type = nullptr;  // nullptr for custom resources' status
};

struct ServedResource {
  std::string resource = {};  // plural
  std::string singular = {};
  std::string kind = {};
  std::string list_kind = {};  // "" when it can't be listed
  bool namespaced = false;
  std::vector<std::string> verbs = {};  // in the order in which discovery shows them
  std::vector<std::string> short_names = {};
  std::vector<std::string> categories = {};
  std::vector<ServedSubresource> subresources = {};
  std::string storage_version_hash = {};  // "" is left out
  const Type* type = nullptr;             // built-in kinds

  // Custom resources: the version's openAPIV3Schema (nullptr: none) and selectable fields
  // (".spec.color").
  bool is_custom = false;
  std::shared_ptr<const Value> schema = {};
  std::vector<std::string> selectable_fields = {};
};

struct ServedVersion {
  std::string version = {};
  std::vector<ServedResource> resources = {};
  bool is_fresh = true;  // false: an aggregated server's resources could not be read
};

struct ServedGroup {
  std::string name = {};                     // "" is the core group
  std::vector<ServedVersion> versions = {};  // the preferred one first
};

// The core group first, the others in the reference server's order.
std::vector<ServedGroup> BuiltinServedGroups();

// The verbs of a custom resource, in the order in which upstream shows them.
std::vector<std::string> CustomResourceVerbs();

// Kubernetes' order of versions: v10, v2, v1, v11beta2, v1alpha1, then other names by alphabet.
bool VersionComesFirst(std::string_view a, std::string_view b);

// "v1" or "apps/v1".
std::string GroupVersionText(std::string_view group, std::string_view version);

// For ETags and OpenAPI's `?hash=`: SHA-512 of the document in upper-case hex.
// What discovery shows of the kind in which objects lie.
std::string StorageVersionHash(std::string_view group, std::string_view version,
                               std::string_view kind);
std::string DocumentHash(std::string_view document);

// Text that changes with what OpenAPI says of a version's custom resources.
std::string ApiResourceFingerprint(const ServedVersion& version);

}  // namespace apiserver
