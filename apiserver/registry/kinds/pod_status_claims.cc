// Resource claims that the status of a pod reports.
#include <set>
#include <tuple>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_status.h"

namespace apiserver {
namespace {

const Object* ContainerNamed(const Object& spec, std::string_view name) {
  for (std::string_view list : {"containers", "initContainers"}) {
    for (const Value& container : ArrayOf(spec, list)) {
      if (TextOf(container, "name") == name) return &AsObject(container);
    }
  }
  return nullptr;
}

void CheckMapping(const Object& spec, const Object& mapping, const FieldPath& path,
                  const FieldPath& status_path, Violations& out) {
  const std::string_view resource = TextOf(mapping, "resourceName");
  const Object* container = ContainerNamed(spec, TextOf(mapping, "containerName"));
  if (container == nullptr) {
    out.Invalid(path.Child("containerName"), TextOf(mapping, "containerName"),
                "must match the name of an entry in spec.initContainers.name or "
                "spec.containers.name");
  } else if (!ObjectOf(ObjectOf(*container, "resources"), "requests").contains(resource)) {
    out.Invalid(path.Child("resourceName"), resource,
                "must match the extended resource name of an entry in "
                "spec.initContainers.resources.requests or spec.containers.resources.requests");
  }
  CheckDnsLabel(TextOf(mapping, "requestName"), status_path.Child("requestName"), out);
}

}  // namespace

void CheckClaimStatuses(const Object& spec, const Object& status, const FieldPath& path,
                        Violations& out) {
  std::set<std::string_view> known, seen;
  for (const Value& claim : ArrayOf(spec, "resourceClaims")) known.insert(TextOf(claim, "name"));
  const FieldPath list_path = path.Child("resourceClaimStatuses");
  std::size_t index = 0;
  for (const Value& claim : ArrayOf(status, "resourceClaimStatuses")) {
    const FieldPath item_path = list_path.Index(index++);
    const std::string_view name = TextOf(claim, "name");
    if (!known.contains(name)) {
      out.Invalid(item_path.Child("name"), name,
                  "must match the name of an entry in `spec.resourceClaims`");
    }
    if (!seen.insert(name).second) out.Duplicate(item_path.Child("name"), name);
    if (IsSet(claim, "resourceClaimName")) {
      CheckDnsSubdomain(TextOf(claim, "resourceClaimName"), item_path.Child("resourceClaimName"),
                        out);
    }
  }
}

void CheckExtendedClaimStatus(const Object& spec, const Object& status, const FieldPath& path,
                              Violations& out) {
  if (!IsSet(status, "extendedResourceClaimStatus")) return;
  const Object& claim = ObjectOf(status, "extendedResourceClaimStatus");
  const FieldPath claim_path = path.Child("extendedResourceClaimStatus");
  const FieldPath list_path = claim_path.Child("requestMappings");
  const Array& mappings = ArrayOf(claim, "requestMappings");
  if (mappings.empty()) out.Required(list_path, "at least one request mapping is required");
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> seen;
  std::size_t index = 0;
  for (const Value& mapping : mappings) {
    const FieldPath item_path = list_path.Index(index++);
    CheckMapping(spec, AsObject(mapping), item_path, claim_path, out);
    const bool is_new =
        seen.emplace(TextOf(mapping, "containerName"), TextOf(mapping, "resourceName"),
                     TextOf(mapping, "requestName"))
            .second;
    for (std::string_view name : {"containerName", "resourceName", "requestName"}) {
      if (!is_new) out.Duplicate(item_path.Child(name), TextOf(mapping, name));
    }
  }
  const FieldPath name_path = claim_path.Child("resourceClaimName");
  const std::string_view name = TextOf(claim, "resourceClaimName");
  if (name.empty()) return out.Required(name_path);
  CheckDnsSubdomain(name, name_path, out);
}

}  // namespace apiserver
