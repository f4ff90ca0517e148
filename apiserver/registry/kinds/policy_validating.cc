// ValidatingAdmissionPolicies. Source: kubernetes/pkg/apis/admissionregistration, 1.36.
#include <set>

#include "apiserver/registry/kinds/admission_rules.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/conditions.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/policy_checks.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "admissionregistration.k8s.io";
constexpr std::size_t kAuditAnnotationsMax = 20;
constexpr std::size_t kValueExpressionMax = 5 * 1024;

void CheckMessage(const Object& validation, const FieldPath& path, Violations& out) {
  const std::string_view message = TextOf(validation, "message");
  const std::string_view trimmed = Trimmed(message);
  if (!message.empty() && trimmed.empty()) {
    out.Invalid(path, message, "must be non-empty if specified");
  } else if (trimmed.find_first_of("\n\r") != std::string_view::npos) {
    out.Invalid(path, message, "must not contain line breaks");
  }
}

void CheckValidation(const Object& validation, const AdmissionCompiler& compiler,
                     const AdmissionScope& scope, const FieldPath& path, Violations& out) {
  const std::string_view expression = TextOf(validation, "expression");
  const FieldPath expression_path = path.Child("expression");
  if (Trimmed(expression).empty()) {
    out.Required(expression_path, "expression is not specified");
  } else {
    CheckCompiled(compiler.Compile(expression, scope, ExpressionResult::kBool), expression,
                  expression_path, out);
  }
  const std::string_view message = TextOf(validation, "messageExpression");
  const FieldPath message_path = path.Child("messageExpression");
  if (!message.empty() && Trimmed(message).empty()) {
    out.Invalid(message_path, message, "must be non-empty if specified");
  } else if (!message.empty()) {
    const AdmissionScope message_scope{.has_params = scope.has_params, .has_authorizer = false};
    CheckCompiled(compiler.Compile(message, message_scope, ExpressionResult::kString), message,
                  message_path, out);
  }
  CheckMessage(validation, path.Child("message"), out);
  if (IsSet(validation, "reason")) {
    CheckOneOf(TextOf(validation, "reason"), {"Forbidden", "Invalid", "RequestEntityTooLarge"},
               path.Child("reason"), out);
  }
}

void CheckAuditAnnotations(const Object& object, const AdmissionCompiler& compiler,
                           const AdmissionScope& scope, const FieldPath& path, Violations& out) {
  const std::string policy(TextOf(ObjectOf(object, "metadata"), "name"));
  const Array& annotations = ArrayOf(ObjectOf(object, "spec"), "auditAnnotations");
  if (annotations.size() > kAuditAnnotationsMax) {
    out.Invalid(path, annotations, "must not have more than 20 auditAnnotations");
  }
  std::set<std::string_view> keys;
  std::size_t index = 0;
  for (const Value& annotation : annotations) {
    const FieldPath item_path = path.Index(index++);
    const std::string_view key = TextOf(annotation, "key");
    const FieldPath key_path = item_path.Child("key");
    if (policy.empty()) {
      out.Invalid(key_path, key, "requires metadata.name be non-empty");
    } else {
      CheckQualified(policy + "/" + std::string(key), key_path, out);
    }
    const std::string_view text = TextOf(annotation, "valueExpression");
    const std::string_view trimmed = Trimmed(text);
    const FieldPath value_path = item_path.Child("valueExpression");
    if (trimmed.empty()) {
      out.Required(value_path, "valueExpression is not specified");
    } else if (trimmed.size() > kValueExpressionMax) {
      out.Required(value_path, "must not exceed 5120 bytes in length");
    } else {
      CheckCompiled(compiler.Compile(trimmed, scope, ExpressionResult::kText), text, value_path,
                    out);
    }
    if (!keys.insert(key).second) out.Duplicate(key_path, key);
  }
}

void Check(const Object& object, const Object* old_spec, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckPolicyMatch(spec, path, out);
  CheckPolicyConditions(spec, old_spec, path, out);
  AdmissionCompiler compiler(!ArrayOf(spec, "variables").empty());
  CheckPolicyVariables(spec, compiler, path, out);
  const Array& validations = ArrayOf(spec, "validations");
  const FieldPath validations_path = path.Child("validations");
  const FieldPath annotations_path = path.Child("auditAnnotations");
  if (validations.empty() && ArrayOf(spec, "auditAnnotations").empty()) {
    constexpr std::string_view kDetail =
        "validations or auditAnnotations must contain at least one item";
    out.Required(validations_path, kDetail);
    out.Required(annotations_path, kDetail);
    return;
  }
  const AdmissionScope scope{.has_params = IsSet(spec, "paramKind")};
  for (std::size_t i = 0; i < validations.size(); ++i) {
    CheckValidation(AsObject(validations[i]), compiler, scope, validations_path.Index(i), out);
  }
  CheckAuditAnnotations(object, compiler, scope, annotations_path, out);
}

void Validate(const Object& object, Violations& out) { Check(object, nullptr, out); }
void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Check(object, &ObjectOf(old, "spec"), out);
}

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  const Object& status = ObjectOf(object, "status");
  const FieldPath path("status.typeChecking.expressionWarnings");
  std::size_t index = 0;
  for (const Value& warning : ArrayOf(ObjectOf(status, "typeChecking"), "expressionWarnings")) {
    const FieldPath item_path = path.Index(index++);
    CheckRequiredText(AsObject(warning), "warning", item_path, out);
    if (Trimmed(TextOf(warning, "fieldRef")).empty()) out.Required(item_path.Child("fieldRef"));
  }
  CheckConditions(status, FieldPath("status"), out);
}

constexpr std::string_view kStatusReset[] = {"metadata", "spec"};
const KindRules kStatus{.group = kGroup,
                        .resource = "validatingadmissionpolicies",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate,
                        .update_metadata = UpdateMetadata::kNone,
                        .allow_unconditional_update = false,
                        .reset = kStatusReset};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kValidatingAdmissionPolicyRules{.group = kGroup,
                                                .resource = "validatingadmissionpolicies",
                                                .defaults = DefaultAdmissionPolicy,
                                                .has_status = true,
                                                .generation = GenerationRule::kSpec,
                                                .validate = Validate,
                                                .validate_update = ValidateUpdate,
                                                .warn = WarnOfReservedName,
                                                .update_metadata = UpdateMetadata::kCreate,
                                                .allow_unconditional_update = false,
                                                .subresources = kParts};

}  // namespace apiserver
