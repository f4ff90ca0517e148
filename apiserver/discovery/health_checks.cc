#include "apiserver/discovery/health_checks.h"

#include <algorithm>

namespace apiserver {
namespace {

constexpr std::string_view kCommonChecks[] = {
    "autoregister-completion",
    "etcd",
    "log",
    "ping",
    "poststarthook/apiservice-discovery-controller",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-status-local-available-controller",
    "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/bootstrap-controller",
    "poststarthook/crd-informer-synced",
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/kube-apiserver-autoregistration",
    "poststarthook/peer-endpoint-reconciler-controller",
    "poststarthook/priority-and-fairness-config-consumer",
    "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/priority-and-fairness-filter",
    "poststarthook/rbac/bootstrap-roles",
    "poststarthook/scheduling/bootstrap-system-priority-classes",
    "poststarthook/start-apiextensions-controllers",
    "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiserver-admission-initializer",
    "poststarthook/start-cluster-authentication-info-controller",
    "poststarthook/start-kube-aggregator-informers",
    "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
    "poststarthook/start-kubernetes-service-cidr-controller",
    "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers",
    "poststarthook/start-system-namespaces-controller",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/storage-readiness",
};
constexpr std::string_view kLivenessChecks[] = {"loopback-serving-certificate"};
constexpr std::string_view kReadinessChecks[] = {"etcd-readiness", "informer-sync", "shutdown"};

}  // namespace

std::vector<std::string_view> HealthChecksOf(std::string_view endpoint) {
  std::vector<std::string_view> checks(std::begin(kCommonChecks), std::end(kCommonChecks));
  if (endpoint == "readyz") {
    checks.insert(checks.end(), std::begin(kReadinessChecks), std::end(kReadinessChecks));
  } else {
    checks.insert(checks.end(), std::begin(kLivenessChecks), std::end(kLivenessChecks));
  }
  std::sort(checks.begin(), checks.end());
  return checks;
}

}  // namespace apiserver
