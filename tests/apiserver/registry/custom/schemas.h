// Schemas and values as texts, for tables.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/registry/custom/schema_node.h"

namespace apiserver {

inline Value Json(std::string_view text) {
  JsonParseResult parsed = ParseJson(text);
  EXPECT_EQ(parsed.error, "") << text;
  return parsed.value;
}

// A schema that keeps what it was read from.
struct ReadSchemaText {
  explicit ReadSchemaText(std::string_view text) : source(Json(text)), node(ReadSchema(source)) {}
  const Value source;
  const SchemaNodePtr node;
};

// "FIELD: WORDS" of each error.
inline std::vector<std::string> Told(const FieldErrors& errors) {
  std::vector<std::string> told;
  for (const FieldError& error : errors) told.push_back(error.field + ": " + error.text);
  return told;
}

using Words = std::vector<std::string>;

}  // namespace apiserver
