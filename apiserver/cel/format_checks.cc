#include "apiserver/cel/format_checks.h"

#include <algorithm>
#include <optional>

#include "apiserver/cel/library/format_clause.h"

namespace apiserver::cel {
namespace {

using Kinds = std::initializer_list<TypeKind>;

struct ClauseRule {
  const char* letters;
  Kinds kinds;
  const char* refusal;
};

constexpr ClauseRule kRules[] = {
    {"d", {TypeKind::kInt, TypeKind::kUint}, "decimal clause can only be used on integers"},
    {"f", {TypeKind::kDouble, TypeKind::kString}, "fixed-point clause can only be used on doubles"},
    {"e", {TypeKind::kDouble, TypeKind::kString}, "scientific clause can only be used on doubles"},
    {"b",
     {TypeKind::kInt, TypeKind::kUint, TypeKind::kBool},
     "only integers and bools can be formatted as binary"},
    {"xX",
     {TypeKind::kInt, TypeKind::kUint, TypeKind::kString, TypeKind::kBytes},
     "only integers, byte buffers, and strings can be formatted as hex"},
    {"o", {TypeKind::kInt, TypeKind::kUint}, "octal clause can only be used on integers"},
    {"s",
     {TypeKind::kList, TypeKind::kMap, TypeKind::kInt, TypeKind::kUint, TypeKind::kDouble,
      TypeKind::kBool, TypeKind::kString, TypeKind::kTimestamp, TypeKind::kBytes,
      TypeKind::kDuration, TypeKind::kType, TypeKind::kNull},
     "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, "
     "durations, and timestamps"},
};

// The part of `node` that no string can be made of; nullptr: none.
const Expression* FindUnfit(const CheckedExpression& expression, const Expression& node,
                            const ClauseRule& rule) {
  const TypePtr& type = expression.TypeOf(node);
  const bool is_fit =
      type->kind() == TypeKind::kDyn ||
      std::find(rule.kinds.begin(), rule.kinds.end(), type->kind()) != rule.kinds.end();
  if (!is_fit) return &node;
  if (rule.letters[0] != 's') return nullptr;
  const Expression* unfit = nullptr;
  if (const auto* list = node.As<ListExpression>()) {
    for (const auto& element : list->elements) {
      if (!unfit) unfit = FindUnfit(expression, *element.value, rule);
    }
  } else if (const auto* map = node.As<MapExpression>()) {
    for (const auto& entry : map->entries) {
      if (!unfit) unfit = FindUnfit(expression, *entry.key, rule);
      if (!unfit) unfit = FindUnfit(expression, *entry.value, rule);
    }
  }
  return unfit;
}

// The first that is wrong with the text and its arguments.
struct Wrong {
  std::int32_t position;
  std::string message;
};
std::optional<Wrong> FindWrong(const CheckedExpression& expression, const Expression& call,
                               std::string_view text, const ListExpression& arguments) {
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') continue;
    if (++at == text.size()) return Wrong{call.position, "unexpected end of string"};
    if (text[at] == '%') continue;
    if (used == arguments.elements.size()) {
      return Wrong{call.position, "index " + std::to_string(used) + " out of range"};
    }
    const FormatClause clause = ParseFormatClause(text.substr(at));
    if (!clause.error.empty()) {
      return Wrong{call.position, "could not parse formatting clause: " + clause.error};
    }
    at += clause.size - 1;
    const Expression& argument = *arguments.elements[used++].value;
    for (const ClauseRule& rule : kRules) {
      if (std::string_view(rule.letters).find(clause.letter) == std::string_view::npos) continue;
      if (const Expression* unfit = FindUnfit(expression, argument, rule)) {
        return Wrong{unfit->position, std::string("error during formatting: ") + rule.refusal +
                                          ", was given " + expression.TypeOf(*unfit)->name()};
      }
    }
  }
  if (arguments.elements.size() > used) {
    return Wrong{call.position, "too many arguments supplied to string.format (expected " +
                                    std::to_string(used) + ", got " +
                                    std::to_string(arguments.elements.size()) + ")"};
  }
  return std::nullopt;
}

}  // namespace

void CheckFormatCall(const CheckedExpression& expression, const Expression& node, Issues& issues) {
  const auto* call = node.As<CallExpression>();
  if (!call || call->function != "format" || !call->target || call->arguments.size() != 1) return;
  const auto* constant = call->target->As<Constant>();
  const auto* text = constant ? std::get_if<std::string>(constant) : nullptr;
  const auto* arguments = call->arguments[0]->As<ListExpression>();
  if (!text || !arguments) return;
  if (auto wrong = FindWrong(expression, node, *text, *arguments)) {
    issues.Report(wrong->position, std::move(wrong->message));
  }
}

}  // namespace apiserver::cel
