// What the paths of a scale subresource must hold.
//
// Source: apiextensions-apiserver/pkg/registry/customresource/validator.go. Threads: any, no shared
// state.
#pragma once

#include "apiserver/api/errors.h"
#include "apiserver/registry/api_resource.h"

namespace apiserver {

FieldErrors ValidateScaleSpec(const ScalePaths& scale, const Value& object);
FieldErrors ValidateScaleStatus(const ScalePaths& scale, const Value& object);

}  // namespace apiserver
