// MutatingAdmissionPolicies. Source: kubernetes/pkg/apis/admissionregistration, 1.36.
#include "apiserver/registry/kinds/admission_rules.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/policy_checks.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "admissionregistration.k8s.io";

// One way to mutate: the type that chooses it, the member that states it, what that must give.
struct MutationForm {
  std::string_view type;
  std::string_view member;
  ExpressionResult result;
};
constexpr MutationForm kForms[] = {
    {"JSONPatch", "jsonPatch", ExpressionResult::kJsonPatches},
    {"ApplyConfiguration", "applyConfiguration", ExpressionResult::kObject}};

void CheckStated(const Object& mutation, const MutationForm& form,
                 const AdmissionCompiler& compiler, const AdmissionScope& scope,
                 const FieldPath& path, Violations& out) {
  const FieldPath member_path = path.Child(form.member);
  if (!IsSet(mutation, form.member)) {
    out.Required(member_path, "must be specified when patchType is " + std::string(form.type));
    return;
  }
  const FieldPath expression_path = member_path.Child("expression");
  const std::string_view text = Trimmed(TextOf(ObjectOf(mutation, form.member), "expression"));
  if (text.empty()) {
    out.Required(expression_path);
  } else {
    CheckCompiled(compiler.Compile(text, scope, form.result), text, expression_path, out);
  }
}

void CheckMutation(const Object& mutation, const AdmissionCompiler& compiler,
                   const AdmissionScope& scope, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(mutation, "patchType");
  if (type.empty()) {
    out.Required(path.Child("patchType"));
    return;
  }
  const MutationForm* chosen = nullptr;
  for (const MutationForm& form : kForms) {
    if (form.type == type) chosen = &form;
  }
  if (chosen == nullptr) {
    out.NotSupported(path.Child("patchType"), type, {"ApplyConfiguration", "JSONPatch"});
    return;
  }
  CheckStated(mutation, *chosen, compiler, scope, path, out);
  for (const MutationForm& form : kForms) {
    if (form.type == type || !IsSet(mutation, form.member)) continue;
    out.Invalid(path.Child(form.member), "{" + std::string(form.member) + "}",
                "must not be specified when patchType is " + std::string(type));
  }
}

void Check(const Object& object, const Object* old_spec, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckPolicyMatch(spec, path, out);
  CheckMutatingOperations(ObjectOf(spec, "matchConstraints"), "matchConstraints", path, out);
  CheckPolicyConditions(spec, old_spec, path, out);
  AdmissionCompiler compiler(true);
  CheckPolicyVariables(spec, compiler, path, out);
  const Array& mutations = ArrayOf(spec, "mutations");
  const FieldPath list_path = path.Child("mutations");
  if (mutations.empty()) out.Required(list_path, "mutations must contain at least one item");
  const AdmissionScope scope{.has_params = IsSet(spec, "paramKind"), .has_patch_types = true};
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    CheckMutation(AsObject(mutations[i]), compiler, scope, list_path.Index(i), out);
  }
  CheckRequiredOneOf(spec, "reinvocationPolicy", {"IfNeeded", "Never"}, path, out);
}

void Validate(const Object& object, Violations& out) { Check(object, nullptr, out); }
void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Check(object, &ObjectOf(old, "spec"), out);
}

}  // namespace

const KindRules kMutatingAdmissionPolicyRules{.group = kGroup,
                                              .resource = "mutatingadmissionpolicies",
                                              .defaults = DefaultAdmissionPolicy,
                                              .generation = GenerationRule::kSpec,
                                              .validate = Validate,
                                              .validate_update = ValidateUpdate,
                                              .warn = WarnOfReservedName,
                                              .update_metadata = UpdateMetadata::kCreate,
                                              .allow_unconditional_update = false};

}  // namespace apiserver
