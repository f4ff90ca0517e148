// One walk over a value with the rules of its schema.
//
// Internal to the rules of custom objects. Source: as rule_validator.h.
#pragma once

#include <optional>
#include <string>

#include "apiserver/registry/custom/rule_validator.h"

namespace apiserver {

struct RuleNode {
  const SchemaNode* schema = nullptr;
  const cel::Shape* shape = nullptr;
  std::vector<CompiledRule> rules;
  std::unique_ptr<const RuleNode> items;
  std::unique_ptr<const RuleNode> additional;
  std::vector<std::pair<std::string_view, std::unique_ptr<const RuleNode>>> properties;  // by name
};

// What an update left alone may stay wrong: the part itself, or the nearest part above it whose
// old value could be found.
struct Ratchet {
  std::optional<Correlation> current;
  std::optional<Correlation> nearest;

  bool IsUnchanged() const;
  Ratchet Key(std::string_view name) const;
  Ratchet Index(std::size_t index) const;
};

class RuleRun {
 public:
  explicit RuleRun(RuleFindings& findings) : findings_(findings) {}

  void Check(const RuleNode& node, const Value& value, const Value* old, const Ratchet& ratchet,
             const std::string& path);

 private:
  // What the rules of one part are about.
  struct Subject {
    const RuleNode& node;
    const Value& value;
    const Value* old;
    const Ratchet& ratchet;
    const std::string& path;
    cel::Value self;
    cel::Value old_self;
  };

  bool is_over() const { return budget_ < 0; }
  void CheckRules(const Subject& subject);
  void CheckRule(const Subject& subject, const CompiledRule& rule);
  void CheckMembers(const RuleNode& node, const Value& value, const Value* old,
                    const Ratchet& ratchet, const std::string& path);
  void CheckItems(const RuleNode& node, const Value& value, const Value* old,
                  const Ratchet& ratchet, const std::string& path);
  cel::Outcome Evaluate(const Subject& subject, const CompiledRule& rule,
                        const cel::Program& program);
  void TellError(const Subject& subject, const CompiledRule& rule, const cel::Outcome& outcome);
  void TellFailure(const Subject& subject, const CompiledRule& rule);
  // The message that the rule computes; nullopt when it has none that can be used.
  std::optional<std::string> Message(const Subject& subject, const CompiledRule& rule,
                                     const std::string& field);
  // An error that shows the part's type as its value.
  void Invalid(const Subject& subject, const std::string& what);
  // Errors of rules that look at one state only are warnings where that state is an old one.
  void AddFailure(const Subject& subject, const CompiledRule& rule, FieldError error);

  RuleFindings& findings_;
  cel::Evaluator evaluator_;
  std::int64_t budget_ = static_cast<std::int64_t>(cel::kObjectCostBudget);
};

}  // namespace apiserver
