// The validating admission policies that bindings make effective, compiled once per state.
//
// Invariants: policies in order of their names, each with its bindings in order of theirs; a policy
// without a binding, or a binding without its policy, has no effect and is left out.
// Source:
// k8s.io/apiserver/pkg/admission/plugin/policy/{generic/policy_source.go,validating/plugin.go}.
// Threads: the kernel's only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/hooks/admission_activation.h"
#include "apiserver/store/store.h"

namespace apiserver {

// What a policy or a binding is about.
struct MatchResources {
  LabelSelector namespace_selector{};
  LabelSelector object_selector{};
  std::vector<HookRule> rules{};
  std::vector<HookRule> excluded{};
  bool is_exact = false;
};

// Where parameters are found.
struct ParamReference {
  std::string name;
  std::string namespace_;
  std::optional<LabelSelector> selector{};
  bool denies_without = false;
};

struct PolicyBinding {
  std::string name;
  std::optional<MatchResources> match{};
  std::optional<ParamReference> params{};
  bool denies = false;
  bool warns = false;
};

struct PolicyValidation {
  AdmissionExpression expression;
  std::optional<AdmissionExpression> message_expression{};
  std::string message;
  std::string reason;
};

struct ValidatingPolicy {
  std::string name;
  MatchResources match{};
  bool ignores_failure = false;
  std::optional<GroupVersionKind> param_kind{};
  std::vector<PolicyVariable> variables{};
  std::vector<AdmissionExpression> conditions{};
  std::vector<PolicyValidation> validations{};
  std::vector<AdmissionExpression> annotations{};  // values that audit would note
};

// Pure: as the API objects state it.
ValidatingPolicy ReadPolicy(const Value& policy);
PolicyBinding ReadPolicyBinding(const Value& binding);

class PolicyList {
 public:
  // `store` outlives the list.
  explicit PolicyList(Store& store);
  PolicyList(const PolicyList&) = delete;
  PolicyList& operator=(const PolicyList&) = delete;

  struct Entry {
    std::shared_ptr<const ValidatingPolicy> policy;
    std::vector<PolicyBinding> bindings;
  };
  const std::vector<Entry>& entries();

 private:
  struct Compiled {
    std::string version;  // of the object
    std::shared_ptr<const ValidatingPolicy> policy;
  };
  void Refresh();

  Store& store_;
  bool is_stale_ = true;
  std::vector<Entry> entries_;
  std::map<std::string, Compiled> compiled_;  // by name
};

}  // namespace apiserver
