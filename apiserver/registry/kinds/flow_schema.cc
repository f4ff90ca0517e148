// FlowSchemas. Source: kubernetes/pkg/apis/flowcontrol, 1.36.
#include <algorithm>
#include <set>

#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "flowcontrol.apiserver.k8s.io";

const SupportedValues kVerbs = {"create", "delete", "deletecollection", "get",  "list",
                                "patch",  "proxy",  "update",           "watch"};

void Default(Object& object) { FillInt(EnsureObject(object, "spec"), "matchingPrecedence", 1000); }

bool HasWildcard(const Array& items) {
  return std::any_of(items.begin(), items.end(),
                     [](const Value& item) { return AsText(item) == "*"; });
}

// "*" stands alone; `what` is the word for the others.
bool CheckWildcard(const Object& rule, std::string_view name, std::string_view what,
                   const FieldPath& path, Violations& out) {
  const Array& items = ArrayOf(rule, name);
  if (!HasWildcard(items)) return false;
  if (items.size() > 1) {
    out.Invalid(path.Child(name), items,
                "if '*' is present, must not specify other " + std::string(what));
  }
  return true;
}

void CheckVerbs(const Object& rule, const FieldPath& path, Violations& out) {
  const Array& verbs = ArrayOf(rule, "verbs");
  if (verbs.empty()) {
    out.Required(path.Child("verbs"), "verbs must contain at least one value");
    return;
  }
  if (CheckWildcard(rule, "verbs", "verbs", path, out)) return;
  const bool known = std::all_of(verbs.begin(), verbs.end(), [](const Value& verb) {
    return std::find(kVerbs.begin(), kVerbs.end(), AsText(verb)) != kVerbs.end();
  });
  if (!known) out.NotSupported(path.Child("verbs"), verbs, kVerbs);
}

std::string_view UrlProblem(std::string_view url) {
  if (url.empty()) return "must not be empty";
  if (url == "/") return {};
  if (url.front() != '/') return "must start with slash";
  if (url.find(' ') != std::string_view::npos) return "must not contain white-space";
  if (url.find("//") != std::string_view::npos) return "must not contain double slash";
  const auto count = std::count(url.begin(), url.end(), '*');
  if (count > 1 || (count == 1 && !url.ends_with("/*"))) {
    return "wildcard can only do suffix matching";
  }
  return {};
}

void CheckNonResourceRule(const Object& rule, const FieldPath& path, Violations& out) {
  constexpr std::string_view kUrls = "nonResourceURLs";
  CheckVerbs(rule, path, out);
  const Array& urls = ArrayOf(rule, kUrls);
  const FieldPath urls_path = path.Child(kUrls);
  if (urls.empty()) {
    out.Required(urls_path, "nonResourceURLs must contain at least one value");
  } else if (!CheckWildcard(rule, kUrls, "non-resource URLs", path, out)) {
    for (std::size_t i = 0; i < urls.size(); ++i) {
      const std::string_view problem = UrlProblem(AsText(urls[i]));
      if (!problem.empty()) out.Invalid(urls_path.Index(i), urls[i], problem);
    }
  }
}

void CheckResourceRule(const Object& rule, const FieldPath& path, Violations& out) {
  CheckVerbs(rule, path, out);
  if (ArrayOf(rule, "apiGroups").empty()) {
    out.Required(path.Child("apiGroups"), "resource rules must supply at least one api group");
  } else {
    CheckWildcard(rule, "apiGroups", "api groups", path, out);
  }
  if (ArrayOf(rule, "resources").empty()) {
    out.Required(path.Child("resources"), "resource rules must supply at least one resource");
  } else {
    CheckWildcard(rule, "resources", "resources", path, out);
  }
  const Array& namespaces = ArrayOf(rule, "namespaces");
  const FieldPath namespaces_path = path.Child("namespaces");
  if (namespaces.empty() && !FlagOf(rule, "clusterScope")) {
    out.Required(namespaces_path,
                 "resource rules that are not cluster scoped must supply at least one namespace");
  } else if (!CheckWildcard(rule, "namespaces", "namespaces", path, out)) {
    for (std::size_t i = 0; i < namespaces.size(); ++i) {
      for (const std::string& message : CheckDns1123Label(AsText(namespaces[i]))) {
        out.Invalid(namespaces_path.Index(i), namespaces[i],
                    "each member of this list must be '*' or a DNS-1123 label; " + message);
      }
    }
  }
}

void CheckAccount(const Object& account, const FieldPath& path, Violations& out) {
  if (CheckRequiredText(account, "name", path, out) && TextOf(account, "name") != "*") {
    CheckDnsSubdomain(TextOf(account, "name"), path.Child("name"), out);
  }
  const std::string_view owner = TextOf(account, "namespace");
  if (owner.empty()) {
    out.Required(path.Child("namespace"), "must specify namespace for service account");
  } else {
    CheckDnsLabel(owner, path.Child("namespace"), out);
  }
}

struct SubjectKind {
  std::string_view kind;
  std::string_view member;
};
constexpr SubjectKind kSubjects[] = {
    {"ServiceAccount", "serviceAccount"}, {"User", "user"}, {"Group", "group"}};

void CheckSubject(const Object& subject, const FieldPath& path, Violations& out) {
  const std::string_view kind = TextOf(subject, "kind");
  const auto own = std::find_if(std::begin(kSubjects), std::end(kSubjects),
                                [&](const SubjectKind& row) { return row.kind == kind; });
  if (own == std::end(kSubjects)) {
    out.NotSupported(path.Child("kind"), kind, {"Group", "ServiceAccount", "User"});
    return;
  }
  const FieldPath own_path = path.Child(own->member);
  if (!IsSet(subject, own->member)) {
    out.Required(own_path, std::string(own->member) + " is required when subject kind is '" +
                               std::string(kind) + "'");
  } else if (own->member == "serviceAccount") {
    CheckAccount(ObjectOf(subject, own->member), own_path, out);
  } else {
    CheckRequiredText(ObjectOf(subject, own->member), "name", own_path, out);
  }
  // Upstream looks at the account before the user, and at the user before the group.
  for (const SubjectKind& row : kSubjects) {
    if (row.kind == kind || !IsSet(subject, row.member)) continue;
    out.Forbidden(path.Child(row.member), std::string(row.member) +
                                              " is forbidden when subject kind is not '" +
                                              std::string(row.kind) + "'");
  }
}

void CheckRule(const Object& rule, const FieldPath& path, Violations& out) {
  const Array& subjects = ArrayOf(rule, "subjects");
  const FieldPath subjects_path = path.Child("subjects");
  if (subjects.empty()) out.Required(subjects_path, "subjects must contain at least one value");
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    CheckSubject(AsObject(subjects[i]), subjects_path.Index(i), out);
  }
  const Array& resource_rules = ArrayOf(rule, "resourceRules");
  const Array& other_rules = ArrayOf(rule, "nonResourceRules");
  if (resource_rules.empty() && other_rules.empty()) {
    out.Required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
  }
  const FieldPath resource_path = path.Child("resourceRules");
  for (std::size_t i = 0; i < resource_rules.size(); ++i) {
    CheckResourceRule(AsObject(resource_rules[i]), resource_path.Index(i), out);
  }
  const FieldPath other_path = path.Child("nonResourceRules");
  for (std::size_t i = 0; i < other_rules.size(); ++i) {
    CheckNonResourceRule(AsObject(other_rules[i]), other_path.Index(i), out);
  }
}

// The two that a server keeps as they are.
Object MandatorySpec(std::string_view name) {
  const auto group = [](std::string_view text) {
    return Value{{"kind", "Group"}, {"group", {{"name", text}}}};
  };
  const bool is_exempt = name == "exempt";
  Array subjects;
  if (is_exempt) {
    subjects.push_back(group("system:masters"));
  } else {
    subjects.push_back(group("system:unauthenticated"));
    subjects.push_back(group("system:authenticated"));
  }
  const Array all{Value("*")};
  const Object rule{{"subjects", subjects},
                    {"resourceRules", Array{{{"verbs", all},
                                             {"apiGroups", all},
                                             {"resources", all},
                                             {"clusterScope", true},
                                             {"namespaces", all}}}},
                    {"nonResourceRules", Array{{{"verbs", all}, {"nonResourceURLs", all}}}}};
  Object spec{{"priorityLevelConfiguration", {{"name", name}}},
              {"matchingPrecedence", is_exempt ? 1 : 10000},
              {"rules", Array{rule}}};
  if (!is_exempt) spec["distinguisherMethod"] = {{"type", "ByUser"}};
  return spec;
}

void CheckSpec(const Object& spec, std::string_view name, Violations& out) {
  const FieldPath path("spec");
  constexpr std::int64_t kPrecedenceMax = 10000;
  const FieldPath precedence_path = path.Child("matchingPrecedence");
  const std::int64_t precedence = IntOf(spec, "matchingPrecedence");
  if (precedence <= 0) out.Invalid(precedence_path, precedence, "must be a positive value");
  if (precedence > kPrecedenceMax) {
    out.Invalid(precedence_path, precedence, "must not be greater than 10000");
  }
  if (precedence == 1 && name != "exempt") {
    out.Invalid(precedence_path, precedence,
                "only the schema named 'exempt' may have matchingPrecedence 1");
  }
  const Object& method = ObjectOf(spec, "distinguisherMethod");
  const std::string_view type = TextOf(method, "type");
  if (IsSet(spec, "distinguisherMethod") && type != "ByNamespace" && type != "ByUser") {
    out.NotSupported(path.Child("distinguisherMethod.type"),
                     InternalForm("flowcontrol.FlowDistinguisherMethod", method),
                     {"ByNamespace", "ByUser"});
  }
  const std::string_view level = TextOf(ObjectOf(spec, "priorityLevelConfiguration"), "name");
  const FieldPath level_path = path.Child("priorityLevelConfiguration.name");
  if (level.empty()) {
    out.Required(level_path, "must reference a priority level");
  } else {
    CheckDnsSubdomain(level, level_path, out);
  }
  const FieldPath rules_path = path.Child("rules");
  std::size_t index = 0;
  for (const Value& rule : ArrayOf(spec, "rules")) {
    CheckRule(AsObject(rule), rules_path.Index(index++), out);
  }
}

void CheckStatus(const Object& object, Violations& out) {
  const FieldPath path("status.conditions");
  std::set<std::string_view> types;
  std::size_t index = 0;
  for (const Value& condition : ArrayOf(ObjectOf(object, "status"), "conditions")) {
    const FieldPath item_path = path.Index(index++);
    const std::string_view type = TextOf(condition, "type");
    if (!types.insert(type).second) out.Duplicate(item_path.Child("type"), type);
    if (type.empty()) out.Required(item_path.Child("type"));
  }
}

void Validate(const Object& object, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  const std::string_view name = TextOf(ObjectOf(object, "metadata"), "name");
  CheckSpec(spec, name, out);
  if (name == "exempt" || name == "catch-all") {
    if (!SameExcept(spec, MandatorySpec(name), {})) {
      out.Invalid(FieldPath("spec"), InternalForm("flowcontrol.FlowSchemaSpec", spec),
                  "spec of '" + std::string(name) + "' must equal the fixed value");
    }
  }
  CheckStatus(object, out);
}

void ValidateUpdate(const Object& object, const Object&, Violations& out) { Validate(object, out); }

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  CheckStatus(object, out);
}

constexpr std::string_view kStatusReset[] = {"metadata", "spec"};
const KindRules kStatus{.group = kGroup,
                        .resource = "flowschemas",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate,
                        .update_metadata = UpdateMetadata::kNone,
                        .reset = kStatusReset};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kFlowSchemaRules{.group = kGroup,
                                 .resource = "flowschemas",
                                 .defaults = Default,
                                 .has_status = true,
                                 .generation = GenerationRule::kSpec,
                                 .validate = Validate,
                                 .validate_update = ValidateUpdate,
                                 .update_metadata = UpdateMetadata::kCreate,
                                 .subresources = kParts};

}  // namespace apiserver
