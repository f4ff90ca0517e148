#include "apiserver/hooks/match_conditions.h"

namespace apiserver {
namespace {

// Expressions that no webhook has any more are kept up to here.
constexpr std::size_t kProgramsMax = 2'000;

const cel::Environment& ConditionEnvironment() {
  static const cel::Environment kEnvironment = [] {
    cel::Environment environment;
    for (const char* name : {"object", "oldObject", "request", "authorizer"}) {
      environment.variables[name] = cel::DynType();
    }
    return environment;
  }();
  return kEnvironment;
}

}  // namespace

const cel::CompileOutcome& MatchConditions::Compiled(const std::string& expression) {
  const auto found = programs_.find(expression);
  if (found != programs_.end()) return found->second;
  if (programs_.size() >= kProgramsMax) programs_.clear();
  return programs_[expression] = cel::CompileProgram(ConditionEnvironment(), expression);
}

sim::Result<bool> MatchConditions::Match(const Array& conditions, const ReviewedObjects& objects) {
  const Value request = RequestValue(objects);
  const Value nothing;
  const auto bind = [&](const Value* value) {
    return cel::FromJson(value == nullptr ? nothing : *value, nullptr, evaluator_.arena());
  };
  evaluator_.Reset();
  const cel::Binding bindings[] = {{"object", bind(objects.object)},
                                   {"oldObject", bind(objects.old_object)},
                                   {"request", bind(&request)}};
  std::string errors;
  int error_count = 0;
  for (const Value& condition : conditions) {
    const std::string expression(TextAt(condition, {"expression"}));
    const cel::CompileOutcome& compiled = Compiled(expression);
    std::string problem = compiled.error;
    if (compiled.program != nullptr) {
      const cel::Outcome outcome = evaluator_.Evaluate(*compiled.program, bindings);
      if (outcome.value.kind() == cel::Kind::kBool) {
        if (!outcome.value.as_bool()) return false;
        continue;
      }
      problem = outcome.value.is_error() ? std::string(outcome.value.as_text())
                                         : "match condition does not evaluate to a bool";
    }
    errors += (error_count++ == 0 ? "" : ", ") + std::string("expression '") + expression +
              "' resulted in error: " + problem;
  }
  if (error_count == 0) return true;
  return sim::Error{error_count > 1 ? "[" + errors + "]" : errors};
}

}  // namespace apiserver
