// OpenAPI schemas of types, in the dialects of versions 2 and 3.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "apiserver/api/json.h"
#include "apiserver/discovery/served_group.h"
#include "apiserver/schema/type.h"

namespace apiserver {

enum class OpenApiDialect : std::uint8_t { kV2, kV3 };

// Gathers the schemas that a document refers to, with all that they refer to in turn.
class OpenApiSchemas {
 public:
  // `group` and `version` limit the kinds that meta types name in version 3; all are named in
  // version 2.
  OpenApiSchemas(OpenApiDialect dialect, std::string_view group, std::string_view version,
                 JsonStorage storage)
      : dialect_(dialect), group_(group), version_(version), storage_(storage), schemas_(storage) {}

  // {"$ref": ...} to a definition, which is added. Requires: a built-in definition's name, or one
  // that AddCustom added.
  Object Reference(std::string_view definition);
  // Adds a custom kind, its list and what both refer to.
  void AddCustom(std::string_view group, std::string_view version, const ServedResource& resource);
  // All schemas by name, sorted.
  Object Take();

 private:
  const Type* FindNamed(std::string_view name);
  void AddBuiltin(const Type& type);
  Object Pointer(std::string_view definition) const;
  Object Definition(const Type& type);
  Value Property(const Field& field);
  Object Element(const Type& type, bool is_pointer);
  Object Inline(const Type& type);
  Object Referring(const Type& type);
  Array Kinds(const Type& type) const;
  Object ObjectMetaReference(std::string_view definition);

  OpenApiDialect dialect_;
  std::string group_;
  std::string version_;
  JsonStorage storage_;
  Object schemas_;
  std::map<std::string_view, const Type*>
      named_;  // built-in types by definition name, made on first use
};

}  // namespace apiserver
