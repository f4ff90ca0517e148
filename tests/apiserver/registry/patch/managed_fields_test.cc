#include "apiserver/registry/patch/managed_fields.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/apply.h"
#include "apiserver/registry/patch/last_applied.h"
#include "apiserver/registry/patch/scale_fields.h"
#include "apiserver/schema/builtin.h"

namespace apiserver {
namespace {

Value Entries(const std::string& fields, const std::string& extra = "") {
  return ParseJson(R"([{"manager":"m","operation":"Apply","apiVersion":"apps/v1","fieldsType":)"
                   R"("FieldsV1","fieldsV1":)" +
                   fields + extra + "}]")
      .value;
}

ReplicasPaths Paths() {
  return {{"apps/v1", {PathElement::Field("spec"), PathElement::Field("replicas")}}};
}

TEST(ManagedFields, RefusesWhatUpstreamRefuses) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"([{"operation":"Guess"}])", "operation must be `Apply` or `Update`"},
      {R"([{"operation":"Apply"}])", "apiVersion must not be empty"},
      {R"([{"operation":"Apply","apiVersion":"v1"}])",
       "missing fieldsType in managed fields entry 0"},
      {R"([{"operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV9"}])",
       "invalid fieldsType \"FieldsV9\" in managed fields entry 0"},
  };
  for (const auto& [json, want] : rows) {
    const Value entries = ParseJson(json).value;
    EXPECT_EQ(ParseManagedFields(&entries).error().message, want);
  }
}

TEST(ManagedFields, EntriesAreSortedAndKeepTheirParts) {
  const std::string entry = R"("apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":{}}})";
  const Value entries =
      ParseJson(
          "[" + (R"({"manager":"u","operation":"Update","subresource":"status",)" + entry) + "," +
          (R"({"manager":"b","operation":"Apply","time":"2026-01-01T00:00:00Z",)" + entry) + "," +
          (R"({"manager":"a","operation":"Apply","time":"2026-01-02T00:00:00Z",)" + entry) + "]")
          .value;
  const Value written = WriteManagedFields(*ParseManagedFields(&entries));
  ASSERT_EQ(written.get_array().size(), 3u);
  EXPECT_EQ(ToJson(written.get_array()[0]),
            R"({"manager":"b","operation":"Apply","apiVersion":"v1","time":"2026-01-01T00:00:00Z",)"
            R"("fieldsType":"FieldsV1","fieldsV1":{"f:a":{}}})");
  EXPECT_EQ(written.get_array()[1].at("manager"), "a");
  EXPECT_EQ(written.get_array()[2].at("subresource"), "status");
}

TEST(ScaleFields, OwnersOfReplicasOwnThemInTheScale) {
  const Value parent = Entries(R"({"f:spec":{"f:paused":{},"f:replicas":{}}})");
  const Value scale = ScaleManagedFields(&parent, Paths());
  EXPECT_EQ(ToJson(scale),
            R"([{"manager":"m","operation":"Apply","apiVersion":"autoscaling/v1","fieldsType":)"
            R"("FieldsV1","fieldsV1":{"f:spec":{"f:replicas":{}}}}])");
  EXPECT_EQ(ToJson(ParentManagedFields(&parent, &scale, "apps/v1", Paths())), ToJson(parent));
  const Value nobody = Entries(R"({"f:spec":{"f:paused":{}}})");
  EXPECT_TRUE(ScaleManagedFields(&nobody, Paths()).is_null());
}

TEST(ScaleFields, AScaleThatWasTakenOverIsTakenFromTheParent) {
  const Value parent = Entries(R"({"f:spec":{"f:paused":{},"f:replicas":{}}})");
  const Value scale =
      ParseJson(R"([{"manager":"h","operation":"Update","apiVersion":"autoscaling/v1","time":)"
                R"("2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":)"
                R"({"f:spec":{"f:replicas":{}}},"subresource":"scale"}])")
          .value;
  EXPECT_EQ(ToJson(ParentManagedFields(&parent, &scale, "apps/v1", Paths())),
            R"([{"manager":"m","operation":"Apply","apiVersion":"apps/v1","fieldsType":"FieldsV1",)"
            R"("fieldsV1":{"f:spec":{"f:paused":{}}}},{"manager":"h","operation":"Update",)"
            R"("apiVersion":"apps/v1","fieldsType":"FieldsV1",)"
            R"("fieldsV1":{"f:spec":{"f:replicas":{}}},"subresource":"scale"}])");
}

FieldManagerContext Context(const std::string& manager) {
  FieldManagerContext context;
  context.manager = manager;
  context.api_version = "v1";
  context.kind = "ConfigMap";
  context.type = FindType("", "v1", "ConfigMap");
  return context;
}

TEST(LastApplied, KubectlTakesOverWhatItsAnnotationHolds) {
  Value live = ParseJson(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a",
      "annotations":{"kubectl.kubernetes.io/last-applied-configuration":""}},"data":{"x":"1"}})")
                   .value;
  live.at_pointer("/metadata/annotations").get_object()[kLastAppliedAnnotation] =
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1"}})";
  UpdateManagedFields(nullptr, live, Context("kubectl-client-side-apply"));
  const Value config =
      ParseJson(
          R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"2"}})")
          .value;
  EXPECT_FALSE(ApplyConfiguration(&live, config, {}, Context("other")).ok());
  const auto applied = ApplyConfiguration(&live, config, {}, Context("kubectl"));
  ASSERT_TRUE(applied.ok());
  EXPECT_EQ(TextAt(applied->object, {"metadata", "annotations", kLastAppliedAnnotation}),
            R"({"apiVersion":"v1","data":{"x":"2"},"kind":"ConfigMap","metadata":{"name":"a"}})"
            "\n");
}

TEST(ManagedFields, EntriesOfVersionsThatAreGoneAreDropped) {
  const Value live = [] {
    Value object = ParseJson(R"({"apiVersion":"v1","kind":"ConfigMap","data":{"x":"1"},"metadata":{
        "name":"a","managedFields":[{"manager":"old","operation":"Update","apiVersion":"v0",
        "fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:x":{}}}}]}})")
                       .value;
    return object;
  }();
  Value object = live;
  object.at_pointer("/data").get_object()["y"] = "2";
  FieldManagerContext context = Context("new");
  context.type_in = [](std::string_view api_version) {
    return api_version == "v1" ? FindType("", "v1", "ConfigMap") : nullptr;
  };
  context.convert = [](const Value& value, std::string_view) { return value; };
  UpdateManagedFields(&live, object, context);
  const Value* entries = FindPath(object, {"metadata", "managedFields"});
  ASSERT_EQ(entries->get_array().size(), 1u);
  EXPECT_EQ(TextAt(entries->get_array()[0], {"manager"}), "new");
}

}  // namespace
}  // namespace apiserver
