#include "controllers/endpoint_slice/slice_plan.h"

#include <gtest/gtest.h>

namespace controllers {
namespace {

Value Endpoint(int number) {
  return Object{{"addresses", Array{Value("10.0.0." + std::to_string(number))}}};
}

EndpointGroup Group(int count) {
  EndpointGroup group{"IPv4", Array{Value(Object{{"port", 80}})}, {}};
  for (int i = 0; i < count; ++i) group.endpoints.push_back(Endpoint(i));
  return group;
}

SliceFrame Frame() {
  SliceFrame frame;
  frame.prefix = "web-";
  frame.namespace_ = "default";
  frame.labels["a"] = "b";
  frame.owner = Object{{"name", "web"}};
  return frame;
}

std::vector<ObjectPtr> Stored(std::vector<Value> slices) {
  std::vector<ObjectPtr> stored;
  for (Value& slice : slices) {
    slice.at("metadata").as_object()["name"] = "web-" + std::to_string(stored.size());
    stored.push_back(apiserver::StoredObject::Make(slice, stored.size() + 1));
  }
  return stored;
}

TEST(PlanSlices, WithoutEndpointsThereIsOneEmptySlice) {
  const SlicePlan plan = PlanSlices(Frame(), {"IPv4"}, {}, {});
  ASSERT_EQ(plan.creations.size(), 1u);
  EXPECT_TRUE(plan.creations[0].at("endpoints").is_null());
  const SlicePlan again = PlanSlices(Frame(), {"IPv4"}, {}, Stored(plan.creations));
  EXPECT_TRUE(again.creations.empty() && again.updates.empty() && again.deletions.empty());
}

TEST(PlanSlices, AHundredFitIntoASlice) {
  const SlicePlan plan = PlanSlices(Frame(), {"IPv4"}, {Group(250)}, {});
  ASSERT_EQ(plan.creations.size(), 3u);
  EXPECT_EQ(plan.creations[2].at("endpoints").as_array().size(), 50u);
}

TEST(PlanSlices, OneLostEndpointIsOneUpdate) {
  const auto stored = Stored(PlanSlices(Frame(), {"IPv4"}, {Group(150)}, {}).creations);
  EndpointGroup less = Group(150);
  less.endpoints.erase(less.endpoints.begin() + 120);
  const SlicePlan plan = PlanSlices(Frame(), {"IPv4"}, {less}, stored);
  EXPECT_TRUE(plan.creations.empty() && plan.deletions.empty());
  ASSERT_EQ(plan.updates.size(), 1u);
  EXPECT_EQ(plan.updates[0].at("endpoints").as_array().size(), 49u);
}

TEST(PlanSlices, TheLastEndpointLeavesAnEmptySlice) {
  const auto stored = Stored(PlanSlices(Frame(), {"IPv4"}, {Group(1)}, {}).creations);
  const SlicePlan plan = PlanSlices(Frame(), {"IPv4"}, {}, stored);
  EXPECT_TRUE(plan.creations.empty() && plan.deletions.empty());
  ASSERT_EQ(plan.updates.size(), 1u);
  EXPECT_TRUE(plan.updates[0].at("ports").is_null());
}

TEST(PlanSlices, ChangedLabelsReachEverySlice) {
  const auto stored = Stored(PlanSlices(Frame(), {"IPv4"}, {Group(150)}, {}).creations);
  SliceFrame frame = Frame();
  frame.labels["a"] = "c";
  EXPECT_EQ(PlanSlices(frame, {"IPv4"}, {Group(150)}, stored).updates.size(), 2u);
}

}  // namespace
}  // namespace controllers
