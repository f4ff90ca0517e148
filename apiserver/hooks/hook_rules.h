// Which requests a webhook or a policy is about: rules with operations, and selectors of labels.
//
// Source: k8s.io/apiserver/pkg/admission/plugin/webhook/predicates. Pure; threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/api/resource.h"

namespace apiserver {

struct HookRule {
  std::vector<std::string> operations;
  std::vector<std::string> groups;
  std::vector<std::string> versions;
  std::vector<std::string> resources;  // "pods", "pods/*", "*/scale", "*/*"
  std::vector<std::string> names;      // of policies; empty: all
  std::string scope;                   // "*", "Namespaced", "Cluster"
};

std::vector<HookRule> ReadHookRules(const Value* rules);

// What a request is about, as one group-version serves it.
struct HookTarget {
  std::string_view operation;  // "CREATE"
  GroupVersionResource resource;
  std::string_view subresource;
  std::string_view namespace_;
  std::string_view name;
};

bool RuleMatches(const HookRule& rule, const HookTarget& target);

// Whether some request with `operation` on resources of that name could match: in whatever group,
// version, subresource, namespace and name.
bool RuleMayConcern(const HookRule& rule, std::string_view operation, std::string_view resource);

// The labels of metadata, nullptr when there are none.
const Value* LabelsIn(const Value* object);

// Whether either object has labels that the selector takes. An empty selector takes everything.
bool ObjectMatches(const LabelSelector& selector, const Value* object, const Value* old_object);

// Kinds that decide about admission are exempt from it, so that a bad one can be removed.
bool IsExemptFromHooks(const GroupResource& resource);

}  // namespace apiserver
