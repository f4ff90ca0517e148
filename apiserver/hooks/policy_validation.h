// What one evaluation of a validating policy finds.
//
// Source: k8s.io/apiserver/pkg/admission/plugin/policy/validating/validator.go. Threads: the
// kernel's only.
#pragma once

#include "apiserver/hooks/policy_list.h"

namespace apiserver {

struct PolicyFinding {
  std::string message;
  std::string reason;  // "" unless a validation did not hold
};

struct PolicyFindings {
  std::vector<PolicyFinding> denials;  // what the binding's actions are about
  std::vector<std::string> errors;     // of annotations: refused whatever the actions
};

struct PolicyInput {
  const ReviewedObjects& objects;
  const Value* params;            // null: none
  const Value* namespace_object;  // null: the object lies in none
};

PolicyFindings EvaluatePolicy(const ValidatingPolicy& policy, const PolicyInput& input,
                              cel::Evaluator& evaluator);

}  // namespace apiserver
