#include "apiserver/schema/builtin.h"

#include <algorithm>
#include <tuple>

#include "apiserver/schema/table/kinds.h"

namespace apiserver {
namespace {

// Registered in every group by the reference (metav1.AddToGroupVersion).
constexpr std::string_view kEveryGroupKinds[] = {"CreateOptions", "DeleteOptions", "GetOptions",
                                                 "ListOptions",   "PatchOptions",  "UpdateOptions",
                                                 "WatchEvent"};

const Type* FindExact(std::string_view group, std::string_view version, std::string_view kind) {
  const auto key = std::tie(group, version, kind);
  const std::span<const KindRow> rows = KindRows();
  const auto row = std::lower_bound(
      rows.begin(), rows.end(), key,
      [](const KindRow& a, const auto& b) { return std::tie(a.group, a.version, a.kind) < b; });
  if (row == rows.end() || std::tie(row->group, row->version, row->kind) != key) return nullptr;
  return row->type;
}

}  // namespace

const Field* Type::FindField(std::string_view json_name) const {
  for (const Field& field : fields) {
    if (field.json_name == json_name) return &field;
  }
  return nullptr;
}

bool ResourceInfo::HasVerb(std::string_view verb) const {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

const SubresourceInfo* ResourceInfo::FindSubresource(std::string_view name) const {
  for (const SubresourceInfo& subresource : subresources) {
    if (subresource.name == name) return &subresource;
  }
  return nullptr;
}

const Type* FindType(std::string_view group, std::string_view version, std::string_view kind) {
  if (const Type* type = FindExact(group, version, kind)) return type;
  if (std::binary_search(std::begin(kEveryGroupKinds), std::end(kEveryGroupKinds), kind)) {
    return FindExact("", "v1", kind);
  }
  return nullptr;
}

const ResourceInfo* FindResource(std::string_view group, std::string_view version,
                                 std::string_view resource) {
  for (const ResourceInfo& info : BuiltinResources()) {
    if (info.resource == resource && info.group == group && info.version == version) return &info;
  }
  return nullptr;
}

const ResourceInfo* FindResourceByKind(std::string_view group, std::string_view version,
                                       std::string_view kind) {
  for (const ResourceInfo& info : BuiltinResources()) {
    if (info.kind == kind && info.group == group && info.version == version) return &info;
  }
  return nullptr;
}

}  // namespace apiserver
