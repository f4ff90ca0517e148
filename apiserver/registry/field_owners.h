// Who set which field, on every write: between the verbs and the pure functions of registry/patch.
#pragma once

#include "apiserver/registry/call.h"
#include "apiserver/registry/patch/managed_fields.h"

namespace apiserver {

// How managedFields see this request. Requires: `call` outlives the result.
FieldManagerContext ManagerContext(Call& call, std::string manager);

// Sets metadata.managedFields of `object` as an update by the request's manager leaves them. Both
// values are in the served version; `live` is null on a create. Never fails: upstream ignores
// problems with managedFields here.
void RecordUpdate(Call& call, const WriteOptions& options, const Value* live, Value& object);

}  // namespace apiserver
