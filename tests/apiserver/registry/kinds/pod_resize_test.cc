// What a running pod asks for anew must fit its node: the reference's words and causes.
#include <gtest/gtest.h>

#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"
#include "sim/random.h"
#include "tests/apiserver/registry/kinds/kind_case.h"

namespace apiserver {
namespace {

class PodResizes : public ::testing::Test {
 protected:
  PodResizes() {
    store_.Create({"", "nodes"},
                  Json("{'metadata':{'name':'n'},'status':{'allocatable':{'cpu':'2',"
                       "'memory':'1Ki'}}}"),
                  false);
    store_.Create({"", "nodes"},
                  Json("{'metadata':{'name':'w','labels':{'kubernetes.io/os':'windows'}}}"), false);
    info_.subresource = "resize";
  }

  // "" or "MESSAGE CAUSE" for a pod on `node` whose requests become `requests`.
  std::string Outcome(const std::string& node, const std::string& requests, int generation = 2) {
    const auto pod = [&](int number) {
      return Json("{'metadata':{'name':'p','generation':" + std::to_string(number) +
                  "},'spec':{'nodeName':'" + node +
                  "','containers':[{'name':'c','resources':{'requests':" + requests + "}}]}}");
    };
    const Value old = pod(1);
    const Value object = pod(generation);
    const StrategyContext context{kernel_.now(), random_, store_, user_, info_};
    AdmissionRequest request{context, Operation::kUpdate, {"", "pods"}, "Pod", "p", "ns", &old};
    const auto refused = MakePodResizeValidator()->Validate(request, &object);
    if (!refused) return "";
    std::string text = refused->message;
    for (const auto& cause : refused->details->causes) text += " " + cause.reason;
    return text;
  }

  sim::Kernel kernel_{sim::KernelOptions{}};
  Store store_{kernel_, {}};
  sim::Random random_{1};
  UserInfo user_;
  RequestInfo info_;
};

TEST_F(PodResizes, FitTheirNode) {
  const std::string forbidden = "pods \"p\" is forbidden: ";
  EXPECT_EQ(Outcome("n", "{'cpu':'2','memory':'1Ki'}"), "");
  EXPECT_EQ(Outcome("n", "{'cpu':'3'}", 1), "");
  EXPECT_EQ(Outcome("n", "{'cpu':'3','memory':'2Ki'}"),
            forbidden +
                "node didn't have enough allocatable resources: cpu, requested: 3000, allocatable: "
                "2000; memory, requested: 2048, allocatable: 1024 NodeCapacity");
  EXPECT_EQ(Outcome("none", "{'cpu':'1'}"), forbidden + "node \"none\" not found");
  EXPECT_EQ(Outcome("w", "{'cpu':'1'}"),
            forbidden +
                "pod resize is only supported on linux nodes, node \"w\" is \"windows\" "
                "UnsupportedPlatform");
}

}  // namespace
}  // namespace apiserver
