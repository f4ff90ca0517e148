// One request as the expressions of webhooks and policies see it, and the budget that they share.
//
// Invariants:
// (1) A variable of a policy is evaluated when it is first read, once per activation; what it costs
// counts against the budget.
// (2) Values live until the next activation of the same Evaluator.
// Source: k8s.io/apiserver/pkg/admission/plugin/cel (activation.go, composition.go),
// pkg/admission/plugin/webhook/matchconditions, pkg/apis/cel/config.go. Threads: the kernel's only.
#pragma once

#include <string>
#include <vector>

#include "apiserver/hooks/admission_review.h"
#include "apiserver/registry/kinds/admission_expressions.h"

namespace apiserver {

// What all expressions of one kind may cost together.
inline constexpr std::uint64_t kPolicyBudget = 10'000'000;
inline constexpr std::uint64_t kMatchConditionsBudget = 2'500'000;

struct AdmissionExpression {
  std::string text;
  CompiledExpression compiled;
};

struct PolicyVariable {
  std::string name;
  AdmissionExpression expression;
};

struct ActivationInput {
  const ReviewedObjects& objects;
  const Value* params = nullptr;            // null: none
  const Value* namespace_object = nullptr;  // null: the object lies in none
  bool has_authorizer = true;
  const std::vector<PolicyVariable>* variables = nullptr;  // null: `variables` is empty
};

class AdmissionActivation {
 public:
  // Empties `evaluator`; it and what `input` points to outlive the activation.
  AdmissionActivation(cel::Evaluator& evaluator, const ActivationInput& input,
                      std::uint64_t budget);
  ~AdmissionActivation();
  AdmissionActivation(const AdmissionActivation&) = delete;
  AdmissionActivation& operator=(const AdmissionActivation&) = delete;

  struct Result {
    cel::Value value;
    std::string error;  // "": there is a value
  };
  // Nothing more may be evaluated once is_out_of_budget() holds; the result is that error.
  Result Evaluate(const AdmissionExpression& expression);
  bool is_out_of_budget() const { return is_out_of_budget_; }
  std::uint64_t budget() const { return budget_; }

 private:
  class Variables;

  cel::Evaluator& evaluator_;
  Value request_;
  std::vector<cel::Binding> bindings_;
  std::unique_ptr<Variables> variables_;
  std::uint64_t budget_;
  bool is_out_of_budget_ = false;
};

// Whether all `conditions` hold; one that is false decides whatever else fails. Errors: those of
// expressions, as the 403 shows them.
sim::Result<bool> ConditionsHold(AdmissionActivation& activation,
                                 const std::vector<AdmissionExpression>& conditions);

}  // namespace apiserver
