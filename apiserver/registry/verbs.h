// The verbs that write whole objects: create, update, delete, deletecollection.
#pragma once

#include "apiserver/registry/call.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/write.h"

namespace apiserver {

Response HandleCreate(Call& call);
Response HandleUpdate(Call& call);
Response HandleDelete(Call& call);
Response HandleDeleteCollection(Call& call);

// The rules under which the request's subresource (or the object itself, for "") is updated.
UpdateRules RulesFor(const Call& call);
// What a body sent to the request's endpoint must be.
ExpectedKind ExpectedKindOf(const Call& call);
// The answer of a write.
Response WriteResponse(Call& call, const ApiResult<WriteOutcome>& outcome);
// Fails when the object's name is not the one in the path.
std::optional<ApiError> MatchName(const Call& call, const Value& object);
// Fills the defaults of the served version.
void ApplyDefaults(const Call& call, Value& object);
// Errors of the body's form that come before everything else (413, 415).
std::optional<ApiError> EarlyBodyError(const Request& request);

}  // namespace apiserver
