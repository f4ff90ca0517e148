// JSON merge patch (RFC 7386) as kube-apiserver applies it. Threads: any, no shared state.
#pragma once

#include <string_view>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/registry/patch/json_patch.h"

namespace apiserver {

// Errors: 400 for a body that is malformed, null or no object. Read plainly, a list takes the place
// of the whole object.
ApiResult<Patched> ApplyMergePatch(const Value& original, std::string_view body,
                                   JsonStorage storage = {},
                                   PatchReading reading = PatchReading::kStrict);

// Orders the members of what the patch went through, as upstream's library leaves them.
void SortVisitedByMergePatch(Value& patched, const Value& patch);

// Merges `patch` into `target`: null removes, objects merge, all else replaces.
void MergeInto(Object& target, const Object& patch);

}  // namespace apiserver
