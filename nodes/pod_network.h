// The addresses of nodes and pods: one /24 of pod addresses per node, as the default of kubeadm's
// networks.
//
// Invariants:
// (1) No two pods have one address at the same time, nor two nodes one subnet, unless a user's Node
// object says so. (2) Addresses are handed out in turn, so that one just given back is the last to
// come again. Limits: 253 pods per subnet, further pods get addresses of 100.64.0.0/10.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace nodes {

// An IPv4 address in host order.
using Ipv4 = std::uint32_t;
std::string Ipv4Text(Ipv4 address);
std::optional<Ipv4> ParseIpv4(std::string_view text);

// A block of pod addresses, of which one node hands out single ones.
class PodSubnet {
 public:
  PodSubnet() = default;
  PodSubnet(Ipv4 base, int prefix_length) : base_(base), prefix_length_(prefix_length) {}
  // "10.244.3.0/24", or nullopt when it is no IPv4 block of /8 to /30.
  static std::optional<PodSubnet> Parse(std::string_view cidr);

  std::string Text() const { return Ipv4Text(base_) + "/" + std::to_string(prefix_length_); }
  Ipv4 base() const { return base_; }
  // The next free address, or nullopt when all are taken. Network, gateway (.1) and broadcast are
  // never given.
  std::optional<Ipv4> Take();
  // An address that is in use already, known from a pod's status. False when it is taken or not of
  // this block.
  bool Claim(Ipv4 address);
  void Release(Ipv4 address) { taken_.erase(address); }

 private:
  Ipv4 first() const { return base_ + 2; }
  Ipv4 last() const { return base_ + (Ipv4{1} << (32 - prefix_length_)) - 2; }

  Ipv4 base_ = 0;
  int prefix_length_ = 24;
  Ipv4 next_ = 0;  // 0: first()
  std::set<Ipv4> taken_;
};

// What is common to all nodes: who has which subnet, and the addresses beyond the subnets.
class PodNetwork {
 public:
  // The lowest free place for a node; its subnet and address follow from it.
  std::size_t TakePlace();
  // The place whose subnet this is, now taken; nullopt when it is none of ours or taken.
  std::optional<std::size_t> ClaimPlace(const PodSubnet& subnet);
  void ReleasePlace(std::size_t place) {
    places_.erase(place);
    lowest_free_ = std::min(lowest_free_, place);
  }

  static PodSubnet SubnetOf(std::size_t place);
  static Ipv4 NodeAddressOf(std::size_t place);
  PodSubnet& overflow() { return overflow_; }

 private:
  std::set<std::size_t> places_;
  std::size_t lowest_free_ = 0;  // no free place is lower
  PodSubnet overflow_{Ipv4{100} << 24 | Ipv4{64} << 16, 10};
};

}  // namespace nodes
