// The common core of all writes: what is done between a decoded object and its commit, in
// upstream's order.
//
// Source: k8s.io/apiserver/pkg/registry/rest (BeforeCreate, BeforeUpdate) and
// generic/registry/store.go.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "apiserver/registry/call.h"

namespace apiserver {

struct WriteOutcome {
  ObjectPtr object;  // as stored; of a dry run as it would be
  bool was_created = false;
};

struct UpdateRules {
  const Strategy* strategy = nullptr;  // of the resource or of its subresource
  bool may_create = false;
  std::string uid;  // precondition when not ""
};

// Computes the new state from the present one (null when there is none), both in the served version
// and with managedFields.
using ChangeFunction = std::function<ApiResult<Value>(const Value* live)>;

// Makes the object under its name or a generated one. `object` is in the served version, decoded
// and defaulted, with managedFields. Requires: options.is_dry_run is in the call's context.
ApiResult<WriteOutcome> CreateObject(Call& call, Value object);

// Reads, changes, checks and commits the object `name`.
ApiResult<WriteOutcome> UpdateObject(Call& call, const std::string& name, const UpdateRules& rules,
                                     const ChangeFunction& change);

// What admission is told of this request. Requires: `call`, `name` and `old` outlive the result.
AdmissionRequest Admission(Call& call, Operation operation, std::string_view name,
                           const Value* old);

// Fails when the object names another namespace than the request; else fills it in.
std::optional<ApiError> MatchNamespace(const Call& call, Value& object);

// A generated name: the base cut so that five characters fit into 63.
std::string GenerateName(std::string_view base, sim::Random& random);

// Whether a change of `resource` is more than a heartbeat (design, housekeeping).
bool IsWork(const GroupResource& resource);

}  // namespace apiserver
