#include "scenarios/report/role_use.h"

#include <algorithm>
#include <set>

#include "apiserver/api/json_write.h"

namespace scenarios {
namespace {

using apiserver::Array;
using apiserver::Object;
using apiserver::Value;

using Names = std::set<std::string>;
using Resource = std::pair<std::string, std::string>;  // group, resource

// What one role says of one resource: each verb, with the names it is narrowed to, or none.
using Verbs = std::map<std::string, Names>;

// The order in which people write them.
int RankOf(const std::string& verb) {
  static const char* const kOrder[] = {"get",    "list",  "watch",  "create",
                                       "update", "patch", "delete", "deletecollection"};
  const auto* const found = std::find(std::begin(kOrder), std::end(kOrder), verb);
  return static_cast<int>(found - std::begin(kOrder));
}

Array Texts(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.push_back(Value(text));
  return array;
}

struct Rule {
  std::vector<std::string> verbs;
  std::vector<std::string> names;
  auto operator<=>(const Rule&) const = default;
};

// Verbs with the same names are one rule.
std::vector<Rule> RulesOf(const Verbs& verbs) {
  std::map<Names, std::vector<std::string>> by_names;
  for (const auto& [verb, names] : verbs) by_names[names].push_back(verb);
  std::vector<Rule> rules;
  for (auto& [names, listed] : by_names) {
    std::sort(listed.begin(), listed.end(), [](const std::string& a, const std::string& b) {
      return std::pair(RankOf(a), a) < std::pair(RankOf(b), b);
    });
    rules.push_back({std::move(listed), {names.begin(), names.end()}});
  }
  return rules;
}

// Resources of one group with the same rule are named together.
Array RuleObjects(const std::map<Resource, Verbs>& resources) {
  std::map<std::pair<std::string, Rule>, std::vector<std::string>> grouped;
  for (const auto& [resource, verbs] : resources) {
    for (Rule& rule : RulesOf(verbs)) {
      grouped[{resource.first, std::move(rule)}].push_back(resource.second);
    }
  }
  std::map<std::pair<std::string, std::string>, std::vector<Value>> sorted;  // by first resource
  for (const auto& [key, names] : grouped) {
    const auto& [group, rule] = key;
    Object object{{"apiGroups", Array{Value(group)}}, {"resources", Texts(names)}};
    if (!rule.names.empty()) object["resourceNames"] = Texts(rule.names);
    object["verbs"] = Texts(rule.verbs);
    sorted[{group, names.front()}].emplace_back(std::move(object));
  }
  Array array;
  for (auto& [key, rules] : sorted) {
    for (Value& rule : rules) array.push_back(std::move(rule));
  }
  return array;
}

Value RoleObject(const char* kind, const std::string& name, const std::string& namespace_,
                 Array rules) {
  Object metadata{{"name", name}};
  if (!namespace_.empty()) metadata["namespace"] = namespace_;
  return Object{{"apiVersion", "rbac.authorization.k8s.io/v1"},
                {"kind", kind},
                {"metadata", std::move(metadata)},
                {"rules", std::move(rules)}};
}

std::string FlowText(const Value& value) {
  if (!value.is_array()) return apiserver::ToJson(value);
  std::string text = "[";
  for (const Value& item : value.get_array()) {
    text += (text.size() > 1 ? ", " : "") + apiserver::ToJson(item);
  }
  return text + "]";
}

}  // namespace

std::vector<Value> RoleUse::Roles(const std::string& name) const {
  // Resources that are looked at whole, in a namespace or (under "") everywhere.
  std::set<std::pair<std::string, Resource>> whole;
  std::map<std::pair<std::string, Resource>, Names> names;
  std::map<std::string, std::set<std::string>> paths;  // verbs of each
  for (const auto& [access, count] : used_) {
    if (access.resource.empty()) {
      paths[access.path].insert(access.verb);
      continue;
    }
    const std::pair key(access.namespace_, Resource(access.group, access.resource));
    const bool names_none = access.name.empty() && access.verb != "create";
    if (names_none) whole.insert(key);
    if (!access.name.empty()) names[key].insert(access.name);
  }
  const auto is_whole = [&whole](const std::string& namespace_, const Resource& resource) {
    // A subresource is of the objects of its resource.
    const Resource parent(resource.first, resource.second.substr(0, resource.second.find('/')));
    return whole.contains({namespace_, parent}) || whole.contains({"", parent}) ||
           whole.contains({namespace_, resource});
  };
  std::map<std::string, std::map<Resource, Verbs>> roles;  // by namespace
  for (const auto& [access, count] : used_) {
    if (access.resource.empty()) continue;
    const Resource resource(access.group, access.resource);
    const std::pair key(access.namespace_, resource);
    Names& narrowed = roles[access.namespace_][resource][access.verb];
    const bool is_narrow = !access.name.empty() && names[key].size() <= kNamesMax &&
                           !is_whole(access.namespace_, resource);
    if (is_narrow) narrowed.insert(access.name);
  }
  // What holds everywhere need not be said for a namespace.
  const std::map<Resource, Verbs> everywhere = roles[""];
  for (auto& [namespace_, resources] : roles) {
    if (namespace_.empty()) continue;
    for (auto& [resource, verbs] : resources) {
      const auto found = everywhere.find(resource);
      if (found == everywhere.end()) continue;
      for (const auto& [verb, narrowed] : found->second) {
        if (narrowed.empty()) verbs.erase(verb);
      }
    }
    std::erase_if(resources, [](const auto& entry) { return entry.second.empty(); });
  }
  std::vector<Value> objects;
  for (const auto& [namespace_, resources] : roles) {
    Array rules = RuleObjects(resources);
    if (namespace_.empty()) {
      for (const auto& [path, verbs] : paths) {
        rules.push_back(Object{{"nonResourceURLs", Array{Value(path)}},
                               {"verbs", Texts({verbs.begin(), verbs.end()})}});
      }
    }
    if (rules.empty()) continue;
    objects.push_back(RoleObject(namespace_.empty() ? "ClusterRole" : "Role", name, namespace_,
                                 std::move(rules)));
  }
  return objects;
}

std::vector<std::string> RoleUse::Refused() const {
  std::vector<std::string> lines;
  for (const auto& [access, count] : refused_) {
    std::string line = access.verb + " ";
    if (access.resource.empty()) {
      line += access.path;
    } else {
      const std::size_t slash = std::min(access.resource.find('/'), access.resource.size());
      line += access.resource.substr(0, slash);
      if (!access.group.empty()) line += "." + access.group;
      line += access.resource.substr(slash);
      if (!access.namespace_.empty() || !access.name.empty()) line += " ";
      if (!access.namespace_.empty()) line += access.namespace_ + "/";
      line += access.name.empty() && !access.namespace_.empty() ? "*" : access.name;
    }
    line += count == 1 ? ", once" : ", " + std::to_string(count) + " times";
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> RoleUse::Lines(const std::string& name) const {
  std::vector<std::string> lines;
  for (const Value& role : Roles(name)) {
    if (!lines.empty()) lines.emplace_back("---");
    for (const char* field : {"apiVersion", "kind"}) {
      lines.push_back(std::string(field) + ": " + std::string(apiserver::TextAt(role, {field})));
    }
    lines.push_back("metadata:");
    for (const auto& member : role.at("metadata").get_object()) {
      lines.push_back("  " + std::string(member.key()) + ": " + apiserver::ToJson(member.value()));
    }
    lines.push_back("rules:");
    for (const Value& rule : role.at("rules").get_array()) {
      const char* before = "- ";
      for (const auto& member : rule.get_object()) {
        lines.push_back(before + std::string(member.key()) + ": " + FlowText(member.value()));
        before = "  ";
      }
    }
  }
  return lines;
}

}  // namespace scenarios
