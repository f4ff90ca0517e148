#include "apiserver/registry/allocation/service_allocator.h"

#include <algorithm>

#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/service_rules.h"
#include "apiserver/store/store.h"
#include "sim/check.h"

namespace apiserver {
namespace {

// Upstream keeps the low part of a range for numbers that users choose.
constexpr std::int64_t kReservedIpsMin = 16;
constexpr std::int64_t kReservedIpsMax = 256;
constexpr std::int64_t kReservedPortsMin = 16;
constexpr std::int64_t kReservedPortsMax = 128;
// After so many misses the range is walked in order.
constexpr int kTriesMax = 32;

const GroupResource kServices{"", "services"};

std::uint32_t NumberOf(const IpAddress& address) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | address.bytes[i];
  return number;
}

std::string TextOfIp(std::uint32_t number) {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) {
    address.bytes[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i) & 0xff);
  }
  return address.Text();
}

std::vector<std::int64_t> PortsOf(const Object& spec) {
  std::vector<std::int64_t> ports;
  for (const Value& port : ArrayOf(spec, "ports")) {
    if (const std::int64_t number = IntOf(AsObject(port), "nodePort")) ports.push_back(number);
  }
  if (const std::int64_t number = IntOf(spec, "healthCheckNodePort")) ports.push_back(number);
  return ports;
}

std::vector<std::string> IpsOf(const Object& spec) {
  std::vector<std::string> ips;
  if (TextOf(spec, "type") == "ExternalName" || IsHeadless(spec)) return ips;
  for (const Value& ip : ArrayOf(spec, "clusterIPs")) ips.emplace_back(AsText(ip));
  return ips;
}

ApiError Invalid(const Object& service, FieldErrors errors) {
  return InvalidError("", "Service", TextOf(ObjectOf(service, "metadata"), "name"), errors);
}

ApiError InvalidIps(const Object& service, std::string_view detail) {
  Violations out;
  out.Invalid(FieldPath("spec.clusterIPs"), ArrayOf(ObjectOf(service, "spec"), "clusterIPs"),
              detail);
  return Invalid(service, out.Take());
}

}  // namespace

ServiceAllocator::ServiceAllocator(sim::Random& random, ServiceRanges ranges)
    : random_(random), ranges_(std::move(ranges)) {
  const auto range = ParseCidr(ranges_.cluster_ips);
  SIM_CHECK(range && !range->base.is_ipv6);
  cluster_ips_ = *range;
}

void ServiceAllocator::Refresh(const Store& store) {
  std::map<ObjectKey, Held> now;
  store.Visit(kServices, {}, [&](const ObjectPtr& object) {
    const ObjectKey key = object->key();
    const auto known = held_.find(key);
    if (known != held_.end() && known->second.revision == object->meta().revision) {
      now.emplace_hint(now.end(), key, std::move(known->second));
      return true;
    }
    const Value value = object->Parse();
    const Object& spec = ObjectOf(value, "spec");
    now.emplace_hint(now.end(), key, Held{object->meta().revision, IpsOf(spec), PortsOf(spec)});
    return true;
  });
  held_ = std::move(now);
}

ServiceAllocator::IpSet ServiceAllocator::TakenIps(const ObjectKey& key) const {
  IpSet taken;
  for (const auto& [other, held] : held_) {
    if (other != key) taken.insert(held.ips.begin(), held.ips.end());
  }
  return taken;
}

PortSet ServiceAllocator::TakenPorts() const {
  PortSet taken;
  for (const auto& [key, held] : held_) taken.insert(held.ports.begin(), held.ports.end());
  return taken;
}

// The first and the last address of the range are no hosts.
bool ServiceAllocator::IsHostAddress(const IpAddress& ip) const {
  if (!cluster_ips_.Contains(ip)) return false;
  const std::int64_t size = std::int64_t{1} << (32 - cluster_ips_.prefix_length);
  const std::int64_t offset = std::int64_t{NumberOf(ip)} - NumberOf(cluster_ips_.base);
  return offset > 0 && offset < size - 1;
}

std::optional<std::string> ServiceAllocator::FreeIp(const IpSet& taken) {
  const std::uint32_t base = NumberOf(cluster_ips_.base);
  const std::int64_t size = std::int64_t{1} << (32 - cluster_ips_.prefix_length);
  const std::int64_t last = size - 2;
  const std::int64_t reserved = std::min(std::max(kReservedIpsMin, size / 16), kReservedIpsMax);
  const std::int64_t first = size <= kReservedIpsMin ? 1 : reserved + 1;
  const auto at = [&](std::int64_t offset) {
    return TextOfIp(base + static_cast<std::uint32_t>(offset));
  };
  for (int tries = 0; tries < kTriesMax; ++tries) {
    std::string ip = at(random_.Uniform(first, last));
    if (!taken.contains(ip)) return ip;
  }
  for (std::int64_t offset = first; offset <= last; ++offset) {
    if (!taken.contains(at(offset))) return at(offset);
  }
  for (std::int64_t offset = 1; offset < first; ++offset) {
    if (!taken.contains(at(offset))) return at(offset);
  }
  return std::nullopt;
}

std::optional<std::int64_t> ServiceAllocator::FreePort(const PortSet& taken) {
  const std::int64_t size = ranges_.node_port_last - ranges_.node_port_first + 1;
  const std::int64_t reserved = std::min(std::max(kReservedPortsMin, size / 32), kReservedPortsMax);
  const std::int64_t first = ranges_.node_port_first + reserved;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const std::int64_t port = random_.Uniform(first, ranges_.node_port_last);
    if (!taken.contains(port)) return port;
  }
  for (std::int64_t port = first; port <= ranges_.node_port_last; ++port) {
    if (!taken.contains(port)) return port;
  }
  for (std::int64_t port = ranges_.node_port_first; port < first; ++port) {
    if (!taken.contains(port)) return port;
  }
  return std::nullopt;
}

std::optional<ApiError> ServiceAllocator::AssignIps(Object& service, const Object* old,
                                                    const ObjectKey& key, bool is_dry_run) {
  Object& spec = EnsureObject(service, "spec");
  if (TextOf(spec, "type") == "ExternalName" || IsHeadless(spec)) return std::nullopt;
  const bool kept = old != nullptr && TextOf(ObjectOf(*old, "spec"), "type") != "ExternalName" &&
                    !ArrayOf(spec, "clusterIPs").empty();
  if (kept) return std::nullopt;
  const IpSet taken = TakenIps(key);
  const std::string asked(TextOf(spec, "clusterIP"));
  if (asked.empty()) {
    // A dry run takes nothing: it shows the first.
    const auto ip = is_dry_run ? TextOfIp(NumberOf(cluster_ips_.base) + 1) : FreeIp(taken);
    if (!ip) return InternalError("failed to allocate a serviceIP: range is full");
    spec["clusterIP"] = *ip;
    spec["clusterIPs"] = Array{Value(*ip)};
    return std::nullopt;
  }
  const auto ip = ParseIp(asked);
  const std::string prefix = "failed to allocate IP " + asked + ": ";
  if (!ip || !IsHostAddress(*ip)) {
    // A dry run asks one range only, a true one looks for the range of the address first.
    if (!is_dry_run) {
      return InvalidIps(service, prefix + "the provided network does not match the current range");
    }
    return InvalidIps(service, prefix + "the provided IP (" + asked +
                                   ") is not in the valid range. The range of valid IPs is " +
                                   ranges_.cluster_ips);
  }
  if (!is_dry_run && taken.contains(asked))
    return InvalidIps(service, prefix + "provided IP is already allocated");
  return std::nullopt;
}

std::optional<ApiError> ServiceAllocator::Allocate(const StrategyContext& context, Object& service,
                                                   const Object* old) {
  if (old != nullptr) PatchAllocatedValues(service, *old);
  NormalizeClusterIps(service, old);
  if (FieldErrors errors = InitServiceFamilies(service, old); !errors.empty()) {
    return Invalid(service, std::move(errors));
  }
  Refresh(context.store);
  const Object& meta = ObjectOf(service, "metadata");
  const ObjectKey key{std::string(TextOf(meta, "namespace")), std::string(TextOf(meta, "name"))};
  if (auto refused = AssignIps(service, old, key, context.is_dry_run)) return refused;
  NodePortOperation ports({ranges_.node_port_first, ranges_.node_port_last}, TakenPorts(),
                          context.is_dry_run,
                          [this](const PortSet& taken) { return FreePort(taken); });
  return AssignNodePorts(service, old, ports);
}

}  // namespace apiserver
