// Checks "...".format([...]) of a literal text and a literal list, before it runs.
//
// Source: cel-go ext/formatting.go (stringFormatValidator). Threads: any.
#pragma once

#include "apiserver/cel/checked.h"
#include "apiserver/cel/source.h"

namespace apiserver::cel {

// Of any other call nothing is said.
void CheckFormatCall(const CheckedExpression& expression, const Expression& node, Issues& issues);

}  // namespace apiserver::cel
