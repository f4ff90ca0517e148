// Makes nodes of an expression tree, with ids from 1 up.
//
// Invariant: at most kNodesMax nodes are made; beyond, is_full() holds and copies are cut short
// (macros that copy their target would double a tree with each use).
#pragma once

#include <utility>
#include <vector>

#include "apiserver/cel/ast.h"

namespace apiserver::cel {

class TreeBuilder {
 public:
  static constexpr std::int64_t kNodesMax = 200'000;

  // A node that is still to be made.
  struct Place {
    std::int64_t id;
    std::int32_t position;
  };
  Place NewPlace(std::int32_t position) { return {++last_id_, position}; }
  bool is_full() const { return last_id_ > kNodesMax; }
  std::int64_t last_id() const { return last_id_; }

  template <typename Node>
  ExpressionPtr New(Place place, Node node) {
    return std::make_shared<const Expression>(
        Expression{place.id, place.position, std::move(node)});
  }
  template <typename Node>
  ExpressionPtr New(std::int32_t position, Node node) {
    return New(NewPlace(position), std::move(node));
  }
  ExpressionPtr NewConstant(std::int32_t position, Constant value) {
    return New(position, std::move(value));
  }
  ExpressionPtr NewIdent(std::int32_t position, std::string name) {
    return New(position, IdentExpression{std::move(name)});
  }
  ExpressionPtr NewCall(Place place, std::string function, ExpressionPtr target,
                        std::vector<ExpressionPtr> arguments) {
    return New(place, CallExpression{std::move(function), std::move(target), std::move(arguments)});
  }
  // The same tree with ids of its own.
  ExpressionPtr Copy(const ExpressionPtr& expression);

 private:
  std::int64_t last_id_ = 0;
};

}  // namespace apiserver::cel
