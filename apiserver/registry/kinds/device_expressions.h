// Compiles the selectors of devices, and judges what they may cost.
//
// Source: k8s.io/dynamic-resource-allocation/cel, resource/v1 (sizes). Pure; threads: any.
#pragma once

#include "apiserver/registry/kinds/admission_expressions.h"

namespace apiserver {

struct CompiledSelector {
  CompiledExpression expression;
  bool is_too_costly = false;  // by estimate, when it compiles
};

CompiledSelector CompileDeviceSelector(std::string_view text);

}  // namespace apiserver
