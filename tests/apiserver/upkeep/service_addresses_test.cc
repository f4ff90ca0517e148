// What a change of a Service means for the IPAddresses it holds.
#include "apiserver/upkeep/service_addresses.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

using Texts = std::vector<std::string>;

Value Service(const std::string& ips) {
  return ParseJson(R"({"spec":{"clusterIPs":[)" + ips + "]}}").value;
}

TEST(ChangeOfAddresses, TakesWhatIsNewAndReleasesWhatIsGone) {
  const Value one = Service(R"("10.0.0.1")");
  const Value two = Service(R"("10.0.0.1","fd00::1")");
  EXPECT_EQ(ChangeOfAddresses(nullptr, &one).taken, Texts{"10.0.0.1"});
  EXPECT_EQ(ChangeOfAddresses(&one, nullptr).released, Texts{"10.0.0.1"});
  const AddressChange grown = ChangeOfAddresses(&one, &two);
  EXPECT_EQ(grown.taken, Texts{"fd00::1"});
  EXPECT_TRUE(grown.released.empty());
  EXPECT_EQ(ChangeOfAddresses(&two, &one).released, Texts{"fd00::1"});
}

TEST(ChangeOfAddresses, HeadlessServicesHoldNone) {
  const Value headless = Service(R"("None")");
  const Value outside = ParseJson(R"({"spec":{"type":"ExternalName"}})").value;
  EXPECT_TRUE(ChangeOfAddresses(nullptr, &headless).taken.empty());
  EXPECT_TRUE(ChangeOfAddresses(nullptr, &outside).taken.empty());
}

TEST(MakeIpAddress, NamesItsService) {
  EXPECT_EQ(ToJson(MakeIpAddress("fd00::1", {"ns", "web"})),
            R"({"apiVersion":"networking.k8s.io/v1","kind":"IPAddress","metadata":{"name":)"
            R"("fd00::1","labels":{"ipaddress.kubernetes.io/ip-family":"IPv6",)"
            R"("ipaddress.kubernetes.io/managed-by":"ipallocator.k8s.io"}},"spec":{"parentRef":)"
            R"({"resource":"services","namespace":"ns","name":"web"}}})");
}

}  // namespace
}  // namespace apiserver
