#include "apiserver/registry/kinds/all_kinds.h"

namespace apiserver {
namespace {

constexpr const KindRules* kAll[] = {
    &kDeploymentRules,
    &kReplicaSetRules,
    &kStatefulSetRules,
    &kDaemonSetRules,
    &kControllerRevisionRules,
    &kJobRules,
    &kCronJobRules,
    &kReplicationControllerRules,
    &kPodTemplateRules,
    &kPodRules,
    &kServiceRules,
    &kEndpointsRules,
    &kEndpointSliceRules,
    &kConfigMapRules,
    &kSecretRules,
    &kNamespaceRules,
    &kNodeRules,
    &kPersistentVolumeRules,
    &kPersistentVolumeClaimRules,
    &kEventRules,
    &kLimitRangeRules,
    &kResourceQuotaRules,
    &kServiceAccountRules,
    &kHorizontalPodAutoscalerRules,
    &kIngressRules,
    &kIngressClassRules,
    &kNetworkPolicyRules,
    &kIpAddressRules,
    &kServiceCidrRules,
    &kStorageClassRules,
    &kVolumeAttributesClassRules,
    &kVolumeAttachmentRules,
    &kCsiDriverRules,
    &kCsiNodeRules,
    &kCsiStorageCapacityRules,
    &kValidatingWebhookConfigurationRules,
    &kMutatingWebhookConfigurationRules,
    &kValidatingAdmissionPolicyRules,
    &kValidatingAdmissionPolicyBindingRules,
    &kMutatingAdmissionPolicyRules,
    &kMutatingAdmissionPolicyBindingRules,
    &kPodDisruptionBudgetRules,
    &kRoleRules,
    &kClusterRoleRules,
    &kRoleBindingRules,
    &kClusterRoleBindingRules,
    &kCertificateSigningRequestRules,
    &kPriorityClassRules,
    &kFlowSchemaRules,
    &kPriorityLevelConfigurationRules,
    &kLeaseRules,
    &kRuntimeClassRules,
    &kResourceClaimRules,
    &kResourceClaimTemplateRules,
    &kDeviceClassRules,
    &kResourceSliceRules,
};

}  // namespace

std::span<const KindRules* const> AllKindRules() { return kAll; }

StrategyTable BuiltinStrategies(std::shared_ptr<const BeginStep> service_step) {
  StrategyTable table;
  for (const KindRules* rules : kAll) {
    const bool is_service = rules == &kServiceRules;
    table.Add({std::string(rules->group), std::string(rules->resource)},
              MakeRuledStrategy(*rules, is_service ? service_step : nullptr));
  }
  return table;
}

}  // namespace apiserver
