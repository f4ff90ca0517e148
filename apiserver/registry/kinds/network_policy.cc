// NetworkPolicies, IPAddresses and ServiceCIDRs. Source: kubernetes/pkg/apis/networking, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/ip_checks.h"

namespace apiserver {
namespace {

void DefaultPorts(Object& rule) {
  ForEachObject(rule, "ports", [](Object& port) { FillPointer(port, "protocol", "TCP"); });
}

void DefaultPolicy(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  ForEachObject(spec, "ingress", DefaultPorts);
  ForEachObject(spec, "egress", DefaultPorts);
  if (!ArrayOf(spec, "policyTypes").empty()) return;
  Array& types = spec["policyTypes"].emplace_array();
  types.push_back("Ingress");
  if (!ArrayOf(spec, "egress").empty()) types.push_back("Egress");
}

void CheckPolicyPort(const Object& port, const FieldPath& path, Violations& out) {
  CheckOptionalOneOf(port, "protocol", {"TCP", "UDP", "SCTP"}, path, out);
  const bool has_end = IsSet(port, "endPort");
  const FieldPath end_path = path.Child("endPort");
  if (!IsSet(port, "port")) {
    if (has_end) {
      out.Invalid(end_path, port.at("endPort"),
                  "may not be specified when `port` is not specified");
    }
    return;
  }
  const Value& number = port.at("port");
  const std::int64_t end = IntOf(port, "endPort");
  if (number.is_string()) {
    if (has_end) out.Invalid(end_path, end, "may not be specified when `port` is non-numeric");
    CheckPort(number, path.Child("port"), out);
    return;
  }
  CheckPort(number, path.Child("port"), out);
  if (!has_end) return;
  if (end < IntOf(port, "port")) {
    // Upstream shows the port.
    out.Invalid(end_path, number, "must be greater than or equal to `port`");
  }
  out.InvalidEach(end_path, end, CheckPortNumber(end));
}

void CheckIpBlock(const Object& block, const FieldPath& path, Violations& out) {
  const std::string_view cidr_text = TextOf(block, "cidr");
  if (cidr_text.empty()) {
    out.Required(path.Child("cidr"));
    return;
  }
  CheckCidr(cidr_text, path.Child("cidr"), out);
  const auto cidr = ParseCidr(cidr_text);
  if (!cidr) return;
  const FieldPath except_path = path.Child("except");
  std::size_t index = 0;
  for (const Value& value : ArrayOf(block, "except")) {
    const FieldPath item_path = except_path.Index(index++);
    const std::string_view text = AsText(value);
    CheckCidr(text, item_path, out);
    const auto except = ParseCidr(text);
    if (!except) continue;
    const bool inside = cidr->Contains(except->base) && except->prefix_length > cidr->prefix_length;
    if (!inside) out.Invalid(item_path, text, "must be a strict subset of `cidr`");
  }
}

void CheckPeer(const Object& peer, const FieldPath& path, Violations& out) {
  int peers = 0;
  for (std::string_view name : {"podSelector", "namespaceSelector"}) {
    if (!IsSet(peer, name)) continue;
    ++peers;
    CheckSelector(peer, name, path, out);
  }
  const bool has_block = IsSet(peer, "ipBlock");
  if (has_block) {
    ++peers;
    CheckIpBlock(ObjectOf(peer, "ipBlock"), path.Child("ipBlock"), out);
  }
  if (peers == 0) {
    out.Required(path, "must specify a peer");
  } else if (peers > 1 && has_block) {
    out.Forbidden(path, "may not specify both ipBlock and another peer");
  }
}

void CheckRules(const Object& spec, std::string_view direction, std::string_view peers,
                const FieldPath& path, Violations& out) {
  const FieldPath rules_path = path.Child(direction);
  std::size_t index = 0;
  for (const Value& rule : ArrayOf(spec, direction)) {
    const FieldPath rule_path = rules_path.Index(index++);
    const FieldPath ports_path = rule_path.Child("ports");
    std::size_t i = 0;
    for (const Value& port : ArrayOf(rule, "ports")) {
      CheckPolicyPort(AsObject(port), ports_path.Index(i++), out);
    }
    const FieldPath peers_path = rule_path.Child(peers);
    i = 0;
    for (const Value& peer : ArrayOf(rule, peers)) {
      CheckPeer(AsObject(peer), peers_path.Index(i++), out);
    }
  }
}

void ValidatePolicy(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckSelector(spec, "podSelector", path, out);
  CheckRules(spec, "ingress", "from", path, out);
  CheckRules(spec, "egress", "to", path, out);
  const Array& types = ArrayOf(spec, "policyTypes");
  const FieldPath types_path = path.Child("policyTypes");
  if (types.size() > 2) {
    out.Invalid(types_path, types, "may not specify more than two policyTypes");
    return;
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    CheckOneOf(AsText(types[i]), {"Ingress", "Egress"}, types_path.Index(i), out);
  }
}

void ValidatePolicyUpdate(const Object& object, const Object&, Violations& out) {
  ValidatePolicy(object, out);
}

NameMessages AddressNameProblems(std::string_view name, bool) {
  NameMessages problems = IpProblems(name);
  if (!problems.empty()) return problems;
  const std::string canonical = ParseIp(name)->Text();
  if (canonical != name) problems.push_back("must be in canonical form (\"" + canonical + "\")");
  return problems;
}

void ValidateAddress(const Object& object, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  const FieldPath path("spec.parentRef");
  if (!IsSet(spec, "parentRef")) {
    out.Required(path);
    return;
  }
  const Object& parent = ObjectOf(spec, "parentRef");
  if (const std::string_view group = TextOf(parent, "group"); !group.empty()) {
    CheckDnsSubdomain(group, path.Child("group"), out);
  }
  for (std::string_view field : {"resource", "name"}) {
    if (!CheckRequiredText(parent, field, path, out)) continue;
    const std::string_view text = TextOf(parent, field);
    out.InvalidEach(path.Child(field), text, CheckPathSegmentName(text));
  }
  const std::string_view namespace_ = TextOf(parent, "namespace");
  if (!namespace_.empty()) {
    out.InvalidEach(path.Child("namespace"), namespace_, CheckPathSegmentName(namespace_));
  }
}

void ValidateAddressUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateAddress(object, out);
  CheckImmutableStruct("networking.ParentReference", ObjectOf(object, "spec"),
                       ObjectOf(old, "spec"), "parentRef", FieldPath("spec"), out);
}

void ValidateCidrs(const Object& object, Violations& out) {
  const FieldPath path("spec.cidrs");
  const Object& spec = ObjectOf(object, "spec");
  const Array& cidrs = ArrayOf(spec, "cidrs");
  if (cidrs.empty()) {
    out.Required(path, "at least one CIDR required");
    return;
  }
  if (cidrs.size() > 2) {
    out.Invalid(path, Object{{"CIDRs", cidrs}}, "may only hold up to 2 values");
    return;
  }
  for (std::size_t i = 0; i < cidrs.size(); ++i) {
    const std::string_view text = AsText(cidrs[i]);
    const std::size_t before = out.size();
    CheckCidr(text, path.Index(i), out);
    const auto cidr = ParseCidr(text);
    if (out.size() == before && cidr && cidr->Text() != text) {
      out.Invalid(path.Index(i), text, "must be in canonical form (\"" + cidr->Text() + "\")");
    }
  }
  if (cidrs.size() == 2) {
    const auto a = ParseCidr(AsText(cidrs[0]));
    const auto b = ParseCidr(AsText(cidrs[1]));
    if (a && b && a->base.is_ipv6 == b->base.is_ipv6) {
      out.Invalid(path, cidrs,
                  "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and "
                  "2001:db8::/64");
    }
  }
}

void ValidateCidrsUpdate(const Object& object, const Object& old, Violations& out) {
  const FieldPath path("spec.cidrs");
  const Array& cidrs = ArrayOf(ObjectOf(object, "spec"), "cidrs");
  const Array& old_cidrs = ArrayOf(ObjectOf(old, "spec"), "cidrs");
  // A second family may be added; nothing else changes.
  const bool grows = old_cidrs.size() == 1 && cidrs.size() == 2;
  if (cidrs.size() != old_cidrs.size() && !grows) {
    const Object& spec = ObjectOf(object, "spec");
    out.Invalid(path, IsSet(spec, "cidrs") ? spec.at("cidrs") : Value(), kFieldImmutable);
    return;
  }
  for (std::size_t i = 0; i < old_cidrs.size(); ++i) {
    if (cidrs[i] != old_cidrs[i]) out.Invalid(path.Index(i), cidrs[i], kFieldImmutable);
  }
  if (grows) ValidateCidrs(object, out);
}

constexpr std::string_view kCidrStatusReset[] = {"metadata", "spec"};
const KindRules kCidrStatus{.group = "networking.k8s.io",
                            .resource = "servicecidrs",
                            .subresource = "status",
                            .reset = kCidrStatusReset};
constexpr const KindRules* kCidrParts[] = {&kCidrStatus};

}  // namespace

const KindRules kNetworkPolicyRules{.group = "networking.k8s.io",
                                    .resource = "networkpolicies",
                                    .defaults = DefaultPolicy,
                                    .generation = GenerationRule::kSpec,
                                    .validate = ValidatePolicy,
                                    .validate_update = ValidatePolicyUpdate};
const KindRules kIpAddressRules{.group = "networking.k8s.io",
                                .resource = "ipaddresses",
                                .name_rule = NameRule::kOwn,
                                .name_problems = AddressNameProblems,
                                .validate = ValidateAddress,
                                .validate_update = ValidateAddressUpdate,
                                .update_metadata = UpdateMetadata::kCreateAndUpdate};
const KindRules kServiceCidrRules{.group = "networking.k8s.io",
                                  .resource = "servicecidrs",
                                  .has_status = true,
                                  .validate = ValidateCidrs,
                                  .validate_update = ValidateCidrsUpdate,
                                  .subresources = kCidrParts};

}  // namespace apiserver
