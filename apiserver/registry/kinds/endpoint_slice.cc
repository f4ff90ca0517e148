// EndpointSlices. Source: kubernetes/pkg/apis/discovery and
// pkg/registry/discovery/endpointslice, 1.36.
#include <set>

#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/ip_checks.h"

namespace apiserver {
namespace {

constexpr int kEndpointsMax = 1000;
constexpr int kAddressesMax = 100;
constexpr int kPortsMax = 20000;
constexpr int kTopologyKeysMax = 16;
constexpr int kZoneHintsMax = 8;

void Default(Object& object) {
  ForEachObject(object, "ports", [](Object& port) {
    FillPointer(port, "name", "");
    FillPointer(port, "protocol", "TCP");
  });
}

// "topology" was replaced by nodeName and zone.
void DropTopology(Object& object) {
  ForEachObject(object, "endpoints", [](Object& endpoint) {
    Object* topology = IfObjectOf(endpoint, "deprecatedTopology");
    if (topology == nullptr) return;
    topology->erase("kubernetes.io/hostname");
    if (topology->empty()) endpoint.erase("deprecatedTopology");
  });
}

void PrepareCreate(const StrategyContext&, Object& object) { DropTopology(object); }
void PrepareUpdate(const StrategyContext&, Object& object, const Object&) { DropTopology(object); }

void CheckAddress(std::string_view address, std::string_view type, const FieldPath& path,
                  Violations& out) {
  if (type == "FQDN") {
    CheckDnsSubdomain(address, path, out);
    return;
  }
  if (type != "IPv4" && type != "IPv6") return;
  CheckIp(address, path, out);
  const auto parsed = ParseIp(address);
  if (!parsed) return;
  CheckEndpointIp(address, path, out);
}

void CheckAddresses(const Object& endpoint, std::string_view type, const FieldPath& path,
                    Violations& out) {
  const Array& addresses = ArrayOf(endpoint, "addresses");
  const FieldPath addresses_path = path.Child("addresses");
  if (addresses.empty()) {
    out.Required(addresses_path, "must contain at least 1 address");
  } else if (addresses.size() > kAddressesMax) {
    out.TooMany(addresses_path, addresses.size(), kAddressesMax);
  }
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::string_view address = AsText(addresses[i]);
    CheckAddress(address, type, addresses_path.Index(i), out);
    const auto parsed = ParseIp(address);
    if (!parsed) continue;
    if (type == "IPv4" && parsed->is_ipv6) {
      out.Invalid(addresses_path, address, "must be an IPv4 address");
    } else if (type == "IPv6" && !parsed->is_ipv6) {
      out.Invalid(addresses_path, address, "must be an IPv6 address");
    }
  }
}

void CheckHints(const Object& endpoint, const FieldPath& path, Violations& out) {
  const Array& zones = ArrayOf(ObjectOf(endpoint, "hints"), "forZones");
  const FieldPath zones_path = path.Child("hints.forZones");
  if (zones.size() > kZoneHintsMax) out.TooMany(zones_path, zones.size(), kZoneHintsMax);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const FieldPath zone_path = zones_path.Index(i);
    const std::string_view name = TextOf(zones[i], "name");
    if (!seen.insert(name).second) out.Duplicate(zone_path.Child("name"), name);
    out.InvalidEach(zone_path.Child("name"), name, CheckLabelValue(name));
  }
}

void CheckEndpoints(const Object& object, std::string_view type, Violations& out) {
  const FieldPath path("endpoints");
  const Array& endpoints = ArrayOf(object, "endpoints");
  if (endpoints.size() > kEndpointsMax) {
    out.TooMany(path, endpoints.size(), kEndpointsMax);
    return;
  }
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const FieldPath endpoint_path = path.Index(i);
    const Object& endpoint = AsObject(endpoints[i]);
    CheckAddresses(endpoint, type, endpoint_path, out);
    if (IsSet(endpoint, "nodeName")) {
      CheckDnsSubdomain(TextOf(endpoint, "nodeName"), endpoint_path.Child("nodeName"), out);
    }
    const Object& topology = ObjectOf(endpoint, "deprecatedTopology");
    if (topology.size() > kTopologyKeysMax) {
      out.TooMany(endpoint_path.Child("deprecatedTopology"), topology.size(), kTopologyKeysMax);
    }
    CheckLabelMap(endpoint, "deprecatedTopology", endpoint_path, out);
    if (topology.contains("kubernetes.io/hostname") ||
        topology.contains("topology.kubernetes.io/zone")) {
      out.Invalid(endpoint_path.Child("deprecatedTopology"), topology,
                  "must not contain hostname or zone keys");
    }
    if (IsSet(endpoint, "hostname")) {
      CheckDnsLabel(TextOf(endpoint, "hostname"), endpoint_path.Child("hostname"), out);
    }
    CheckHints(endpoint, endpoint_path, out);
  }
}

void CheckPorts(const Object& object, Violations& out) {
  const FieldPath path("ports");
  const Array& ports = ArrayOf(object, "ports");
  if (ports.size() > kPortsMax) {
    out.TooMany(path, ports.size(), kPortsMax);
    return;
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const FieldPath port_path = path.Index(i);
    const Object& port = AsObject(ports[i]);
    const std::string_view name = TextOf(port, "name");
    if (!name.empty()) CheckDnsLabel(name, port_path.Child("name"), out);
    if (!names.insert(name).second) out.Duplicate(port_path.Child("name"), name);
    CheckRequiredOneOf(port, "protocol", {"SCTP", "TCP", "UDP"}, port_path, out);
    if (IsSet(port, "appProtocol")) {
      CheckQualified(TextOf(port, "appProtocol"), port_path.Child("appProtocol"), out);
    }
  }
}

void Validate(const Object& object, Violations& out) {
  const std::string_view type = TextOf(object, "addressType");
  CheckRequiredOneOf(object, "addressType", {"FQDN", "IPv4", "IPv6"}, FieldPath(""), out);
  CheckEndpoints(object, type, out);
  CheckPorts(object, out);
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  CheckImmutable(object, old, "addressType", FieldPath(""), out);
}

void Warn(const Object& object, const Object*, std::vector<std::string>& out) {
  if (TextOf(object, "addressType") != "FQDN") return;
  out.push_back("addressType: FQDN endpoints are deprecated");
}

// What is stored tells no empty list from none.
void StoreEmptyAsNull(Object& object) {
  for (std::string_view name : {"endpoints", "ports"}) {
    Value& list = object[name];
    if (list.is_array() && list.get_array().empty()) list = nullptr;
  }
}

}  // namespace

const KindRules kEndpointSliceRules{.group = "discovery.k8s.io",
                                    .resource = "endpointslices",
                                    .defaults = Default,
                                    .generation = GenerationRule::kRootAndLabels,
                                    .prepare_create = PrepareCreate,
                                    .prepare_update = PrepareUpdate,
                                    .canonicalize = StoreEmptyAsNull,
                                    .validate = Validate,
                                    .validate_update = ValidateUpdate,
                                    .warn = Warn,
                                    .update_metadata = UpdateMetadata::kCreate};

}  // namespace apiserver
