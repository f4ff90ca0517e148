#include "apiserver/hooks/admission_activation.h"

#include <optional>
#include <utility>

#include "apiserver/api/go_text.h"
#include "apiserver/cel/library/authorizer.h"

namespace apiserver {
namespace {

constexpr std::string_view kOutOfBudget =
    "validation failed due to running out of cost budget, no further validation rules will be run";

}  // namespace

// `variables`: each is evaluated when it is asked for.
class AdmissionActivation::Variables final : public cel::Map {
 public:
  Variables(cel::Evaluator& evaluator, const std::vector<cel::Binding>& bindings,
            const std::vector<PolicyVariable>* variables)
      : evaluator_(evaluator), bindings_(bindings), variables_(variables) {}

  std::int64_t size() const override {
    return variables_ == nullptr ? 0 : static_cast<std::int64_t>(variables_->size());
  }
  std::optional<cel::Value> Find(const cel::Value& key, cel::Arena& arena) const override {
    if (key.kind() != cel::Kind::kString || variables_ == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < variables_->size(); ++i) {
      if ((*variables_)[i].name == key.as_text()) return ValueOf(i, arena);
    }
    return std::nullopt;
  }
  cel::Value KeyAt(std::int64_t index, cel::Arena&) const override {
    return cel::Value::String((*variables_)[static_cast<std::size_t>(index)].name);
  }
  cel::Value ValueAt(std::int64_t index, cel::Arena& arena) const override {
    return ValueOf(static_cast<std::size_t>(index), arena);
  }

  std::uint64_t TakeCost() { return std::exchange(cost_, 0); }

 private:
  cel::Value ValueOf(std::size_t index, cel::Arena& arena) const {
    if (known_.empty()) known_.resize(variables_->size());
    if (known_[index]) return *known_[index];
    const PolicyVariable& variable = (*variables_)[index];
    const CompiledExpression& compiled = variable.expression.compiled;
    cel::Value value;
    if (compiled.program == nullptr) {
      value = cel::NewError(arena, "composited variable " + GoQuote(variable.name) +
                                       " fails to compile: " + compiled.problem);
    } else {
      const cel::Outcome outcome = evaluator_.Evaluate(*compiled.program, bindings_);
      cost_ += outcome.cost;
      value = outcome.value;
      if (value.is_error()) {
        value = cel::NewError(arena, "composited variable " + GoQuote(variable.name) +
                                         " fails to evaluate: " + std::string(value.as_text()));
      }
    }
    known_[index] = value;
    return value;
  }

  cel::Evaluator& evaluator_;
  const std::vector<cel::Binding>& bindings_;
  const std::vector<PolicyVariable>* variables_;
  mutable std::vector<std::optional<cel::Value>> known_;
  mutable std::uint64_t cost_ = 0;
};

AdmissionActivation::AdmissionActivation(cel::Evaluator& evaluator, const ActivationInput& input,
                                         std::uint64_t budget)
    : evaluator_(evaluator), request_(RequestValue(input.objects)), budget_(budget) {
  evaluator.Reset();
  cel::Arena& arena = evaluator.arena();
  const auto bind = [&](std::string_view name, const Value* value) {
    bindings_.push_back(
        {name, value == nullptr ? cel::Value() : cel::FromJson(*value, nullptr, arena)});
  };
  bind("object", input.objects.object);
  bind("oldObject", input.objects.old_object);
  bind("request", &request_);
  bind("params", input.params);
  bind("namespaceObject", input.namespace_object);
  if (input.has_authorizer) {
    const AdmissionRequest& request = input.objects.attributes.request();
    const HookTarget& target = input.objects.attributes.target();
    AccessAttributes access;
    access.group = target.resource.group;
    access.resource = target.resource.resource;
    access.subresource = target.subresource;
    access.namespace_ = target.namespace_;
    access.name = target.name;
    const UserInfo& user = request.context.user;
    bindings_.push_back({"authorizer", cel::NewAuthorizer(arena, user, request.authorizer)});
    bindings_.push_back({"authorizer.requestResource",
                         cel::NewResourceCheck(arena, user, request.authorizer, access)});
  }
  variables_ = std::make_unique<Variables>(evaluator, bindings_, input.variables);
  bindings_.push_back({"variables", cel::Value::Of(static_cast<const cel::Map*>(&*variables_))});
}

AdmissionActivation::~AdmissionActivation() = default;

AdmissionActivation::Result AdmissionActivation::Evaluate(const AdmissionExpression& expression) {
  if (is_out_of_budget_) return {{}, std::string(kOutOfBudget)};
  if (expression.compiled.program == nullptr) {
    return {{}, "compilation error: " + expression.compiled.problem};
  }
  const cel::Outcome outcome = evaluator_.Evaluate(*expression.compiled.program, bindings_);
  const std::uint64_t cost = outcome.cost + variables_->TakeCost();
  if (cost > budget_) {
    is_out_of_budget_ = true;
    return {{}, std::string(kOutOfBudget)};
  }
  budget_ -= cost;
  if (outcome.value.is_error()) {
    return {{},
            "expression '" + expression.text +
                "' resulted in error: " + std::string(outcome.value.as_text())};
  }
  return {outcome.value, ""};
}

sim::Result<bool> ConditionsHold(AdmissionActivation& activation,
                                 const std::vector<AdmissionExpression>& conditions) {
  std::string errors;
  int error_count = 0;
  for (const AdmissionExpression& condition : conditions) {
    const AdmissionActivation::Result result = activation.Evaluate(condition);
    if (activation.is_out_of_budget()) return sim::Error{result.error};
    if (result.error.empty()) {
      if (result.value.is_false()) return false;
      continue;
    }
    errors += (error_count++ == 0 ? "" : ", ") + result.error;
  }
  if (error_count == 0) return true;
  return sim::Error{error_count > 1 ? "[" + errors + "]" : errors};
}

}  // namespace apiserver
