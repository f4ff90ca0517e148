#include "apiserver/pipeline/escalation.h"

#include <set>

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";

bool IsRole(std::string_view resource) { return resource == "roles" || resource == "clusterroles"; }
bool IsBinding(std::string_view resource) {
  return resource == "rolebindings" || resource == "clusterrolebindings";
}

// What the garbage collector changes so that an object can go grants nothing.
bool ChangesOnlyOwners(const Value& object, const Value* old) {
  if (old == nullptr) return false;
  const auto comparable = [](const Value& value) {
    Value copy(value, JsonStorage());
    Object& metadata = EnsureObject(copy, "metadata");
    for (const char* name : {"ownerReferences", "finalizers", "managedFields", "resourceVersion"}) {
      metadata.erase(name);
    }
    return copy;
  };
  return comparable(object) == comparable(*old);
}

bool HasAggregation(const Value* role) {
  if (role == nullptr) return false;
  const Value* rule = Find(*role, "aggregationRule");
  return rule != nullptr && !rule->is_null();
}

const std::vector<PolicyRule>& FullAuthority() {
  static const std::vector<PolicyRule> kRules = {{{"*"}, {"*"}, {"*"}, {}, {}},
                                                 {{"*"}, {}, {}, {}, {"*"}}};
  return kRules;
}

ApiError Forbidden(const AdmissionRequest& request, const Value& object, std::string_view reason) {
  return ForbiddenError(request.resource, TextAt(object, {"metadata", "name"}), reason);
}

}  // namespace

std::string EscalationCheck::Escalates(const AdmissionRequest& request,
                                       std::span<const PolicyRule> rules) {
  const UserInfo& user = request.context.user;
  const HeldRules held = authorizer_.RulesOf(user, request.context.info.namespace_);
  const std::vector<PolicyRule> missing = MissingRights(held.rules, rules);
  if (missing.empty()) return {};
  std::set<std::string> texts;
  for (const PolicyRule& rule : missing) texts.insert(CompactText(rule));
  std::string message = "user " + GoQuote(user.name) + " (groups=" + GoQuoteList(user.groups) +
                        ") is attempting to grant RBAC permissions not currently held:";
  for (const std::string& text : texts) message += "\n" + text;
  if (!held.errors.empty()) {
    std::string errors;
    for (const std::string& error : held.errors) errors += (errors.empty() ? "" : ", ") + error;
    message +=
        "; resolution errors: [" + (held.errors.size() > 1 ? "[" + errors + "]" : errors) + "]";
  }
  return message;
}

std::optional<ApiError> EscalationCheck::CheckRole(const AdmissionRequest& request,
                                                   const Value& object) {
  const RequestInfo& info = request.context.info;
  const AccessAttributes escalate{.verb = "escalate",
                                  .group = info.group,
                                  .resource = info.resource,
                                  .namespace_ = info.namespace_,
                                  .name = info.name};
  if (authorizer_.Decide(request.context.user, escalate).is_allowed) return std::nullopt;
  if (ChangesOnlyOwners(object, request.old_object)) return std::nullopt;
  const std::vector<PolicyRule> rules = ReadPolicyRules(object);
  if (const std::string reason = Escalates(request, rules); !reason.empty()) {
    return Forbidden(request, object, reason);
  }
  if (!HasAggregation(&object) && !HasAggregation(request.old_object)) return std::nullopt;
  if (Escalates(request, FullAuthority()).empty()) return std::nullopt;
  return Forbidden(request, object,
                   "must have cluster-admin privileges to use the aggregationRule");
}

std::optional<ApiError> EscalationCheck::CheckBinding(const AdmissionRequest& request,
                                                      const Value& object) {
  if (ChangesOnlyOwners(object, request.old_object)) return std::nullopt;
  const std::string kind(TextAt(object, {"roleRef", "kind"}));
  const std::string name(TextAt(object, {"roleRef", "name"}));
  const std::string& namespace_ = request.context.info.namespace_;
  const bool is_role = kind == "Role";
  if (is_role || kind == "ClusterRole") {
    const AccessAttributes bind{.verb = "bind",
                                .group = TextAt(object, {"roleRef", "apiGroup"}),
                                .resource = is_role ? "roles" : "clusterroles",
                                .namespace_ = namespace_,
                                .name = name};
    if (authorizer_.Decide(request.context.user, bind).is_allowed) return std::nullopt;
  } else {
    ApiError error;
    error.message = "unsupported role reference kind: " + GoQuote(kind);
    return error;
  }
  const auto* rules = authorizer_.rbac().FindRole(kind, namespace_, name);
  if (rules == nullptr) {
    return NotFoundError(request.resource, name);
  }
  if (const std::string reason = Escalates(request, *rules); !reason.empty()) {
    return Forbidden(request, object, reason);
  }
  return std::nullopt;
}

std::optional<ApiError> EscalationCheck::Admit(const AdmissionRequest& request, Value* object) {
  if (object == nullptr || request.resource.group != kGroup) return std::nullopt;
  if (request.operation != Operation::kCreate && request.operation != Operation::kUpdate) {
    return std::nullopt;
  }
  if (request.context.user.Is("system:masters")) return std::nullopt;
  if (IsRole(request.resource.resource)) return CheckRole(request, *object);
  if (IsBinding(request.resource.resource)) return CheckBinding(request, *object);
  return std::nullopt;
}

}  // namespace apiserver
