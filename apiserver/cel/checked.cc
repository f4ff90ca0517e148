#include "apiserver/cel/checked.h"

namespace apiserver::cel {

const TypePtr& CheckedExpression::result_type() const { return TypeOf(*root); }
const TypePtr& CheckedExpression::TypeOf(const Expression& node) const {
  return types.at(static_cast<std::size_t>(node.id));
}
const Reference& CheckedExpression::ReferenceOf(const Expression& node) const {
  return references.at(static_cast<std::size_t>(node.id));
}

}  // namespace apiserver::cel
