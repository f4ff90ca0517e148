// Lists that a schema calls sets or maps: equal in any order, concatenated by merging.
//
// Source: k8s.io/apiserver pkg/cel/common/valuesunstructured.go. Threads: each its Arena.
#pragma once

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

// Requires: list.style() is not kAtomic.
Value StyledEquals(const List& list, const List& other, Arena& arena);
Value StyledPlus(const List& list, const List& other, Arena& arena);

}  // namespace apiserver::cel
