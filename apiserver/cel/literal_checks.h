// What Kubernetes' environment checks of literals once types are right: durations, times, patterns,
// and that lists and maps hold one type.
//
// Source: cel-go cel/validator.go. Threads: any.
#pragma once

#include "apiserver/cel/checked.h"
#include "apiserver/cel/source.h"

namespace apiserver::cel {

void CheckLiterals(const CheckedExpression& expression, Issues& issues);

}  // namespace apiserver::cel
