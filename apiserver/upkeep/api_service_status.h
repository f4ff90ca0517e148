// Keeps the condition Available of APIServices that a Service is to serve, as far as it can be told
// without a call: whether the Service, its port and its endpoints are there.
//
// Invariant: nothing is said of an APIService whose endpoints are there, because requests are not
// handed on to them. Source: k8s.io/kube-aggregator/pkg/controllers/status/remote. Threads: the
// kernel's only.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "apiserver/client/client.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {

struct Unavailability {
  std::string reason;
  std::string message;
};

// Pure: why the Service that `reference` (spec.service) names can't serve; `service` is null when
// there is none, `slices` are its EndpointSlices.
std::optional<Unavailability> FindUnavailability(const Value& reference, const Value* service,
                                                 std::span<const Value> slices);

class ApiServiceStatus {
 public:
  // All outlive it.
  ApiServiceStatus(sim::Kernel& kernel, RequestHandler& handler, Store& store);
  ApiServiceStatus(const ApiServiceStatus&) = delete;
  ApiServiceStatus& operator=(const ApiServiceStatus&) = delete;

 private:
  void Queue();
  void Sync();
  std::optional<Unavailability> Judge(const Value& reference) const;

  sim::Kernel& kernel_;
  Store& store_;
  Client client_;
  bool is_queued_ = false;
  bool has_remote_ = false;  // some APIService names a Service
};

}  // namespace apiserver
