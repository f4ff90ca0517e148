// DELETE of one object: preconditions, grace, finalizers, propagation.
//
// Source of the order: k8s.io/apiserver/pkg/registry/rest/delete.go and generic/registry/store.go.
#pragma once

#include "apiserver/registry/call.h"

namespace apiserver {

struct DeletionOutcome {
  ObjectPtr object;  // what is left, or the last state
  bool is_gone = false;
  // The answer shows the object; else a Status that names it.
  bool shows_object = false;
};

// Requires: the context's is_dry_run is set.
ApiResult<DeletionOutcome> DeleteObject(Call& call, const std::string& name,
                                        DeleteRequestOptions options);

}  // namespace apiserver
