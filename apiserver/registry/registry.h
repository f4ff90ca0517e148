// The registry: takes a request that may be done to the rules of its resource and answers it.
//
// Invariants:
// (1) Everything here is synchronous: when Handle returns, the write is committed or refused.
// (2) The answer holds only shared immutable parts.
// Threads: the kernel's only.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "apiserver/registry/call.h"
#include "apiserver/registry/routes.h"

namespace apiserver {

// An endpoint that is not the generic one: /scale, /binding, reviews. Registered under
// "group/resource/subresource".
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual Response Handle(Call& call, Verb verb) = 0;
};

class Registry {
 public:
  explicit Registry(RegistryParts parts) : parts_(parts) {}

  // Requires: request.info.is_resource.
  Response Handle(Request& request);

  // `subresource` "" for the resource itself; group "*" and resource "*" match all.
  void AddEndpoint(std::string group, std::string resource, std::string subresource,
                   std::unique_ptr<Endpoint> endpoint);

  RegistryParts& parts() { return parts_; }

 private:
  Endpoint* FindEndpoint(const Route& route) const;
  Response HandleRoute(Call& call, const Route& route);

  RegistryParts parts_;
  std::map<std::string, std::unique_ptr<Endpoint>, std::less<>> endpoints_;
};

}  // namespace apiserver
