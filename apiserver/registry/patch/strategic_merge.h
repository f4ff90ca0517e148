// Strategic merge patch: a merge patch that knows which lists merge, by which key, and has
// directives
// ($patch, $setElementOrder/, $deleteFromPrimitiveList/, $retainKeys).
//
// Source of the rules: k8s.io/apimachinery/pkg/util/strategicpatch. Threads: any, no shared state.
#pragma once

#include <string_view>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/registry/patch/json_patch.h"
#include "apiserver/schema/type.h"

namespace apiserver {

// `type` is the type of the object in the request's version. Errors: 400, 422 and plain 500 as
// upstream. The result shares `storage`.
ApiResult<Patched> ApplyStrategicMergePatch(const Value& original, std::string_view body,
                                            const Type& type, JsonStorage storage = {});

// A plain 500 without a reason, as Go errors that nobody interprets become.
ApiError PlainServerError(std::string_view message);

}  // namespace apiserver
