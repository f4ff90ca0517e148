// The ClusterRoles for people and components.
// Source: kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy, 1.36.3 with its default
// features.
#include "apiserver/bootstrap/rbac_rows.h"

namespace apiserver {
namespace {

constexpr RoleRow kRows[] = {
    {"", "cluster-admin", "", "",
     "* * *\n"
     "* urls *"},
    {"", "system:discovery", "", "",
     "get urls /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,"
     "/version/"},
    {"", "system:monitoring", "", "",
     "get urls /flagz,/healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,"
     "/readyz/*,/statusz\n"
     "get core nodes/metrics"},
    {"", "system:basic-user", "", "",
     "create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews\n"
     "create authentication.k8s.io selfsubjectreviews"},
    {"", "system:public-info-viewer", "", "",
     "get urls /healthz,/livez,/readyz,/version,/version/"},
    {"", "admin", "", "admin", ""},
    {"", "edit", "admin", "edit", ""},
    {"", "view", "edit", "view", ""},
    {"", "system:aggregate-to-admin", "admin", "",
     "create authorization.k8s.io localsubjectaccessreviews\n"
     "create,delete,deletecollection,get,list,patch,update,"
     "watch rbac.authorization.k8s.io rolebindings,roles"},
    {"", "system:aggregate-to-edit", "edit", "",
     "get,list,watch core pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,"
     "services/proxy\n"
     "impersonate core serviceaccounts\n"
     "create,delete,deletecollection,patch,update core pods,pods/attach,pods/exec,"
     "pods/portforward,pods/proxy\n"
     "create core pods/eviction\n"
     "create,delete,deletecollection,patch,update core configmaps,persistentvolumeclaims,"
     "replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,"
     "services/proxy\n"
     "create core serviceaccounts/token\n"
     "create,delete,deletecollection,patch,update core,events.k8s.io events\n"
     "create,delete,deletecollection,patch,update apps daemonsets,deployments,"
     "deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,"
     "statefulsets/scale\n"
     "create,delete,deletecollection,patch,update autoscaling horizontalpodautoscalers\n"
     "create,delete,deletecollection,patch,update batch cronjobs,jobs\n"
     "create,delete,deletecollection,patch,update extensions daemonsets,deployments,"
     "deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,"
     "replicasets/scale,replicationcontrollers/scale\n"
     "create,delete,deletecollection,patch,update policy poddisruptionbudgets\n"
     "create,delete,deletecollection,patch,update networking.k8s.io ingresses,networkpolicies\n"
     "create,delete,deletecollection,get,list,patch,update,watch coordination.k8s.io leases\n"
     "create,delete,deletecollection,patch,update resource.k8s.io resourceclaims,"
     "resourceclaimtemplates"},
    {"", "system:aggregate-to-view", "view", "",
     "get,list,watch core configmaps,endpoints,persistentvolumeclaims,"
     "persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,"
     "serviceaccounts,services,services/status\n"
     "get,list,watch core bindings,limitranges,namespaces/status,pods/log,pods/status,"
     "replicationcontrollers/status,resourcequotas,resourcequotas/status\n"
     "get,list,watch core namespaces\n"
     "get,list,watch core,events.k8s.io events\n"
     "get,list,watch discovery.k8s.io endpointslices\n"
     "get,list,watch apps controllerrevisions,daemonsets,daemonsets/status,deployments,"
     "deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,"
     "statefulsets,statefulsets/scale,statefulsets/status\n"
     "get,list,watch autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status\n"
     "get,list,watch batch cronjobs,cronjobs/status,jobs,jobs/status\n"
     "get,list,watch extensions daemonsets,daemonsets/status,deployments,deployments/scale,"
     "deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,"
     "replicasets/scale,replicasets/status,replicationcontrollers/scale\n"
     "get,list,watch policy poddisruptionbudgets,poddisruptionbudgets/status\n"
     "get,list,watch networking.k8s.io ingresses,ingresses/status,networkpolicies\n"
     "get,list,watch resource.k8s.io resourceclaims,resourceclaims/status,resourceclaimtemplates"},
    {"", "system:heapster", "", "",
     "get,list,watch core events,namespaces,nodes,pods\n"
     "get,list,watch extensions deployments"},
    {"", "system:node", "", "",
     "create authentication.k8s.io tokenreviews\n"
     "create authorization.k8s.io localsubjectaccessreviews,subjectaccessreviews\n"
     "get,list,watch core services\n"
     "create,get,list,watch core nodes\n"
     "patch,update core nodes/status\n"
     "patch,update core nodes\n"
     "create,patch,update core,events.k8s.io events\n"
     "get,list,watch core pods\n"
     "create,delete core pods\n"
     "patch,update core pods/status\n"
     "create core pods/eviction\n"
     "get,list,watch core configmaps,secrets\n"
     "get core persistentvolumeclaims,persistentvolumes\n"
     "get core endpoints\n"
     "create,get,list,watch certificates.k8s.io certificatesigningrequests\n"
     "create,delete,get,patch,update coordination.k8s.io leases\n"
     "get storage.k8s.io volumeattachments\n"
     "create core serviceaccounts/token\n"
     "get,patch,update core persistentvolumeclaims/status\n"
     "get,list,watch storage.k8s.io csidrivers\n"
     "create,delete,get,patch,update storage.k8s.io csinodes\n"
     "get,list,watch node.k8s.io runtimeclasses\n"
     "get resource.k8s.io resourceclaims\n"
     "deletecollection resource.k8s.io resourceslices\n"
     "get core serviceaccounts"},
    {"", "system:node-problem-detector", "", "",
     "get core nodes\n"
     "patch core nodes/status\n"
     "create,patch,update core,events.k8s.io events"},
    {"", "system:node-bootstrapper", "", "",
     "create,get,list,watch certificates.k8s.io certificatesigningrequests"},
    {"", "system:auth-delegator", "", "",
     "create authentication.k8s.io tokenreviews\n"
     "create authorization.k8s.io subjectaccessreviews"},
    {"", "system:kube-aggregator", "", "", "get,list,watch core endpoints,services"},
    {"", "system:kube-controller-manager", "", "",
     "create,patch,update core,events.k8s.io events\n"
     "create coordination.k8s.io leases\n"
     "get,update coordination.k8s.io leases kube-controller-manager\n"
     "create core secrets,serviceaccounts\n"
     "delete core secrets\n"
     "get core configmaps,namespaces,secrets,serviceaccounts\n"
     "update core secrets,serviceaccounts\n"
     "create authentication.k8s.io tokenreviews\n"
     "create authorization.k8s.io subjectaccessreviews\n"
     "list,watch * *\n"
     "create core serviceaccounts/token"},
    {"", "system:kube-dns", "", "", "list,watch core endpoints,services"},
    {"", "system:persistent-volume-provisioner", "", "",
     "create,delete,get,list,watch core persistentvolumes\n"
     "get,list,update,watch core persistentvolumeclaims\n"
     "get,list,watch storage.k8s.io storageclasses\n"
     "watch core events\n"
     "create,patch,update core,events.k8s.io events"},
    {"", "system:certificates.k8s.io:certificatesigningrequests:nodeclient", "", "",
     "create certificates.k8s.io certificatesigningrequests/nodeclient"},
    {"", "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", "", "",
     "create certificates.k8s.io certificatesigningrequests/selfnodeclient"},
    {"", "system:volume-scheduler", "", "",
     "get,list,patch,update,watch core persistentvolumes\n"
     "get,list,watch storage.k8s.io storageclasses\n"
     "get,list,patch,update,watch core persistentvolumeclaims"},
    {"", "system:certificates.k8s.io:legacy-unknown-approver", "", "",
     "approve certificates.k8s.io signers kubernetes.io/legacy-unknown"},
    {"", "system:certificates.k8s.io:kubelet-serving-approver", "", "",
     "approve certificates.k8s.io signers kubernetes.io/kubelet-serving"},
    {"", "system:certificates.k8s.io:kube-apiserver-client-approver", "", "",
     "approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client"},
    {"", "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver", "", "",
     "approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet"},
    {"", "system:service-account-issuer-discovery", "", "",
     "get urls /.well-known/openid-configuration,/.well-known/openid-configuration/,"
     "/openid/v1/jwks,/openid/v1/jwks/"},
    {"", "system:kubelet-api-admin", "", "",
     "get,list,watch core nodes\n"
     "proxy core nodes\n"
     "* core nodes/log,nodes/metrics,nodes/proxy,nodes/stats\n"
     "* core nodes/configz,nodes/healthz,nodes/pods"},
    {"", "system:node-proxier", "", "",
     "list,watch core endpoints,services\n"
     "get,list,watch core nodes\n"
     "create,patch,update core,events.k8s.io events\n"
     "list,watch networking.k8s.io servicecidrs\n"
     "list,watch discovery.k8s.io endpointslices"},
    {"", "system:kube-scheduler", "", "",
     "create,patch,update core,events.k8s.io events\n"
     "create coordination.k8s.io leases\n"
     "get,list,update,watch coordination.k8s.io leases kube-scheduler\n"
     "create,delete,deletecollection,get,list,patch,update,"
     "watch coordination.k8s.io leasecandidates\n"
     "get,list,watch core nodes\n"
     "delete,get,list,watch core pods\n"
     "create core bindings,pods/binding\n"
     "patch,update core pods/status\n"
     "get,list,watch core replicationcontrollers,services\n"
     "get,list,watch apps,extensions replicasets\n"
     "get,list,watch apps statefulsets\n"
     "get,list,watch policy poddisruptionbudgets\n"
     "get,list,watch core persistentvolumeclaims,persistentvolumes\n"
     "create authentication.k8s.io tokenreviews\n"
     "create authorization.k8s.io subjectaccessreviews\n"
     "get,list,watch storage.k8s.io csinodes\n"
     "get,list,watch storage.k8s.io volumeattachments\n"
     "get,list,watch core namespaces\n"
     "get,list,watch storage.k8s.io csidrivers\n"
     "get,list,watch storage.k8s.io csistoragecapacities\n"
     "get,list,watch resource.k8s.io deviceclasses\n"
     "get,list,patch,update,watch resource.k8s.io resourceclaims\n"
     "get,list,patch,update,watch resource.k8s.io resourceclaims/status\n"
     "update core pods/finalizers\n"
     "get,list,watch resource.k8s.io resourceslices\n"
     "create,delete resource.k8s.io resourceclaims\n"
     "patch,update resource.k8s.io resourceclaims/binding"},
};

}  // namespace

std::span<const RoleRow> ClusterRoleRows() { return kRows; }

}  // namespace apiserver
