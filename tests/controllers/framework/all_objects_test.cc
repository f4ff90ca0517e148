// Which changes concern those who collect what has no owner any more.
#include "controllers/framework/all_objects.h"

#include <gtest/gtest.h>

#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace controllers {
namespace {

using apiserver::Value;

const apiserver::GroupResource kThings{"example.com", "things"};

Value Thing(boost::json::object more = {}, int number = 0) {
  more["name"] = "a";
  more["namespace"] = "n";
  return {{"metadata", std::move(more)}, {"number", number}};
}

struct AllObjectsTest : testing::Test {
  AllObjectsTest() {
    store.AddObserver([this](const apiserver::ChangePtr& change) { last = change; });
    store.Create(kThings, Thing());
  }
  bool IsNewsAfter(Value thing) {
    store.Update(kThings, std::move(thing));
    return AllObjects::IsNews(*last);
  }

  sim::Kernel kernel{sim::KernelOptions{.seed = 1, .incarnation = 0, .start = {}}};
  apiserver::Store store{kernel, {}};
  apiserver::ChangePtr last;
};

TEST_F(AllObjectsTest, ComingAndGoingAreNews) {
  EXPECT_TRUE(AllObjects::IsNews(*last));
  store.Delete(kThings, {"n", "a"});
  EXPECT_TRUE(AllObjects::IsNews(*last));
}

TEST_F(AllObjectsTest, WhatTheObjectSaysIsNone) {
  EXPECT_FALSE(IsNewsAfter(Thing({}, 1)));
  EXPECT_FALSE(IsNewsAfter(Thing({{"labels", {{"a", "b"}}}})));
}

TEST_F(AllObjectsTest, WhoOwnsItAndWhetherItMayGoAre) {
  const Value owner{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "o"}, {"uid", "7"}};
  EXPECT_TRUE(IsNewsAfter(Thing({{"ownerReferences", boost::json::array{owner}}})));
  EXPECT_TRUE(IsNewsAfter(Thing({{"finalizers", {"example.com/f"}}})));
  EXPECT_TRUE(IsNewsAfter(
      Thing({{"finalizers", {"example.com/f"}}, {"deletionTimestamp", "2026-01-01T00:00:00Z"}})));
}

}  // namespace
}  // namespace controllers
