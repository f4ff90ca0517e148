// Bindings of admission policies. Source: kubernetes/pkg/apis/admissionregistration, 1.36.
#include <set>

#include "apiserver/registry/kinds/admission_rules.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/policy_checks.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "admissionregistration.k8s.io";

void DefaultBinding(Object& object) {
  if (Object* match = IfObjectOf(EnsureObject(object, "spec"), "matchResources")) {
    DefaultMatchResources(*match);
  }
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
  if (TextOf(ref, "parameterNotFoundAction").empty()) {
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
    out.Invalid(actions_path, actions,
                "must not contain both Deny and Warn (repeating the same validation failure "
                "information in the API response and headers serves no purpose)");
  }
  if (actions.empty()) out.Required(actions_path, "at least one validation action is required");
}

void ValidateValidatingBindingUpdate(const Object& object, const Object&, Violations& out) {
  ValidateValidatingBinding(object, out);
}

void ValidateMutatingBinding(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckBindingTarget(spec, path, out);
  CheckMutatingOperations(ObjectOf(spec, "matchResources"), "matchResources", path, out);
}

void ValidateMutatingBindingUpdate(const Object& object, const Object&, Violations& out) {
  ValidateMutatingBinding(object, out);
}

}  // namespace

const KindRules kValidatingAdmissionPolicyBindingRules{
    .group = kGroup,
    .resource = "validatingadmissionpolicybindings",
    .defaults = DefaultBinding,
    .generation = GenerationRule::kSpec,
    .validate = ValidateValidatingBinding,
    .validate_update = ValidateValidatingBindingUpdate,
    .warn = WarnOfReservedName,
    .update_metadata = UpdateMetadata::kCreate,
    .allow_unconditional_update = false};
const KindRules kMutatingAdmissionPolicyBindingRules{
    .group = kGroup,
    .resource = "mutatingadmissionpolicybindings",
    .defaults = DefaultBinding,
    .generation = GenerationRule::kSpec,
    .validate = ValidateMutatingBinding,
    .validate_update = ValidateMutatingBindingUpdate,
    .warn = WarnOfReservedName,
    .update_metadata = UpdateMetadata::kCreate,
    .allow_unconditional_update = false};

}  // namespace apiserver
