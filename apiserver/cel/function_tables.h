// Where the rows of each file of function declarations are found. Not for use beside
// function_decl.cc.
#pragma once

#include <span>

#include "apiserver/cel/function_decl.h"

namespace apiserver::cel {

std::span<const FunctionLibrary> OperatorsFunctions();
std::span<const FunctionLibrary> StandardFunctions();
std::span<const FunctionLibrary> ExtensionsFunctions();
std::span<const FunctionLibrary> KubernetesFunctionTables();
std::span<const FunctionLibrary> AuthorizerFunctions();

}  // namespace apiserver::cel
