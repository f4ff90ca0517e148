// How code inside the process uses the API: as a named user, through the same pipeline as
// everybody, without bytes.
//
// Invariants:
// (1) Every call goes through RequestHandler: authorization, admission, validation and
// managedFields apply. (2) A call that need not wait (all of them, unless a webhook is in the way)
// is done when it returns. Threads: the kernel's only. Errors: ApiError values, as a client of
// Kubernetes sees them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/object.h"
#include "apiserver/api/request.h"
#include "apiserver/ports/request_handler.h"
#include "sim/task.h"

namespace apiserver {

class Store;

enum class Propagation : std::uint8_t { kDefault, kBackground, kForeground, kOrphan };

struct DeleteOptions {
  Propagation propagation = Propagation::kDefault;
  std::optional<std::int64_t> grace_period_seconds{};
  std::string uid{};               // precondition when not ""
  std::string resource_version{};  // precondition when not ""
};

enum class PatchType : std::uint8_t { kJson, kMerge, kStrategic, kApply };

struct ClientOptions {
  UserInfo user;
  std::string field_manager;  // "kube-controller-manager", "kube-scheduler", "kubelet"
};

class Client {
 public:
  Client(RequestHandler& handler, const Store& store, ClientOptions options);

  // Results are null where the answer is no object (bindings, evictions).

  // `subresource` is "" for the object itself, "status", "scale", "binding", "eviction", ...
  sim::Task<ApiResult<ObjectPtr>> Create(GroupVersionResource resource, std::string namespace_,
                                         Value object, std::string name = {},
                                         std::string subresource = {});
  sim::Task<ApiResult<ObjectPtr>> Update(GroupVersionResource resource, Value object,
                                         std::string subresource = {});
  // Updates `base` with another text at `path`: the same as Update, at less cost where the registry
  // can reuse the bytes of the rest.
  sim::Task<ApiResult<ObjectPtr>> UpdateText(GroupVersionResource resource, ObjectPtr base,
                                             std::vector<std::string> path, std::string text);
  sim::Task<ApiResult<ObjectPtr>> Patch(GroupVersionResource resource, ObjectKey key,
                                        PatchType type, Value patch, std::string subresource = {});
  // Not found counts as an error, as everywhere. (g++ 12 destroys an aggregate's `{}` in a co_await
  // twice.)
  sim::Task<ApiResult<bool>> Delete(GroupVersionResource resource, ObjectKey key,
                                    DeleteOptions options = DeleteOptions());

  // The newest state as a live read, or null. No request is made: nothing can refuse it, nothing
  // records it.
  ObjectPtr Live(const GroupVersionResource& resource, const ObjectKey& key) const;
  std::vector<ObjectPtr> LiveList(const GroupVersionResource& resource,
                                  const std::string& namespace_ = {}) const;

  const ClientOptions& options() const { return options_; }

 private:
  std::unique_ptr<Request> NewRequest(std::string_view verb, const GroupVersionResource& resource,
                                      const ObjectKey& key, std::string subresource) const;

  RequestHandler& handler_;
  const Store& store_;
  ClientOptions options_;
};

}  // namespace apiserver
