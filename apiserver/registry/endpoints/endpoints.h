// The endpoints of built-in resources that are not the generic ones.
#pragma once

#include <memory>

#include "apiserver/ports/pod_logs.h"
#include "apiserver/registry/registry.h"

namespace apiserver {

// /scale of Deployments, ReplicaSets, StatefulSets, ReplicationControllers and custom resources.
std::unique_ptr<Endpoint> MakeScaleEndpoint();
// pods/binding, and the collection `bindings`.
std::unique_ptr<Endpoint> MakeBindingEndpoint();
// componentstatuses.
std::unique_ptr<Endpoint> MakeComponentStatusEndpoint();
// pods/eviction.
std::unique_ptr<Endpoint> MakeEvictionEndpoint();
// pods/log. `logs` may be null: then every pod with a node is on an unknown one.
std::unique_ptr<Endpoint> MakeLogEndpoint(PodLogSource* logs);
// pods/exec, attach, portforward, and the proxies: refused, for there is nothing to connect to.
std::unique_ptr<Endpoint> MakeConnectEndpoint();
// The kinds that ask what a user may do. `resource` names which.
std::unique_ptr<Endpoint> MakeAccessReviewEndpoint(std::string_view resource);
// Who one is.
std::unique_ptr<Endpoint> MakeSelfSubjectReviewEndpoint();

// Adds all of the above to `registry`.
void AddBuiltinEndpoints(Registry& registry, PodLogSource* logs);

}  // namespace apiserver
