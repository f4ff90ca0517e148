// What changed between two values, as upstream's messages show it: a unified diff of their
// indented JSON with three lines of context.
//
// The algorithm is that of Python's difflib, popular lines included, because its choices are what
// clients see. Source: k8s.io/apimachinery/pkg/util/diff, 1.36. Threads: any.
#pragma once

#include <string>

#include "apiserver/api/json.h"

namespace apiserver {

std::string UnifiedDiff(const Value& before, const Value& after);

}  // namespace apiserver
