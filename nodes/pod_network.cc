#include "nodes/pod_network.h"

#include <array>
#include <charconv>

namespace nodes {
namespace {

constexpr Ipv4 Address(Ipv4 a, Ipv4 b, Ipv4 c, Ipv4 d) { return a << 24 | b << 16 | c << 8 | d; }

// Places count from 10.244.0.0/24 to 10.255.255.0/24, then from 10.128.0.0/24 on.
constexpr std::size_t kFirstRange = 12 * 256;

}  // namespace

std::string Ipv4Text(Ipv4 address) {
  return std::to_string(address >> 24) + "." + std::to_string(address >> 16 & 255) + "." +
         std::to_string(address >> 8 & 255) + "." + std::to_string(address & 255);
}

std::optional<Ipv4> ParseIpv4(std::string_view text) {
  Ipv4 address = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number > 255) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    address = address << 8 | number;
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

std::optional<PodSubnet> PodSubnet::Parse(std::string_view cidr) {
  const std::size_t slash = cidr.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = ParseIpv4(cidr.substr(0, slash));
  int prefix_length = 0;
  const std::string_view tail = cidr.substr(slash + 1);
  const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), prefix_length);
  if (!base || error != std::errc() || end != tail.data() + tail.size()) return std::nullopt;
  if (prefix_length < 8 || prefix_length > 30) return std::nullopt;
  return PodSubnet(*base & ~((Ipv4{1} << (32 - prefix_length)) - 1), prefix_length);
}

std::optional<Ipv4> PodSubnet::Take() {
  const Ipv4 count = last() - first() + 1;
  if (taken_.size() >= count) return std::nullopt;
  if (next_ == 0) next_ = first();
  while (taken_.contains(next_)) next_ = next_ == last() ? first() : next_ + 1;
  const Ipv4 address = next_;
  next_ = next_ == last() ? first() : next_ + 1;
  taken_.insert(address);
  return address;
}

bool PodSubnet::Claim(Ipv4 address) {
  if (address < first() || address > last()) return false;
  return taken_.insert(address).second;
}

std::size_t PodNetwork::TakePlace() {
  while (places_.contains(lowest_free_)) ++lowest_free_;
  places_.insert(lowest_free_);
  return lowest_free_++;
}

std::optional<std::size_t> PodNetwork::ClaimPlace(const PodSubnet& subnet) {
  // Only a subnet that some place has is counted; anything else is a user's own affair.
  const Ipv4 base = subnet.base();
  std::size_t place = 0;
  if (base >= Address(10, 244, 0, 0) && base <= Address(10, 255, 255, 0)) {
    place = (base - Address(10, 244, 0, 0)) >> 8;
  } else if (base >= Address(10, 128, 0, 0) && base < Address(10, 244, 0, 0)) {
    place = kFirstRange + ((base - Address(10, 128, 0, 0)) >> 8);
  } else {
    return std::nullopt;
  }
  if (SubnetOf(place).Text() != subnet.Text() || !places_.insert(place).second) return std::nullopt;
  return place;
}

PodSubnet PodNetwork::SubnetOf(std::size_t place) {
  const Ipv4 base = place < kFirstRange
                        ? Address(10, 244, 0, 0) + (static_cast<Ipv4>(place) << 8)
                        : Address(10, 128, 0, 0) + (static_cast<Ipv4>(place - kFirstRange) << 8);
  return PodSubnet(base, 24);
}

Ipv4 PodNetwork::NodeAddressOf(std::size_t place) {
  // 172.18.0.1 is the gateway of such networks.
  return Address(172, 18, 0, 2) + static_cast<Ipv4>(place);
}

}  // namespace nodes
