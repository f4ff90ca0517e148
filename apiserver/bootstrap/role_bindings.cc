// The bindings of the roles that are no controller's: a controller is bound to the role of its
// name. Source: kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy, 1.36.3 with its default
// features.
#include "apiserver/bootstrap/rbac_rows.h"

namespace apiserver {
namespace {

constexpr BindingRow kRows[] = {
    {"", "cluster-admin", "ClusterRole", "cluster-admin", "Group system:masters"},
    {"", "system:monitoring", "ClusterRole", "system:monitoring", "Group system:monitoring"},
    {"", "system:discovery", "ClusterRole", "system:discovery", "Group system:authenticated"},
    {"", "system:basic-user", "ClusterRole", "system:basic-user", "Group system:authenticated"},
    {"", "system:public-info-viewer", "ClusterRole", "system:public-info-viewer",
     "Group system:authenticated\n"
     "Group system:unauthenticated"},
    {"", "system:node-proxier", "ClusterRole", "system:node-proxier", "User system:kube-proxy"},
    {"", "system:kube-controller-manager", "ClusterRole", "system:kube-controller-manager",
     "User system:kube-controller-manager"},
    {"", "system:kube-dns", "ClusterRole", "system:kube-dns",
     "ServiceAccount kube-system/kube-dns"},
    {"", "system:kube-scheduler", "ClusterRole", "system:kube-scheduler",
     "User system:kube-scheduler"},
    {"", "system:volume-scheduler", "ClusterRole", "system:volume-scheduler",
     "User system:kube-scheduler"},
    {"", "system:node", "ClusterRole", "system:node", ""},
    {"", "system:service-account-issuer-discovery", "ClusterRole",
     "system:service-account-issuer-discovery", "Group system:serviceaccounts"},
    {"kube-public", "system:controller:bootstrap-signer", "Role",
     "system:controller:bootstrap-signer", "ServiceAccount kube-system/bootstrap-signer"},
    {"kube-system", "system::extension-apiserver-authentication-reader", "Role",
     "extension-apiserver-authentication-reader",
     "User system:kube-controller-manager\n"
     "User system:kube-scheduler"},
    {"kube-system", "system::leader-locking-kube-controller-manager", "Role",
     "system::leader-locking-kube-controller-manager",
     "User system:kube-controller-manager\n"
     "ServiceAccount kube-system/kube-controller-manager\n"
     "ServiceAccount kube-system/leader-election-controller"},
    {"kube-system", "system::leader-locking-kube-scheduler", "Role",
     "system::leader-locking-kube-scheduler",
     "User system:kube-scheduler\n"
     "ServiceAccount kube-system/kube-scheduler"},
    {"kube-system", "system:controller:bootstrap-signer", "Role",
     "system:controller:bootstrap-signer", "ServiceAccount kube-system/bootstrap-signer"},
    {"kube-system", "system:controller:cloud-provider", "Role", "system:controller:cloud-provider",
     "ServiceAccount kube-system/cloud-provider"},
    {"kube-system", "system:controller:token-cleaner", "Role", "system:controller:token-cleaner",
     "ServiceAccount kube-system/token-cleaner"},
};

}  // namespace

std::span<const BindingRow> BindingRows() { return kRows; }

}  // namespace apiserver
