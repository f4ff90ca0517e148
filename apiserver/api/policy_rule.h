// One rule of a Role: what it allows, what it covers, and how refusals print it.
//
// Source: k8s.io/component-helpers/auth/rbac/validation and pkg/apis/rbac/v1 (RBAC helpers). Pure;
// threads: any.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"

namespace apiserver {

struct PolicyRule {
  std::vector<std::string> verbs;
  std::vector<std::string> api_groups;
  std::vector<std::string> resources;  // "pods", "pods/log", "*/scale", "*"
  std::vector<std::string> resource_names;
  std::vector<std::string> non_resource_urls;
  bool operator==(const PolicyRule&) const = default;
};

// What somebody wants to do. The texts outlive it.
struct AccessAttributes {
  std::string_view verb{};
  bool is_resource = true;
  std::string_view group{};
  std::string_view resource{};
  std::string_view subresource{};
  std::string_view namespace_{};
  std::string_view name{};
  std::string_view path{};            // of requests outside the resources
  std::string_view field_selector{};  // as sent; nodes may list only what names them
};

bool RuleAllows(const PolicyRule& rule, const AccessAttributes& access);

// The rules in member "rules" of a Role or ClusterRole; what is malformed allows nothing.
std::vector<PolicyRule> ReadPolicyRules(const Value& role);

// The smallest parts of `wanted` that no rule of `held` covers, parts of one resource joined.
std::vector<PolicyRule> MissingRights(std::span<const PolicyRule> held,
                                      std::span<const PolicyRule> wanted);

// {APIGroups:[""], Resources:["pods"], Verbs:["get"]}
std::string CompactText(const PolicyRule& rule);

}  // namespace apiserver
