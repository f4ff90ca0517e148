#include "apiserver/cel/program.h"

#include <algorithm>

#include "apiserver/cel/evaluation.h"

namespace apiserver::cel {

Program::Program(std::shared_ptr<const CheckedExpression> checked, std::unique_ptr<const Plan> plan)
    : checked_(std::move(checked)), plan_(std::move(plan)) {}
Program::~Program() = default;

std::span<const std::string> Program::variables() const { return plan_->variables; }

bool Program::Reads(std::string_view variable) const {
  return std::find(plan_->variables.begin(), plan_->variables.end(), variable) !=
         plan_->variables.end();
}

CompileOutcome CompileProgram(const Environment& environment, std::string_view text) {
  Compiled compiled = Compile(environment, text);
  if (compiled.expression == nullptr) return {nullptr, std::move(compiled.error), false};
  PlanResult planned = MakePlan(*compiled.expression);
  if (planned.plan == nullptr) return {nullptr, std::move(planned.error), true};
  return {std::make_shared<Program>(std::move(compiled.expression), std::move(planned.plan)), "",
          true};
}

Outcome Evaluator::Evaluate(const Program& program, std::span<const Binding> bindings,
                            std::uint64_t cost_limit) {
  const Plan& plan = program.plan();
  // A value may evaluate another program when it is read (lazy variables of policies).
  std::vector<Value> variables = std::move(variables_);
  variables.clear();
  for (const std::string& name : plan.variables) {
    const auto bound = std::find_if(bindings.begin(), bindings.end(),
                                    [&](const Binding& b) { return b.name == name; });
    variables.push_back(
        bound != bindings.end() ? bound->value : NewError(arena_, "no such attribute(s): " + name));
  }
  Interpreter interpreter(plan, variables, arena_, std::min(cost_limit, kCallCostLimit));
  const Value value = interpreter.Run();
  variables_ = std::move(variables);
  return {value, interpreter.cost(), interpreter.cost() > std::min(cost_limit, kCallCostLimit)};
}

}  // namespace apiserver::cel
