#include "apiserver/hooks/policy_validation.h"

#include "apiserver/registry/kinds/admission_rules.h"

namespace apiserver {
namespace {

constexpr std::size_t kMessageMax = 5 * 1024;

// A policy that ignores failures finds nothing where it fails.
PolicyFindings Failed(const ValidatingPolicy& policy, std::string why) {
  PolicyFindings findings;
  if (!policy.ignores_failure) findings.denials.push_back({std::move(why), ""});
  return findings;
}

// What the message expressions give, in the order of the validations; "" for those that have none,
// or nothing that can be shown. Errors: the budget's end.
struct Messages {
  std::vector<std::string> texts;
  std::string failure;
};

Messages EvaluateMessages(const ValidatingPolicy& policy, AdmissionActivation& activation) {
  Messages messages;
  for (const PolicyValidation& validation : policy.validations) {
    std::string text;
    if (validation.message_expression) {
      const auto result = activation.Evaluate(*validation.message_expression);
      if (activation.is_out_of_budget()) return {{}, result.error};
      if (result.error.empty() && result.value.kind() == cel::Kind::kString) {
        text = Trimmed(result.value.as_text());
      }
    }
    if (text.size() > kMessageMax || text.find('\n') != std::string::npos) text.clear();
    messages.texts.push_back(std::move(text));
  }
  return messages;
}

std::string MessageOf(const PolicyValidation& validation, const std::string& evaluated) {
  if (!evaluated.empty()) return evaluated;
  const std::string_view stated = Trimmed(validation.message);
  if (!stated.empty()) return std::string(stated);
  return "failed expression: " + std::string(Trimmed(validation.expression.text));
}

struct Verdict {
  std::string error;
  bool holds = false;
};

void EvaluateAnnotations(const ValidatingPolicy& policy, AdmissionActivation& activation,
                         PolicyFindings& findings) {
  for (const AdmissionExpression& annotation : policy.annotations) {
    const auto result = activation.Evaluate(annotation);
    if (activation.is_out_of_budget()) {
      findings = Failed(policy, result.error);
      return;
    }
    if (!result.error.empty() && !policy.ignores_failure) {
      findings.errors.push_back(result.error);
    }
  }
}

}  // namespace

PolicyFindings EvaluatePolicy(const ValidatingPolicy& policy, const PolicyInput& input,
                              cel::Evaluator& evaluator) {
  ActivationInput about{.objects = input.objects, .params = input.params};
  about.variables = &policy.variables;
  if (!policy.conditions.empty()) {
    AdmissionActivation activation(evaluator, about, kMatchConditionsBudget);
    const auto holds = ConditionsHold(activation, policy.conditions);
    if (!holds.ok()) return Failed(policy, holds.error().message);
    if (!*holds) return {};
  }
  about.namespace_object = input.namespace_object;
  std::vector<Verdict> verdicts;
  std::uint64_t budget = 0;
  {
    AdmissionActivation activation(evaluator, about, kPolicyBudget);
    for (const PolicyValidation& validation : policy.validations) {
      auto result = activation.Evaluate(validation.expression);
      if (activation.is_out_of_budget()) return Failed(policy, result.error);
      verdicts.push_back({std::move(result.error), result.value.is_true()});
    }
    budget = activation.budget();
  }
  about.has_authorizer = false;
  AdmissionActivation message_activation(evaluator, about, budget);
  const Messages messages = EvaluateMessages(policy, message_activation);
  PolicyFindings findings;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const PolicyValidation& validation = policy.validations[i];
    if (!verdicts[i].error.empty() || !messages.failure.empty()) {
      if (policy.ignores_failure) continue;
      const std::string& error = verdicts[i].error;
      findings.denials.push_back(
          {error.empty() ? "failed messageExpression: " + messages.failure : error, ""});
    } else if (!verdicts[i].holds) {
      findings.denials.push_back({MessageOf(validation, messages.texts[i]),
                                  validation.reason.empty() ? "Invalid" : validation.reason});
    }
  }
  AdmissionActivation annotation_activation(evaluator, about, kPolicyBudget);
  EvaluateAnnotations(policy, annotation_activation, findings);
  return findings;
}

}  // namespace apiserver
