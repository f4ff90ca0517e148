// What HTTP needs of the rest: somebody who runs requests, checks identities, and says what is
// durable.
//
// Threads: every function may be called from any I/O thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/api/request.h"

namespace apiserver {

// What a connection and its headers show of who is there.
struct Credentials {
  std::string authorization;            // the Authorization header, or ""
  std::string client_certificate_name;  // common name of a verified client certificate, or ""
  std::vector<std::string> client_certificate_organizations;
};

class HttpGateway {
 public:
  virtual ~HttpGateway() = default;

  // Takes the request to the kernel. `reply` is called once, on the kernel's thread, unless
  // cancelled.
  virtual std::uint64_t Submit(std::unique_ptr<Request> request,
                               std::function<void(Response)> reply) = 0;
  // The client of request `id` is gone: its task is dropped at its next suspension.
  virtual void Cancel(std::uint64_t id) = 0;

  // Turns what came over the wire into a Request: identity, route, decoded body. Pure but for the
  // identity tables.
  virtual std::unique_ptr<Request> Decode(const struct RawRequest& raw) const = 0;
  // The body of an answer as the request's Accept asks. Pure.
  virtual struct EncodedBody Encode(const Accepted& accept, const RequestInfo& info,
                                    const Response& response) const = 0;

  // Calls `ready` when everything up to `revision` may be shown: at once, or later from another
  // thread.
  virtual void WhenDurable(Revision revision, std::function<void()> ready) = 0;
};

// A request as it came: already within the limits of the HTTP layer.
struct RawRequest {
  std::string method;
  std::string target;  // as sent: path?query, percent-encoded
  std::string accept;
  std::string content_type;
  std::string user_agent;
  std::string if_none_match;
  std::vector<std::pair<std::string, std::string>>
      impersonation;  // Impersonate-* headers, in order
  Credentials credentials;
  std::string body;
};

struct EncodedBody {
  std::string content_type;
  std::string bytes;
};

}  // namespace apiserver
