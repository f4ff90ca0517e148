// ResourceQuotas. Source: kubernetes/pkg/apis/core/validation, 1.36.
#include <set>

#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/resource_names.h"

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

bool IsComputeName(std::string_view name) {
  for (std::string_view known :
       {"cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"}) {
    if (name == known) return true;
  }
  return false;
}

// Whether a scope can limit resource `name`.
bool ScopeCovers(std::string_view scope, std::string_view name) {
  if (scope == "VolumeAttributesClass") {
    return name == "persistentvolumeclaims" || name == "requests.storage";
  }
  if (scope == "BestEffort") return name == "pods" || name == "count/pods";
  return name == "pods" || name == "count/pods" || IsComputeName(name);
}

void CheckHard(const Object& holder, std::string_view list, const FieldPath& path,
               Violations& out) {
  const FieldPath list_path = path.Child(list);
  for (const auto& entry : ObjectOf(holder, list)) {
    CheckQuotaResourceName(entry.key(), list_path.Key(entry.key()), out);
    CheckResourceQuantity(entry.key(), entry.value(), list_path.Key(entry.key()), out);
  }
}

Array SortedScopes(const std::set<std::string_view>& scopes) {
  Array sorted;
  for (std::string_view scope : scopes) sorted.push_back(Value(scope));
  return sorted;
}

void CheckScopesOf(const std::set<std::string_view>& scopes, const Object& hard,
                   const FieldPath& path, Violations& out) {
  for (std::string_view scope : scopes) {
    if (!IsScope(scope)) {
      out.Invalid(path, Array{scope}, "unsupported scope");
      continue;
    }
    for (const auto& entry : hard) {
      if (!ScopeCovers(scope, entry.key())) {
        out.Invalid(path, Array{scope}, "unsupported scope applied to resource");
      }
    }
  }
  for (const auto& [a, b] :
       {std::pair{"BestEffort", "NotBestEffort"}, std::pair{"Terminating", "NotTerminating"}}) {
    if (scopes.contains(a) && scopes.contains(b)) {
      out.Invalid(path, Array{a, b}, "conflicting scopes");
    }
  }
}

void CheckScopes(const Object& spec, const FieldPath& path, Violations& out) {
  const Array& items = ArrayOf(spec, "scopes");
  if (items.empty()) return;
  std::set<std::string_view> scopes;
  for (const Value& item : items) scopes.insert(AsText(item));
  CheckScopesOf(scopes, ObjectOf(spec, "hard"), path.Child("scopes"), out);
}

bool NeedsExists(std::string_view scope) {
  return scope == "Terminating" || scope == "NotTerminating" || scope == "BestEffort" ||
         scope == "NotBestEffort" || scope == "CrossNamespacePodAffinity";
}

void CheckScopeSelector(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "scopeSelector")) return;
  const FieldPath selector_path = path.Child("scopeSelector");
  const FieldPath path_of_terms = selector_path.Child("matchExpressions");
  std::set<std::string_view> scopes;
  for (const Value& term : ArrayOf(ObjectOf(spec, "scopeSelector"), "matchExpressions")) {
    const std::string_view scope = TextOf(term, "scopeName");
    const std::string_view op = TextOf(term, "operator");
    const bool has_values = !ArrayOf(term, "values").empty();
    if (!IsScope(scope)) {
      out.Invalid(path_of_terms.Child("scopeName"), scope, "unsupported scope");
    }
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
  CheckScopesOf(scopes, ObjectOf(spec, "hard"), selector_path, out);
}

void Validate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckHard(spec, "hard", path, out);
  CheckScopes(spec, path, out);
  CheckScopeSelector(spec, path, out);
  const FieldPath status_path("status");
  const Object& status = ObjectOf(object, "status");
  CheckHard(status, "hard", status_path, out);
  CheckHard(status, "used", status_path, out);
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  if (!SameMember(ObjectOf(object, "spec"), ObjectOf(old, "spec"), "scopes")) {
    std::set<std::string_view> scopes;
    for (const Value& item : ArrayOf(ObjectOf(object, "spec"), "scopes")) {
      scopes.insert(AsText(item));
    }
    out.Invalid(FieldPath("spec.scopes"), SortedScopes(scopes), kFieldImmutable);
  }
}

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  const FieldPath path("status");
  CheckHard(ObjectOf(object, "status"), "hard", path, out);
  CheckHard(ObjectOf(object, "status"), "used", path, out);
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
                                    .answers_deleted_object = true,
                                    .subresources = kParts};

}  // namespace apiserver
