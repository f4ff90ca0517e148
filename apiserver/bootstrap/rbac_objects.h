// The RBAC objects of the start as objects, and what a restart adds to those that are there.
//
// Invariant: the order is upstream's, so that revisions come in its order. Source:
// k8s.io/component-helpers/auth/rbac/reconciliation.
#pragma once

#include <optional>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/bootstrap/bootstrap_object.h"

namespace apiserver {

std::vector<BootstrapObject> RbacObjects();

// `present` with the rules or subjects of `wanted` that it lacks, or nothing when it lacks none or
// says that it is not to be updated.
std::optional<Value> Reconciled(const Value& present, const Value& wanted);

}  // namespace apiserver
