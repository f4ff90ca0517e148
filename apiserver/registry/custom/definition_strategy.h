// The rules of CustomResourceDefinitions.
//
// Source: apiextensions-apiserver/pkg/registry/customresourcedefinition and
// pkg/apis/apiextensions/validation.
#pragma once

#include <memory>

#include "apiserver/registry/strategy.h"

namespace apiserver {

std::unique_ptr<const Strategy> MakeDefinitionStrategy();

// What is wrong with a definition's spec; `old` is null on a create.
FieldErrors ValidateDefinition(const Value& definition, const Value* old);

// What is wrong with its status, as the status endpoint sees it.
FieldErrors ValidateDefinitionStatus(const Value& definition);

}  // namespace apiserver
