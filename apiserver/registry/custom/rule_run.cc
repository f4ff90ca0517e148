#include "apiserver/registry/custom/rule_run.h"

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

constexpr std::size_t kMessageBytesMax = 5 * 1024;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// How errors call a rule: by its message, or by itself.
std::string RuleName(const CompiledRule& rule) {
  const std::string_view message = rule.message_text();
  return std::string(Trimmed(message.empty() ? rule.text() : message));
}

std::string Field(const std::string& path) { return path.empty() ? "<nil>" : path; }

std::string Child(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

// The error of a rule's reason. Objects and lists are not shown.
FieldError ErrorFor(const Value& rule, std::string field, const Value* shown,
                    const std::string& detail) {
  const std::string_view reason = TextAt(rule, {"reason"});
  if (reason == "FieldValueForbidden") return FieldForbidden(std::move(field), detail);
  if (reason == "FieldValueRequired") return FieldRequired(std::move(field), detail);
  if (reason == "FieldValueDuplicate") {
    if (shown != nullptr) return FieldDuplicate(std::move(field), *shown);
    return {"FieldValueDuplicate", std::move(field), "Duplicate value"};
  }
  if (shown != nullptr) return FieldInvalid(std::move(field), *shown, detail);
  return {"FieldValueInvalid", std::move(field), "Invalid value: " + detail};
}

}  // namespace

bool Ratchet::IsUnchanged() const {
  if (current) return current->IsUnchanged();
  return nearest && nearest->IsUnchanged();
}

Ratchet Ratchet::Key(std::string_view name) const {
  if (!current) return *this;
  // Both states were made to say the same there.
  if (!nearest && (name == "apiVersion" || name == "kind")) return {};
  return {current->Key(name), current};
}

Ratchet Ratchet::Index(std::size_t index) const {
  if (!current) return *this;
  return {current->Index(index), current};
}

void RuleRun::Check(const RuleNode& node, const Value& value, const Value* old,
                    const Ratchet& ratchet, const std::string& path) {
  if (value.is_null()) return;
  if (old != nullptr && old->is_null()) old = nullptr;
  if (!node.rules.empty()) {
    evaluator_.Reset();
    Subject subject{node, value, old, ratchet, path, {}, {}};
    subject.self = cel::FromJson(value, node.shape, evaluator_.arena());
    if (old != nullptr) subject.old_self = cel::FromJson(*old, node.shape, evaluator_.arena());
    CheckRules(subject);
    if (is_over()) return;
  }
  if (value.is_object()) {
    CheckMembers(node, value, old, ratchet, path);
  } else if (value.is_array()) {
    CheckItems(node, value, old, ratchet, path);
  }
}

void RuleRun::CheckMembers(const RuleNode& node, const Value& value, const Value* old,
                           const Ratchet& ratchet, const std::string& path) {
  const auto old_member = [&](std::string_view name) {
    return old == nullptr ? nullptr : Find(*old, name);
  };
  if (node.additional != nullptr) {
    for (const auto& member : value.get_object()) {
      const std::string_view name = member.key();
      Check(*node.additional, member.value(), old_member(name), ratchet.Key(name),
            path + "[" + std::string(name) + "]");
      if (is_over()) return;
    }
  }
  for (const auto& [name, below] : node.properties) {
    const Value* member = value.get_object().if_contains(name);
    if (member == nullptr) continue;
    Check(*below, *member, old_member(name), ratchet.Key(name), Child(path, name));
    if (is_over()) return;
  }
}

void RuleRun::CheckItems(const RuleNode& node, const Value& value, const Value* old,
                         const Ratchet& ratchet, const std::string& path) {
  if (node.items == nullptr) return;
  const Array& array = value.get_array();
  for (std::size_t index = 0; index < array.size(); ++index) {
    Check(*node.items, array[index], FindOldItem(*node.schema, array[index], old),
          ratchet.Index(index), path + "[" + std::to_string(index) + "]");
    if (is_over()) return;
  }
}

void RuleRun::CheckRules(const Subject& subject) {
  if (budget_ <= 0) {
    Invalid(subject, std::string(cel::kBudgetExceeded));
    budget_ = -1;
    return;
  }
  for (const CompiledRule& rule : subject.node.rules) {
    if (!rule.error.empty()) {
      Invalid(subject, "rule compile error: " + rule.error);
    } else if (rule.program != nullptr) {
      CheckRule(subject, rule);
    }
    if (is_over()) return;
  }
}

void RuleRun::CheckRule(const Subject& subject, const CompiledRule& rule) {
  // A rule about a change has nothing to say where there was nothing, unless it says it has.
  if (rule.uses_old_self && subject.old == nullptr && !rule.has_optional_old_self) return;
  const cel::Outcome outcome = Evaluate(subject, rule, *rule.program);
  if (static_cast<std::int64_t>(outcome.cost) > budget_) {
    Invalid(subject, std::string(cel::kBudgetExceeded));
    budget_ = -1;
    return;
  }
  budget_ -= static_cast<std::int64_t>(outcome.cost);
  if (outcome.is_cost_exceeded || outcome.value.is_error()) {
    TellError(subject, rule, outcome);
  } else if (!outcome.value.is_true()) {
    TellFailure(subject, rule);
  }
}

cel::Outcome RuleRun::Evaluate(const Subject& subject, const CompiledRule& rule,
                               const cel::Program& program) {
  std::vector<cel::Binding> bindings = {{"self", subject.self}};
  if (rule.has_optional_old_self) {
    bindings.push_back(
        {"oldSelf", cel::Value::Optional(subject.old == nullptr ? nullptr : &subject.old_self)});
  } else if (subject.old != nullptr) {
    bindings.push_back({"oldSelf", subject.old_self});
  }
  return evaluator_.Evaluate(program, bindings);
}

void RuleRun::TellError(const Subject& subject, const CompiledRule& rule,
                        const cel::Outcome& outcome) {
  const std::string error(outcome.value.is_error() ? outcome.value.as_text() : "");
  if (outcome.is_cost_exceeded) {
    Invalid(subject,
            "'operation cancelled: actual cost limit exceeded': no further validation rules will "
            "be run due to call cost exceeds limit for rule: " +
                RuleName(rule));
    budget_ = -1;
  } else if (error.starts_with("no such overload")) {
    Invalid(subject, "'" + error +
                         "': call arguments did not match a supported operator, function or macro "
                         "signature for rule: " +
                         RuleName(rule));
  } else {
    Invalid(subject, error + " evaluating rule: " + RuleName(rule));
  }
}

void RuleRun::TellFailure(const Subject& subject, const CompiledRule& rule) {
  std::string path = subject.path;
  if (!rule.field_path.empty()) path = Child(path, rule.field_path);
  const std::string field = Field(path);
  std::optional<std::string> detail;
  if (rule.message != nullptr) {
    detail = Message(subject, rule, field);
    if (is_over()) return;
  }
  if (!detail) {
    detail = rule.message_text().empty() ? "failed rule: " + RuleName(rule) : RuleName(rule);
  }
  const SchemaType type = subject.node.schema->type;
  const bool is_shown = type != SchemaType::kObject && type != SchemaType::kArray;
  AddFailure(subject, rule,
             ErrorFor(*rule.source, field, is_shown ? &subject.value : nullptr, *detail));
}

std::optional<std::string> RuleRun::Message(const Subject& subject, const CompiledRule& rule,
                                            const std::string& field) {
  const std::string quoted = GoQuote(TextAt(*rule.source, {"messageExpression"}));
  const auto stop = [&](const std::string& why) {
    AddFailure(subject, rule,
               FieldInvalid(field, std::string_view(subject.node.schema->type_name), why));
    budget_ = -1;
    return std::nullopt;
  };
  const cel::Outcome outcome = Evaluate(subject, rule, *rule.message);
  if (static_cast<std::int64_t>(outcome.cost) > budget_) {
    return stop(
        "messageExpression evaluation failed due to running out of cost budget, no further "
        "validation rules will be run");
  }
  if (outcome.is_cost_exceeded) {
    return stop(
        "no further validation rules will be run due to call cost exceeds limit for "
        "messageExpression: " +
        quoted);
  }
  budget_ -= static_cast<std::int64_t>(outcome.cost);
  if (outcome.value.kind() != cel::Kind::kString) return std::nullopt;
  const std::string_view text = Trimmed(outcome.value.as_text());
  const bool is_usable =
      !text.empty() && text.size() <= kMessageBytesMax && text.find('\n') == std::string_view::npos;
  return is_usable ? std::optional(std::string(text)) : std::nullopt;
}

void RuleRun::Invalid(const Subject& subject, const std::string& what) {
  findings_.errors.push_back(
      FieldInvalid(Field(subject.path), std::string_view(subject.node.schema->type_name), what));
}

void RuleRun::AddFailure(const Subject& subject, const CompiledRule& rule, FieldError error) {
  if (!rule.uses_old_self && subject.ratchet.IsUnchanged()) {
    findings_.warnings.push_back(error.field + ": " + error.text);
  } else {
    findings_.errors.push_back(std::move(error));
  }
}

}  // namespace apiserver
