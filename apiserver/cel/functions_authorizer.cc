// Kubernetes' authorizer library. Source: the declarations that Kubernetes 1.36 makes.
#include "apiserver/cel/function_tables.h"

namespace apiserver::cel {
namespace {

constexpr FunctionRow kAuthzRows[] = {
    {"allowed", "decision_allowed", true, "kubernetes.authorization.Decision", "bool"},
    {"check", "pathcheck_check", true, "kubernetes.authorization.PathCheck, string",
     "kubernetes.authorization.Decision"},
    {"check", "resourcecheck_check", true, "kubernetes.authorization.ResourceCheck, string",
     "kubernetes.authorization.Decision"},
    {"error", "decision_error", true, "kubernetes.authorization.Decision", "string"},
    {"errored", "decision_errored", true, "kubernetes.authorization.Decision", "bool"},
    {"group", "authorizer_group", true, "kubernetes.authorization.Authorizer, string",
     "kubernetes.authorization.GroupCheck"},
    {"name", "resourcecheck_name", true, "kubernetes.authorization.ResourceCheck, string",
     "kubernetes.authorization.ResourceCheck"},
    {"namespace", "resourcecheck_namespace", true, "kubernetes.authorization.ResourceCheck, string",
     "kubernetes.authorization.ResourceCheck"},
    {"path", "authorizer_path", true, "kubernetes.authorization.Authorizer, string",
     "kubernetes.authorization.PathCheck"},
    {"reason", "decision_reason", true, "kubernetes.authorization.Decision", "string"},
    {"resource", "groupcheck_resource", true, "kubernetes.authorization.GroupCheck, string",
     "kubernetes.authorization.ResourceCheck"},
    {"serviceAccount", "authorizer_serviceaccount", true,
     "kubernetes.authorization.Authorizer, string, string", "kubernetes.authorization.Authorizer"},
    {"subresource", "resourcecheck_subresource", true,
     "kubernetes.authorization.ResourceCheck, string", "kubernetes.authorization.ResourceCheck"},
};

constexpr FunctionRow kAuthzselectorsRows[] = {
    {"fieldSelector", "authorizer_fieldselector", true,
     "kubernetes.authorization.ResourceCheck, string", "kubernetes.authorization.ResourceCheck"},
    {"labelSelector", "authorizer_labelselector", true,
     "kubernetes.authorization.ResourceCheck, string", "kubernetes.authorization.ResourceCheck"},
};

constexpr FunctionLibrary kLibraries[] = {
    {"kubernetes.authz", 27, kAuthzRows},
    {"kubernetes.authzselectors", 31, kAuthzselectorsRows},
};

}  // namespace

std::span<const FunctionLibrary> AuthorizerFunctions() { return kLibraries; }

}  // namespace apiserver::cel
