// Updates that change one text which nothing else depends on, made upon the bytes at rest:
// heartbeats.
//
// Invariant: the outcome is the one that an ordinary update has, to the byte (revision, bytes,
// managedFields, events); where that is not certain, the ordinary way is taken.
#pragma once

#include "apiserver/registry/call.h"

namespace apiserver {

// Commits the edit of `call`, or null where only the ordinary way will do: the object changed
// meanwhile, an admission plug-in wants to see it, the field is not one of those that no rule
// reads, or somebody else has a share in the record of its fields.
ObjectPtr EditAtRest(Call& call, const WriteOptions& options);

// Makes an ordinary update of the edit: the object as a whole in the request. Errors: there is no
// such object, or no such field in it.
std::optional<ApiError> WriteOutEdit(Call& call);

}  // namespace apiserver
