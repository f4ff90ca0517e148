// The door of the API server: whoever has a Request hands it in here (HTTP, the in-process client,
// a replay).
#pragma once

#include <memory>

#include "apiserver/api/request.h"
#include "sim/task.h"

namespace apiserver {

class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // Runs the request through authorization, admission and the registry. Kernel thread only. A
  // request that need not wait is done when this returns. Destroying the task drops a request whose
  // client is gone, but never after its commit.
  virtual sim::Task<Response> Handle(std::unique_ptr<Request> request) = 0;
};

}  // namespace apiserver
