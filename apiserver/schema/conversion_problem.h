// What upstream says when a patched object, still a tree of maps, can't become the Go struct it
// should be. Go's decoder has other words for the same; NormalizeObject has those.
//
// Source: k8s.io/apimachinery/pkg/runtime/converter.go, 1.36. Threads: any.
#pragma once

#include <string>

#include "apiserver/api/json.h"
#include "apiserver/schema/type.h"

namespace apiserver {

// The first problem in Go's order of fields, or "" when only a type of its own (quantities, times)
// can say what is wrong.
std::string ConversionProblem(const Type& type, const Value& value);

}  // namespace apiserver
