#include "controllers/framework/controller.h"

namespace controllers {

apiserver::UserInfo ControllerUser(const std::string& name) {
  apiserver::UserInfo user;
  user.name = "system:serviceaccount:kube-system:" + name;
  user.groups = {"system:serviceaccounts", "system:serviceaccounts:kube-system",
                 "system:authenticated"};
  return user;
}

Controller::Controller(const ControllerContext& context, Identity identity)
    : context_(context),
      client_(context.handler, context.store,
              apiserver::ClientOptions{ControllerUser(identity.name), "kube-controller-manager"}),
      events_(context.kernel, client_,
              identity.component.empty() ? identity.name : identity.component),
      queue_(context.kernel, WorkQueueOptions{.event_name = identity.sync_event},
             [this](ObjectKey key) { return Reconcile(std::move(key)); }) {}

sim::Task<apiserver::ApiResult<ObjectPtr>> WriteStatus(apiserver::Client* client,
                                                       GroupVersionResource resource,
                                                       ObjectPtr object, Value status) {
  const std::shared_ptr<const Value> present = object->Peek();
  const Value* old_status = apiserver::Find(*present, "status");
  if (old_status != nullptr && *old_status == status) {
    co_return apiserver::ApiResult<ObjectPtr>(object);
  }
  Value updated = object->Parse();
  updated.get_object()["status"] = std::move(status);
  co_return co_await client->Update(resource, std::move(updated), "status");
}

bool IsNamespaceTerminating(const apiserver::ApiError& error) {
  if (error.code != 403 || !error.details) return false;
  for (const apiserver::StatusCause& cause : error.details->causes) {
    if (cause.reason == "NamespaceTerminating") return true;
  }
  return false;
}

}  // namespace controllers
