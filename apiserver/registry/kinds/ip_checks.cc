#include "apiserver/registry/kinds/ip_checks.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace apiserver {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

template <class Number>
bool ReadWhole(std::string_view text, int base, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::optional<IpAddress> ParseIpv4(std::string_view text) {
  const auto parts = Split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) {
    int number = 0;
    if (!ReadWhole(parts[i], 10, number) || number < 0 || number > 255) return std::nullopt;
    if (parts[i].size() > 1 && parts[i][0] == '0') address.has_leading_zeros = true;
    address.bytes[i] = static_cast<std::uint8_t>(number);
  }
  return address;
}

// Reads colon-separated groups into bytes; a dotted quad may come last.
bool ReadGroups(std::string_view text, std::vector<std::uint8_t>& bytes, bool& has_zeros) {
  if (text.empty()) return true;
  const auto parts = Split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
      const auto quad = ParseIpv4(parts[i]);
      if (!quad) return false;
      has_zeros = has_zeros || quad->has_leading_zeros;
      bytes.insert(bytes.end(), quad->bytes.begin(), quad->bytes.begin() + 4);
      continue;
    }
    unsigned group = 0;
    if (parts[i].size() > 4 || !ReadWhole(parts[i], 16, group)) return false;
    bytes.push_back(static_cast<std::uint8_t>(group >> 8));
    bytes.push_back(static_cast<std::uint8_t>(group & 0xff));
  }
  return true;
}

std::optional<IpAddress> ParseIpv6(std::string_view text) {
  IpAddress address;
  address.is_ipv6 = true;
  std::vector<std::uint8_t> head;
  std::vector<std::uint8_t> tail;
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!ReadGroups(text, head, address.has_leading_zeros) || head.size() != 16)
      return std::nullopt;
  } else {
    if (text.find("::", gap + 1) != std::string_view::npos) return std::nullopt;
    if (!ReadGroups(text.substr(0, gap), head, address.has_leading_zeros) ||
        !ReadGroups(text.substr(gap + 2), tail, address.has_leading_zeros) ||
        head.size() + tail.size() > 14) {
      return std::nullopt;
    }
  }
  std::copy(head.begin(), head.end(), address.bytes.begin());
  std::copy(tail.begin(), tail.end(),
            address.bytes.end() - static_cast<std::ptrdiff_t>(tail.size()));
  const auto& bytes = address.bytes;
  address.is_mapped =
      std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
      bytes[10] == 0xff && bytes[11] == 0xff;
  return address;
}

std::string Ipv6Text(const std::array<std::uint8_t, 16>& bytes) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = bytes[2 * i] << 8U | bytes[2 * i + 1];
  std::size_t best_start = 8;
  std::size_t best_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > best_length) {
      best_start = i;
      best_length = length;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best_start) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    char buffer[8];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, groups[i], 16);
    text.append(buffer, end);
  }
  return text;
}

bool BitAt(const IpAddress& address, int bit) {
  const auto byte = address.bytes[static_cast<std::size_t>(bit / 8)];
  return (byte >> (7 - bit % 8) & 1) != 0;
}

}  // namespace

std::string IpAddress::Text() const {
  if (is_ipv6) return Ipv6Text(bytes);
  std::string text;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) text += '.';
    text += std::to_string(bytes[i]);
  }
  return text;
}

bool Cidr::Contains(const IpAddress& address) const {
  if (address.is_ipv6 != base.is_ipv6) return false;
  for (int bit = 0; bit < prefix_length; ++bit) {
    if (BitAt(address, bit) != BitAt(base, bit)) return false;
  }
  return true;
}

bool Cidr::has_host_bits() const {
  const int bits = base.is_ipv6 ? 128 : 32;
  for (int bit = prefix_length; bit < bits; ++bit) {
    if (BitAt(base, bit)) return true;
  }
  return false;
}

std::string Cidr::Text() const { return base.Text() + "/" + std::to_string(prefix_length); }

std::optional<IpAddress> ParseIp(std::string_view text) {
  return text.find(':') == std::string_view::npos ? ParseIpv4(text) : ParseIpv6(text);
}

std::optional<Cidr> ParseCidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = ParseIp(text.substr(0, slash));
  int length = 0;
  if (!base || !ReadWhole(text.substr(slash + 1), 10, length)) return std::nullopt;
  if (length < 0 || length > (base->is_ipv6 ? 128 : 32)) return std::nullopt;
  return Cidr{*base, length};
}

bool IsIp(std::string_view text) { return ParseIp(text).has_value(); }

NameMessages IpProblems(std::string_view text) {
  const auto address = ParseIp(text);
  if (!address) return {"must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"};
  NameMessages problems;
  if (address->has_leading_zeros) problems.emplace_back("must not have leading 0s");
  if (address->is_mapped) problems.emplace_back("must not be an IPv4-mapped IPv6 address");
  return problems;
}

void CheckIp(std::string_view text, const FieldPath& path, Violations& out) {
  out.InvalidEach(path, text, IpProblems(text));
}

void CheckCidr(std::string_view text, const FieldPath& path, Violations& out) {
  const auto cidr = ParseCidr(text);
  if (!cidr) {
    out.Invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    return;
  }
  const std::string_view length = text.substr(text.find('/') + 1);
  if (cidr->base.has_leading_zeros) {
    out.Invalid(path, text, "must not have leading 0s in IP");
  }
  if (cidr->base.is_mapped) out.Invalid(path, text, "must not have an IPv4-mapped IPv6 address");
  if (cidr->has_host_bits()) {
    out.Invalid(path, text, "must not have bits set beyond the prefix length");
  }
  if (length.size() > 1 && length[0] == '0') {
    out.Invalid(path, text, "must not have leading 0s in prefix length");
  }
}

void CheckEndpointIp(std::string_view text, const FieldPath& path, Violations& out) {
  const auto address = ParseIp(text);
  if (!address) {
    out.Invalid(path, text, "must be a valid IP address");
    return;
  }
  const auto& bytes = address->bytes;
  const bool v6 = address->is_ipv6;
  const auto is = [&](std::uint8_t a, std::uint8_t b) { return bytes[0] == a && bytes[1] == b; };
  const auto rest_is_zero = [&](std::size_t count) {
    return std::all_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count),
                       [](std::uint8_t byte) { return byte == 0; });
  };
  if (rest_is_zero(v6 ? 16 : 4)) {
    out.Invalid(path, text, "may not be unspecified (" + std::string(text) + ")");
  }
  if (v6 ? rest_is_zero(15) && bytes[15] == 1 : bytes[0] == 127) {
    out.Invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
  }
  if (v6 ? bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80 : is(169, 254)) {
    out.Invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (v6 ? bytes[0] == 0xff && (bytes[1] & 0x0f) == 2 : is(224, 0) && bytes[2] == 0) {
    out.Invalid(path, text,
                "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
}

}  // namespace apiserver
