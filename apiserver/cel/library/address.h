// IP addresses and prefixes as Go's net/netip reads and prints them, with its error texts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace apiserver::cel {

struct Address {
  std::array<std::uint8_t, 16> bytes{};  // IPv4: the first four
  bool is_v4 = false;
  std::string zone;  // IPv6 only

  int bit_length() const { return is_v4 ? 32 : 128; }
  bool Is4In6() const;
  bool IsUnspecified() const;
  bool IsLoopback() const;
  bool IsMulticast() const;
  bool IsLinkLocalMulticast() const;
  bool IsLinkLocalUnicast() const;
  bool IsGlobalUnicast() const;
  // Only the first `bits` bits, the others zero.
  Address Masked(int bits) const;
  std::string Text() const;
  bool operator==(const Address&) const = default;
};

struct Prefix {
  Address address;
  int bits = 0;

  bool Contains(const Address& other) const;
  std::string Text() const { return address.Text() + "/" + std::to_string(bits); }
  bool operator==(const Prefix&) const = default;
};

sim::Result<Address> ParseAddress(std::string_view text);
sim::Result<Prefix> ParsePrefix(std::string_view text);

}  // namespace apiserver::cel
