// Keeps an IPAddress for each cluster IP that a Service holds.
//
// Source: kubernetes/pkg/registry/core/service/ipallocator/ipallocator.go, which makes them while
// it allocates; here they follow the Service at the same instant, for what is taken is read from
// Services alone. Threads: the kernel's only.
#pragma once

#include <string>
#include <vector>

#include "apiserver/client/client.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {

struct AddressChange {
  std::vector<std::string> taken;
  std::vector<std::string> released;
};

// What a change of a Service means for addresses; null where there is no Service.
AddressChange ChangeOfAddresses(const Value* before, const Value* now);

// The IPAddress `ip` of the Service `service`.
Value MakeIpAddress(const std::string& ip, const ObjectKey& service);

class ServiceAddresses {
 public:
  // All outlive it.
  ServiceAddresses(sim::Kernel& kernel, RequestHandler& handler, Store& store);
  ServiceAddresses(const ServiceAddresses&) = delete;
  ServiceAddresses& operator=(const ServiceAddresses&) = delete;

 private:
  void OnChange(const ChangePtr& change);
  void Write(const AddressChange& change, const ObjectKey& service);

  sim::Kernel& kernel_;
  Client client_;
};

}  // namespace apiserver
