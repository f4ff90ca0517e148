// A definition as it is served: types, schemas, strategy and columns of each version.
//
// Invariants: immutable once made; requests that are under way keep it alive.
// Threads: the kernel's only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/discovery/served_group.h"
#include "apiserver/ports/conversion_memo.h"
#include "apiserver/registry/api_resource.h"
#include "apiserver/registry/custom/schema_type.h"
#include "apiserver/registry/strategy.h"

namespace apiserver {

class RuleValidator;

struct CustomVersion {
  CustomVersion();
  CustomVersion(CustomVersion&&) noexcept;
  ~CustomVersion();

  std::string name;
  bool is_served = false;
  bool is_storage = false;
  bool has_status = false;
  std::shared_ptr<const Value> schema;  // openAPIV3Schema, or null
  SchemaNodePtr node;                   // of `schema`, or null
  // The rules of `schema`, null when it has none. Compiled when the first object needs them.
  const RuleValidator* rules() const;
  const Type* type = nullptr;
  std::optional<ScalePaths> scale;
  std::vector<std::string> selectable_fields;  // "spec.color"
  Value columns;

 private:
  mutable std::optional<std::unique_ptr<const RuleValidator>> rules_;
};

struct CustomResource {
  std::string group;
  std::string plural;
  std::string kind;
  bool is_namespaced = false;
  // Who changes objects between versions; unset: only their apiVersion changes.
  std::optional<ConversionWebhook> webhook;
  // The definition was changed: objects may be older than its schema.
  bool is_revised = false;
  CustomTypes types;
  std::map<std::string, CustomVersion, std::less<>> versions;
  std::unique_ptr<const Strategy> strategy;

  const CustomVersion* StorageVersion() const;
  const CustomVersion* Version(std::string_view name) const;
};

// From a stored definition whose names were accepted.
std::shared_ptr<const CustomResource> MakeCustomResource(const Value& definition);
// What the resource table serves of it.
std::vector<ApiResource> ResourcesOf(const std::shared_ptr<const CustomResource>& custom,
                                     const Value& definition);
// What discovery shows of it, by version.
std::map<std::string, ServedResource> DiscoveryOf(const CustomResource& custom,
                                                  const Value& definition);

}  // namespace apiserver
