#include "apiserver/api/policy_rule.h"

#include <algorithm>

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

using Texts = std::vector<std::string>;

bool Has(const Texts& texts, std::string_view wanted) {
  return std::find(texts.begin(), texts.end(), wanted) != texts.end();
}

bool HasOrAll(const Texts& texts, std::string_view wanted) {
  return Has(texts, "*") || Has(texts, wanted);
}

bool HasAll(const Texts& texts, const Texts& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const std::string& text) { return Has(texts, text); });
}

// Whether `rule` is RESOURCE or RESOURCE/SUBRESOURCE.
bool IsCombined(std::string_view rule, std::string_view resource, std::string_view subresource) {
  if (subresource.empty()) return rule == resource;
  return rule.size() == resource.size() + 1 + subresource.size() && rule.starts_with(resource) &&
         rule[resource.size()] == '/' && rule.ends_with(subresource);
}

bool ResourceMatches(const PolicyRule& rule, const AccessAttributes& access) {
  for (const std::string& resource : rule.resources) {
    if (resource == "*" || IsCombined(resource, access.resource, access.subresource)) return true;
    if (!access.subresource.empty() && IsCombined(resource, "*", access.subresource)) return true;
  }
  return false;
}

// "/a/*" stands for all that begins with "/a/"; a star elsewhere means itself.
bool UrlMatches(std::string_view rule, std::string_view url) {
  if (rule == url || rule == "*") return true;
  if (!rule.ends_with('*')) return false;
  while (rule.ends_with('*')) rule.remove_suffix(1);
  return url.starts_with(rule);
}

bool AnyUrlMatches(const Texts& rules, std::string_view url) {
  return std::any_of(rules.begin(), rules.end(),
                     [&](const std::string& rule) { return UrlMatches(rule, url); });
}

Texts ReadTexts(const Value& rule, std::string_view name) {
  Texts texts;
  const Value* list = Find(rule, name);
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& text : list->get_array()) {
    if (text.is_string()) texts.emplace_back(std::string_view(text.get_string()));
  }
  return texts;
}

// Every combination of a rule's parts, each a rule of its own.
void BreakDown(const PolicyRule& rule, std::vector<PolicyRule>& parts) {
  for (const std::string& group : rule.api_groups) {
    for (const std::string& resource : rule.resources) {
      for (const std::string& verb : rule.verbs) {
        const PolicyRule part{{verb}, {group}, {resource}, {}, {}};
        if (rule.resource_names.empty()) parts.push_back(part);
        for (const std::string& name : rule.resource_names) {
          parts.push_back(part);
          parts.back().resource_names = {name};
        }
      }
    }
  }
  for (const std::string& url : rule.non_resource_urls) {
    for (const std::string& verb : rule.verbs) parts.push_back({{verb}, {}, {}, {}, {url}});
  }
}

bool CoversResource(const Texts& held, const std::string& wanted) {
  if (HasOrAll(held, wanted)) return true;
  const std::size_t slash = wanted.find('/');
  return slash != std::string::npos && Has(held, "*" + wanted.substr(slash));
}

bool Covers(const PolicyRule& held, const PolicyRule& part) {
  if (!Has(held.verbs, "*") && !HasAll(held.verbs, part.verbs)) return false;
  if (!Has(held.api_groups, "*") && !HasAll(held.api_groups, part.api_groups)) return false;
  for (const std::string& resource : part.resources) {
    if (!CoversResource(held.resources, resource)) return false;
  }
  for (const std::string& url : part.non_resource_urls) {
    if (!AnyUrlMatches(held.non_resource_urls, url)) return false;
  }
  if (held.resource_names.empty()) return true;
  return !part.resource_names.empty() && HasAll(held.resource_names, part.resource_names);
}

bool IsOfOneResource(const PolicyRule& a, const PolicyRule& b) {
  return a.non_resource_urls.empty() && b.non_resource_urls.empty() &&
         a.api_groups == b.api_groups && a.resources == b.resources &&
         a.resource_names == b.resource_names;
}

}  // namespace

bool RuleAllows(const PolicyRule& rule, const AccessAttributes& access) {
  if (!HasOrAll(rule.verbs, access.verb)) return false;
  if (!access.is_resource) return AnyUrlMatches(rule.non_resource_urls, access.path);
  return HasOrAll(rule.api_groups, access.group) && ResourceMatches(rule, access) &&
         (rule.resource_names.empty() || Has(rule.resource_names, access.name));
}

std::vector<PolicyRule> ReadPolicyRules(const Value& role) {
  std::vector<PolicyRule> rules;
  const Value* list = Find(role, "rules");
  if (list == nullptr || !list->is_array()) return rules;
  for (const Value& rule : list->get_array()) {
    rules.push_back({ReadTexts(rule, "verbs"), ReadTexts(rule, "apiGroups"),
                     ReadTexts(rule, "resources"), ReadTexts(rule, "resourceNames"),
                     ReadTexts(rule, "nonResourceURLs")});
  }
  return rules;
}

std::vector<PolicyRule> MissingRights(std::span<const PolicyRule> held,
                                      std::span<const PolicyRule> wanted) {
  std::vector<PolicyRule> parts;
  for (const PolicyRule& rule : wanted) BreakDown(rule, parts);
  std::vector<PolicyRule> missing;
  for (PolicyRule& part : parts) {
    const auto covers = [&](const PolicyRule& rule) { return Covers(rule, part); };
    if (std::any_of(held.begin(), held.end(), covers)) continue;
    const auto same = std::find_if(missing.begin(), missing.end(), [&](const PolicyRule& rule) {
      return IsOfOneResource(rule, part);
    });
    if (same == missing.end()) {
      missing.push_back(std::move(part));
    } else {
      same->verbs.push_back(part.verbs.front());
    }
  }
  return missing;
}

std::string CompactText(const PolicyRule& rule) {
  const std::pair<const char*, const Texts*> members[] = {
      {"APIGroups", &rule.api_groups},
      {"Resources", &rule.resources},
      {"NonResourceURLs", &rule.non_resource_urls},
      {"ResourceNames", &rule.resource_names},
      {"Verbs", &rule.verbs}};
  std::string text;
  for (const auto& [name, values] : members) {
    if (!values->empty())
      text += (text.empty() ? "" : ", ") + std::string(name) + ":" + GoQuoteList(*values);
  }
  return "{" + text + "}";
}

}  // namespace apiserver
