#include "apiserver/registry/custom/rule_compiler.h"

#include "apiserver/api/json_write.h"
#include "apiserver/registry/custom/rule_cost.h"
#include "apiserver/registry/custom/schema_path.h"

namespace apiserver {
namespace {

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\n\v\f\r") == std::string_view::npos;
}

class Compiler {
 public:
  Compiler(const SchemaNode& schema, const RuleTypes& types, const RuleType& type, Costs costs)
      : schema_(schema), type_(type), costs_(costs) {
    plain_.types = optional_.types = &types.provider();
    plain_.variables = {{"self", type.type}, {"oldSelf", type.type}};
    optional_.variables = {{"self", type.type}, {"oldSelf", cel::OptionalType(type.type)}};
  }

  CompiledRule Compile(const Value& rule) const {
    CompiledRule made;
    made.source = &rule;
    if (IsBlank(made.text())) return made;
    made.has_optional_old_self = BoolAt(rule, {"optionalOldSelf"});
    const cel::Environment& environment = made.has_optional_old_self ? optional_ : plain_;
    cel::CompileOutcome outcome = cel::CompileProgram(environment, made.text());
    if (!outcome.program) {
      made.error =
          (outcome.is_checked ? "program instantiation failed: " : "compilation failed: ") +
          outcome.error;
      return made;
    }
    if (outcome.program->result_type()->kind() != cel::TypeKind::kBool) {
      made.error = "cel expression must evaluate to a bool";
      return made;
    }
    made.program = std::move(outcome.program);
    made.uses_old_self = made.program->Reads("oldSelf");
    made.max_cost = CostOf(*made.program);
    CompileMessage(environment, made);
    const std::string_view path = TextAt(rule, {"fieldPath"});
    if (!path.empty() && made.message_error.empty()) {
      const auto found = FindSchemaPath(*schema_.source, path, PathBrackets::kAllowed);
      if (found.ok()) made.field_path = found.value().text;
    }
    return made;
  }

 private:
  void CompileMessage(const cel::Environment& environment, CompiledRule& made) const {
    const std::string_view text = TextAt(*made.source, {"messageExpression"});
    if (text.empty()) return;
    cel::CompileOutcome outcome = cel::CompileProgram(environment, text);
    if (!outcome.program) {
      made.message_error = (outcome.is_checked ? "messageExpression instantiation failed: "
                                               : "messageExpression compilation failed: ") +
                           outcome.error;
    } else if (outcome.program->result_type()->kind() != cel::TypeKind::kString) {
      made.message_error = "messageExpression must evaluate to a string";
    } else {
      made.message = std::move(outcome.program);
      made.message_max_cost = CostOf(*made.message);
    }
  }

  std::uint64_t CostOf(const cel::Program& program) const {
    return costs_ == Costs::kIgnored ? 0 : MaxCost(program, type_);
  }

  const SchemaNode& schema_;
  const RuleType& type_;
  Costs costs_;
  cel::Environment plain_;
  cel::Environment optional_;
};

// encoding/json also escapes what HTML could misread.
std::string GoJson(const Value& value) {
  std::string out;
  for (const char c : ToJson(value)) {
    if (c == '<') {
      out += "\\u003c";
    } else if (c == '>') {
      out += "\\u003e";
    } else if (c == '&') {
      out += "\\u0026";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::vector<CompiledRule> CompileRules(const SchemaNode& schema, const RuleTypes& types,
                                       const RuleType& type, Costs costs) {
  const Compiler compiler(schema, types, type, costs);
  std::vector<CompiledRule> rules;
  rules.reserve(schema.rules->size());
  for (const Value& rule : *schema.rules) rules.push_back(compiler.Compile(rule));
  return rules;
}

std::string RuleJson(const Value& rule) {
  struct Member {
    std::string_view go_name;
    std::string_view name;
    bool is_pointer;
  };
  constexpr Member kMembers[] = {{"Rule", "rule", false},
                                 {"Message", "message", false},
                                 {"MessageExpression", "messageExpression", false},
                                 {"Reason", "reason", true},
                                 {"FieldPath", "fieldPath", false},
                                 {"OptionalOldSelf", "optionalOldSelf", true}};
  std::string out = "{";
  for (const Member& member : kMembers) {
    if (out.size() > 1) out += ',';
    out += "\"" + std::string(member.go_name) + "\":";
    const Value* found = Find(rule, member.name);
    out += found != nullptr ? GoJson(*found) : member.is_pointer ? "null" : "\"\"";
  }
  return out + "}";
}

}  // namespace apiserver
