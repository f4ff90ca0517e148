#include "apiserver/cel/macros.h"

#include <array>
#include <string_view>

#include "apiserver/cel/operator_names.h"

namespace apiserver::cel {
namespace {

constexpr char kOldAccumulatorName[] = "__result__";
constexpr char kUnused[] = "#unused";
constexpr char kSortInput[] = "@__sortBy_input__";

// New nodes at the place of the macro's call.
class Maker {
 public:
  explicit Maker(const MacroUse& use) : use_(use) {}

  ExpressionPtr Literal(Constant value) {
    return use_.tree.NewConstant(use_.place.position, std::move(value));
  }
  ExpressionPtr Ident(std::string name) {
    return use_.tree.NewIdent(use_.place.position, std::move(name));
  }
  ExpressionPtr Accumulator() { return Ident(kAccumulatorName); }
  ExpressionPtr List(std::vector<ExpressionPtr> values = {}) {
    ListExpression list;
    for (ExpressionPtr& value : values) list.elements.push_back({std::move(value), false});
    return New(std::move(list));
  }
  ExpressionPtr Call(std::string function, std::vector<ExpressionPtr> arguments) {
    return New(CallExpression{std::move(function), nullptr, std::move(arguments)});
  }
  ExpressionPtr MemberCall(std::string function, ExpressionPtr target,
                           std::vector<ExpressionPtr> arguments = {}) {
    return New(CallExpression{std::move(function), std::move(target), std::move(arguments)});
  }
  template <typename Node>
  ExpressionPtr New(Node node) {
    return use_.tree.New(use_.place.position, std::move(node));
  }

 private:
  const MacroUse& use_;
};

Expansion Wrong(const ExpressionPtr& at, std::string error) {
  return {nullptr, at->position, std::move(error)};
}
Expansion Right(ExpressionPtr expression) { return {std::move(expression), -1, {}}; }

const std::string* SimpleName(const ExpressionPtr& expression) {
  const auto* ident = expression->As<IdentExpression>();
  return ident ? &ident->name : nullptr;
}
bool IsAccumulator(const std::string& name) {
  return name == kAccumulatorName || name == kOldAccumulatorName;
}

// The one or two variables that a macro begins with.
struct Variables {
  std::string first;
  std::string second;
  std::size_t count = 1;
};

std::optional<Expansion> ReadVariables(const MacroUse& use, std::size_t count,
                                       const char* not_a_name, Variables& out) {
  out.count = count;
  for (std::size_t index = 0; index < count; ++index) {
    const std::string* name = SimpleName(use.arguments[index]);
    if (!name) return Wrong(use.arguments[index], not_a_name);
    (index == 0 ? out.first : out.second) = *name;
  }
  if (count == 2 && out.first == out.second) {
    return Wrong(use.arguments[1], "duplicate variable name: " + out.first);
  }
  for (std::size_t index = 0; index < count; ++index) {
    if (IsAccumulator(index == 0 ? out.first : out.second)) {
      return Wrong(use.arguments[index], "iteration variable overwrites accumulator variable");
    }
  }
  return std::nullopt;
}

ExpressionPtr Fold(Maker& make, const MacroUse& use, const Variables& variables, ExpressionPtr init,
                   ExpressionPtr condition, ExpressionPtr step, ExpressionPtr result) {
  return make.New(ComprehensionExpression{use.target, variables.first, variables.second,
                                          kAccumulatorName, std::move(init), std::move(condition),
                                          std::move(step), std::move(result)});
}

Expansion ExpandHas(const MacroUse& use) {
  const auto* select = use.arguments[0]->As<SelectExpression>();
  if (!select) return Wrong(use.arguments[0], "invalid argument to has() macro");
  return Right(Maker(use).New(SelectExpression{select->operand, select->field, true}));
}

enum class Quantifier { kAll, kExists, kExistsOne };

template <Quantifier kKind, std::size_t kVariables>
Expansion ExpandQuantifier(const MacroUse& use) {
  Variables variables;
  if (auto wrong = ReadVariables(use, kVariables, "argument must be a simple name", variables)) {
    return *wrong;
  }
  Maker make(use);
  const ExpressionPtr& predicate = use.arguments[kVariables];
  if constexpr (kKind == Quantifier::kAll) {
    return Right(Fold(make, use, variables, make.Literal(true),
                      make.Call(kNotStrictlyFalseName, {make.Accumulator()}),
                      make.Call(kLogicalAndName, {make.Accumulator(), predicate}),
                      make.Accumulator()));
  } else if constexpr (kKind == Quantifier::kExists) {
    return Right(
        Fold(make, use, variables, make.Literal(false),
             make.Call(kNotStrictlyFalseName, {make.Call(kLogicalNotName, {make.Accumulator()})}),
             make.Call(kLogicalOrName, {make.Accumulator(), predicate}), make.Accumulator()));
  } else {
    const auto one = [&make] { return make.Literal(std::int64_t{1}); };
    return Right(Fold(
        make, use, variables, make.Literal(std::int64_t{0}), make.Literal(true),
        make.Call(kConditionalName, {predicate, make.Call(kAddName, {make.Accumulator(), one()}),
                                     make.Accumulator()}),
        make.Call(kEqualsName, {make.Accumulator(), one()})));
  }
}

// step, or filter ? step : accumulator.
ExpressionPtr Filtered(Maker& make, const ExpressionPtr& filter, ExpressionPtr step) {
  if (!filter) return step;
  return make.Call(kConditionalName, {filter, std::move(step), make.Accumulator()});
}

Expansion ExpandMap(const MacroUse& use) {
  Variables variables;
  if (auto wrong = ReadVariables(use, 1, "argument is not an identifier", variables)) {
    return *wrong;
  }
  Maker make(use);
  const ExpressionPtr filter = use.arguments.size() == 3 ? use.arguments[1] : nullptr;
  ExpressionPtr step = make.Call(kAddName, {make.Accumulator(), make.List({use.arguments.back()})});
  return Right(Fold(make, use, variables, make.List(), make.Literal(true),
                    Filtered(make, filter, std::move(step)), make.Accumulator()));
}

Expansion ExpandFilter(const MacroUse& use) {
  Variables variables;
  if (auto wrong = ReadVariables(use, 1, "argument is not an identifier", variables)) {
    return *wrong;
  }
  Maker make(use);
  ExpressionPtr step = make.Call(kAddName, {make.Accumulator(), make.List({use.arguments[0]})});
  return Right(Fold(make, use, variables, make.List(), make.Literal(true),
                    Filtered(make, use.arguments[1], std::move(step)), make.Accumulator()));
}

enum class Transform { kList, kMap, kMapEntry };

template <Transform kKind>
Expansion ExpandTransform(const MacroUse& use) {
  Variables variables;
  if (auto wrong = ReadVariables(use, 2, "argument must be a simple name", variables)) {
    return *wrong;
  }
  Maker make(use);
  const ExpressionPtr filter = use.arguments.size() == 4 ? use.arguments[2] : nullptr;
  const ExpressionPtr& made = use.arguments.back();
  ExpressionPtr step;
  ExpressionPtr init = kKind == Transform::kList ? make.List() : make.New(MapExpression{});
  if constexpr (kKind == Transform::kList) {
    step = make.Call(kAddName, {make.Accumulator(), make.List({made})});
  } else if constexpr (kKind == Transform::kMap) {
    step = make.Call(kMapInsertName, {make.Accumulator(), make.Ident(variables.first), made});
  } else {
    step = make.Call(kMapInsertName, {make.Accumulator(), made});
  }
  return Right(Fold(make, use, variables, std::move(init), make.Literal(true),
                    Filtered(make, filter, std::move(step)), make.Accumulator()));
}

// let name = value in body, as a fold over nothing.
ExpressionPtr Let(Maker& make, std::string name, ExpressionPtr value, ExpressionPtr body) {
  ExpressionPtr range = make.List();
  ExpressionPtr never = make.Literal(false);
  ExpressionPtr step = make.Ident(name);
  return make.New(ComprehensionExpression{std::move(range),
                                          kUnused,
                                          {},
                                          std::move(name),
                                          std::move(value),
                                          std::move(never),
                                          std::move(step),
                                          std::move(body)});
}

template <bool kIsFlat>
Expansion ExpandOptMap(const MacroUse& use) {
  const std::string* name = SimpleName(use.arguments[0]);
  if (!name) {
    return Wrong(use.arguments[0], std::string(kIsFlat ? "optFlatMap" : "optMap") +
                                       "() variable name must be a simple identifier");
  }
  Maker make(use);
  ExpressionPtr mapped =
      Let(make, *name, make.MemberCall("value", use.tree.Copy(use.target)), use.arguments[1]);
  if (!kIsFlat) mapped = make.Call("optional.of", {mapped});
  return Right(make.Call(kConditionalName, {make.MemberCall("hasValue", use.target), mapped,
                                            make.Call("optional.none", {})}));
}

Expansion ExpandSortBy(const MacroUse& use) {
  if (use.target->As<Constant>() || use.target->As<MapExpression>() ||
      use.target->As<StructExpression>()) {
    return Wrong(use.target,
                 "sortBy can only be applied to a list, identifier, comprehension, call or select "
                 "expression");
  }
  Maker make(use);
  MacroUse over_input{use.tree, use.place, make.Ident(kSortInput), use.arguments, false};
  Expansion keys = ExpandMap(over_input);
  if (!keys.expression) return keys;
  ExpressionPtr sorted =
      make.MemberCall(kSortByKeysName, make.Ident(kSortInput), {std::move(keys.expression)});
  return Right(Let(make, kSortInput, use.target, std::move(sorted)));
}

Expansion ExpandBind(const MacroUse& use) {
  const std::string* name = SimpleName(use.arguments[0]);
  if (!name) {
    return Wrong(use.arguments[0], "cel.bind() variable names must be simple identifiers");
  }
  Maker make(use);
  return Right(Let(make, *name, use.arguments[1], use.arguments[2]));
}

struct Macro {
  std::string_view name;
  std::size_t argument_count;
  bool is_member;
  Expansion (*expand)(const MacroUse&);
};

constexpr std::array kMacros = {
    Macro{"has", 1, false, ExpandHas},
    Macro{"all", 2, true, ExpandQuantifier<Quantifier::kAll, 1>},
    Macro{"all", 3, true, ExpandQuantifier<Quantifier::kAll, 2>},
    Macro{"exists", 2, true, ExpandQuantifier<Quantifier::kExists, 1>},
    Macro{"exists", 3, true, ExpandQuantifier<Quantifier::kExists, 2>},
    Macro{"exists_one", 2, true, ExpandQuantifier<Quantifier::kExistsOne, 1>},
    Macro{"exists_one", 3, true, ExpandQuantifier<Quantifier::kExistsOne, 2>},
    Macro{"existsOne", 3, true, ExpandQuantifier<Quantifier::kExistsOne, 2>},
    Macro{"map", 2, true, ExpandMap},
    Macro{"map", 3, true, ExpandMap},
    Macro{"filter", 2, true, ExpandFilter},
    Macro{"transformList", 3, true, ExpandTransform<Transform::kList>},
    Macro{"transformList", 4, true, ExpandTransform<Transform::kList>},
    Macro{"transformMap", 3, true, ExpandTransform<Transform::kMap>},
    Macro{"transformMap", 4, true, ExpandTransform<Transform::kMap>},
    Macro{"transformMapEntry", 3, true, ExpandTransform<Transform::kMapEntry>},
    Macro{"transformMapEntry", 4, true, ExpandTransform<Transform::kMapEntry>},
    Macro{"optMap", 2, true, ExpandOptMap<false>},
    Macro{"optFlatMap", 2, true, ExpandOptMap<true>},
    Macro{"sortBy", 2, true, ExpandSortBy},
};

bool IsBind(const std::string& function, const MacroUse& use) {
  if (!use.has_bind || function != "bind" || !use.target || use.arguments.size() != 3) return false;
  const std::string* name = SimpleName(use.target);
  return name && *name == "cel";
}

}  // namespace

std::optional<Expansion> ExpandMacro(const std::string& function, const MacroUse& use) {
  if (IsBind(function, use)) return ExpandBind(use);
  for (const Macro& macro : kMacros) {
    if (macro.name == function && macro.argument_count == use.arguments.size() &&
        macro.is_member == (use.target != nullptr)) {
      return macro.expand(use);
    }
  }
  return std::nullopt;
}

}  // namespace apiserver::cel
