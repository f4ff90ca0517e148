// Gives each node of a tree its type and each call its overloads, or says why it cannot.
//
// Source: cel-go checker/{checker,env,errors}.go. Threads: any, each its own.
#pragma once

#include "apiserver/cel/compile.h"
#include "apiserver/cel/parser.h"
#include "apiserver/cel/source.h"

namespace apiserver::cel {

// nullptr if there were issues. Requires: `parsed` has none.
std::shared_ptr<const CheckedExpression> Check(const Parsed& parsed, const Environment& environment,
                                               Issues& issues);

}  // namespace apiserver::cel
