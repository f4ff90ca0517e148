// The rules of custom objects: those of their definition's schema.
//
// Source: apiextensions-apiserver/pkg/registry/customresource/strategy.go and status_strategy.go.
#pragma once

#include <memory>

#include "apiserver/registry/strategy.h"

namespace apiserver {

struct CustomResource;

// `custom` outlives the strategy, which it owns.
std::unique_ptr<const Strategy> MakeCustomStrategy(const CustomResource& custom);

}  // namespace apiserver
