#include "nodes/pod_network.h"

#include <gtest/gtest.h>

namespace nodes {
namespace {

TEST(PodNetwork, GivesEachPlaceASubnetAndAnAddress) {
  PodNetwork network;
  EXPECT_EQ(network.TakePlace(), 0u);
  EXPECT_EQ(network.TakePlace(), 1u);
  EXPECT_EQ(PodNetwork::SubnetOf(0).Text(), "10.244.0.0/24");
  EXPECT_EQ(PodNetwork::SubnetOf(257).Text(), "10.245.1.0/24");
  EXPECT_EQ(PodNetwork::SubnetOf(12 * 256).Text(), "10.128.0.0/24");
  EXPECT_EQ(Ipv4Text(PodNetwork::NodeAddressOf(1)), "172.18.0.3");
  network.ReleasePlace(0);
  EXPECT_EQ(network.TakePlace(), 0u);
  EXPECT_EQ(network.TakePlace(), 2u);
}

TEST(PodNetwork, ClaimsTheSubnetsThatNodesHaveAlready) {
  PodNetwork network;
  EXPECT_EQ(network.ClaimPlace(*PodSubnet::Parse("10.244.0.0/24")), 0u);
  EXPECT_EQ(network.ClaimPlace(*PodSubnet::Parse("10.244.0.0/24")), std::nullopt);  // Taken.
  EXPECT_EQ(network.ClaimPlace(*PodSubnet::Parse("192.168.0.0/24")),
            std::nullopt);  // A user's own.
  EXPECT_EQ(network.TakePlace(), 1u);
}

TEST(PodSubnet, HandsOutAddressesInTurn) {
  PodSubnet subnet = *PodSubnet::Parse("10.244.1.0/29");
  EXPECT_EQ(Ipv4Text(*subnet.Take()), "10.244.1.2");
  EXPECT_EQ(Ipv4Text(*subnet.Take()), "10.244.1.3");
  subnet.Release(*ParseIpv4("10.244.1.2"));
  EXPECT_EQ(Ipv4Text(*subnet.Take()), "10.244.1.4");
  EXPECT_EQ(Ipv4Text(*subnet.Take()), "10.244.1.5");
  EXPECT_EQ(Ipv4Text(*subnet.Take()), "10.244.1.6");
  EXPECT_EQ(Ipv4Text(*subnet.Take()), "10.244.1.2");
  EXPECT_EQ(subnet.Take(), std::nullopt);
  EXPECT_FALSE(subnet.Claim(*ParseIpv4("10.244.1.3")));
  EXPECT_FALSE(subnet.Claim(*ParseIpv4("10.244.1.1")));
}

TEST(PodSubnet, RefusesWhatIsNoBlock) {
  for (const char* text :
       {"", "10.0.0.0", "10.0.0/24", "10.0.0.0/31", "10.0.0.256/24", "a/24", "10.0.0.0/x"}) {
    EXPECT_FALSE(PodSubnet::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace nodes
