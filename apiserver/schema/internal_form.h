// How upstream's server prints its own structs in error messages: under Go's names, in Go's order,
// with every zero value, because those structs carry no JSON tags.
//
// Invariants: rows are constants, sorted by name ("core.PodSpec"). A row's members are separated by
// blanks, each shown:json:kind, or +kind for what Go embeds. Kinds: s text, n number, b flag,
// q quantity, j anything printed as it is, a row's name; before them * pointer (j* absent is null),
// [] list, m map. Source: kubernetes/pkg/apis/*/types.go, 1.36, read by tools/schema.
// Threads: any.
#pragma once

#include <span>
#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

struct InternalType {
  std::string_view name;
  std::string_view members;
};

std::span<const InternalType> InternalTypes();

// `versioned`, an API value of the newest version, as the struct `type` prints. Requires: there is
// a row of that name.
Value InternalForm(std::string_view type, const Value& versioned);
// The same of a list of such structs.
Value InternalForms(std::string_view type, const Array& versioned);

}  // namespace apiserver
