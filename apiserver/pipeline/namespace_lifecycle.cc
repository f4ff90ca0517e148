#include "apiserver/pipeline/namespace_lifecycle.h"

#include "apiserver/store/store.h"

namespace apiserver {
namespace {

const GroupResource& Namespaces() {
  static const GroupResource kNamespaces{"", "namespaces"};
  return kNamespaces;
}

bool IsImmortal(std::string_view name) {
  return name == "default" || name == "kube-system" || name == "kube-public";
}

bool IsAccessReview(const GroupResource& resource) {
  return resource.group == "authorization.k8s.io" &&
         resource.resource == "localsubjectaccessreviews";
}

ApiError BeingTerminated(const AdmissionRequest& request, const std::string& name) {
  ApiError error = ForbiddenError(
      {request.context.info.group, request.context.info.resource},
      request.name.empty() ? "Unknown" : request.name,
      "unable to create new content in namespace " + name + " because it is being terminated");
  error.details->causes.push_back(
      {"NamespaceTerminating", "namespace " + name + " is being terminated", "metadata.namespace"});
  return error;
}

}  // namespace

std::optional<ApiError> NamespaceLifecycle::Admit(const AdmissionRequest& request, Value*) {
  if (request.resource == Namespaces()) {
    if (request.operation != Operation::kDelete || !IsImmortal(request.name)) return std::nullopt;
    return ForbiddenError(Namespaces(), request.name, "this namespace may not be deleted");
  }
  if (request.operation == Operation::kDelete || request.namespace_.empty()) return std::nullopt;
  if (IsAccessReview(request.resource)) return std::nullopt;
  const std::string name(request.namespace_);
  const ObjectPtr found = request.context.store.Find(Namespaces(), {"", name});
  if (!found) return NotFoundError(Namespaces(), name);
  if (request.operation == Operation::kCreate && found->meta().is_deleting())
    return BeingTerminated(request, name);
  return std::nullopt;
}

}  // namespace apiserver
