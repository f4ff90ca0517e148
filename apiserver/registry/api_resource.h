// One resource as one group-version serves it, built-in or custom, and the table of all of them.
//
// Invariants:
// (1) The table is ordered by (group, version, resource); entries stay where they are until they
// are removed. (2) `strategy` is never null; `type` and `storage_type` outlive the entry. Threads:
// the kernel's only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/resource.h"
#include "apiserver/registry/strategy.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/type.h"

namespace apiserver {

struct CustomResource;  // registry/custom: the definition behind a custom resource
class TablePrinter;

struct ApiSubresource {
  std::string name;
  GroupVersionKind kind;
  std::vector<std::string> verbs;
  const Type* type = nullptr;
  bool HasVerb(std::string_view verb) const;
};

// Where a custom resource keeps what a Scale shows: dotted paths; the selector's may be "".
struct ScalePaths {
  std::string spec;
  std::string status;
  std::string selector;
};

struct ApiResource {
  GroupVersionResource resource;
  GroupVersionKind kind;
  std::string list_kind;
  std::string singular;
  bool is_namespaced = false;
  std::vector<std::string> verbs;
  std::vector<ApiSubresource> subresources;
  const Type* type = nullptr;

  GroupResource storage;  // where objects lie
  // What requests work with: of built-in resources what lies there, of custom ones what is served.
  GroupVersionKind storage_kind;
  const Type* storage_type = nullptr;

  const Strategy* strategy = nullptr;
  std::shared_ptr<const CustomResource> custom;  // null for built-in resources
  std::string deprecation_warning{};             // of custom versions that are deprecated
  std::optional<ScalePaths> scale{};             // of custom resources
  std::shared_ptr<const TablePrinter> printer;   // of custom resources

  bool is_custom() const { return custom != nullptr; }
  bool is_stored_as_served() const { return kind == storage_kind; }
  bool HasVerb(std::string_view verb) const;
  const ApiSubresource* FindSubresource(std::string_view name) const;
  GroupResource group_resource() const { return resource.group_resource(); }
};

class ResourceTable {
 public:
  // All built-in resources, with the strategies of `strategies` (a plain one where it has none).
  explicit ResourceTable(const StrategyTable& strategies);
  ResourceTable(const ResourceTable&) = delete;
  ResourceTable& operator=(const ResourceTable&) = delete;

  const ApiResource* Find(std::string_view group, std::string_view version,
                          std::string_view resource) const;
  // The resource that serves `kind`, or null.
  const ApiResource* FindKind(const GroupVersionKind& kind) const;
  bool HasGroup(std::string_view group) const;

  void Add(ApiResource resource);
  // Removes all versions of `resource`.
  void Remove(const GroupResource& resource);

  const std::map<GroupVersionResource, std::unique_ptr<const ApiResource>>& all() const {
    return resources_;
  }

 private:
  Strategy plain_;
  std::map<GroupVersionResource, std::unique_ptr<const ApiResource>> resources_;
  std::map<std::string, int, std::less<>> group_counts_;
};

}  // namespace apiserver
