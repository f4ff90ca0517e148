// Gives Services their cluster IPs and node ports, when they are committed.
//
// What is taken is read from the Services in the store, so a deleted Service releases what it had,
// nothing needs undoing, and a restart changes nothing. Numbers come from a stream of their own.
// Source: kubernetes/pkg/registry/core/service/storage/alloc.go, ipallocator and
// portallocator, 1.36. Threads: the kernel's only.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apiserver/registry/allocation/node_ports.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/strategy.h"
#include "sim/random.h"

namespace apiserver {

struct ServiceRanges {
  std::string cluster_ips = "10.96.0.0/16";
  int node_port_first = 30000;
  int node_port_last = 32767;
};

class ServiceAllocator {
 public:
  // `random` outlives the allocator. Requires: the range is an IPv4 CIDR.
  ServiceAllocator(sim::Random& random, ServiceRanges ranges);

  // Fills families, addresses and ports of `service`; `old` is null for a creation.
  std::optional<ApiError> Allocate(const StrategyContext& context, Object& service,
                                   const Object* old);

 private:
  struct Held {
    Revision revision = 0;
    std::vector<std::string> ips;
    std::vector<std::int64_t> ports;
  };
  using IpSet = std::set<std::string, std::less<>>;

  // Reads Services that changed since the last call.
  void Refresh(const Store& store);
  // What all Services but `key` hold.
  IpSet TakenIps(const ObjectKey& key) const;
  PortSet TakenPorts() const;

  std::optional<ApiError> AssignIps(Object& service, const Object* old, const ObjectKey& key,
                                    bool is_dry_run);
  bool IsHostAddress(const IpAddress& ip) const;
  std::optional<std::string> FreeIp(const IpSet& taken);
  std::optional<std::int64_t> FreePort(const PortSet& taken);

  sim::Random& random_;
  ServiceRanges ranges_;
  Cidr cluster_ips_;
  std::map<ObjectKey, Held> held_;
};

// What a Service's family fields become; upstream's initIPFamilyFields on a cluster with one IPv4
// range.
FieldErrors InitServiceFamilies(Object& service, const Object* old);

}  // namespace apiserver
