// The built-in resources that code inside the process works with, in the version that it uses.
#pragma once

#include "apiserver/api/resource.h"

namespace apiserver {

inline const GroupVersionResource kBindings{"", "v1", "bindings"};
inline const GroupVersionResource kConfigMaps{"", "v1", "configmaps"};
inline const GroupVersionResource kEndpoints{"", "v1", "endpoints"};
inline const GroupVersionResource kEvents{"", "v1", "events"};
inline const GroupVersionResource kLimitRanges{"", "v1", "limitranges"};
inline const GroupVersionResource kNamespaces{"", "v1", "namespaces"};
inline const GroupVersionResource kNodes{"", "v1", "nodes"};
inline const GroupVersionResource kPersistentVolumeClaims{"", "v1", "persistentvolumeclaims"};
inline const GroupVersionResource kPersistentVolumes{"", "v1", "persistentvolumes"};
inline const GroupVersionResource kPods{"", "v1", "pods"};
inline const GroupVersionResource kPodTemplates{"", "v1", "podtemplates"};
inline const GroupVersionResource kReplicationControllers{"", "v1", "replicationcontrollers"};
inline const GroupVersionResource kResourceQuotas{"", "v1", "resourcequotas"};
inline const GroupVersionResource kSecrets{"", "v1", "secrets"};
inline const GroupVersionResource kServiceAccounts{"", "v1", "serviceaccounts"};
inline const GroupVersionResource kServices{"", "v1", "services"};

inline const GroupVersionResource kMutatingWebhookConfigurations{
    "admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
inline const GroupVersionResource kValidatingWebhookConfigurations{
    "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations"};
inline const GroupVersionResource kValidatingAdmissionPolicies{"admissionregistration.k8s.io", "v1",
                                                               "validatingadmissionpolicies"};
inline const GroupVersionResource kCustomResourceDefinitions{"apiextensions.k8s.io", "v1",
                                                             "customresourcedefinitions"};
inline const GroupVersionResource kApiServices{"apiregistration.k8s.io", "v1", "apiservices"};

inline const GroupVersionResource kControllerRevisions{"apps", "v1", "controllerrevisions"};
inline const GroupVersionResource kDaemonSets{"apps", "v1", "daemonsets"};
inline const GroupVersionResource kDeployments{"apps", "v1", "deployments"};
inline const GroupVersionResource kReplicaSets{"apps", "v1", "replicasets"};
inline const GroupVersionResource kStatefulSets{"apps", "v1", "statefulsets"};

inline const GroupVersionResource kHorizontalPodAutoscalers{"autoscaling", "v2",
                                                            "horizontalpodautoscalers"};
inline const GroupVersionResource kCronJobs{"batch", "v1", "cronjobs"};
inline const GroupVersionResource kJobs{"batch", "v1", "jobs"};
inline const GroupVersionResource kCertificateSigningRequests{"certificates.k8s.io", "v1",
                                                              "certificatesigningrequests"};
inline const GroupVersionResource kLeases{"coordination.k8s.io", "v1", "leases"};
inline const GroupVersionResource kEndpointSlices{"discovery.k8s.io", "v1", "endpointslices"};
inline const GroupVersionResource kNewEvents{"events.k8s.io", "v1", "events"};  // stored as kEvents
inline const GroupVersionResource kFlowSchemas{"flowcontrol.apiserver.k8s.io", "v1", "flowschemas"};
inline const GroupVersionResource kPriorityLevelConfigurations{"flowcontrol.apiserver.k8s.io", "v1",
                                                               "prioritylevelconfigurations"};
inline const GroupVersionResource kIngressClasses{"networking.k8s.io", "v1", "ingressclasses"};
inline const GroupVersionResource kIngresses{"networking.k8s.io", "v1", "ingresses"};
inline const GroupVersionResource kIpAddresses{"networking.k8s.io", "v1", "ipaddresses"};
inline const GroupVersionResource kNetworkPolicies{"networking.k8s.io", "v1", "networkpolicies"};
inline const GroupVersionResource kServiceCidrs{"networking.k8s.io", "v1", "servicecidrs"};
inline const GroupVersionResource kRuntimeClasses{"node.k8s.io", "v1", "runtimeclasses"};
inline const GroupVersionResource kPodDisruptionBudgets{"policy", "v1", "poddisruptionbudgets"};

inline const GroupVersionResource kClusterRoleBindings{"rbac.authorization.k8s.io", "v1",
                                                       "clusterrolebindings"};
inline const GroupVersionResource kClusterRoles{"rbac.authorization.k8s.io", "v1", "clusterroles"};
inline const GroupVersionResource kRoleBindings{"rbac.authorization.k8s.io", "v1", "rolebindings"};
inline const GroupVersionResource kRoles{"rbac.authorization.k8s.io", "v1", "roles"};

inline const GroupVersionResource kDeviceClasses{"resource.k8s.io", "v1", "deviceclasses"};
inline const GroupVersionResource kResourceClaims{"resource.k8s.io", "v1", "resourceclaims"};
inline const GroupVersionResource kResourceClaimTemplates{"resource.k8s.io", "v1",
                                                          "resourceclaimtemplates"};
inline const GroupVersionResource kResourceSlices{"resource.k8s.io", "v1", "resourceslices"};
inline const GroupVersionResource kPriorityClasses{"scheduling.k8s.io", "v1", "priorityclasses"};

inline const GroupVersionResource kCsiDrivers{"storage.k8s.io", "v1", "csidrivers"};
inline const GroupVersionResource kCsiNodes{"storage.k8s.io", "v1", "csinodes"};
inline const GroupVersionResource kCsiStorageCapacities{"storage.k8s.io", "v1",
                                                        "csistoragecapacities"};
inline const GroupVersionResource kStorageClasses{"storage.k8s.io", "v1", "storageclasses"};
inline const GroupVersionResource kVolumeAttachments{"storage.k8s.io", "v1", "volumeattachments"};
inline const GroupVersionResource kVolumeAttributesClasses{"storage.k8s.io", "v1",
                                                           "volumeattributesclasses"};

}  // namespace apiserver
