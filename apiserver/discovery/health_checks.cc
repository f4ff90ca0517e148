#include "apiserver/discovery/health_checks.h"

namespace apiserver {
namespace {

// Where a check runs, by the endpoints that ask for it.
enum : unsigned { kHealth = 1, kLive = 2, kReady = 4, kEverywhere = kHealth | kLive | kReady };

struct Check {
  unsigned endpoints;
  std::string_view name;
};

constexpr Check kChecks[] = {
    {kEverywhere, "ping"},
    {kEverywhere, "log"},
    {kHealth | kLive, "loopback-serving-certificate"},
    {kEverywhere, "etcd"},
    {kReady, "etcd-readiness"},
    {kReady, "informer-sync"},
    {kEverywhere, "poststarthook/start-apiserver-admission-initializer"},
    {kEverywhere, "poststarthook/generic-apiserver-start-informers"},
    {kEverywhere, "poststarthook/priority-and-fairness-config-consumer"},
    {kEverywhere, "poststarthook/priority-and-fairness-filter"},
    {kEverywhere, "poststarthook/storage-object-count-tracker-hook"},
    {kEverywhere, "poststarthook/start-apiextensions-informers"},
    {kEverywhere, "poststarthook/start-apiextensions-controllers"},
    {kEverywhere, "poststarthook/crd-informer-synced"},
    {kEverywhere, "poststarthook/start-system-namespaces-controller"},
    {kEverywhere, "poststarthook/peer-endpoint-reconciler-controller"},
    {kEverywhere, "poststarthook/start-cluster-authentication-info-controller"},
    {kEverywhere, "poststarthook/start-kube-apiserver-identity-lease-controller"},
    {kEverywhere, "poststarthook/start-kube-apiserver-identity-lease-garbage-collector"},
    {kEverywhere, "poststarthook/storage-readiness"},
    {kEverywhere, "poststarthook/start-legacy-token-tracking-controller"},
    {kEverywhere, "poststarthook/start-service-ip-repair-controllers"},
    {kEverywhere, "poststarthook/rbac/bootstrap-roles"},
    {kEverywhere, "poststarthook/scheduling/bootstrap-system-priority-classes"},
    {kEverywhere, "poststarthook/priority-and-fairness-config-producer"},
    {kEverywhere, "poststarthook/bootstrap-controller"},
    {kEverywhere, "poststarthook/start-kubernetes-service-cidr-controller"},
    {kEverywhere, "poststarthook/start-kube-aggregator-informers"},
    {kEverywhere, "poststarthook/apiservice-status-local-available-controller"},
    {kEverywhere, "poststarthook/apiservice-status-remote-available-controller"},
    {kEverywhere, "poststarthook/apiservice-registration-controller"},
    {kEverywhere, "poststarthook/apiservice-discovery-controller"},
    {kEverywhere, "poststarthook/kube-apiserver-autoregistration"},
    {kEverywhere, "autoregister-completion"},
    {kEverywhere, "poststarthook/apiservice-openapi-controller"},
    {kEverywhere, "poststarthook/apiservice-openapiv3-controller"},
    {kReady, "shutdown"},
};

}  // namespace

std::vector<std::string_view> HealthChecksOf(std::string_view endpoint) {
  const unsigned asked = endpoint == "readyz" ? kReady : endpoint == "livez" ? kLive : kHealth;
  std::vector<std::string_view> checks;
  for (const Check& check : kChecks) {
    if ((check.endpoints & asked) != 0) checks.push_back(check.name);
  }
  return checks;
}

}  // namespace apiserver
