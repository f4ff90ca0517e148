// What is kept, filled in and dropped of a Service's addresses and ports around its validation.
#include <set>
#include <string>

#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/service_rules.h"

namespace apiserver {
namespace {

bool TakesNodePorts(const Object& spec) {
  return TextOf(spec, "type") == "NodePort" || TextOf(spec, "type") == "LoadBalancer";
}

std::set<std::int64_t> NodePorts(const Object& spec) {
  std::set<std::int64_t> ports;
  for (const Value& port : ArrayOf(spec, "ports")) {
    if (const std::int64_t number = IntOf(AsObject(port), "nodePort")) ports.insert(number);
  }
  return ports;
}

// On an update that changes only one of the two, the other follows.
void SyncClusterIps(Object& spec, const Object& old_spec) {
  const std::string ip(TextOf(spec, "clusterIP"));
  const std::string_view old_ip = TextOf(old_spec, "clusterIP");
  const bool same_list = SameMember(spec, old_spec, "clusterIPs");
  if (ip == old_ip) {
    // A client that knows only the list.
    if (!same_list && ArrayOf(spec, "clusterIPs").empty() && !old_ip.empty())
      spec.erase("clusterIP");
    return;
  }
  if (!same_list) return;
  if (ip.empty()) {
    spec.erase("clusterIPs");
  } else {
    spec["clusterIPs"] = Array{Value(std::string_view(ip))};
  }
}

}  // namespace

bool IsExternalName(const Object& spec) { return TextOf(spec, "type") == "ExternalName"; }

bool NeedsHealthCheck(const Object& spec) {
  return TextOf(spec, "type") == "LoadBalancer" && TextOf(spec, "externalTrafficPolicy") == "Local";
}

bool IsHeadless(const Object& spec) {
  const Array& ips = ArrayOf(spec, "clusterIPs");
  return ips.empty() ? TextOf(spec, "clusterIP") == "None" : AsText(ips[0]) == "None";
}

bool IsExternallyAccessible(const Object& spec) {
  const std::string_view type = TextOf(spec, "type");
  return type == "LoadBalancer" || type == "NodePort" ||
         (type == "ClusterIP" && !ArrayOf(spec, "externalIPs").empty());
}

void NormalizeClusterIps(Object& service, const Object* old) {
  Object& spec = EnsureObject(service, "spec");
  if (old != nullptr) {
    SyncClusterIps(spec, ObjectOf(*old, "spec"));
    return;
  }
  const std::string ip(TextOf(spec, "clusterIP"));
  if (!ip.empty() && ArrayOf(spec, "clusterIPs").empty()) {
    spec["clusterIPs"] = Array{Value(std::string_view(ip))};
  }
}

void PatchAllocatedValues(Object& service, const Object& old) {
  Object& spec = EnsureObject(service, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  if (!IsExternalName(old_spec) && !IsExternalName(spec)) {
    if (TextOf(spec, "clusterIP").empty() && IsSet(old_spec, "clusterIP")) {
      spec["clusterIP"] = old_spec.at("clusterIP");
    }
    if (ArrayOf(spec, "clusterIPs").empty() && !ArrayOf(old_spec, "clusterIPs").empty()) {
      spec["clusterIPs"] = old_spec.at("clusterIPs");
    }
  }
  const bool allocates = !IsSet(spec, "allocateLoadBalancerNodePorts") ||
                         FlagOf(spec, "allocateLoadBalancerNodePorts") ||
                         TextOf(spec, "type") == "NodePort";
  if (TakesNodePorts(old_spec) && TakesNodePorts(spec) && allocates) {
    const std::set<std::int64_t> old_used = NodePorts(old_spec);
    const std::set<std::int64_t> used = NodePorts(spec);
    std::map<std::string, std::int64_t> by_name;
    for (const Value& port : ArrayOf(old_spec, "ports")) {
      by_name[std::string(TextOf(port, "name"))] = IntOf(AsObject(port), "nodePort");
    }
    ForEachObject(spec, "ports", [&](Object& port) {
      if (IntOf(port, "nodePort") != 0) return;
      const std::int64_t before = by_name[std::string(TextOf(port, "name"))];
      if (before != 0 && !(used.contains(before) && old_used.contains(before))) {
        port["nodePort"] = before;
      }
    });
  }
  if (NeedsHealthCheck(old_spec) && NeedsHealthCheck(spec) &&
      IntOf(spec, "healthCheckNodePort") == 0 && IsSet(old_spec, "healthCheckNodePort")) {
    spec["healthCheckNodePort"] = old_spec.at("healthCheckNodePort");
  }
}

void DropTypeDependentFields(Object& service, const Object* old) {
  if (old == nullptr) return;
  Object& spec = EnsureObject(service, "spec");
  const Object& old_spec = ObjectOf(*old, "spec");
  const auto drop_same = [&](std::string_view name) {
    if (SameMember(spec, old_spec, name)) spec.erase(name);
  };
  if (!IsExternalName(old_spec) && IsExternalName(spec)) {
    if (SameMember(spec, old_spec, "clusterIP") && SameMember(spec, old_spec, "clusterIPs")) {
      spec.erase("clusterIP");
      spec.erase("clusterIPs");
    }
    drop_same("ipFamilies");
    drop_same("ipFamilyPolicy");
    drop_same("internalTrafficPolicy");
  }
  if (TakesNodePorts(old_spec) && !TakesNodePorts(spec)) {
    const std::set<std::int64_t> old_ports = NodePorts(old_spec);
    const std::set<std::int64_t> ports = NodePorts(spec);
    if (std::includes(old_ports.begin(), old_ports.end(), ports.begin(), ports.end())) {
      ForEachObject(spec, "ports", [](Object& port) { port.erase("nodePort"); });
    }
  }
  if (NeedsHealthCheck(old_spec) && !NeedsHealthCheck(spec)) drop_same("healthCheckNodePort");
  const bool was_balancer = TextOf(old_spec, "type") == "LoadBalancer";
  const bool is_balancer = TextOf(spec, "type") == "LoadBalancer";
  if (was_balancer && !is_balancer) {
    drop_same("allocateLoadBalancerNodePorts");
    drop_same("loadBalancerClass");
  }
  if (IsExternallyAccessible(old_spec) && !IsExternallyAccessible(spec)) {
    drop_same("externalTrafficPolicy");
  }
  if (!is_balancer) {
    if (Object* status = IfObjectOf(service, "status")) status->erase("loadBalancer");
  }
}

}  // namespace apiserver
