#include "apiserver/hooks/hook_rules.h"

#include <algorithm>

namespace apiserver {
namespace {

std::vector<std::string> TextsAt(const Value& value, std::string_view name) {
  std::vector<std::string> texts;
  const Value* list = Find(value, name);
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& text : list->get_array()) {
    if (text.is_string()) texts.emplace_back(std::string_view(text.get_string()));
  }
  return texts;
}

bool HasOrAll(const std::vector<std::string>& texts, std::string_view wanted) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text == "*" || text == wanted; });
}

bool ResourceMatches(const HookRule& rule, const HookTarget& target) {
  for (const std::string_view entry : rule.resources) {
    const std::size_t slash = entry.find('/');
    const std::string_view resource = entry.substr(0, slash);
    const std::string_view subresource =
        slash == std::string_view::npos ? std::string_view() : entry.substr(slash + 1);
    if ((resource == "*" || resource == target.resource.resource) &&
        (subresource == "*" || subresource == target.subresource)) {
      return true;
    }
  }
  return false;
}

// Namespaces count as cluster-scoped, though they carry a namespace.
bool ScopeMatches(const HookRule& rule, const HookTarget& target) {
  const bool is_namespace = target.resource == GroupVersionResource{"", "v1", "namespaces"};
  const bool is_namespaced = !is_namespace && !target.namespace_.empty();
  if (rule.scope == "Namespaced") return is_namespaced;
  if (rule.scope == "Cluster") return !is_namespaced;
  return rule.scope.empty() || rule.scope == "*";
}

}  // namespace

std::vector<HookRule> ReadHookRules(const Value* rules) {
  std::vector<HookRule> read;
  if (rules == nullptr || !rules->is_array()) return read;
  for (const Value& rule : rules->get_array()) {
    read.push_back({TextsAt(rule, "operations"), TextsAt(rule, "apiGroups"),
                    TextsAt(rule, "apiVersions"), TextsAt(rule, "resources"),
                    TextsAt(rule, "resourceNames"), std::string(TextAt(rule, {"scope"}))});
  }
  return read;
}

bool RuleMatches(const HookRule& rule, const HookTarget& target) {
  const bool names_match = rule.names.empty() || std::find(rule.names.begin(), rule.names.end(),
                                                           target.name) != rule.names.end();
  return names_match && ScopeMatches(rule, target) && HasOrAll(rule.operations, target.operation) &&
         HasOrAll(rule.groups, target.resource.group) &&
         HasOrAll(rule.versions, target.resource.version) && ResourceMatches(rule, target);
}

bool RuleMayConcern(const HookRule& rule, std::string_view operation, std::string_view resource) {
  return HasOrAll(rule.operations, operation) &&
         std::any_of(rule.resources.begin(), rule.resources.end(), [&](std::string_view entry) {
           const std::string_view name = entry.substr(0, entry.find('/'));
           return name == "*" || name == resource;
         });
}

const Value* LabelsIn(const Value* object) {
  return object == nullptr ? nullptr : FindPath(*object, {"metadata", "labels"});
}

bool ObjectMatches(const LabelSelector& selector, const Value* object, const Value* old_object) {
  if (selector.is_empty()) return true;
  return (object != nullptr && selector.Matches(LabelsIn(object))) ||
         (old_object != nullptr && selector.Matches(LabelsIn(old_object)));
}

bool IsExemptFromHooks(const GroupResource& resource) {
  if (resource.group != "admissionregistration.k8s.io") return false;
  constexpr std::string_view kExempt[] = {
      "validatingwebhookconfigurations", "mutatingwebhookconfigurations",
      "validatingadmissionpolicies",     "validatingadmissionpolicybindings",
      "mutatingadmissionpolicies",       "mutatingadmissionpolicybindings"};
  return std::find(std::begin(kExempt), std::end(kExempt), resource.resource) != std::end(kExempt);
}

}  // namespace apiserver
