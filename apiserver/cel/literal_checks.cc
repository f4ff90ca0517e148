#include "apiserver/cel/literal_checks.h"

#include <re2/re2.h>

#include "apiserver/cel/format_checks.h"
#include "apiserver/cel/library/pattern.h"
#include "apiserver/cel/time_text.h"
#include "apiserver/cel/tree_walk.h"

namespace apiserver::cel {
namespace {

class LiteralChecker {
 public:
  LiteralChecker(const CheckedExpression& expression, Issues& issues)
      : expression_(expression), issues_(issues) {}

  // `is_exempt`: within the arguments of format(), which may be of many types.
  void Visit(const Expression& node, bool is_exempt) {
    const auto* call = node.As<CallExpression>();
    if (call) CheckCall(*call);
    CheckFormatCall(expression_, node, issues_);
    if (const auto* list = node.As<ListExpression>(); list && !is_exempt) CheckList(*list);
    if (const auto* map = node.As<MapExpression>(); map && !is_exempt) CheckMap(*map);
    const bool are_exempt = is_exempt || (call && call->function == "format");
    ForEachPart(node, [&](const Expression& part) { Visit(part, are_exempt); });
  }

 private:
  void CheckCall(const CallExpression& call) {
    if (call.arguments.empty()) return;
    const auto* constant = call.arguments[0]->As<Constant>();
    const auto* text = constant ? std::get_if<std::string>(constant) : nullptr;
    if (!text) return;
    const bool is_sound = call.function == "duration"    ? ParseDurationNanos(*text).has_value()
                          : call.function == "timestamp" ? ParseZonedTime(*text).ok()
                          : call.function == "matches"   ? CompileRegex(*text).ok()
                                                         : true;
    if (is_sound) return;
    issues_.Report(call.arguments[0]->position, "invalid " + call.function + " argument");
  }

  TypePtr TypeOf(const Expression& node, bool is_optional) const {
    const TypePtr& type = expression_.TypeOf(node);
    return is_optional && type->is_optional() ? type->parameters()[0] : type;
  }

  // The first type is the one that all others must be. False: a mismatch was reported.
  bool Join(TypePtr& wanted, const TypePtr& found, const Expression& at) {
    if (!wanted) {
      wanted = found;
      return true;
    }
    if (SameType(*wanted, *found)) return true;
    issues_.Report(at.position, "expected type '" + FormatType(*wanted) + "' but found '" +
                                    FormatType(*found) + "'");
    return false;
  }

  void CheckList(const ListExpression& list) {
    TypePtr wanted;
    for (const ListExpression::Element& element : list.elements) {
      if (!Join(wanted, TypeOf(*element.value, element.is_optional), *element.value)) return;
    }
  }

  void CheckMap(const MapExpression& map) {
    TypePtr key;
    TypePtr value;
    for (const MapExpression::Entry& entry : map.entries) {
      Join(key, TypeOf(*entry.key, false), *entry.key);
      Join(value, TypeOf(*entry.value, entry.is_optional), *entry.value);
    }
  }

  const CheckedExpression& expression_;
  Issues& issues_;
};

}  // namespace

void CheckLiterals(const CheckedExpression& expression, Issues& issues) {
  LiteralChecker(expression, issues).Visit(*expression.root, false);
}

}  // namespace apiserver::cel
