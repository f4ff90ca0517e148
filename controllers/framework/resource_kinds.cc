#include "controllers/framework/resource_kinds.h"

#include "apiserver/schema/builtin.h"

namespace controllers {
namespace {

using apiserver::TextAt;

ServedResource FromTable(const apiserver::ResourceInfo& info) {
  return {{std::string(info.group), std::string(info.version), std::string(info.resource)},
          std::string(info.kind),
          info.namespaced};
}

// The first served version stands for all: an object is the same in each.
ServedResource FromDefinition(const Value& definition) {
  ServedResource served;
  served.resource.group = TextAt(definition, {"spec", "group"});
  served.resource.resource = TextAt(definition, {"spec", "names", "plural"});
  served.kind = TextAt(definition, {"spec", "names", "kind"});
  served.is_namespaced = TextAt(definition, {"spec", "scope"}) == "Namespaced";
  const Value* versions = apiserver::FindPath(definition, {"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return served;
  for (const Value& version : versions->get_array()) {
    if (!apiserver::BoolAt(version, {"served"})) continue;
    served.resource.version = TextAt(version, {"name"});
    break;
  }
  return served;
}

}  // namespace

std::optional<ServedResource> ResourceKinds::ByKind(std::string_view group,
                                                    std::string_view version,
                                                    std::string_view kind) const {
  for (const apiserver::ResourceInfo& info : apiserver::BuiltinResources()) {
    if (info.group == group && info.kind == kind && (version.empty() || info.version == version)) {
      return FromTable(info);
    }
  }
  for (const auto& [key, entry] : definitions_.entries()) {
    if (!key.name.ends_with(std::string(group))) continue;
    const ServedResource served = FromDefinition(*entry->object->Peek());
    if (served.resource.group == group && served.kind == kind) return served;
  }
  return {};
}

std::optional<ServedResource> ResourceKinds::ByResource(const GroupResource& resource) const {
  for (const apiserver::ResourceInfo& info : apiserver::BuiltinResources()) {
    if (info.group == resource.group && info.resource == resource.resource) return FromTable(info);
  }
  const auto entry = definitions_.Find({"", resource.resource + "." + resource.group});
  if (!entry) return {};
  return FromDefinition(*entry->object->Peek());
}

}  // namespace controllers
