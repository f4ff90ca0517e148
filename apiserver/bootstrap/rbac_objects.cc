#include "apiserver/bootstrap/rbac_objects.h"

#include "apiserver/api/policy_rule.h"
#include "apiserver/bootstrap/rbac_rows.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";
constexpr std::string_view kAutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";
constexpr std::string_view kAggregateTo = "rbac.authorization.k8s.io/aggregate-to-";

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return parts;
}

Array ListOf(std::string_view text) {
  Array list;
  for (const std::string_view part : Split(text, ',')) {
    list.emplace_back(part == "core" ? std::string_view() : part);
  }
  return list;
}

Value RuleOf(std::string_view line) {
  const std::vector<std::string_view> parts = Split(line, ' ');
  SIM_CHECK_MSG(parts.size() >= 3, std::string(line));
  Object rule;
  rule["verbs"] = ListOf(parts[0]);
  if (parts[1] == "urls") {
    rule["nonResourceURLs"] = ListOf(parts[2]);
    return rule;
  }
  rule["apiGroups"] = ListOf(parts[1]);
  rule["resources"] = ListOf(parts[2]);
  if (parts.size() > 3) rule["resourceNames"] = ListOf(parts[3]);
  return rule;
}

Value SubjectOf(std::string_view line) {
  const std::size_t blank = line.find(' ');
  const std::string_view kind = line.substr(0, blank);
  std::string_view name = line.substr(blank + 1);
  if (kind != "ServiceAccount") return {{"kind", kind}, {"apiGroup", kGroup}, {"name", name}};
  const std::size_t slash = name.find('/');
  return {{"kind", kind}, {"name", name.substr(slash + 1)}, {"namespace", name.substr(0, slash)}};
}

Object MetadataOf(const char* name) {
  return {{"name", name},
          {"labels", {{"kubernetes.io/bootstrapping", "rbac-defaults"}}},
          {"annotations", {{kAutoUpdate, "true"}}}};
}

BootstrapObject ObjectOf(const std::string& namespace_, const std::string& kind, const char* name,
                         Object body) {
  std::string collection = "/apis/" + std::string(kGroup) + "/v1/";
  if (!namespace_.empty()) collection += "namespaces/" + namespace_ + "/";
  collection += (namespace_.empty() ? "cluster" : "") + kind;
  return {collection, name, boost::json::serialize(body), "kube-apiserver", ""};
}

BootstrapObject RoleOf(const RoleRow& row) {
  Object metadata = MetadataOf(row.name);
  if (*row.aggregated_to != '\0') {
    metadata["labels"].get_object()[std::string(kAggregateTo) + row.aggregated_to] = "true";
  }
  Object body{{"metadata", std::move(metadata)}, {"rules", nullptr}};
  if (*row.rules != '\0') {
    Array& rules = body["rules"].emplace_array();
    for (const std::string_view line : Split(row.rules, '\n')) rules.push_back(RuleOf(line));
  }
  if (*row.aggregates_from != '\0') {
    const std::string label = std::string(kAggregateTo) + row.aggregates_from;
    body["aggregationRule"] = {
        {"clusterRoleSelectors", Array{{{"matchLabels", {{label, "true"}}}}}}};
  }
  return ObjectOf(row.namespace_, "roles", row.name, std::move(body));
}

BootstrapObject BindingOf(const BindingRow& row) {
  Array subjects;
  for (const std::string_view line : Split(row.subjects, '\n')) subjects.push_back(SubjectOf(line));
  Object body{
      {"metadata", MetadataOf(row.name)},
      {"subjects", std::move(subjects)},
      {"roleRef", {{"apiGroup", kGroup}, {"kind", row.role_kind}, {"name", row.role_name}}}};
  return ObjectOf(row.namespace_, "rolebindings", row.name, std::move(body));
}

// A controller's role is bound to the account of its name.
BootstrapObject OwnBindingOf(const RoleRow& row) {
  constexpr std::string_view kPrefix = "system:controller:";
  const std::string subject =
      "ServiceAccount kube-system/" + std::string(row.name).substr(kPrefix.size());
  return BindingOf({"", row.name, "ClusterRole", row.name, subject.c_str()});
}

bool AddMissingRules(Value& object, const Value& wanted) {
  const std::vector<PolicyRule> held = ReadPolicyRules(object);
  const Value* rules = Find(wanted, "rules");
  if (rules == nullptr || !rules->is_array()) return false;
  bool is_changed = false;
  for (const Value& rule : rules->get_array()) {
    const Value alone = {{"rules", Array{rule}}};
    if (MissingRights(held, ReadPolicyRules(alone)).empty()) continue;
    Value& list = object.get_object()["rules"];
    if (!list.is_array()) list.emplace_array();
    list.get_array().push_back(rule);
    is_changed = true;
  }
  return is_changed;
}

bool AddMissingSubjects(Value& object, const Value& wanted) {
  const Value* subjects = Find(wanted, "subjects");
  if (subjects == nullptr || !subjects->is_array()) return false;
  Value& list = object.get_object()["subjects"];
  if (!list.is_array()) list.emplace_array();
  bool is_changed = false;
  for (const Value& subject : subjects->get_array()) {
    bool is_present = false;
    for (const Value& present : list.get_array()) {
      is_present |= TextAt(present, {"kind"}) == TextAt(subject, {"kind"}) &&
                    TextAt(present, {"name"}) == TextAt(subject, {"name"}) &&
                    TextAt(present, {"namespace"}) == TextAt(subject, {"namespace"});
    }
    if (is_present) continue;
    list.get_array().push_back(subject);
    is_changed = true;
  }
  return is_changed;
}

}  // namespace

std::vector<BootstrapObject> RbacObjects() {
  std::vector<BootstrapObject> objects;
  for (const RoleRow& row : ClusterRoleRows()) objects.push_back(RoleOf(row));
  for (const RoleRow& row : ControllerRoleRows()) objects.push_back(RoleOf(row));
  for (const BindingRow& row : BindingRows()) {
    if (*row.namespace_ == '\0') objects.push_back(BindingOf(row));
  }
  for (const RoleRow& row : ControllerRoleRows()) objects.push_back(OwnBindingOf(row));
  for (const RoleRow& row : NamespaceRoleRows()) objects.push_back(RoleOf(row));
  for (const BindingRow& row : BindingRows()) {
    if (*row.namespace_ != '\0') objects.push_back(BindingOf(row));
  }
  return objects;
}

std::optional<Value> Reconciled(const Value& present, const Value& wanted) {
  if (TextAt(present, {"metadata", "annotations", kAutoUpdate}) == "false") return std::nullopt;
  Value object(present, JsonStorage());
  const bool is_changed = Find(wanted, "roleRef") != nullptr ? AddMissingSubjects(object, wanted)
                                                             : AddMissingRules(object, wanted);
  if (!is_changed) return std::nullopt;
  return object;
}

}  // namespace apiserver
