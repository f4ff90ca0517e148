// The Roles in kube-system and kube-public.
// Source: kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy, 1.36.3 with its default
// features.
#include "apiserver/bootstrap/rbac_rows.h"

namespace apiserver {
namespace {

constexpr RoleRow kRows[] = {
    {"kube-public", "system:controller:bootstrap-signer", "", "",
     "get,list,watch core configmaps\n"
     "update core configmaps cluster-info\n"
     "create,patch,update core,events.k8s.io events"},
    {"kube-system", "extension-apiserver-authentication-reader", "", "",
     "get,list,watch core configmaps extension-apiserver-authentication"},
    {"kube-system", "system:controller:bootstrap-signer", "", "", "get,list,watch core secrets"},
    {"kube-system", "system:controller:cloud-provider", "", "",
     "create,get,list,watch core configmaps"},
    {"kube-system", "system:controller:token-cleaner", "", "",
     "delete,get,list,watch core secrets\n"
     "create,patch,update core,events.k8s.io events"},
    {"kube-system", "system::leader-locking-kube-controller-manager", "", "",
     "create,get,list,update,watch coordination.k8s.io leases\n"
     "create,get,list,update,watch coordination.k8s.io leasecandidates"},
    {"kube-system", "system::leader-locking-kube-scheduler", "", "",
     "create,get,list,update,watch coordination.k8s.io leases\n"
     "create,get,list,update,watch coordination.k8s.io leasecandidates"},
};

}  // namespace

std::span<const RoleRow> NamespaceRoleRows() { return kRows; }

}  // namespace apiserver
