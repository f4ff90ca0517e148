// Server-side apply: a patch that says what its manager wants to own.
#pragma once

#include "apiserver/registry/call.h"

namespace apiserver {

// Requires: the request's content type is application/apply-patch+yaml and its options are checked.
Response HandleApply(Call& call, const WriteOptions& options);

// The configuration in the body. Unless ignored, repeated keys are refused or warned of.
ApiResult<Value> ReadConfiguration(Call& call, FieldValidation validation);

}  // namespace apiserver
