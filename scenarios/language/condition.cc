#include "scenarios/language/condition.h"

#include "apiserver/api/json_write.h"

namespace scenarios {
namespace {

namespace cel = apiserver::cel;

const cel::Environment& SelfEnvironment() {
  static const cel::Environment environment = [] {
    cel::Environment made;
    made.variables["self"] = cel::DynType();
    return made;
  }();
  return environment;
}

// "ERROR: <input>:1:6: undeclared reference ...\n | selff\n | ....^" -> its first line.
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

sim::Result<Condition> Condition::Compile(const std::string& text) {
  cel::CompileOutcome outcome = cel::CompileProgram(SelfEnvironment(), text);
  if (outcome.program == nullptr) return sim::Error{FirstLine(outcome.error)};
  const cel::TypePtr type = outcome.program->result_type();
  if (!type->is_dyn() && type != cel::BoolType()) {
    return sim::Error{"the condition must be true or false"};
  }
  return Condition(text, std::move(outcome.program));
}

std::string Condition::Problem(const apiserver::Value& self) const {
  cel::Evaluator evaluator;
  const cel::Binding binding{"self", cel::FromJson(self, nullptr, evaluator.arena())};
  const cel::Outcome outcome = evaluator.Evaluate(*program_, {&binding, 1});
  if (outcome.value.is_true()) return "";
  if (outcome.value.is_error()) {
    return "that: " + std::string(outcome.value.as_text());
  }
  const auto json = cel::ToJson(outcome.value);
  return "that: " + text_ + " is " + (json.ok() ? apiserver::ToJson(*json) : "no truth value");
}

}  // namespace scenarios
