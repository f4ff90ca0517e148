#include "apiserver/registry/allocation/node_ports.h"

#include <algorithm>
#include <map>
#include <vector>

#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/service_rules.h"

namespace apiserver {
namespace {

// From here upstream counts the numbers that a dry run shows.
constexpr std::int64_t kShownFirst = 32768;

bool TakesNodePorts(const Object& spec) {
  return TextOf(spec, "type") == "NodePort" || TextOf(spec, "type") == "LoadBalancer";
}

// Whether ports that ask for none still get one.
bool FillsNodePorts(const Object& spec) {
  if (TextOf(spec, "type") == "NodePort") return true;
  return TextOf(spec, "type") == "LoadBalancer" && (!IsSet(spec, "allocateLoadBalancerNodePorts") ||
                                                    FlagOf(spec, "allocateLoadBalancerNodePorts"));
}

ApiError InvalidPort(const Object& service, std::size_t index, std::int64_t number,
                     const std::string& problem) {
  Violations out;
  const FieldPath ports("spec.ports");
  const FieldPath port = ports.Index(index);
  out.Invalid(port.Child("nodePort"), number, problem);
  return InvalidError("", "Service", TextOf(ObjectOf(service, "metadata"), "name"), out.Take());
}

ApiError RangeIsFull() { return InternalError("failed to allocate a nodePort: range is full"); }

// The first number that any port entry of this port asks for.
std::int64_t RequestedFor(std::int64_t port, const Array& ports) {
  for (const Value& entry : ports) {
    const std::int64_t number = IntOf(AsObject(entry), "nodePort");
    if (IntOf(AsObject(entry), "port") == port && number != 0) return number;
  }
  return 0;
}

// Entries of one port in several protocols share a number unless they ask for others.
std::optional<ApiError> InitPorts(Object& service, Array& ports, bool fills,
                                  NodePortOperation& operation) {
  std::map<std::int64_t, std::int64_t> by_port;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    Object* entry = ports[i].if_object();
    if (entry == nullptr) continue;
    const std::int64_t asked = IntOf(*entry, "nodePort");
    if (asked == 0 && !fills) continue;
    const std::int64_t port = IntOf(*entry, "port");
    std::int64_t& shared = by_port[port];
    if (shared != 0) {
      if (asked == 0) (*entry)["nodePort"] = shared;
      if (asked == 0 || asked == shared) continue;
      const std::string problem = operation.Take(asked);
      if (!problem.empty()) return InvalidPort(service, i, asked, problem);
      continue;
    }
    if (const std::int64_t requested = RequestedFor(port, ports); requested != 0) {
      const std::string problem = operation.Take(requested);
      if (!problem.empty()) return InvalidPort(service, i, requested, problem);
      shared = requested;
    } else {
      const auto free = operation.TakeAny();
      if (!free) return RangeIsFull();
      shared = *free;
    }
    (*entry)["nodePort"] = shared;
  }
  return std::nullopt;
}

std::optional<ApiError> UpdatePorts(Object& service, Array& ports, bool fills, const Array& before,
                                    NodePortOperation& operation) {
  PortSet known;  // held before, or taken now
  for (const Value& entry : before) known.insert(IntOf(AsObject(entry), "nodePort"));
  std::set<std::pair<std::string, std::int64_t>> seen;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    Object* entry = ports[i].if_object();
    if (entry == nullptr) continue;
    std::int64_t number = IntOf(*entry, "nodePort");
    if (number == 0 && !fills) continue;
    if (number == 0) {
      const auto free = operation.TakeAny();
      if (!free) return RangeIsFull();
      number = *free;
      (*entry)["nodePort"] = number;
    } else if (!known.contains(number)) {
      const std::string problem = operation.Take(number);
      if (!problem.empty()) return InvalidPort(service, i, number, problem);
      known.insert(number);
    }
    const std::string protocol(TextOf(*entry, "protocol"));
    if (!seen.emplace(protocol, number).second) {
      ApiError error;  // a plain 500, and so upstream
      error.message = "duplicate nodePort: {" + protocol + " " + std::to_string(number) + "}";
      return error;
    }
  }
  return std::nullopt;
}

std::optional<ApiError> AssignHealthCheck(Object& spec, const Object* old,
                                          NodePortOperation& operation) {
  if (!NeedsHealthCheck(spec)) return std::nullopt;
  if (old != nullptr && NeedsHealthCheck(ObjectOf(*old, "spec"))) return std::nullopt;
  const std::int64_t asked = IntOf(spec, "healthCheckNodePort");
  if (asked == 0) {
    const auto free = operation.TakeAny();
    if (!free) return InternalError("failed to allocate a HealthCheck NodePort 0: range is full");
    spec["healthCheckNodePort"] = *free;
    return std::nullopt;
  }
  const std::string problem = operation.Take(asked);
  if (problem.empty()) return std::nullopt;
  return InternalError("failed to allocate requested HealthCheck NodePort " +
                       std::to_string(asked) + ": " + problem);
}

}  // namespace

std::string NodePortOperation::Take(std::int64_t port) {
  if (!is_dry_run_ && (port < range_.first || port > range_.last)) {
    return "provided port is not in the valid range. The range of valid ports is " +
           std::to_string(range_.first) + "-" + std::to_string(range_.last);
  }
  if (!taken_.insert(port).second) return "provided port is already allocated";
  own_.insert(port);
  return {};
}

std::optional<std::int64_t> NodePortOperation::TakeAny() {
  if (is_dry_run_) {
    const std::int64_t shown =
        (own_.empty() ? kShownFirst : std::max<std::int64_t>(*own_.rbegin(), 0)) + 1;
    own_.insert(shown);
    return shown;
  }
  const auto free = find_free_(taken_);
  if (free) taken_.insert(*free);
  return free;
}

std::optional<ApiError> AssignNodePorts(Object& service, const Object* old,
                                        NodePortOperation& operation) {
  Object& spec = EnsureObject(service, "spec");
  Array* ports = IfArrayOf(spec, "ports");
  if (TakesNodePorts(spec) && ports != nullptr) {
    const bool fills = FillsNodePorts(spec);
    auto refused = old == nullptr
                       ? InitPorts(service, *ports, fills, operation)
                       : UpdatePorts(service, *ports, fills,
                                     ArrayOf(ObjectOf(*old, "spec"), "ports"), operation);
    if (refused) return refused;
  }
  return AssignHealthCheck(spec, old, operation);
}

}  // namespace apiserver
