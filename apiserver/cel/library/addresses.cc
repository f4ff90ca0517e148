// ip() and cidr() (k8s.io/apiserver pkg/cel/library/{ip,cidr}.go).
#include "apiserver/api/go_text.h"
#include "apiserver/cel/library/address.h"
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/operators.h"

namespace apiserver::cel {
namespace {

class IpValue final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "net.IP";
  explicit IpValue(Address from) : address(std::move(from)) {}
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override {
    return address == static_cast<const IpValue&>(other).address;
  }
  std::optional<std::int64_t> size() const override { return address.bit_length() / 8; }
  const Address address;
};

class CidrValue final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "net.CIDR";
  explicit CidrValue(Prefix from) : prefix(std::move(from)) {}
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override {
    return prefix == static_cast<const CidrValue&>(other).prefix;
  }
  std::optional<std::int64_t> size() const override { return (prefix.bits + 7) / 8; }
  const Prefix prefix;
};

const Address& Ip(const Value& value) { return OpaqueAs<IpValue>(value).address; }
const Prefix& Cidr(const Value& value) { return OpaqueAs<CidrValue>(value).prefix; }

Value NewIp(Arena& arena, Address address) {
  return Value::Of(static_cast<const Opaque*>(arena.New<IpValue>(std::move(address))));
}
Value NewCidr(Arena& arena, Prefix prefix) {
  return Value::Of(static_cast<const Opaque*>(arena.New<CidrValue>(std::move(prefix))));
}

// Neither zones nor IPv4 inside IPv6.
sim::Result<Address> ReadIp(std::string_view text) {
  auto address = ParseAddress(text);
  if (!address.ok()) {
    return sim::Error{"IP Address " + GoQuote(text) +
                      " parse error during conversion from string: " + address.error().message};
  }
  if (!address->zone.empty()) {
    return sim::Error{"IP address " + GoQuote(text) + " with zone value is not allowed"};
  }
  if (address->Is4In6()) {
    return sim::Error{"IPv4-mapped IPv6 address " + GoQuote(text) + " is not allowed"};
  }
  return address;
}
sim::Result<Prefix> ReadCidr(std::string_view text) {
  constexpr std::string_view kContext =
      "network address parse error during conversion from string: ";
  auto prefix = ParsePrefix(text);
  if (!prefix.ok()) return sim::Error{std::string(kContext) + prefix.error().message};
  if (prefix->address.Is4In6()) {
    return sim::Error{"IPv4-mapped IPv6 address " + GoQuote(text) + " is not allowed"};
  }
  return prefix;
}

Value StringToIp(Arena& arena, const Value* a) {
  auto address = ReadIp(a[0].as_text());
  if (!address.ok()) return NewError(arena, address.error().message);
  return NewIp(arena, std::move(*address));
}
Value StringToCidr(Arena& arena, const Value* a) {
  auto prefix = ReadCidr(a[0].as_text());
  if (prefix.ok()) return NewCidr(arena, std::move(*prefix));
  return NewError(arena, "network address parse error during conversion from string: " +
                             prefix.error().message);
}
Value IsIp(Arena&, const Value* a) { return Value::Bool(ReadIp(a[0].as_text()).ok()); }
Value IsCidr(Arena&, const Value* a) { return Value::Bool(ReadCidr(a[0].as_text()).ok()); }
Value IsCanonical(Arena& arena, const Value* a) {
  const auto address = ReadIp(a[0].as_text());
  if (!address.ok()) return NewError(arena, address.error().message);
  return Value::Bool(address->Text() == a[0].as_text());
}
Value IpToString(Arena& arena, const Value* a) { return NewString(arena, Ip(a[0]).Text()); }
Value CidrToString(Arena& arena, const Value* a) { return NewString(arena, Cidr(a[0]).Text()); }
Value Family(Arena&, const Value* a) { return Value::Int(Ip(a[0]).is_v4 ? 4 : 6); }

template <bool (Address::*test)() const>
Value Test(Arena&, const Value* a) {
  return Value::Bool((Ip(a[0]).*test)());
}

Value ContainsIp(Arena&, const Value* a) { return Value::Bool(Cidr(a[0]).Contains(Ip(a[1]))); }
// A prefix within a prefix.
bool Covers(const Prefix& outer, const Prefix& inner) {
  return outer.bits <= inner.bits && outer.Contains(inner.address);
}
Value ContainsCidr(Arena&, const Value* a) { return Value::Bool(Covers(Cidr(a[0]), Cidr(a[1]))); }
Value ContainsIpText(Arena& arena, const Value* a) {
  const Value other = StringToIp(arena, a + 1);
  // Upstream loses the address's own complaint.
  return other.is_error() ? NoSuchOverload() : Value::Bool(Cidr(a[0]).Contains(Ip(other)));
}
Value ContainsCidrText(Arena& arena, const Value* a) {
  const Value other = StringToCidr(arena, a + 1);
  return other.is_error() ? other : Value::Bool(Covers(Cidr(a[0]), Cidr(other)));
}
Value CidrIp(Arena& arena, const Value* a) { return NewIp(arena, Cidr(a[0]).address); }
Value PrefixLength(Arena&, const Value* a) { return Value::Int(Cidr(a[0]).bits); }
Value MaskedCidr(Arena& arena, const Value* a) {
  const Prefix& prefix = Cidr(a[0]);
  return NewCidr(arena, {prefix.address.Masked(prefix.bits), prefix.bits});
}

constexpr Implementation kRows[] = {
    {"string_to_ip", StringToIp},
    {"ip_to_string", IpToString},
    {"ip_family", Family},
    {"ip_is_canonical", IsCanonical},
    {"ip_is_unspecified", Test<&Address::IsUnspecified>},
    {"ip_is_loopback", Test<&Address::IsLoopback>},
    {"ip_is_link_local_multicast", Test<&Address::IsLinkLocalMulticast>},
    {"ip_is_link_local_unicast", Test<&Address::IsLinkLocalUnicast>},
    {"ip_is_global_unicast", Test<&Address::IsGlobalUnicast>},
    {"is_ip", IsIp},
    {"string_to_cidr", StringToCidr},
    {"cidr_to_string", CidrToString},
    {"cidr_contains_ip_string", ContainsIpText},
    {"cidr_contains_ip_ip", ContainsIp},
    {"cidr_contains_cidr_string", ContainsCidrText},
    {"cidr_contains_cidr", ContainsCidr},
    {"cidr_ip", CidrIp},
    {"cidr_prefix_length", PrefixLength},
    {"cidr_masked", MaskedCidr},
    {"is_cidr", IsCidr},
};

}  // namespace

std::span<const Implementation> AddressImplementations() { return kRows; }

}  // namespace apiserver::cel
