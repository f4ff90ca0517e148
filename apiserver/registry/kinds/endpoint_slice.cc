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
constexpr std::size_t kZoneHintsMax = 8;
constexpr std::size_t kNodeHintsMax = 8;

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

// Names in list member `list` of hints, each once and well in the eyes of `problems`; false: too
// many.
bool CheckHintNames(const Object& hints, std::string_view list, std::size_t count_max,
                    NameMessages (*problems)(std::string_view), const FieldPath& path,
                    Violations& out) {
  const Array& items = ArrayOf(hints, list);
  const FieldPath list_path = path.Child(list);
  if (items.size() > count_max) {
    out.TooMany(list_path, items.size(), static_cast<int>(count_max));
    return false;
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const FieldPath item_path = list_path.Index(i);
    const std::string_view name = TextOf(items[i], "name");
    if (!seen.insert(name).second) out.Duplicate(item_path.Child("name"), name);
    out.InvalidEach(item_path.Child("name"), name, problems(name));
  }
  return true;
}

void CheckHints(const Object& endpoint, const FieldPath& path, Violations& out) {
  const Object& hints = ObjectOf(endpoint, "hints");
  const FieldPath hints_path = path.Child("hints");
  if (!CheckHintNames(hints, "forZones", kZoneHintsMax, CheckLabelValue, hints_path, out)) return;
  CheckHintNames(hints, "forNodes", kNodeHintsMax, CheckDns1123Subdomain, hints_path, out);
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
    if (IsSet(port, "protocol")) {
      CheckOptionalOneOf(port, "protocol", {"SCTP", "TCP", "UDP"}, port_path, out);
    } else {
      out.Required(port_path.Child("protocol"));
    }
    if (IsSet(port, "appProtocol")) {
      CheckQualified(TextOf(port, "appProtocol"), port_path.Child("appProtocol"), out);
    }
  }
}

void Validate(const Object& object, Violations& out) {
  const std::string_view type = TextOf(object, "addressType");
  CheckRequiredOneOf(object, "addressType", {"FQDN", "IPv4", "IPv6"}, FieldPath(""), out);
  CheckPorts(object, out);
  CheckEndpoints(object, type, out);
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  CheckImmutableText(object, old, "addressType", FieldPath(""), out);
}

void Warn(const Object& object, const Object*, std::vector<std::string>& out) {
  if (TextOf(object, "addressType") != "FQDN") return;
  out.push_back("addressType: FQDN endpoints are deprecated");
}

void Canonicalize(Object& object) {
  for (std::string_view name : {"endpoints", "ports"}) StoreEmptyAsNull(object, name);
}

}  // namespace

const KindRules kEndpointSliceRules{.group = "discovery.k8s.io",
                                    .resource = "endpointslices",
                                    .defaults = Default,
                                    .generation = GenerationRule::kRootAndLabels,
                                    .prepare_create = PrepareCreate,
                                    .prepare_update = PrepareUpdate,
                                    .canonicalize = Canonicalize,
                                    .validate = Validate,
                                    .validate_update = ValidateUpdate,
                                    .warn = Warn,
                                    .update_metadata = UpdateMetadata::kCreate};

}  // namespace apiserver
