// Text to checked expression: the front door of the front end.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "apiserver/cel/checked.h"

namespace apiserver::cel {

// What expressions of one place may speak about. Referenced things outlive it.
struct Environment {
  std::map<std::string, TypePtr, std::less<>> variables;
  const FunctionRegistry* functions = nullptr;  // nullptr: KubernetesFunctions()
  const TypeProvider* types = nullptr;          // nullptr: no object types
  std::string container;                        // of names, as a package; usually empty
  bool is_homogeneous_literals =
      true;  // literals are checked: one type in lists and maps, sound patterns
  bool has_escaped_names = false;  // a.`b-c`, which Kubernetes does not offer
  bool has_bind_macro = false;     // cel.bind, which Kubernetes does not offer
};

struct Compiled {
  std::shared_ptr<const CheckedExpression> expression;  // nullptr: refused
  std::string
      error;  // cel-go's text: "ERROR: <input>:1:6: ...\n | self.x\n | .....^", joined by "\n"
};

// Parses, checks, and validates literals as Kubernetes' environment does (durations, timestamps,
// patterns).
Compiled Compile(const Environment& environment, std::string_view text);

}  // namespace apiserver::cel
