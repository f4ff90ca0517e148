#include "apiserver/pipeline/authorization.h"

#include <algorithm>

namespace apiserver {
namespace {

constexpr std::string_view kAuthenticated = "system:authenticated";
constexpr std::string_view kMasters = "system:masters";

bool IsPublicPath(std::string_view path) {
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path == "/healthz" || path == "/livez" || path == "/readyz" || path == "/version";
}

// One error as it is, several in brackets, each once.
std::string JoinErrors(const std::vector<std::string>& errors) {
  std::vector<std::string> unique;
  for (const std::string& error : errors) {
    if (std::find(unique.begin(), unique.end(), error) == unique.end()) unique.push_back(error);
  }
  if (unique.size() == 1) return unique.front();
  std::string text;
  for (const std::string& error : unique) text += (text.empty() ? "[" : ", ") + error;
  return text.empty() ? text : text + "]";
}

bool IsAllowedToEverybody(const UserInfo& user, const AccessAttributes& access) {
  if (user.Is(kAuthenticated)) return true;
  return !access.is_resource && access.verb == "get" && IsPublicPath(access.path);
}

}  // namespace

AuthorizationMode AuthorizationModeOf(const std::vector<std::string>& names) {
  const auto has = [&names](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (has("AlwaysAllow")) return AuthorizationMode::kAlwaysAllow;
  if (has("RBAC")) return has("Node") ? AuthorizationMode::kNodeAndRbac : AuthorizationMode::kRbac;
  return has("Node") ? AuthorizationMode::kNode : AuthorizationMode::kAlwaysDeny;
}

Decision ClusterAuthorizer::DecideByRoles(const UserInfo& user, const AccessAttributes& access) {
  Decision decision;
  std::vector<std::string> errors;
  rbac_.VisitRules(user, std::string(access.namespace_), [&](const RbacIndex::Visit& visit) {
    if (visit.rule == nullptr) {
      errors.push_back(visit.error);
      return true;
    }
    if (!RuleAllows(*visit.rule, access)) return true;
    decision = {true, "RBAC: allowed by " + DescribeGrant(visit.binding, visit.subject)};
    return false;
  });
  if (!decision.is_allowed && !errors.empty()) decision.reason = "RBAC: " + JoinErrors(errors);
  return decision;
}

Decision ClusterAuthorizer::Decide(const UserInfo& user, const AccessAttributes& access) {
  if (user.Is(kMasters)) return {true, {}};
  switch (mode_) {
    case AuthorizationMode::kAuthenticated:
      return {IsAllowedToEverybody(user, access), {}};
    case AuthorizationMode::kAlwaysAllow:
      return {true, {}};
    case AuthorizationMode::kAlwaysDeny:
      return {false, "Everything is forbidden."};
    case AuthorizationMode::kRbac:
    case AuthorizationMode::kNode:
    case AuthorizationMode::kNodeAndRbac:
      break;
  }
  Decision node = has_nodes() ? nodes_.Decide(user, access) : Decision();
  if (node.is_allowed) return node;
  Decision decision = has_roles() ? DecideByRoles(user, access) : Decision();
  if (decision.is_allowed || node.reason.empty()) return decision;
  // Whoever had something to say is heard, in the order in which they were asked.
  if (!decision.reason.empty()) node.reason += "\n" + decision.reason;
  return node;
}

HeldRules ClusterAuthorizer::RulesOf(const UserInfo& user, const std::string& namespace_) {
  HeldRules held;
  if (!has_roles() && !has_nodes()) {
    held.rules = {{{"*"}, {"*"}, {"*"}, {}, {}}, {{"*"}, {}, {}, {}, {"*"}}};
    return held;
  }
  if (has_nodes() && !NodeNameOf(user).empty()) {
    held.is_incomplete = true;
    held.errors.emplace_back("node authorizer does not support user rule resolution");
  }
  if (!has_roles()) return held;
  rbac_.VisitRules(user, namespace_, [&](const RbacIndex::Visit& visit) {
    if (visit.rule == nullptr) {
      held.errors.push_back(visit.error);
    } else {
      held.rules.push_back(*visit.rule);
    }
    return true;
  });
  return held;
}

}  // namespace apiserver
