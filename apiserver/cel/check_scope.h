// What names mean at one point of an expression: variables of macros, declared variables, types.
//
// Not for use beside the checker. Invariant: an inner variable hides outer ones.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/cel/compile.h"

namespace apiserver::cel {

struct Meaning {
  std::string name;  // fully qualified
  TypePtr type;      // of a type: type(T)
  bool is_type = false;
};

class CheckScope {
 public:
  explicit CheckScope(const Environment& environment);

  std::optional<Meaning> FindName(std::string_view name) const;
  const Function* FindFunction(std::string_view name) const;
  const Function& function(std::string_view name) const { return *functions_.Find(name); }
  const TypeProvider* types() const { return environment_.types; }
  const Environment& environment() const { return environment_; }

  void Add(std::string name, TypePtr type) { locals_.emplace_back(std::move(name), type); }
  std::size_t size() const { return locals_.size(); }
  void ShrinkTo(std::size_t size) { locals_.resize(size); }

 private:
  // `name` within the container and each of its parents, innermost first.
  std::vector<std::string> Candidates(std::string_view name) const;

  const Environment& environment_;
  const FunctionRegistry& functions_;
  std::vector<std::pair<std::string, TypePtr>> locals_;
};

// "a.b.c" of nested selects on an ident; nullopt for anything else.
std::optional<std::string> QualifiedName(const Expression& expression);

}  // namespace apiserver::cel
