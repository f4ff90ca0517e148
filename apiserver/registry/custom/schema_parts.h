// The schemas inside of a schema as it is written (JSONSchemaProps).
//
// Threads: any, no shared state.
#pragma once

#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

// The schema that is the member `name`, or null.
const Value* SubSchema(const Value& schema, std::string_view name);
// The list of schemas `name`, empty when there is none. What is no object is left out by callers.
const Array& SchemaList(const Value& schema, std::string_view name);
// The schemas by name in the member `name`, empty when there are none.
const Object& SchemaMap(const Value& schema, std::string_view name);

template <class Visit>
void ForEachJunctor(const Value& schema, Visit visit) {
  if (const Value* unwanted = SubSchema(schema, "not")) visit(*unwanted);
  for (std::string_view name : {"allOf", "anyOf", "oneOf"}) {
    for (const Value& one : SchemaList(schema, name)) visit(one);
  }
}

template <class Visit>
void ForEachStructural(const Value& schema, Visit visit) {
  if (const Value* items = SubSchema(schema, "items")) visit(*items);
  for (const auto& property : SchemaMap(schema, "properties")) visit(property.value());
  if (const Value* additional = SubSchema(schema, "additionalProperties")) visit(*additional);
}

// Calls `visit(schema)` for `schema` and all schemas inside of it, in upstream's order.
template <class Visit>
void ForEachSchema(const Value& schema, Visit visit) {
  visit(schema);
  if (const Value* items = SubSchema(schema, "items")) ForEachSchema(*items, visit);
  for (const Value& one : SchemaList(schema, "items")) ForEachSchema(one, visit);
  for (std::string_view name : {"allOf", "anyOf", "oneOf"}) {
    for (const Value& one : SchemaList(schema, name)) ForEachSchema(one, visit);
  }
  if (const Value* unwanted = SubSchema(schema, "not")) ForEachSchema(*unwanted, visit);
  for (const auto& property : SchemaMap(schema, "properties"))
    ForEachSchema(property.value(), visit);
  if (const Value* additional = SubSchema(schema, "additionalProperties"))
    ForEachSchema(*additional, visit);
}

}  // namespace apiserver
