#include "apiserver/registry/custom/schema_parts.h"

namespace apiserver {

const Value* SubSchema(const Value& schema, std::string_view name) {
  const Value* found = Find(schema, name);
  return found != nullptr && found->is_object() ? found : nullptr;
}

const Array& SchemaList(const Value& schema, std::string_view name) {
  static const Array kNone;
  const Value* found = Find(schema, name);
  return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

const Object& SchemaMap(const Value& schema, std::string_view name) {
  static const Object kNone;
  const Value* found = Find(schema, name);
  return found != nullptr && found->is_object() ? found->get_object() : kNone;
}

}  // namespace apiserver
