// The rows of AllKindRules, each defined in the file of its kind.
#pragma once

#include "apiserver/registry/kinds/kind_rules.h"

namespace apiserver {

extern const KindRules kDeploymentRules;
extern const KindRules kReplicaSetRules;
extern const KindRules kStatefulSetRules;
extern const KindRules kDaemonSetRules;
extern const KindRules kControllerRevisionRules;
extern const KindRules kJobRules;
extern const KindRules kCronJobRules;
extern const KindRules kReplicationControllerRules;
extern const KindRules kPodTemplateRules;
extern const KindRules kPodRules;
extern const KindRules kServiceRules;
extern const KindRules kEndpointsRules;
extern const KindRules kEndpointSliceRules;
extern const KindRules kConfigMapRules;
extern const KindRules kSecretRules;
extern const KindRules kNamespaceRules;
extern const KindRules kNodeRules;
extern const KindRules kPersistentVolumeRules;
extern const KindRules kPersistentVolumeClaimRules;
extern const KindRules kEventRules;
extern const KindRules kLimitRangeRules;
extern const KindRules kResourceQuotaRules;
extern const KindRules kServiceAccountRules;
extern const KindRules kHorizontalPodAutoscalerRules;
extern const KindRules kIngressRules;
extern const KindRules kIngressClassRules;
extern const KindRules kNetworkPolicyRules;
extern const KindRules kIpAddressRules;
extern const KindRules kServiceCidrRules;
extern const KindRules kStorageClassRules;
extern const KindRules kVolumeAttributesClassRules;
extern const KindRules kVolumeAttachmentRules;
extern const KindRules kCsiDriverRules;
extern const KindRules kCsiNodeRules;
extern const KindRules kCsiStorageCapacityRules;
extern const KindRules kValidatingWebhookConfigurationRules;
extern const KindRules kMutatingWebhookConfigurationRules;
extern const KindRules kValidatingAdmissionPolicyRules;
extern const KindRules kValidatingAdmissionPolicyBindingRules;
extern const KindRules kMutatingAdmissionPolicyRules;
extern const KindRules kMutatingAdmissionPolicyBindingRules;
extern const KindRules kPodDisruptionBudgetRules;
extern const KindRules kRoleRules;
extern const KindRules kClusterRoleRules;
extern const KindRules kRoleBindingRules;
extern const KindRules kClusterRoleBindingRules;
extern const KindRules kCertificateSigningRequestRules;
extern const KindRules kPriorityClassRules;
extern const KindRules kFlowSchemaRules;
extern const KindRules kPriorityLevelConfigurationRules;
extern const KindRules kLeaseRules;
extern const KindRules kRuntimeClassRules;
extern const KindRules kResourceClaimRules;
extern const KindRules kResourceClaimTemplateRules;
extern const KindRules kDeviceClassRules;
extern const KindRules kResourceSliceRules;

}  // namespace apiserver
