// ResourceQuotas. Source: kubernetes/pkg/apis/core/validation, 1.36.
#include <algorithm>
#include <set>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/resource_names.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

void Default(Object& object) {
  if (Object* spec = IfObjectOf(object, "spec")) DefaultResourceList(*spec, "hard");
  if (Object* status = IfObjectOf(object, "status")) {
    DefaultResourceList(*status, "hard");
    DefaultResourceList(*status, "used");
  }
}

bool IsScope(std::string_view scope) {
  for (std::string_view known :
       {"Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
        "CrossNamespacePodAffinity", "VolumeAttributesClass"}) {
    if (scope == known) return true;
  }
  return false;
}

template <std::size_t kCount>
bool IsIn(const std::string_view (&names)[kCount], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

constexpr std::string_view kCompute[] = {"cpu",           "memory",       "limits.cpu",
                                         "limits.memory", "requests.cpu", "requests.memory"};
// Beside those for computing and for huge pages.
constexpr std::string_view kStandard[] = {"ephemeral-storage",
                                          "requests.storage",
                                          "requests.ephemeral-storage",
                                          "limits.ephemeral-storage",
                                          "pods",
                                          "resourcequotas",
                                          "services",
                                          "replicationcontrollers",
                                          "secrets",
                                          "persistentvolumeclaims",
                                          "configmaps",
                                          "services.nodeports",
                                          "services.loadbalancers"};

bool IsStandard(std::string_view name) {
  return IsIn(kCompute, name) || IsIn(kStandard, name) || name.starts_with("hugepages-") ||
         name.starts_with("requests.hugepages-");
}

// Whether a scope can limit the standard resource `name`.
bool ScopeCovers(std::string_view scope, std::string_view name) {
  if (!IsScope(scope)) return true;
  if (scope == "VolumeAttributesClass") {
    return name == "persistentvolumeclaims" || name == "requests.storage";
  }
  if (scope == "BestEffort") return name == "pods";
  return name == "pods" || IsIn(kCompute, name);
}

// One error for each resource, by name, that the scope does not cover.
void CheckCovered(std::string_view scope, const Object& hard, const Value& shown,
                  const FieldPath& path, Violations& out) {
  for (const auto& entry : hard) {
    if (!IsStandard(entry.key()) || ScopeCovers(scope, entry.key())) continue;
    out.Invalid(path, shown, "unsupported scope applied to resource");
  }
}

void CheckHard(const Object& holder, std::string_view list, const FieldPath& path,
               Violations& out) {
  const FieldPath list_path = path.Child(list);
  for (const auto& entry : ObjectOf(holder, list)) {
    CheckQuotaResourceName(entry.key(), list_path.Key(entry.key()), out);
    CheckResourceQuantity(entry.key(), entry.value(), list_path.Key(entry.key()), out);
  }
}

Value MemberOf(const Object& object, std::string_view name) {
  return IsSet(object, name) ? object.at(name) : Value();
}

void CheckConflicts(const std::set<std::string_view>& scopes, const Value& shown,
                    const FieldPath& path, Violations& out) {
  for (const auto& [a, b] :
       {std::pair{"BestEffort", "NotBestEffort"}, std::pair{"Terminating", "NotTerminating"}}) {
    if (scopes.contains(a) && scopes.contains(b)) out.Invalid(path, shown, "conflicting scopes");
  }
}

void CheckScopes(const Object& spec, const FieldPath& path, Violations& out) {
  const Array& items = ArrayOf(spec, "scopes");
  if (items.empty()) return;
  const FieldPath scopes_path = path.Child("scopes");
  std::set<std::string_view> scopes;
  for (const Value& item : items) {
    const std::string_view scope = AsText(item);
    if (!IsScope(scope)) out.Invalid(scopes_path, items, "unsupported scope");
    CheckCovered(scope, ObjectOf(spec, "hard"), items, scopes_path, out);
    scopes.insert(scope);
  }
  CheckConflicts(scopes, items, scopes_path, out);
}

bool NeedsExists(std::string_view scope) {
  return scope == "Terminating" || scope == "NotTerminating" || scope == "BestEffort" ||
         scope == "NotBestEffort" || scope == "CrossNamespacePodAffinity";
}

void CheckScopeSelector(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "scopeSelector")) return;
  const FieldPath selector_path = path.Child("scopeSelector");
  const FieldPath path_of_terms = selector_path.Child("matchExpressions");
  const Value shown = InternalForm("core.ScopeSelector", ObjectOf(spec, "scopeSelector"));
  std::set<std::string_view> scopes;
  for (const Value& term : ArrayOf(ObjectOf(spec, "scopeSelector"), "matchExpressions")) {
    const std::string_view scope = TextOf(term, "scopeName");
    const std::string_view op = TextOf(term, "operator");
    const bool has_values = !ArrayOf(term, "values").empty();
    if (!IsScope(scope)) {
      out.Invalid(path_of_terms.Child("scopeName"), scope, "unsupported scope");
    }
    CheckCovered(scope, ObjectOf(spec, "hard"), shown, path_of_terms, out);
    if (NeedsExists(scope) && op != "Exists") {
      out.Invalid(path_of_terms.Child("operator"), op,
                  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, "
                  "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                  "ResourceQuotaScopeNotBestEffort or "
                  "ResourceQuotaScopeCrossNamespacePodAffinity");
    }
    if (op == "In" || op == "NotIn") {
      if (!has_values) {
        out.Required(path_of_terms.Child("values"),
                     "must be at least one value when `operator` is 'In' or 'NotIn' for scope "
                     "selector");
      }
    } else if (op == "Exists" || op == "DoesNotExist") {
      if (has_values) {
        out.Invalid(path_of_terms.Child("values"), ArrayOf(term, "values"),
                    "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope "
                    "selector");
      }
    } else {
      out.Invalid(path_of_terms.Child("operator"), op, "not a valid selector operator");
    }
    scopes.insert(scope);
  }
  CheckConflicts(scopes, MemberOf(spec, "scopes"), path_of_terms, out);
}

void CheckSpec(const Object& spec, Violations& out) {
  const FieldPath path("spec");
  CheckHard(spec, "hard", path, out);
  CheckScopes(spec, path, out);
  CheckScopeSelector(spec, path, out);
}

void CheckStatus(const Object& status, Violations& out) {
  const FieldPath path("status");
  CheckHard(status, "hard", path, out);
  CheckHard(status, "used", path, out);
}

void Validate(const Object& object, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), out);
  CheckStatus(ObjectOf(object, "status"), out);
}

std::set<std::string_view> ScopesOf(const Object& spec) {
  std::set<std::string_view> scopes;
  for (const Value& item : ArrayOf(spec, "scopes")) scopes.insert(AsText(item));
  return scopes;
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  CheckSpec(spec, out);
  if (ScopesOf(spec) == ScopesOf(ObjectOf(old, "spec"))) return;
  out.Invalid(FieldPath("spec.scopes"), MemberOf(spec, "scopes"), kFieldImmutable);
}

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  CheckStatus(ObjectOf(object, "status"), out);
}

// Requests above the limits that are set beside them.
void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  if (old != nullptr) return;
  const Object& hard = ObjectOf(ObjectOf(object, "spec"), "hard");
  for (std::string_view name : {"cpu", "memory", "storage", "ephemeral-storage"}) {
    std::string asked = "requests." + std::string(name);
    const bool has_bare_name = name == "cpu" || name == "memory";
    if (!hard.contains(asked) && has_bare_name) asked = name;
    const std::string limit = "limits." + std::string(name);
    if (!hard.contains(asked) || !hard.contains(limit)) continue;
    const auto request = Quantity::FromJson(hard.at(asked));
    const auto most = Quantity::FromJson(hard.at(limit));
    if (!request.ok() || !most.ok() || *request <= *most) continue;
    out.push_back("ResourceQuota " + asked + " (" + request->Text() + ") should be less than " +
                  limit + " (" + most->Text() + ")");
  }
}

const KindRules kStatus{.group = "",
                        .resource = "resourcequotas",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kResourceQuotaRules{.group = "",
                                    .resource = "resourcequotas",
                                    .defaults = Default,
                                    .has_status = true,
                                    .validate = Validate,
                                    .validate_update = ValidateUpdate,
                                    .warn = Warn,
                                    .answers_deleted_object = true,
                                    .subresources = kParts};

}  // namespace apiserver
