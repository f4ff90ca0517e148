#include "controllers/endpoint_slice/service_endpoints.h"

#include <algorithm>

#include "apiserver/api/time_format.h"
#include "controllers/replicaset/replica_plan.h"

namespace controllers {
namespace {

using apiserver::Find;
using apiserver::FindPath;
using apiserver::TextAt;

constexpr std::string_view kHeadlessLabel = "service.kubernetes.io/headless";

bool IsOfType(std::string_view address, std::string_view type) {
  const bool is_ipv6 = address.find(':') != std::string_view::npos;
  return is_ipv6 == (type == "IPv6");
}

std::string PodAddress(const Value& pod, std::string_view type) {
  const Value* addresses = FindPath(pod, {"status", "podIPs"});
  if (addresses != nullptr && addresses->is_array()) {
    for (const Value& address : addresses->get_array()) {
      const std::string_view ip = TextAt(address, {"ip"});
      if (!ip.empty() && IsOfType(ip, type)) return std::string(ip);
    }
  }
  const std::string_view ip = TextAt(pod, {"status", "podIP"});
  return !ip.empty() && IsOfType(ip, type) ? std::string(ip) : "";
}

// The number that `target` means in the pod, or 0.
std::int64_t FindPort(const Value& pod, const Value& target, std::string_view protocol) {
  if (target.is_int64()) return target.get_int64();
  if (!target.is_string()) return 0;
  const Value* containers = FindPath(pod, {"spec", "containers"});
  if (containers == nullptr || !containers->is_array()) return 0;
  for (const Value& container : containers->get_array()) {
    const Value* ports = Find(container, "ports");
    if (ports == nullptr || !ports->is_array()) continue;
    for (const Value& port : ports->get_array()) {
      std::string_view port_protocol = TextAt(port, {"protocol"});
      if (port_protocol.empty()) port_protocol = "TCP";
      if (TextAt(port, {"name"}) == std::string_view(target.get_string()) &&
          port_protocol == protocol) {
        return apiserver::IntAt(port, {"containerPort"});
      }
    }
  }
  return 0;
}

bool PublishesNotReady(const Value& service) {
  return apiserver::BoolAt(service, {"spec", "publishNotReadyAddresses"});
}

bool HasHostname(const Value& service, const ObjectMeta& meta, const Value& pod) {
  static_cast<void>(service);
  return !TextAt(pod, {"spec", "hostname"}).empty() &&
         TextAt(pod, {"spec", "subdomain"}) == meta.name;
}

Value TargetOf(const ObjectMeta& pod) {
  Object target;
  target["kind"] = "Pod";
  target["namespace"] = pod.namespace_;
  target["name"] = pod.name;
  target["uid"] = pod.uid;
  return target;
}

void AddHints(const Value& service, const std::string& node, const std::string& zone, bool is_ready,
              Object& endpoint) {
  const std::string_view distribution = TextAt(service, {"spec", "trafficDistribution"});
  if (distribution.empty() || zone.empty() || !is_ready) return;
  Object hints;
  Object for_zone;
  for_zone["name"] = zone;
  hints["forZones"] = Array{Value(std::move(for_zone))};
  if (distribution == "PreferSameNode") {
    Object for_node;
    for_node["name"] = node;
    hints["forNodes"] = Array{Value(std::move(for_node))};
  }
  endpoint["hints"] = std::move(hints);
}

Value MakeEndpoint(const Value& service, const ObjectMeta& meta, const PodPtr& pod,
                   const Value& value, const std::string& address, const std::string& zone) {
  const bool is_serving = pod->summary.is_ready;
  const bool is_terminating = pod->meta().is_deleting();
  const bool is_ready = PublishesNotReady(service) || (is_serving && !is_terminating);
  Object conditions;
  conditions["ready"] = is_ready;
  conditions["serving"] = is_serving;
  conditions["terminating"] = is_terminating;
  Object endpoint;
  endpoint["addresses"] = Array{Value(address)};
  endpoint["conditions"] = std::move(conditions);
  if (HasHostname(service, meta, value)) endpoint["hostname"] = TextAt(value, {"spec", "hostname"});
  endpoint["targetRef"] = TargetOf(pod->meta());
  if (!pod->summary.node_name.empty()) endpoint["nodeName"] = pod->summary.node_name;
  if (!zone.empty()) endpoint["zone"] = zone;
  AddHints(service, pod->summary.node_name, zone, is_ready, endpoint);
  return endpoint;
}

Object CopyLabels(const ObjectMeta& service) {
  Object labels;
  for (const auto& [name, value] : service.labels) labels[name] = value;
  return labels;
}

}  // namespace

std::vector<std::string> AddressTypesOf(const Value& service) {
  std::vector<std::string> types;
  const Value* families = FindPath(service, {"spec", "ipFamilies"});
  if (families != nullptr && families->is_array()) {
    for (const Value& family : families->get_array()) {
      if (family.is_string()) types.emplace_back(family.get_string());
    }
  }
  if (types.empty()) types.emplace_back("IPv4");
  return types;
}

bool IsHeadless(const Value& service) { return TextAt(service, {"spec", "clusterIP"}) == "None"; }

Array PortsOfPod(const Value& service, const Value& pod) {
  Array result;
  const Value* ports = FindPath(service, {"spec", "ports"});
  if (ports == nullptr || !ports->is_array()) return result;
  for (const Value& port : ports->get_array()) {
    std::string_view protocol = TextAt(port, {"protocol"});
    if (protocol.empty()) protocol = "TCP";
    const Value* target = Find(port, "targetPort");
    const bool is_unset = target == nullptr || target->is_null() || *target == Value(0);
    const Value number = apiserver::IntAt(port, {"port"});
    const std::int64_t found = FindPort(pod, is_unset ? number : *target, protocol);
    if (found == 0) continue;
    Object entry;
    entry["name"] = TextAt(port, {"name"});
    entry["protocol"] = protocol;
    entry["port"] = found;
    const std::string_view application = TextAt(port, {"appProtocol"});
    if (!application.empty()) entry["appProtocol"] = application;
    result.push_back(std::move(entry));
  }
  return result;
}

std::vector<EndpointGroup> GroupEndpoints(const Value& service, const ObjectMeta& meta,
                                          const std::vector<PodPtr>& pods,
                                          const ZoneOfNode& zone_of) {
  std::vector<EndpointGroup> groups;
  const std::vector<std::string> types = AddressTypesOf(service);
  for (const PodPtr& pod : pods) {
    if (pod->summary.is_finished()) continue;
    const std::shared_ptr<const Value> value = pod->object->Peek();
    std::string zone;
    if (!pod->summary.node_name.empty()) {
      const auto found = zone_of(pod->summary.node_name);
      if (!found && !PublishesNotReady(service)) continue;  // It comes with its node.
      zone = found.value_or("");
    }
    Value ports = PortsOfPod(service, *value);
    if (ports.get_array().empty()) ports = nullptr;
    for (const std::string& type : types) {
      const std::string address = PodAddress(*value, type);
      if (address.empty()) continue;
      auto group = std::find_if(groups.begin(), groups.end(), [&](const EndpointGroup& each) {
        return each.address_type == type && each.ports == ports;
      });
      if (group == groups.end()) {
        groups.push_back({type, ports, {}});
        group = std::prev(groups.end());
      }
      group->endpoints.push_back(MakeEndpoint(service, meta, pod, *value, address, zone));
    }
  }
  return groups;
}

Array SubsetsOf(const Value& service, const ObjectMeta& meta, const std::vector<PodPtr>& pods) {
  struct Subset {
    Array ready, not_ready, ports;
  };
  std::vector<Subset> subsets;
  const bool publishes_all = PublishesNotReady(service);
  const std::string type = AddressTypesOf(service).front();
  for (const PodPtr& pod : pods) {
    if (pod->summary.is_finished() || (pod->meta().is_deleting() && !publishes_all)) continue;
    const std::shared_ptr<const Value> value = pod->object->Peek();
    const std::string ip = PodAddress(*value, type);
    if (ip.empty()) continue;
    Object address;
    address["ip"] = ip;
    if (HasHostname(service, meta, *value))
      address["hostname"] = TextAt(*value, {"spec", "hostname"});
    if (!pod->summary.node_name.empty()) address["nodeName"] = pod->summary.node_name;
    address["targetRef"] = TargetOf(pod->meta());
    Array ports;
    for (const Value& port : PortsOfPod(service, *value)) {
      Object entry;
      if (!TextAt(port, {"name"}).empty()) entry["name"] = port.at("name");
      entry["port"] = port.at("port");
      entry["protocol"] = port.at("protocol");
      if (const Value* application = Find(port, "appProtocol")) entry["appProtocol"] = *application;
      ports.push_back(std::move(entry));
    }
    const Value* service_ports = FindPath(service, {"spec", "ports"});
    const bool has_ports = service_ports != nullptr && service_ports->is_array() &&
                           !service_ports->get_array().empty();
    if (has_ports && ports.empty()) continue;
    auto subset = std::find_if(subsets.begin(), subsets.end(),
                               [&](const Subset& each) { return each.ports == ports; });
    if (subset == subsets.end()) {
      subsets.push_back({{}, {}, ports});
      subset = std::prev(subsets.end());
    }
    const bool is_ready = publishes_all || pod->summary.is_ready;
    (is_ready ? subset->ready : subset->not_ready).push_back(std::move(address));
  }
  Array result;
  for (Subset& subset : subsets) {
    const auto by_address = [](const Value& a, const Value& b) {
      return TextAt(a, {"ip"}) < TextAt(b, {"ip"});
    };
    std::sort(subset.ready.begin(), subset.ready.end(), by_address);
    std::sort(subset.not_ready.begin(), subset.not_ready.end(), by_address);
    Object entry;
    if (!subset.ready.empty()) entry["addresses"] = std::move(subset.ready);
    if (!subset.not_ready.empty()) entry["notReadyAddresses"] = std::move(subset.not_ready);
    if (!subset.ports.empty()) entry["ports"] = std::move(subset.ports);
    result.push_back(std::move(entry));
  }
  return result;
}

std::vector<EndpointGroup> MirrorEndpoints(const Value& endpoints) {
  std::vector<EndpointGroup> groups;
  const Value* subsets = Find(endpoints, "subsets");
  if (subsets == nullptr || !subsets->is_array()) return groups;
  for (const Value& subset : subsets->get_array()) {
    Array ports;
    if (const Value* present = Find(subset, "ports"); present != nullptr && present->is_array()) {
      for (const Value& port : present->get_array()) {
        Object entry;
        entry["name"] = TextAt(port, {"name"});
        entry["protocol"] = TextAt(port, {"protocol"}).empty() ? "TCP" : TextAt(port, {"protocol"});
        entry["port"] = apiserver::IntAt(port, {"port"});
        if (const Value* application = Find(port, "appProtocol"))
          entry["appProtocol"] = *application;
        ports.push_back(std::move(entry));
      }
    }
    for (const bool is_ready : {true, false}) {
      const Value* addresses = Find(subset, is_ready ? "addresses" : "notReadyAddresses");
      if (addresses == nullptr || !addresses->is_array()) continue;
      for (const Value& address : addresses->get_array()) {
        const std::string_view ip = TextAt(address, {"ip"});
        const std::string type = IsOfType(ip, "IPv6") ? "IPv6" : "IPv4";
        auto group = std::find_if(groups.begin(), groups.end(), [&](const EndpointGroup& each) {
          return each.address_type == type && each.ports == Value(ports);
        });
        if (group == groups.end()) {
          groups.push_back({type, ports, {}});
          group = std::prev(groups.end());
        }
        Object endpoint;
        endpoint["addresses"] = Array{Value(ip)};
        Object conditions;
        conditions["ready"] = is_ready;
        endpoint["conditions"] = std::move(conditions);
        for (const std::string_view name : {"hostname", "targetRef", "nodeName"}) {
          if (const Value* member = Find(address, name)) endpoint[name] = *member;
        }
        group->endpoints.push_back(std::move(endpoint));
      }
    }
  }
  return groups;
}

Object SliceLabels(const ObjectMeta& service, bool is_headless) {
  Object labels = CopyLabels(service);
  labels.erase(kHeadlessLabel);
  labels["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io";
  labels["kubernetes.io/service-name"] = service.name;
  if (is_headless) labels[kHeadlessLabel] = "";
  return labels;
}

Object EndpointsLabels(const ObjectMeta& service, bool is_headless) {
  Object labels = CopyLabels(service);
  labels.erase(kHeadlessLabel);
  labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller";
  if (is_headless) labels[kHeadlessLabel] = "";
  return labels;
}

std::string TriggerTimes::Next(const ObjectKey& service, const ObjectMeta& meta,
                               const std::vector<PodPtr>& pods) {
  Seen& seen = services_[service];
  std::optional<sim::Time> oldest;
  const auto note = [&oldest](sim::Time time) {
    if (!oldest || time < *oldest) oldest = time;
  };
  if (seen.service_time != meta.creation_timestamp) {
    seen.service_time = meta.creation_timestamp;
    if (const auto time = apiserver::TimeFromText(meta.creation_timestamp)) note(*time);
  }
  std::map<std::string, sim::Time> present;
  for (const PodPtr& pod : pods) {
    if (!pod->summary.ready_since) continue;
    present[pod->meta().uid] = *pod->summary.ready_since;
    const auto before = seen.pods.find(pod->meta().uid);
    if (before == seen.pods.end() || before->second < *pod->summary.ready_since) {
      note(*pod->summary.ready_since);
    }
  }
  seen.pods = std::move(present);
  return oldest ? apiserver::FormatTime(*oldest) : "";
}

}  // namespace controllers
