// What HTTP needs of the rest: somebody who knows identities, runs requests, and says what is
// durable.
//
// Threads: every function may be called from any I/O thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "apiserver/api/request.h"
#include "apiserver/encoding/decode_request.h"
#include "apiserver/pipeline/authentication.h"

namespace apiserver {

class HttpGateway {
 public:
  virtual ~HttpGateway() = default;

  // Who is there, or the 401 that answers.
  virtual Authentication Authenticate(const Credentials& credentials) const = 0;

  // Takes the request to the kernel. `wire` is what a recording keeps of it. `reply` is called
  // once, on the kernel's thread, unless cancelled.
  virtual std::uint64_t Submit(WireRequest wire, std::unique_ptr<Request> request,
                               std::function<void(Response)> reply) = 0;
  // The client of request `id` is gone: its task is dropped at its next suspension.
  virtual void Cancel(std::uint64_t id) = 0;

  // Calls `ready` when everything up to `revision` may be shown: at once, or later from another
  // thread.
  virtual void WhenDurable(Revision revision, std::function<void()> ready) = 0;
};

}  // namespace apiserver
