#include "apiserver/registry/custom/rule_validator.h"

#include "apiserver/registry/custom/rule_run.h"

namespace apiserver {
namespace {

class Builder {
 public:
  explicit Builder(std::vector<std::unique_ptr<const RuleTypes>>& types) : types_(types) {}

  // Null when there is no rule here or below, or when rules may not see this part.
  std::unique_ptr<const RuleNode> BuildScope(const SchemaNode& schema, SchemaPlace place) {
    std::unique_ptr<const RuleTypes> types = RuleTypes::Make(schema, place);
    if (types == nullptr) return nullptr;
    const RuleTypes& made = *types_.emplace_back(std::move(types));
    return Build(schema, made, made.root(), made.shape());
  }

 private:
  std::unique_ptr<const RuleNode> Build(const SchemaNode& schema, const RuleTypes& types,
                                        const RuleType& type, const cel::Shape& shape) {
    auto node = std::make_unique<RuleNode>();
    node->schema = &schema;
    node->shape = &shape;
    if (schema.rules != nullptr) {
      node->rules = CompileRules(schema, types, type, Costs::kIgnored);
    }
    if (schema.items != nullptr && type.element != nullptr && shape.items != nullptr)
      node->items = Build(*schema.items, types, *type.element, *shape.items);
    if (schema.additional != nullptr && type.element != nullptr && shape.items != nullptr)
      node->additional = Build(*schema.additional, types, *type.element, *shape.items);
    for (const SchemaProperty& property : schema.properties) {
      if (auto below = BuildProperty(property, types, type, shape))
        node->properties.emplace_back(property.name, std::move(below));
    }
    const bool is_empty = node->rules.empty() && node->items == nullptr &&
                          node->additional == nullptr && node->properties.empty();
    return is_empty ? nullptr : std::move(node);
  }

  std::unique_ptr<const RuleNode> BuildProperty(const SchemaProperty& property,
                                                const RuleTypes& types, const RuleType& type,
                                                const cel::Shape& shape) {
    const auto escaped = cel::EscapeIdentifier(property.name);
    const SchemaNode& schema = *property.schema;
    // Rules above can't reach it, but its own can.
    if (!escaped) {
      return BuildScope(schema,
                        schema.is_embedded_resource ? SchemaPlace::kResource : SchemaPlace::kPart);
    }
    const RuleType* field = type.Field(*escaped);
    const cel::Shape::Property* seen = shape.FindProperty(*escaped);
    if (field == nullptr || seen == nullptr) return nullptr;
    return Build(schema, types, *field, *seen->shape);
  }

  std::vector<std::unique_ptr<const RuleTypes>>& types_;
};

bool HasRules(const SchemaNode& schema) {
  if (schema.rules != nullptr) return true;
  if (schema.items != nullptr && HasRules(*schema.items)) return true;
  if (schema.additional != nullptr && HasRules(*schema.additional)) return true;
  for (const SchemaProperty& property : schema.properties) {
    if (HasRules(*property.schema)) return true;
  }
  return false;
}

}  // namespace

RuleValidator::RuleValidator() = default;
RuleValidator::~RuleValidator() = default;

std::unique_ptr<const RuleValidator> RuleValidator::Make(const SchemaNode& schema,
                                                         SchemaPlace place) {
  if (!HasRules(schema)) return nullptr;
  std::unique_ptr<RuleValidator> made(new RuleValidator);
  made->root_ = Builder(made->types_).BuildScope(schema, place);
  return made->root_ == nullptr ? nullptr : std::move(made);
}

RuleFindings RuleValidator::Validate(const Value& value, const Value* old, bool ratchets,
                                     const std::string& path) const {
  RuleFindings findings;
  Ratchet ratchet;
  if (ratchets && old != nullptr) ratchet.current = Correlation{root_->schema, &value, old};
  RuleRun(findings).Check(*root_, value, old, ratchet, path);
  return findings;
}

}  // namespace apiserver
