#include "apiserver/registry/custom/rule_keywords.h"

#include "apiserver/registry/custom/schema_parts.h"
#include "apiserver/registry/custom/schema_path.h"

namespace apiserver {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool HasNewlines(std::string_view text) {
  return text.find_first_of("\n\r") != std::string_view::npos;
}

void CheckMessage(const Value& rule, const FieldPath& path, Violations& errors) {
  const std::string_view expression = Trimmed(TextAt(rule, {"rule"}));
  const std::string_view message = TextAt(rule, {"message"});
  const std::string_view trimmed = Trimmed(message);
  const FieldPath at = path.Child("message");
  if (expression.empty()) {
    errors.Required(path.Child("rule"), "rule is not specified");
  } else if (!message.empty() && trimmed.empty()) {
    errors.Invalid(at, message, "must be non-empty if specified");
  } else if (HasNewlines(trimmed)) {
    errors.Invalid(at, message, "must not contain line breaks");
  } else if (HasNewlines(expression) && trimmed.empty()) {
    errors.Required(at, "message must be specified if rule contains line breaks");
  }
  const std::string_view message_expression = TextAt(rule, {"messageExpression"});
  if (!message_expression.empty() && Trimmed(message_expression).empty()) {
    errors.Required(path.Child("messageExpression"),
                    "messageExpression must be non-empty if specified");
  }
}

void CheckReason(const Value& rule, const FieldPath& path, Violations& errors) {
  const Value* reason = Find(rule, "reason");
  if (reason == nullptr || reason->is_null()) return;
  const std::string_view text = TextAt(rule, {"reason"});
  for (std::string_view known :
       {"FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"}) {
    if (text == known) return;
  }
  errors.NotSupported(
      path.Child("reason"), *reason,
      {"FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"});
}

void CheckFieldPath(const Value& schema, const Value& rule, const FieldPath& path,
                    Violations& errors) {
  const std::string_view field = TextAt(rule, {"fieldPath"});
  if (field.empty()) return;
  const FieldPath at = path.Child("fieldPath");
  if (Trimmed(field).empty()) errors.Invalid(at, field, "must be non-empty if specified");
  if (HasNewlines(field)) errors.Invalid(at, field, "must not contain line breaks");
  if (!FindSchemaPath(schema, field, PathBrackets::kAllowed).ok())
    errors.Invalid(at, field, "must be a valid path");
}

}  // namespace

void CheckRuleKeywords(const Value& schema, const FieldPath& path, Violations& errors) {
  const FieldPath list = path.Child("x-kubernetes-validations");
  std::size_t index = 0;
  for (const Value& rule : SchemaList(schema, "x-kubernetes-validations")) {
    const FieldPath at = list.Index(index++);
    CheckMessage(rule, at, errors);
    CheckReason(rule, at, errors);
    CheckFieldPath(schema, rule, at, errors);
  }
}

}  // namespace apiserver
