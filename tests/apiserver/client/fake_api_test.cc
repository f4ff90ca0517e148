#include "tests/support/fake_api.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

template <class T>
int Code(sim::Task<ApiResult<T>> task) {
  const ApiResult<T> result = task.Take();
  return result.ok() ? 200 : result.error().code;
}

TEST(FakeApi, KeepsWhatItIsGiven) {
  tests::FakeApi api;
  api.Create(
      kReplicaSets,
      R"({"metadata":{"name":"a","namespace":"n"},"spec":{"replicas":1},"status":{"replicas":0}})");
  EXPECT_EQ(api.At(kReplicaSets, "n/a", {"metadata", "creationTimestamp"}), "2026-01-01T00:00:00Z");
  api.Patch(kReplicaSets, "n/a", R"({"spec":{"replicas":2},"status":{"replicas":9}})");
  EXPECT_EQ(api.At(kReplicaSets, "n/a", {"metadata", "generation"}), 2);
  EXPECT_EQ(api.At(kReplicaSets, "n/a", {"status", "replicas"}), 0);
  api.Patch(kReplicaSets, "n/a", R"({"spec":{"replicas":7},"status":{"replicas":2}})", "status");
  EXPECT_EQ(api.At(kReplicaSets, "n/a", {"spec", "replicas"}), 2);
  EXPECT_EQ(api.At(kReplicaSets, "n/a", {"status", "replicas"}), 2);
  EXPECT_EQ(api.At(kReplicaSets, "n/a", {"metadata", "generation"}), 2);
  const Revision revision = api.store().revision();
  api.Patch(kReplicaSets, "n/a", R"({"status":{"replicas":2}})", "status");
  EXPECT_EQ(api.store().revision(), revision) << "nothing changed";
  EXPECT_EQ(Code(api.client().Create(kReplicaSets, "n", api.Find(kReplicaSets, "n/a")->Parse())),
            409);
  EXPECT_EQ(Code(api.client().Delete(kReplicaSets, {"n", "b"})), 404);
}

TEST(FakeApi, AnOldRevisionConflicts) {
  tests::FakeApi api;
  const Value old =
      api.Create(kConfigMaps, R"({"metadata":{"name":"a","namespace":"n"}})")->Parse();
  Value changed = old;
  changed.get_object()["data"] = {{"k", "v"}};
  EXPECT_EQ(Code(api.client().Update(kConfigMaps, changed)), 200);
  EXPECT_EQ(Code(api.client().Update(kConfigMaps, changed)), 409);
}

TEST(FakeApi, GeneratesNames) {
  tests::FakeApi api;
  api.Create(kPods, R"({"metadata":{"generateName":"web-","namespace":"n"}})");
  api.Create(kPods, R"({"metadata":{"generateName":"web-","namespace":"n"}})");
  const std::vector<std::string> keys = api.Keys(kPods);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].substr(0, 6), "n/web-");
  EXPECT_EQ(keys[0].size(), 11U);
}

TEST(FakeApi, DeletionWaitsForFinalizersAndForNodes) {
  tests::FakeApi api;
  api.Create(kPods, R"({"metadata":{"name":"free","namespace":"n"}})");
  api.Delete(kPods, "n/free");
  EXPECT_EQ(api.Find(kPods, "n/free"), nullptr);

  api.Create(kPods, R"({"metadata":{"name":"bound","namespace":"n"}})");
  EXPECT_EQ(
      Code(api.client().Create(kPods, "n", {{"target", {{"name", "x"}}}}, "bound", "binding")),
      200);
  EXPECT_EQ(api.At(kPods, "n/bound", {"spec", "nodeName"}), "x");
  api.Delete(kPods, "n/bound");
  EXPECT_EQ(api.At(kPods, "n/bound", {"metadata", "deletionTimestamp"}), "2026-01-01T00:00:30Z");
  api.Delete(kPods, "n/bound", {.grace_period_seconds = 0});
  EXPECT_EQ(api.Find(kPods, "n/bound"), nullptr);

  api.Create(kConfigMaps, R"({"metadata":{"name":"held","namespace":"n","finalizers":["x/y"]}})");
  api.Delete(kConfigMaps, "n/held", {.propagation = Propagation::kForeground});
  EXPECT_EQ(api.At(kConfigMaps, "n/held", {"metadata", "finalizers"}),
            (Value{"x/y", "foregroundDeletion"}));
  api.Patch(kConfigMaps, "n/held", R"({"metadata":{"finalizers":null}})");
  EXPECT_EQ(api.Find(kConfigMaps, "n/held"), nullptr);
}

TEST(FakeApi, RefusesWhatTheTestSays) {
  tests::FakeApi api;
  api.handler().SetRefusal([](const Request& request) -> std::optional<ApiError> {
    if (request.info.verb != "delete") return std::nullopt;
    return TooManyRequestsError("later", 1);
  });
  api.Create(kConfigMaps, R"({"metadata":{"name":"a","namespace":"n"}})");
  EXPECT_EQ(Code(api.client().Delete(kConfigMaps, {"n", "a"})), 429);
  EXPECT_EQ(api.handler().log(),
            (std::vector<std::string>{"create configmaps n/a", "delete configmaps n/a"}));
}

}  // namespace
}  // namespace apiserver
