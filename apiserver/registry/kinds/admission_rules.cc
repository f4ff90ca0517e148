#include "apiserver/registry/kinds/admission_rules.h"

#include <set>

#include "apiserver/api/names.h"
#include "apiserver/registry/kinds/admission_expressions.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr int kMatchConditionsMax = 64;

bool HasWildcard(const Array& items) {
  for (const Value& item : items) {
    if (AsText(item) == "*") return true;
  }
  return false;
}

void CheckResources(const Array& resources, const FieldPath& path, Violations& out) {
  if (resources.empty()) out.Required(path);
  bool has_double = false;
  bool has_single = false;
  bool ends_plain = false;
  std::set<std::string_view> wild_subresources;
  std::set<std::string_view> wild_resources;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    const std::string_view text = AsText(resources[i]);
    const FieldPath item_path = path.Index(i);
    if (text.empty()) {
      out.Required(item_path);
      continue;
    }
    if (text == "*/*") has_double = true;
    if (text == "*") has_single = true;
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
      ends_plain = text != "*";  // the last one decides, and so upstream
      continue;
    }
    const std::string_view resource = text.substr(0, slash);
    const std::string_view subresource = text.substr(slash + 1);
    if (wild_subresources.contains(resource)) {
      out.Invalid(
          item_path, text,
          "if '" + std::string(resource) + "/*' is present, must not specify " + std::string(text));
    }
    if (wild_resources.contains(subresource)) {
      out.Invalid(item_path, text,
                  "if '*/" + std::string(subresource) + "' is present, must not specify " +
                      std::string(text));
    }
    if (subresource == "*") wild_subresources.insert(resource);
    if (resource == "*") wild_resources.insert(subresource);
  }
  if (resources.size() > 1 && has_double) {
    out.Invalid(path, resources, "if '*/*' is present, must not specify other resources");
  }
  if (has_single && ends_plain) {
    out.Invalid(path, resources,
                "if '*' is present, must not specify other resources without subresources");
  }
}

void CheckTexts(const Object& rule, std::string_view name, std::string_view what,
                bool allow_empty_items, const FieldPath& path, Violations& out) {
  const Array& items = ArrayOf(rule, name);
  const FieldPath items_path = path.Child(name);
  if (items.empty()) out.Required(items_path);
  if (items.size() > 1 && HasWildcard(items)) {
    out.Invalid(items_path, items,
                "if '*' is present, must not specify other " + std::string(what));
  }
  if (allow_empty_items) return;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (AsText(items[i]).empty()) out.Required(items_path.Index(i));
  }
}

void CheckRule(const Object& rule, const FieldPath& path, Violations& out) {
  const Array& operations = ArrayOf(rule, "operations");
  const FieldPath operations_path = path.Child("operations");
  if (operations.empty()) out.Required(operations_path);
  if (operations.size() > 1 && HasWildcard(operations)) {
    out.Invalid(operations_path, operations,
                "if '*' is present, must not specify other operations");
  }
  for (std::size_t i = 0; i < operations.size(); ++i) {
    CheckOneOf(AsText(operations[i]), {"*", "CONNECT", "CREATE", "DELETE", "UPDATE"},
               operations_path.Index(i), out);
  }
  CheckTexts(rule, "apiGroups", "API groups", true, path, out);
  CheckTexts(rule, "apiVersions", "API versions", false, path, out);
  CheckResources(ArrayOf(rule, "resources"), path.Child("resources"), out);
  CheckOptionalOneOf(rule, "scope", {"*", "Cluster", "Namespaced"}, path, out);
}

// Rules of policies, which may name objects.
void CheckNamedRules(const Object& match, std::string_view name, const FieldPath& path,
                     Violations& out) {
  const FieldPath list_path = path.Child(name);
  std::size_t index = 0;
  for (const Value& rule : ArrayOf(match, name)) {
    const FieldPath rule_path = list_path.Index(index++);
    const FieldPath names_path = rule_path.Child("resourceNames");
    const Array& names = ArrayOf(rule, "resourceNames");
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string_view text = AsText(names[i]);
      out.InvalidEach(names_path.Index(i), text, CheckPathSegmentName(text));
      if (!seen.insert(text).second) out.Duplicate(names_path.Index(i), text);
    }
    CheckRule(AsObject(rule), rule_path, out);
  }
}

}  // namespace

void DefaultAdmissionRule(Object& rule) { FillPointer(rule, "scope", "*"); }

void DefaultMatchResources(Object& match) {
  FillPointer(match, "matchPolicy", "Equivalent");
  FillPointer(match, "namespaceSelector", Object());
  FillPointer(match, "objectSelector", Object());
  ForEachObject(match, "resourceRules", DefaultAdmissionRule);
  ForEachObject(match, "excludeResourceRules", DefaultAdmissionRule);
}

void CheckAdmissionRules(const Object& holder, std::string_view name, const FieldPath& path,
                         Violations& out) {
  const FieldPath list_path = path.Child(name);
  std::size_t index = 0;
  for (const Value& rule : ArrayOf(holder, name)) {
    CheckRule(AsObject(rule), list_path.Index(index++), out);
  }
}

void CheckMatchResources(const Object& match, const FieldPath& path, Violations& out) {
  if (!IsSet(match, "matchPolicy")) {
    out.Required(path.Child("matchPolicy"));
  } else {
    CheckOneOf(TextOf(match, "matchPolicy"), {"Equivalent", "Exact"}, path.Child("matchPolicy"),
               out);
  }
  for (std::string_view name : {"namespaceSelector", "objectSelector"}) {
    if (!IsSet(match, name)) {
      out.Required(path.Child(name));
    } else {
      CheckSelector(match, name, path, out);
    }
  }
  CheckNamedRules(match, "resourceRules", path, out);
  CheckNamedRules(match, "excludeResourceRules", path, out);
}

void CheckMatchConditions(const Object& holder, ConditionParams params, const FieldPath& path,
                          Violations& out) {
  const Array& conditions = ArrayOf(holder, "matchConditions");
  const FieldPath list_path = path.Child("matchConditions");
  if (conditions.size() > kMatchConditionsMax) {
    out.TooMany(list_path, conditions.size(), kMatchConditionsMax);
  }
  const AdmissionCompiler compiler(false);
  const AdmissionScope scope{.has_params = params == ConditionParams::kHeld};
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const FieldPath item_path = list_path.Index(i);
    const FieldPath expression_path = item_path.Child("expression");
    const std::string_view name = TextOf(conditions[i], "name");
    const std::string_view expression = Trimmed(TextOf(conditions[i], "expression"));
    if (expression.empty()) {
      out.Required(expression_path);
    } else {
      CheckCompiled(compiler.Compile(expression, scope, ExpressionResult::kBool), expression,
                    expression_path, out);
    }
    if (name.empty()) {
      out.Required(item_path.Child("name"));
    } else {
      CheckQualified(name, item_path.Child("name"), out);
      if (!names.insert(name).second) out.Duplicate(item_path.Child("name"), name);
    }
  }
}

void WarnOfReservedName(const Object& object, const Object*, std::vector<std::string>& out) {
  if (!TextOf(ObjectOf(object, "metadata"), "name").ends_with(".static.k8s.io")) return;
  out.push_back(
      "metadata.name: names ending with \".static.k8s.io\" are reserved for static manifest-based "
      "configurations and cannot be managed via the API");
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace apiserver
