// The verb patch in its four forms.
//
// Source: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
#pragma once

#include "apiserver/registry/call.h"

namespace apiserver {

Response HandlePatch(Call& call);

enum class PatchForm : std::uint8_t { kJson, kMerge, kStrategic, kApply };

// The form that a content type names, or 415 in the words for the kind of resource.
ApiResult<PatchForm> ReadPatchForm(const std::string& content_type, bool is_custom);

// Applies the request's JSON, merge or strategic patch to `live` and decodes the result as `type`,
// in `live`'s form. Unknown fields are refused, warned of or dropped.
ApiResult<Value> PatchValue(Call& call, PatchForm form, const Value& live, const Type* type,
                            FieldValidation validation);

}  // namespace apiserver
