// Roles and bindings. Source: kubernetes/pkg/apis/rbac, 1.36. The check against escalation is the
// pipeline's.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";

void DefaultBinding(Object& object) {
  FillText(EnsureObject(object, "roleRef"), "apiGroup", kGroup);
  ForEachObject(object, "subjects", [](Object& subject) {
    const std::string_view kind = TextOf(subject, "kind");
    if (kind == "User" || kind == "Group") FillText(subject, "apiGroup", kGroup);
  });
}

// Storage does not tell no rules from an empty list.
void ForgetEmptyRules(Object& object) {
  if (ArrayOf(object, "rules").empty()) object["rules"] = nullptr;
}

void CheckRule(const Object& rule, bool is_namespaced, const FieldPath& path, Violations& out) {
  if (ArrayOf(rule, "verbs").empty()) {
    out.Required(path.Child("verbs"), "verbs must contain at least one value");
  }
  const Array& urls = ArrayOf(rule, "nonResourceURLs");
  if (!urls.empty()) {
    if (is_namespaced) {
      out.Invalid(path.Child("nonResourceURLs"), urls,
                  "namespaced rules cannot apply to non-resource URLs");
    }
    if (!ArrayOf(rule, "apiGroups").empty() || !ArrayOf(rule, "resources").empty() ||
        !ArrayOf(rule, "resourceNames").empty()) {
      out.Invalid(path.Child("nonResourceURLs"), urls,
                  "rules cannot apply to both regular resources and non-resource URLs");
    }
    return;
  }
  if (ArrayOf(rule, "apiGroups").empty()) {
    out.Required(path.Child("apiGroups"), "resource rules must supply at least one api group");
  }
  if (ArrayOf(rule, "resources").empty()) {
    out.Required(path.Child("resources"), "resource rules must supply at least one resource");
  }
}

void CheckRules(const Object& object, bool is_namespaced, Violations& out) {
  const FieldPath path("rules");
  std::size_t index = 0;
  for (const Value& rule : ArrayOf(object, "rules")) {
    CheckRule(AsObject(rule), is_namespaced, path.Index(index++), out);
  }
}

void ValidateRole(const Object& object, Violations& out) { CheckRules(object, true, out); }
void ValidateRoleUpdate(const Object& object, const Object&, Violations& out) {
  ValidateRole(object, out);
}

void ValidateClusterRole(const Object& object, Violations& out) {
  CheckRules(object, false, out);
  if (!IsSet(object, "aggregationRule")) return;
  const FieldPath path("aggregationRule.clusterRoleSelectors");
  const Array& selectors = ArrayOf(ObjectOf(object, "aggregationRule"), "clusterRoleSelectors");
  if (selectors.empty()) {
    out.Required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
  }
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    const Object holder{{"selector", selectors[i]}};
    const std::size_t before = out.size();
    Violations found;
    CheckSelector(holder, "selector", FieldPath(""), found);
    for (FieldError& error : found.Take()) {
      error.field = path.Index(i).Text() + error.field.substr(std::string_view("selector").size());
      out.Append({std::move(error)});
    }
    if (out.size() != before) out.Invalid(path.Index(i), Value(), "invalid label selector.");
  }
}

void ValidateClusterRoleUpdate(const Object& object, const Object&, Violations& out) {
  ValidateClusterRole(object, out);
}

void CheckRoleRef(const Object& object, SupportedValues kinds, Violations& out) {
  const Object& ref = ObjectOf(object, "roleRef");
  const FieldPath path("roleRef");
  CheckOneOf(TextOf(ref, "apiGroup"), {kGroup}, path.Child("apiGroup"), out);
  CheckOneOf(TextOf(ref, "kind"), std::move(kinds), path.Child("kind"), out);
  if (CheckRequiredText(ref, "name", path, out)) {
    const std::string_view name = TextOf(ref, "name");
    out.InvalidEach(path.Child("name"), name, CheckPathSegmentName(name));
  }
}

void CheckSubject(const Object& subject, bool is_namespaced, const FieldPath& path,
                  Violations& out) {
  const std::string_view kind = TextOf(subject, "kind");
  const std::string_view group = TextOf(subject, "apiGroup");
  const std::string_view name = TextOf(subject, "name");
  if (name.empty()) out.Required(path.Child("name"));
  if (kind == "ServiceAccount") {
    if (!name.empty()) CheckDnsSubdomain(name, path.Child("name"), out);
    if (!group.empty()) CheckOneOf(group, {""}, path.Child("apiGroup"), out);
    if (!is_namespaced && TextOf(subject, "namespace").empty()) {
      out.Required(path.Child("namespace"));
    }
  } else if (kind == "User" || kind == "Group") {
    CheckOneOf(group, {kGroup}, path.Child("apiGroup"), out);
  } else {
    out.NotSupported(path.Child("kind"), kind, {"ServiceAccount", "User", "Group"});
  }
}

void CheckSubjects(const Object& object, bool is_namespaced, Violations& out) {
  const FieldPath path("subjects");
  std::size_t index = 0;
  for (const Value& subject : ArrayOf(object, "subjects")) {
    CheckSubject(AsObject(subject), is_namespaced, path.Index(index++), out);
  }
}

void CheckRefStays(const Object& object, const Object& old, Violations& out) {
  if (SameMember(object, old, "roleRef")) return;
  out.Invalid(FieldPath("roleRef"), InternalForm("rbac.RoleRef", ObjectOf(object, "roleRef")),
              "cannot change roleRef");
}

void ValidateRoleBinding(const Object& object, Violations& out) {
  CheckRoleRef(object, {"Role", "ClusterRole"}, out);
  CheckSubjects(object, true, out);
}

void ValidateRoleBindingUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateRoleBinding(object, out);
  CheckRefStays(object, old, out);
}

void ValidateClusterRoleBinding(const Object& object, Violations& out) {
  CheckRoleRef(object, {"ClusterRole"}, out);
  CheckSubjects(object, false, out);
}

void ValidateClusterRoleBindingUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateClusterRoleBinding(object, out);
  CheckRefStays(object, old, out);
}

}  // namespace

const KindRules kRoleRules{.group = kGroup,
                           .resource = "roles",
                           .name_rule = NameRule::kPathSegment,
                           .canonicalize = ForgetEmptyRules,
                           .validate = ValidateRole,
                           .validate_update = ValidateRoleUpdate,
                           .update_metadata = UpdateMetadata::kCreateAndUpdate,
                           .allow_create_on_update = true};
const KindRules kClusterRoleRules{.group = kGroup,
                                  .resource = "clusterroles",
                                  .name_rule = NameRule::kPathSegment,
                                  .canonicalize = ForgetEmptyRules,
                                  .validate = ValidateClusterRole,
                                  .validate_update = ValidateClusterRoleUpdate,
                                  .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                  .allow_create_on_update = true};
const KindRules kRoleBindingRules{.group = kGroup,
                                  .resource = "rolebindings",
                                  .name_rule = NameRule::kPathSegment,
                                  .defaults = DefaultBinding,
                                  .validate = ValidateRoleBinding,
                                  .validate_update = ValidateRoleBindingUpdate,
                                  .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                  .allow_create_on_update = true};
const KindRules kClusterRoleBindingRules{.group = kGroup,
                                         .resource = "clusterrolebindings",
                                         .name_rule = NameRule::kPathSegment,
                                         .defaults = DefaultBinding,
                                         .validate = ValidateClusterRoleBinding,
                                         .validate_update = ValidateClusterRoleBindingUpdate,
                                         .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                         .allow_create_on_update = true};

}  // namespace apiserver
