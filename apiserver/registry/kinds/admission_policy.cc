// Admission policies and their bindings. Source: kubernetes/pkg/apis/admissionregistration, 1.36.
#include <algorithm>
#include <set>

#include "apiserver/registry/kinds/admission_rules.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "admissionregistration.k8s.io";

void DefaultPolicy(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  FillPointer(spec, "failurePolicy", "Fail");
  if (Object* match = IfObjectOf(spec, "matchConstraints")) DefaultMatchResources(*match);
}

void DefaultBinding(Object& object) {
  if (Object* match = IfObjectOf(EnsureObject(object, "spec"), "matchResources")) {
    DefaultMatchResources(*match);
  }
}

void CheckParamKind(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "paramKind")) return;
  const Object& kind = ObjectOf(spec, "paramKind");
  const FieldPath kind_path = path.Child("paramKind");
  const std::string_view version = TextOf(kind, "apiVersion");
  if (version.empty()) {
    out.Required(kind_path.Child("apiVersion"));
  } else if (std::count(version.begin(), version.end(), '/') > 1) {
    out.Invalid(kind_path.Child("apiVersion"), version,
                "unexpected GroupVersion string: " + std::string(version));
  }
  if (CheckRequiredText(kind, "kind", kind_path, out)) {
    std::string lower(TextOf(kind, "kind"));
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    for (const std::string& message : CheckDns1035Label(lower)) {
      out.Invalid(kind_path.Child("kind"), TextOf(kind, "kind"),
                  "may have mixed case, but should otherwise match: " + message);
    }
  }
}

void CheckConstraints(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "matchConstraints")) {
    out.Required(path.Child("matchConstraints"));
    return;
  }
  const Object& match = ObjectOf(spec, "matchConstraints");
  const FieldPath match_path = path.Child("matchConstraints");
  CheckMatchResources(match, match_path, out);
  if (ArrayOf(match, "resourceRules").empty()) out.Required(match_path.Child("resourceRules"));
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\n\r") == std::string_view::npos;
}

bool IsCelIdentifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  for (char c : text) {
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!word) return false;
  }
  return true;
}

void CheckVariables(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("variables");
  std::size_t index = 0;
  for (const Value& variable : ArrayOf(spec, "variables")) {
    const FieldPath item_path = list_path.Index(index++);
    const std::string_view name = TextOf(variable, "name");
    if (IsBlank(name)) {
      out.Required(item_path.Child("name"), "name is not specified");
    } else if (!IsCelIdentifier(name)) {
      out.Invalid(item_path.Child("name"), name, "must be a valid CEL identifier");
    }
    if (IsBlank(TextOf(variable, "expression"))) {
      out.Required(item_path.Child("expression"), "expression is not specified");
    }
  }
}

void CheckValidations(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("validations");
  std::size_t index = 0;
  for (const Value& validation : ArrayOf(spec, "validations")) {
    const FieldPath item_path = list_path.Index(index++);
    if (IsBlank(TextOf(validation, "expression"))) {
      out.Required(item_path.Child("expression"), "expression is not specified");
    }
    const std::string_view message = TextOf(validation, "message");
    const bool multiline = message.find('\n') != std::string_view::npos;
    if (IsSet(validation, "message") && !message.empty() && IsBlank(message)) {
      out.Invalid(item_path.Child("message"), message, "message must be non-empty if specified");
    } else if (multiline) {
      out.Invalid(item_path.Child("message"), message, "must not contain line breaks");
    }
    if (IsSet(validation, "reason")) {
      CheckOneOf(TextOf(validation, "reason"),
                 {"Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"},
                 item_path.Child("reason"), out);
    }
  }
}

void CheckAuditAnnotations(const Object& spec, std::string_view policy, const FieldPath& path,
                           Violations& out) {
  const FieldPath list_path = path.Child("auditAnnotations");
  std::set<std::string_view> keys;
  std::size_t index = 0;
  for (const Value& annotation : ArrayOf(spec, "auditAnnotations")) {
    const FieldPath item_path = list_path.Index(index++);
    const std::string_view key = TextOf(annotation, "key");
    const std::string full = std::string(policy) + "/" + std::string(key);
    out.InvalidEach(item_path.Child("key"), full, CheckQualifiedName(full));
    if (IsBlank(TextOf(annotation, "valueExpression"))) {
      out.Required(item_path.Child("valueExpression"), "valueExpression is not specified");
    }
    if (!keys.insert(key).second) out.Duplicate(item_path.Child("key"), key);
  }
}

void ValidateValidating(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckRequiredOneOf(spec, "failurePolicy", {"Fail", "Ignore"}, path, out);
  CheckParamKind(spec, path, out);
  CheckConstraints(spec, path, out);
  CheckMatchConditions(spec, path, out);
  CheckVariables(spec, path, out);
  if (ArrayOf(spec, "validations").empty() && ArrayOf(spec, "auditAnnotations").empty()) {
    constexpr std::string_view kDetail =
        "validations or auditAnnotations must contain at least one item";
    out.Required(path.Child("validations"), kDetail);
    out.Required(path.Child("auditAnnotations"), kDetail);
    return;
  }
  CheckValidations(spec, path, out);
  CheckAuditAnnotations(spec, TextOf(ObjectOf(object, "metadata"), "name"), path, out);
}

void ValidateValidatingUpdate(const Object& object, const Object&, Violations& out) {
  ValidateValidating(object, out);
}

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  const FieldPath path("status.typeChecking.expressionWarnings");
  std::size_t index = 0;
  for (const Value& warning :
       ArrayOf(ObjectOf(ObjectOf(object, "status"), "typeChecking"), "expressionWarnings")) {
    const FieldPath item_path = path.Index(index++);
    CheckRequiredText(AsObject(warning), "warning", item_path, out);
    CheckRequiredText(AsObject(warning), "fieldRef", item_path, out);
  }
}

void CheckMutation(const Object& mutation, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(mutation, "patchType");
  const auto check = [&](std::string_view wanted, std::string_view other) {
    if (IsSet(mutation, other)) {
      out.Invalid(path.Child(other), "{" + std::string(other) + "}",
                  "must not be specified when patchType is " + std::string(type));
    }
    if (!IsSet(mutation, wanted)) {
      out.Required(path.Child(wanted), "must be specified when patchType is " + std::string(type));
    } else if (IsBlank(TextOf(ObjectOf(mutation, wanted), "expression"))) {
      const FieldPath wanted_path = path.Child(wanted);
      out.Required(wanted_path.Child("expression"), "expression is not specified");
    }
  };
  if (type.empty()) {
    out.Required(path.Child("patchType"));
  } else if (type == "ApplyConfiguration") {
    check("applyConfiguration", "jsonPatch");
  } else if (type == "JSONPatch") {
    check("jsonPatch", "applyConfiguration");
  } else {
    out.NotSupported(path.Child("patchType"), type, {"ApplyConfiguration", "JSONPatch"});
  }
}

void ValidateMutating(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckRequiredOneOf(spec, "failurePolicy", {"Fail", "Ignore"}, path, out);
  CheckParamKind(spec, path, out);
  CheckConstraints(spec, path, out);
  CheckMatchConditions(spec, path, out);
  CheckVariables(spec, path, out);
  const Array& mutations = ArrayOf(spec, "mutations");
  const FieldPath list_path = path.Child("mutations");
  if (mutations.empty()) {
    out.Required(list_path, "mutations must contain at least one item");
  }
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    CheckMutation(AsObject(mutations[i]), list_path.Index(i), out);
  }
  CheckRequiredOneOf(spec, "reinvocationPolicy", {"IfNeeded", "Never"}, path, out);
}

void ValidateMutatingUpdate(const Object& object, const Object&, Violations& out) {
  ValidateMutating(object, out);
}

void CheckParamRef(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "paramRef")) return;
  const Object& ref = ObjectOf(spec, "paramRef");
  const FieldPath ref_path = path.Child("paramRef");
  const std::string_view name = TextOf(ref, "name");
  if (!name.empty()) {
    out.InvalidEach(ref_path.Child("name"), name, CheckPathSegmentName(name));
    if (IsSet(ref, "selector")) {
      out.Forbidden(ref_path.Child("name"), "name and selector are mutually exclusive");
    }
  }
  if (IsSet(ref, "selector")) {
    CheckSelector(ref, "selector", ref_path, out);
    if (!name.empty()) {
      out.Forbidden(ref_path.Child("selector"), "name and selector are mutually exclusive");
    }
  }
  if (name.empty() && !IsSet(ref, "selector")) {
    out.Required(ref_path, "one of name or selector must be specified");
  }
  if (!IsSet(ref, "parameterNotFoundAction")) {
    out.Required(ref_path.Child("parameterNotFoundAction"));
  } else {
    CheckOneOf(TextOf(ref, "parameterNotFoundAction"), {"Deny", "Allow"},
               ref_path.Child("parameterNotFoundAction"), out);
  }
}

void CheckBindingTarget(const Object& spec, const FieldPath& path, Violations& out) {
  const std::string_view policy = TextOf(spec, "policyName");
  if (policy.empty()) {
    out.Required(path.Child("policyName"));
  } else {
    CheckDnsSubdomain(policy, path.Child("policyName"), out);
  }
  CheckParamRef(spec, path, out);
  if (IsSet(spec, "matchResources")) {
    CheckMatchResources(ObjectOf(spec, "matchResources"), path.Child("matchResources"), out);
  }
}

void ValidateValidatingBinding(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckBindingTarget(spec, path, out);
  const Array& actions = ArrayOf(spec, "validationActions");
  const FieldPath actions_path = path.Child("validationActions");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const std::string_view action = AsText(actions[i]);
    CheckOneOf(action, {"Audit", "Deny", "Warn"}, actions_path.Index(i), out);
    if (!seen.insert(action).second) out.Duplicate(actions_path.Index(i), action);
  }
  if (seen.contains("Deny") && seen.contains("Warn")) {
    out.Invalid(actions_path, Array{"Deny", "Warn"},
                "must not contain both Deny and Warn (repeating the same validation failure "
                "information in the API response and headers serves no purpose)");
  }
  if (actions.empty()) out.Required(actions_path, "at least one validation action is required");
}

void ValidateValidatingBindingUpdate(const Object& object, const Object&, Violations& out) {
  ValidateValidatingBinding(object, out);
}

void ValidateMutatingBinding(const Object& object, Violations& out) {
  CheckBindingTarget(ObjectOf(object, "spec"), FieldPath("spec"), out);
}

void ValidateMutatingBindingUpdate(const Object& object, const Object&, Violations& out) {
  ValidateMutatingBinding(object, out);
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
                                                .defaults = DefaultPolicy,
                                                .has_status = true,
                                                .generation = GenerationRule::kSpec,
                                                .validate = ValidateValidating,
                                                .validate_update = ValidateValidatingUpdate,
                                                .update_metadata = UpdateMetadata::kCreate,
                                                .allow_unconditional_update = false,
                                                .subresources = kParts};
const KindRules kValidatingAdmissionPolicyBindingRules{
    .group = kGroup,
    .resource = "validatingadmissionpolicybindings",
    .defaults = DefaultBinding,
    .generation = GenerationRule::kSpec,
    .validate = ValidateValidatingBinding,
    .validate_update = ValidateValidatingBindingUpdate,
    .update_metadata = UpdateMetadata::kCreate,
    .allow_unconditional_update = false};
const KindRules kMutatingAdmissionPolicyRules{.group = kGroup,
                                              .resource = "mutatingadmissionpolicies",
                                              .defaults = DefaultPolicy,
                                              .generation = GenerationRule::kSpec,
                                              .validate = ValidateMutating,
                                              .validate_update = ValidateMutatingUpdate,
                                              .update_metadata = UpdateMetadata::kCreate,
                                              .allow_unconditional_update = false};
const KindRules kMutatingAdmissionPolicyBindingRules{
    .group = kGroup,
    .resource = "mutatingadmissionpolicybindings",
    .defaults = DefaultBinding,
    .generation = GenerationRule::kSpec,
    .validate = ValidateMutatingBinding,
    .validate_update = ValidateMutatingBindingUpdate,
    .update_metadata = UpdateMetadata::kCreate,
    .allow_unconditional_update = false};

}  // namespace apiserver
