#include "tests/apiserver/registry/kinds/kind_case.h"

#include <algorithm>

#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

void Fill(const KindRules& rules, Value& object, std::string_view version) {
  if (rules.defaults != nullptr) rules.defaults(object.get_object());
  if (rules.versioned_defaults != nullptr) rules.versioned_defaults(version, object.get_object());
}

std::string Lines(FieldErrors errors) {
  std::string lines;
  for (const FieldError& error : errors) lines += error.field + ": " + error.text + "\n";
  return lines;
}

}  // namespace

Value Json(std::string_view text) {
  std::string json(text);
  std::replace(json.begin(), json.end(), '\'', '"');
  return boost::json::parse(json);
}

std::string Defaulted(const KindRules& rules, std::string_view text, std::string_view version) {
  Value object = Json(text);
  Fill(rules, object, version);
  return ToJson(object);
}

std::string Problems(const KindRules& rules, std::string_view text) {
  Value object = Json(text);
  Fill(rules, object, "v1");
  Violations out;
  rules.validate(object.get_object(), out);
  return Lines(out.Take());
}

std::string UpdateProblems(const KindRules& rules, std::string_view old_text,
                           std::string_view text) {
  Value old = Json(old_text);
  Value object = Json(text);
  Fill(rules, old, "v1");
  Fill(rules, object, "v1");
  Violations out;
  rules.validate_update(object.get_object(), old.get_object(), out);
  return Lines(out.Take());
}

}  // namespace apiserver
