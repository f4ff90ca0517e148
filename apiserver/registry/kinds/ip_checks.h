// IP addresses and CIDRs as texts, strict as new objects must have them.
//
// Source: k8s.io/apimachinery/pkg/util/validation/ip.go and
// kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 in the first four
  bool is_ipv6 = false;
  bool has_leading_zeros = false;  // "010.0.0.1", which only old objects may hold
  bool is_mapped = false;          // "::ffff:1.2.3.4"
  auto operator<=>(const IpAddress&) const = default;
  std::string Text() const;  // canonical
};

struct Cidr {
  IpAddress base;
  int prefix_length = 0;
  bool Contains(const IpAddress& address) const;
  // Whether bits are set beyond the prefix.
  bool has_host_bits() const;
  std::string Text() const;  // canonical
};

// nullopt: no address at all. Leading zeros are let through and marked.
std::optional<IpAddress> ParseIp(std::string_view text);
std::optional<Cidr> ParseCidr(std::string_view text);
bool IsIp(std::string_view text);

NameMessages IpProblems(std::string_view text);
void CheckIp(std::string_view text, const FieldPath& path, Violations& out);
void CheckCidr(std::string_view text, const FieldPath& path, Violations& out);
// Not loopback, link-local, multicast or unspecified: what endpoints may use. Says nothing about
// non-addresses.
void CheckEndpointIp(std::string_view text, const FieldPath& path, Violations& out);

}  // namespace apiserver
