// Services get free addresses and ports, and keep what they have.
#include "apiserver/registry/allocation/service_allocator.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "apiserver/registry/kinds/fields.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {
namespace {

class ServiceAllocatorTest : public testing::Test {
 protected:
  ServiceAllocatorTest()
      : kernel_({.seed = 7}),
        store_(kernel_, {}),
        allocator_(kernel_.Stream("service-addresses"), {}) {}

  static Value Service(std::string_view name, std::string_view spec) {
    std::string text = "{'metadata':{'name':'" + std::string(name) +
                       "','namespace':'n'},'spec':" + std::string(spec) + "}";
    std::replace(text.begin(), text.end(), '\'', '"');
    return boost::json::parse(text);
  }

  // What is wrong, or "".
  std::string Allocate(Value& service, const Value* old = nullptr, bool is_dry_run = false) {
    const StrategyContext context{kernel_.now(), kernel_.Stream("names"), store_, user_, info_,
                                  is_dry_run};
    const auto refused = allocator_.Allocate(context, service.get_object(),
                                             old == nullptr ? nullptr : &old->get_object());
    return refused ? refused->details->causes[0].message : std::string();
  }

  sim::Kernel kernel_;
  Store store_;
  UserInfo user_;
  RequestInfo info_;
  ServiceAllocator allocator_;
};

TEST_F(ServiceAllocatorTest, GivesAnAddressOfTheRange) {
  Value service = Service("a", "{'type':'ClusterIP','ports':[{'port':80}]}");
  EXPECT_EQ(Allocate(service), "");
  const Object& spec = ObjectOf(service, "spec");
  const auto ip = ParseIp(TextOf(spec, "clusterIP"));
  ASSERT_TRUE(ip);
  EXPECT_TRUE(ParseCidr("10.96.0.0/16")->Contains(*ip));
  EXPECT_EQ(ArrayOf(spec, "clusterIPs").size(), 1U);
  EXPECT_EQ(TextOf(spec, "ipFamilyPolicy"), "SingleStack");
  EXPECT_EQ(AsText(ArrayOf(spec, "ipFamilies")[0]), "IPv4");
}

TEST_F(ServiceAllocatorTest, RefusesWhatIsTakenUntilItIsReleased) {
  Value first =
      Service("a", "{'type':'ClusterIP','clusterIP':'10.96.7.7','clusterIPs':['10.96.7.7']}");
  EXPECT_EQ(Allocate(first), "");
  store_.Create({"", "services"}, first);
  Value second =
      Service("b", "{'type':'ClusterIP','clusterIP':'10.96.7.7','clusterIPs':['10.96.7.7']}");
  EXPECT_EQ(Allocate(second),
            "Invalid value: [\"10.96.7.7\"]: failed to allocate IP 10.96.7.7: provided IP is "
            "already allocated");
  store_.Delete({"", "services"}, {"n", "a"});
  EXPECT_EQ(Allocate(second), "");
  Value outside =
      Service("c", "{'type':'ClusterIP','clusterIP':'10.1.2.3','clusterIPs':['10.1.2.3']}");
  EXPECT_EQ(Allocate(outside),
            "Invalid value: [\"10.1.2.3\"]: failed to allocate IP 10.1.2.3: the provided network "
            "does not match the "
            "current range");
}

TEST_F(ServiceAllocatorTest, GivesNodePortsAndKeepsThem) {
  Value service =
      Service("a", "{'type':'NodePort','ports':[{'port':80},{'port':443,'nodePort':30443}]}");
  EXPECT_EQ(Allocate(service), "");
  const Array& ports = ArrayOf(ObjectOf(service, "spec"), "ports");
  EXPECT_GE(IntOf(AsObject(ports[0]), "nodePort"), 30000);
  EXPECT_EQ(IntOf(AsObject(ports[1]), "nodePort"), 30443);
  store_.Create({"", "services"}, service);
  Value again = service;
  EXPECT_EQ(Allocate(again, &service), "");
  EXPECT_EQ(again, service);
  Value other = Service("b", "{'type':'NodePort','ports':[{'port':1,'nodePort':30443}]}");
  EXPECT_EQ(Allocate(other), "Invalid value: 30443: provided port is already allocated");
}

TEST_F(ServiceAllocatorTest, DryRunsTakeNothing) {
  const std::string spec =
      "{'type':'NodePort','ports':[{'port':80},{'port':81},{'port':82,'nodePort':20}]}";
  Value service = Service("a", spec);
  EXPECT_EQ(Allocate(service),
            "Invalid value: 20: provided port is not in the valid range. The "
            "range of valid ports is 30000-32767");
  Value shown = Service("a", spec);
  EXPECT_EQ(Allocate(shown, nullptr, /*is_dry_run=*/true), "");
  EXPECT_EQ(TextOf(ObjectOf(shown, "spec"), "clusterIP"), "10.96.0.1");
  const Array& ports = ArrayOf(ObjectOf(shown, "spec"), "ports");
  EXPECT_EQ(IntOf(AsObject(ports[0]), "nodePort"), 32769);
  EXPECT_EQ(IntOf(AsObject(ports[1]), "nodePort"), 32770);
  Value outside =
      Service("o", "{'type':'ClusterIP','clusterIP':'10.1.2.3','clusterIPs':['10.1.2.3']}");
  EXPECT_EQ(Allocate(outside, nullptr, /*is_dry_run=*/true),
            "Invalid value: [\"10.1.2.3\"]: failed to allocate IP 10.1.2.3: the provided IP "
            "(10.1.2.3) is not in the valid range. The range of valid IPs is 10.96.0.0/16");
}

TEST_F(ServiceAllocatorTest, PortsOfOneServiceAreItsOwn) {
  struct Case {
    const char* ports;
    const char* problem;
  };
  const Case cases[] = {
      {"[{'port':53,'protocol':'UDP','nodePort':30053},{'port':53,'protocol':'TCP'}]", ""},
      {"[{'port':1,'nodePort':30053},{'port':2,'nodePort':30053}]",
       "Invalid value: 30053: provided port is already allocated"},
  };
  for (const Case& test : cases) {
    Value service = Service("a", "{'type':'NodePort','ports':" + std::string(test.ports) + "}");
    EXPECT_EQ(Allocate(service), test.problem) << test.ports;
  }
}

TEST_F(ServiceAllocatorTest, LeavesHeadlessServicesWithoutSelectorToAnyFamily) {
  Value service = Service("a", "{'type':'ClusterIP','clusterIP':'None','clusterIPs':['None']}");
  EXPECT_EQ(Allocate(service), "");
  const Object& spec = ObjectOf(service, "spec");
  EXPECT_EQ(TextOf(spec, "ipFamilyPolicy"), "RequireDualStack");
  EXPECT_EQ(ArrayOf(spec, "ipFamilies").size(), 2U);
}

}  // namespace
}  // namespace apiserver
