#include "apiserver/registry/kinds/service_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/kinds/load_balancer_status.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

void CheckServicePort(const Object& port, bool needs_name, std::set<std::string_view>& names,
                      const FieldPath& path, Violations& out) {
  const std::string_view name = TextOf(port, "name");
  if (name.empty()) {
    if (needs_name) out.Required(path.Child("name"));
  } else {
    CheckDnsLabel(name, path.Child("name"), out);
    if (!names.insert(name).second) out.Duplicate(path.Child("name"), name);
  }
  const std::int64_t number = IntOf(port, "port");
  out.InvalidEach(path.Child("port"), number, CheckPortNumber(number));
  CheckRequiredOneOf(port, "protocol", {"SCTP", "TCP", "UDP"}, path, out);
  if (IsSet(port, "targetPort")) CheckPort(port.at("targetPort"), path.Child("targetPort"), out);
  if (IsSet(port, "appProtocol")) {
    CheckQualified(TextOf(port, "appProtocol"), path.Child("appProtocol"), out);
  }
}

void CheckPorts(const Object& spec, const FieldPath& path, Violations& out) {
  const Array& ports = ArrayOf(spec, "ports");
  const FieldPath ports_path = path.Child("ports");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    CheckServicePort(AsObject(ports[i]), ports.size() > 1, names, ports_path.Index(i), out);
  }
}

void CheckPortCombinations(const Object& spec, const FieldPath& path, Violations& out) {
  const Array& ports = ArrayOf(spec, "ports");
  const FieldPath ports_path = path.Child("ports");
  using Key = std::pair<std::string_view, std::int64_t>;
  if (TextOf(spec, "type") == "ClusterIP") {
    for (std::size_t i = 0; i < ports.size(); ++i) {
      if (IntOf(AsObject(ports[i]), "nodePort") == 0) continue;
      const FieldPath port_path = ports_path.Index(i);
      out.Forbidden(port_path.Child("nodePort"), "may not be used when `type` is 'ClusterIP'");
    }
  }
  std::set<Key> node_ports;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::int64_t number = IntOf(AsObject(ports[i]), "nodePort");
    if (number == 0) continue;
    const FieldPath port_path = ports_path.Index(i);
    if (!node_ports.emplace(TextOf(ports[i], "protocol"), number).second) {
      out.Duplicate(port_path.Child("nodePort"), number);
    }
  }
  std::set<Key> numbers;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::int64_t number = IntOf(AsObject(ports[i]), "port");
    const std::string_view protocol = TextOf(ports[i], "protocol");
    if (!numbers.emplace(protocol, number).second) {
      const Object shown{{"protocol", protocol}, {"port", number}};
      out.Duplicate(ports_path.Index(i), InternalForm("core.ServicePort", shown));
    }
  }
}

void CheckType(const Object& spec, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(spec, "type");
  if ((type == "LoadBalancer" || type == "NodePort") && IsHeadless(spec)) {
    const FieldPath ips_path = path.Child("clusterIPs");
    out.Invalid(ips_path.Index(0), "None",
                "may not be set to 'None' for " + std::string(type) + " services");
  }
  if (type != "ExternalName") return;
  for (std::string_view name : {"clusterIPs", "ipFamilies"}) {
    if (!ArrayOf(spec, name).empty()) {
      out.Forbidden(path.Child(name), "may not be set for ExternalName services");
    }
  }
  if (IsSet(spec, "ipFamilyPolicy")) {
    out.Forbidden(path.Child("ipFamilyPolicy"), "may not be set for ExternalName services");
  }
  std::string_view target = TextOf(spec, "externalName");
  if (target.ends_with('.')) target.remove_suffix(1);
  if (target.empty()) {
    out.Required(path.Child("externalName"));
  } else {
    CheckDnsSubdomain(target, path.Child("externalName"), out);
  }
}

void CheckAffinity(const Object& spec, const FieldPath& path, Violations& out) {
  CheckRequiredOneOf(spec, "sessionAffinity", {"ClientIP", "None"}, path, out);
  if (TextOf(spec, "sessionAffinity") != "ClientIP") return;
  const Object& client = ObjectOf(ObjectOf(spec, "sessionAffinityConfig"), "clientIP");
  constexpr std::int64_t kSecondsMax = 86400;
  const std::int64_t seconds = IntOf(client, "timeoutSeconds");
  if (seconds <= 0 || seconds > kSecondsMax) {
    out.Invalid(path.Child("sessionAffinityConfig.clientIP.timeoutSeconds"), seconds,
                "must be greater than 0 and less than 86400");
  }
}

void CheckFamilies(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath families_path = path.Child("ipFamilies");
  std::set<std::string_view> seen;
  std::size_t index = 0;
  for (const Value& family : ArrayOf(spec, "ipFamilies")) {
    const FieldPath family_path = families_path.Index(index++);
    CheckOneOf(AsText(family), {"IPv4", "IPv6"}, family_path, out);
    if (!seen.insert(AsText(family)).second) out.Duplicate(family_path, family);
  }
  CheckOptionalOneOf(spec, "ipFamilyPolicy", {"PreferDualStack", "RequireDualStack", "SingleStack"},
                     path, out);
}

}  // namespace

void CheckClusterIps(const Object& spec, Violations& out) {
  if (IsExternalName(spec)) return;
  const FieldPath path("spec");
  const Array& ips = ArrayOf(spec, "clusterIPs");
  const FieldPath ips_path = path.Child("clusterIPs");
  const std::string_view ip = TextOf(spec, "clusterIP");
  if (ip.empty()) {
    if (!ips.empty()) out.Invalid(ips_path, ips, "must be empty when `clusterIP` is not specified");
  } else if (ips.empty()) {
    out.Required(ips_path);
  } else if (AsText(ips[0]) != ip) {
    out.Invalid(ips_path, ips, "first value must match `clusterIP`");
  }
  CheckFamilies(spec, path, out);
  const std::size_t before = out.size();
  for (std::size_t i = 0; i < ips.size(); ++i) {
    if (i == 0 && AsText(ips[i]) == "None") {
      if (ips.size() > 1) out.Invalid(ips_path, ips, "'None' must be the first and only value");
      continue;
    }
    CheckIp(AsText(ips[i]), ips_path.Index(i), out);
  }
  if (ips.size() > 2) out.Invalid(ips_path, ips, "may only hold up to 2 values");
  if (out.size() != before || IsHeadless(spec)) return;
  const Array& families = ArrayOf(spec, "ipFamilies");
  if (ips.size() == 2 && ParseIp(AsText(ips[0]))->is_ipv6 == ParseIp(AsText(ips[1]))->is_ipv6) {
    out.Invalid(ips_path, ips, "may specify no more than one IP for each IP family");
  }
  for (std::size_t i = 0; i < ips.size() && i < families.size(); ++i) {
    const bool is_ipv6 = ParseIp(AsText(ips[i]))->is_ipv6;
    const std::string_view family = AsText(families[i]);
    if (is_ipv6 != (family == "IPv6")) {
      out.Invalid(ips_path.Index(i), ips[i],
                  "expected an " + std::string(family) + " value as indicated by `ipFamilies[" +
                      std::to_string(i) + "]`");
    }
  }
}

namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1);
}

void CheckSourceRanges(const Object& service, const Object& spec, const FieldPath& path,
                       Violations& out) {
  constexpr std::string_view kOnlyBalancer = "may only be used when `type` is 'LoadBalancer'";
  const bool balancer = TextOf(spec, "type") == "LoadBalancer";
  const Array& ranges = ArrayOf(spec, "loadBalancerSourceRanges");
  if (!ranges.empty()) {
    const FieldPath ranges_path = path.Child("LoadBalancerSourceRanges");
    if (!balancer) out.Forbidden(ranges_path, kOnlyBalancer);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      CheckCidr(Trimmed(AsText(ranges[i])), ranges_path.Index(i), out);
    }
    return;
  }
  constexpr std::string_view kAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges";
  const Object& annotations = ObjectOf(ObjectOf(service, "metadata"), "annotations");
  if (!annotations.contains(kAnnotation)) return;
  const FieldPath annotations_path("metadata.annotations");
  const FieldPath annotation_path = annotations_path.Key(kAnnotation);
  if (!balancer) out.Forbidden(annotation_path, kOnlyBalancer);
  const std::string_view text = Trimmed(TextOf(annotations, kAnnotation));
  if (text.empty()) return;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    CheckCidr(Trimmed(text.substr(start, end - start)), annotation_path, out);
    start = end + 1;
  }
}

void CheckTraffic(const Object& spec, const FieldPath& path, Violations& out) {
  const std::string_view policy = TextOf(spec, "externalTrafficPolicy");
  const FieldPath policy_path = path.Child("externalTrafficPolicy");
  if (!IsExternallyAccessible(spec)) {
    if (!policy.empty()) {
      out.Invalid(policy_path, policy, "may only be set for externally-accessible services");
    }
  } else if (policy.empty()) {
    out.Required(policy_path);
  } else {
    CheckOneOf(policy, {"Cluster", "Local"}, policy_path, out);
  }
  const std::int64_t health = IntOf(spec, "healthCheckNodePort");
  if (!NeedsHealthCheck(spec) && health != 0) {
    out.Invalid(path.Child("healthCheckNodePort"), health,
                "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is "
                "'Local'");
  } else if (health != 0) {
    out.InvalidEach(path.Child("healthCheckNodePort"), health, CheckPortNumber(health));
  }
  CheckOptionalOneOf(spec, "internalTrafficPolicy", {"Cluster", "Local"}, path, out);
  CheckOptionalOneOf(spec, "trafficDistribution",
                     {"PreferClose", "PreferSameZone", "PreferSameNode"}, path, out);
}

constexpr std::string_view kOnlyBalancer = "may only be used when `type` is 'LoadBalancer'";

void CheckBalancerClass(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "loadBalancerClass")) return;
  if (TextOf(spec, "type") == "LoadBalancer") {
    CheckQualified(TextOf(spec, "loadBalancerClass"), path.Child("loadBalancerClass"), out);
  } else {
    out.Forbidden(path.Child("loadBalancerClass"), kOnlyBalancer);
  }
}

void CheckBalancer(const Object& spec, const FieldPath& path, Violations& out) {
  const bool balancer = TextOf(spec, "type") == "LoadBalancer";
  if (IsSet(spec, "allocateLoadBalancerNodePorts") && !balancer) {
    out.Forbidden(path.Child("allocateLoadBalancerNodePorts"), kOnlyBalancer);
  }
  CheckBalancerClass(spec, path, out);
}

constexpr std::string_view kSetOnce = "may not change once set";

// Releasing what the second family has takes the word SingleStack.
void CheckRelease(const Object& spec, std::string_view what, Violations& out) {
  if (TextOf(spec, "ipFamilyPolicy") == "SingleStack") return;
  const Value* policy = spec.if_contains("ipFamilyPolicy");
  out.Invalid(FieldPath("spec.ipFamilyPolicy"), policy == nullptr ? Value() : *policy,
              "must be set to 'SingleStack' when releasing the secondary " + std::string(what));
}

void CheckIpChange(const Object& spec, const Object& old_spec, Violations& out) {
  if (IsExternalName(spec) || IsExternalName(old_spec)) return;
  if (IsHeadless(spec) && IsHeadless(old_spec)) return;
  const Array& ips = ArrayOf(spec, "clusterIPs");
  const Array& old_ips = ArrayOf(old_spec, "clusterIPs");
  const FieldPath path("spec.clusterIPs");
  if (ips.size() == old_ips.size()) {
    for (std::size_t i = 0; i < ips.size(); ++i) {
      if (ips[i] != old_ips[i]) out.Invalid(path.Index(i), ips, kSetOnce);
    }
    return;
  }
  const bool is_released = ips.size() < old_ips.size();
  if (is_released && ips.empty()) {
    out.Invalid(path.Index(0), ips, "primary clusterIP can not be unset");
  }
  if (!ips.empty() && !old_ips.empty() && ips[0] != old_ips[0]) {
    out.Invalid(path.Index(0), ips, kSetOnce);
  }
  if (is_released && ips.size() == 1) CheckRelease(spec, "clusterIP", out);
}

void CheckFamilyChange(const Object& spec, const Object& old_spec, Violations& out) {
  if (IsExternalName(spec) || IsExternalName(old_spec)) return;
  if (IsHeadless(spec) || IsHeadless(old_spec)) return;
  const Array& families = ArrayOf(spec, "ipFamilies");
  const Array& old_families = ArrayOf(old_spec, "ipFamilies");
  const FieldPath path("spec.ipFamilies");
  if (families.size() == old_families.size()) {
    for (std::size_t i = 0; i < families.size(); ++i) {
      if (families[i] != old_families[i]) out.Invalid(path.Index(0), families, kSetOnce);
    }
    return;
  }
  const bool is_released = families.size() < old_families.size();
  // Upstream looks at, and shows, the addresses here.
  const Array& ips = ArrayOf(spec, "clusterIPs");
  if (is_released && ips.empty()) {
    out.Invalid(path.Index(0), families, "primary ipFamily can not be unset");
  }
  if (!families.empty() && !old_families.empty() && families[0] != old_families[0]) {
    out.Invalid(path.Index(0), ips, kSetOnce);
  }
  if (is_released && families.size() == 1) CheckRelease(spec, "ipFamily", out);
}

}  // namespace

void ValidateService(const Object& service, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(service, "spec");
  if (ArrayOf(spec, "ports").empty() && !IsHeadless(spec) && !IsExternalName(spec)) {
    out.Required(path.Child("ports"));
  }
  CheckType(spec, path, out);
  CheckPorts(spec, path, out);
  CheckLabelMap(spec, "selector", path, out);
  CheckAffinity(spec, path, out);
  CheckClusterIps(spec, out);
  const FieldPath external_path = path.Child("externalIPs");
  std::size_t index = 0;
  for (const Value& ip : ArrayOf(spec, "externalIPs")) {
    const FieldPath ip_path = external_path.Index(index++);
    const std::size_t before = out.size();
    CheckIp(AsText(ip), ip_path, out);
    if (out.size() == before) CheckEndpointIp(AsText(ip), ip_path, out);
  }
  CheckRequiredOneOf(spec, "type", {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}, path,
                     out);
  CheckPortCombinations(spec, path, out);
  CheckSourceRanges(service, spec, path, out);
  CheckBalancer(spec, path, out);
  CheckTraffic(spec, path, out);
}

void ValidateServiceUpdate(const Object& service, const Object& old, Violations& out) {
  const Object& spec = ObjectOf(service, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  CheckIpChange(spec, old_spec, out);
  CheckFamilyChange(spec, old_spec, out);
  const bool both_balancers =
      TextOf(spec, "type") == "LoadBalancer" && TextOf(old_spec, "type") == "LoadBalancer";
  if (both_balancers && !SameMember(spec, old_spec, "loadBalancerClass")) {
    const Value* name = spec.if_contains("loadBalancerClass");
    out.Invalid(FieldPath("spec.loadBalancerClass"), name == nullptr ? Value() : *name,
                "may not change once set");
  }
  // Upstream asks twice: for the change and for the whole.
  CheckBalancerClass(spec, FieldPath("spec"), out);
  if (NeedsHealthCheck(spec) && NeedsHealthCheck(old_spec) &&
      !SameMember(spec, old_spec, "healthCheckNodePort")) {
    out.Forbidden(FieldPath("spec.healthCheckNodePort"), "field is immutable");
  }
  ValidateService(service, out);
}

void ValidateServiceStatusUpdate(const Object& service, const Object&, Violations& out) {
  const Object& balancer = ObjectOf(ObjectOf(service, "status"), "loadBalancer");
  const FieldPath path("status.loadBalancer");
  if (TextOf(ObjectOf(service, "spec"), "type") != "LoadBalancer") {
    if (!ArrayOf(balancer, "ingress").empty()) {
      out.Forbidden(path.Child("ingress"), "may only be used when `spec.type` is 'LoadBalancer'");
    }
    return;
  }
  CheckLoadBalancerStatus(balancer, true, path, out);
}

}  // namespace apiserver
