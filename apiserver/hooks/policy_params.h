// The parameters that a binding gives to its policy.
//
// Source: CollectParams of k8s.io/apiserver/pkg/admission/plugin/policy/generic. Threads: the
// kernel's only.
#pragma once

#include "apiserver/hooks/policy_list.h"
#include "apiserver/registry/call.h"

namespace apiserver {

// The resource that serves `kind`; its absence is the policy's error: "failed to find ...".
sim::Result<const ApiResource*> FindParamResource(const ResourceTable& resources,
                                                  const GroupVersionKind& kind);

// One value per evaluation; null where the policy is evaluated without parameters. Empty: nothing
// is evaluated. `resource` is null where the policy names no kind. `namespace_` is the request's.
// Errors: the binding's, as the refusal shows them.
sim::Result<std::vector<Value>> CollectParams(const Store& store, const ApiResource* resource,
                                              const PolicyBinding& binding,
                                              const std::string& namespace_);

}  // namespace apiserver
