// The smallest API server that controllers, scheduler and nodes can be tested upon: it keeps what
// it is given.
//
// It knows names, UIDs, revisions, generations, finalizers, graceful deletion of pods, /status,
// /scale, /binding and /eviction. It knows no defaults, validation, admission, authorization or
// managedFields, and treats a strategic merge patch as a merge patch whose lists of objects merge
// by type, uid, name or key.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apiserver/ports/request_handler.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace tests {

class FakeHandler final : public apiserver::RequestHandler {
 public:
  // Answers a request instead of the server when it returns an error.
  using Refusal = std::function<std::optional<apiserver::ApiError>(const apiserver::Request&)>;

  FakeHandler(sim::Kernel& kernel, apiserver::Store& store) : kernel_(kernel), store_(store) {}

  sim::Task<apiserver::Response> Handle(std::unique_ptr<apiserver::Request> request) override;

  // Is asked about every request; e.g. to make a write fail once.
  void SetRefusal(Refusal refusal) { refusal_ = std::move(refusal); }
  // "create pods default/a", "update replicasets/status default/web", ... in order.
  const std::vector<std::string>& log() const { return log_; }
  void ClearLog() { log_.clear(); }

 private:
  using Result = apiserver::ApiResult<apiserver::ObjectPtr>;

  Result Run(const apiserver::Request& request);
  Result Create(const apiserver::RequestInfo& info, apiserver::Value object);
  Result Edit(const apiserver::RequestInfo& info, const apiserver::FieldEdit& edit);
  Result Update(const apiserver::RequestInfo& info, apiserver::Value object);
  Result Patch(const apiserver::Request& request);
  Result Delete(const apiserver::RequestInfo& info, const apiserver::Value& options);
  Result Bind(const apiserver::RequestInfo& info, const apiserver::Value& binding);
  Result Commit(const apiserver::RequestInfo& info, const apiserver::Value& old,
                apiserver::Value object);

  sim::Kernel& kernel_;
  apiserver::Store& store_;
  Refusal refusal_;
  std::vector<std::string> log_;
};

}  // namespace tests
