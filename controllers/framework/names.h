// The API server's words that every controller uses, and the resources they act on.
#pragma once

#include <string>

#include "apiserver/api/json.h"
#include "apiserver/api/object.h"
#include "apiserver/api/resource.h"
#include "apiserver/client/resources.h"

namespace controllers {

using apiserver::Array;
using apiserver::GroupResource;
using apiserver::GroupVersionKind;
using apiserver::GroupVersionResource;
using apiserver::Object;
using apiserver::ObjectKey;
using apiserver::ObjectMeta;
using apiserver::ObjectPtr;
using apiserver::Value;

using apiserver::kClusterRoles;
using apiserver::kConfigMaps;
using apiserver::kControllerRevisions;
using apiserver::kCronJobs;
using apiserver::kCustomResourceDefinitions;
using apiserver::kDaemonSets;
using apiserver::kDeployments;
using apiserver::kEndpoints;
using apiserver::kEndpointSlices;
using apiserver::kEvents;
using apiserver::kJobs;
using apiserver::kLeases;
using apiserver::kNamespaces;
using apiserver::kNodes;
using apiserver::kPersistentVolumeClaims;
using apiserver::kPersistentVolumes;
using apiserver::kPodDisruptionBudgets;
using apiserver::kPods;
using apiserver::kReplicaSets;
using apiserver::kReplicationControllers;
using apiserver::kResourceQuotas;
using apiserver::kSecrets;
using apiserver::kServiceAccounts;
using apiserver::kServices;
using apiserver::kStatefulSets;
using apiserver::kStorageClasses;

}  // namespace controllers
