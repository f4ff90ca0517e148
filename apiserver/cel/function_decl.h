// Which functions exist: name, overloads, library, and the Kubernetes version that brought them.
//
// Declarations are rows (functions_*.cc), types written as text: "list(A)", "map(K, V)",
// "optional_type(V)", "kubernetes.Quantity". A single capital letter is a type parameter.
// Implementations are registered elsewhere, by overload id.
// Source: cel-go common/stdlib, ext; k8s.io/apiserver pkg/cel/library and environment/base.go.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/cel/type.h"

namespace apiserver::cel {

// One row of the tables.
struct FunctionRow {
  std::string_view name;         // "contains", "_+_"
  std::string_view overload_id;  // "contains_string"
  bool is_member;                // the first argument is the target
  std::string_view arguments;    // "string, string"
  std::string_view result;       // "bool"
};

// One library: a set of rows and the minor version (of 1.x) in which Kubernetes offers it. Rows of
// libraries that only the specification's tests use have kNotInKubernetes.
inline constexpr int kNotInKubernetes = 99;
struct FunctionLibrary {
  std::string_view name;  // "cel.lib.ext.strings", "kubernetes.quantity"
  int since_minor;
  std::span<const FunctionRow> rows;
};

// Every library, in the order in which cel-go would declare them.
std::span<const FunctionLibrary> FunctionLibraries();

struct Overload {
  std::string id;
  bool is_member = false;
  std::vector<TypePtr> arguments;  // with the target first, if a member
  TypePtr result;
  std::string_view library;
};

struct Function {
  std::string name;
  std::vector<Overload> overloads;  // in the order of declaration
};

// The functions of a set of libraries, by name.
class FunctionRegistry {
 public:
  // Requires: rows are well-formed, overload ids unique.
  explicit FunctionRegistry(std::span<const FunctionLibrary> libraries, int minor_max);

  const Function* Find(std::string_view name) const;

 private:
  void Add(const FunctionRow& row, std::string_view library);

  std::map<std::string, Function, std::less<>> functions_;
};

// What Kubernetes 1.36 offers to new expressions; made once, read-only.
const FunctionRegistry& KubernetesFunctions();

// A type from its text. Requires: well-formed.
TypePtr ParseType(std::string_view text);

}  // namespace apiserver::cel
