#include "apiserver/api/object.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

Value Json(std::string_view text) {
  JsonParseResult parsed = ParseJson(text);
  EXPECT_TRUE(parsed.ok()) << parsed.error;
  return std::move(parsed.value);
}

std::string Whole(const StoredObject& object) {
  std::string out;
  object.AppendJson(out);
  EXPECT_EQ(out.size(), object.json_size());
  return out;
}

struct SpliceCase {
  const char* about;
  const char* source;
  const char* json;   // at rest, revision 42
  const char* whole;  // as shown
};

class SpliceTest : public testing::TestWithParam<SpliceCase> {};

TEST_P(SpliceTest, PutsRevisionAndManagedFieldsWhereTheyBelong) {
  const ObjectPtr object = StoredObject::Make(Json(GetParam().source), 42);
  EXPECT_EQ(object->json(), GetParam().json) << GetParam().about;
  EXPECT_EQ(Whole(*object), GetParam().whole) << GetParam().about;
  EXPECT_EQ(object->meta().revision, 42U);

  const ObjectPtr again =
      StoredObject::FromBytes(object->json(), object->managed_fields(), object->offsets());
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(Whole(*again), GetParam().whole);
  EXPECT_EQ(again->meta().revision, 42U);

  // A longer number moves what comes behind it.
  const ObjectPtr later = again->WithRevision(1234567);
  const ObjectPtr made = StoredObject::Make(Json(GetParam().source), 1234567);
  EXPECT_EQ(Whole(*later), Whole(*made));
  EXPECT_EQ(later->meta().revision, 1234567U);
}

INSTANTIATE_TEST_SUITE_P(
    Orders, SpliceTest,
    testing::Values(
        SpliceCase{
            "Go order, first commit",
            R"({"kind":"A","metadata":{"name":"n","uid":"u","labels":{"a":"b"}}})",
            R"({"kind":"A","metadata":{"name":"n","uid":"u","resourceVersion":"42","labels":{"a":"b"}}})",
            R"({"kind":"A","metadata":{"name":"n","uid":"u","resourceVersion":"42","labels":{"a":"b"}}})"},
        SpliceCase{"only a name", R"({"metadata":{"name":"n"},"x":1})",
                   R"({"metadata":{"name":"n","resourceVersion":"42"},"x":1})",
                   R"({"metadata":{"name":"n","resourceVersion":"42"},"x":1})"},
        SpliceCase{"the old revision keeps its place",
                   R"({"metadata":{"name":"n","resourceVersion":"7","generation":1}})",
                   R"({"metadata":{"name":"n","resourceVersion":"42","generation":1}})",
                   R"({"metadata":{"name":"n","resourceVersion":"42","generation":1}})"},
        SpliceCase{
            "managed fields last",
            R"({"metadata":{"name":"n","managedFields":[{"manager":"m"}]},"s":{}})",
            R"({"metadata":{"name":"n","resourceVersion":"42"},"s":{}})",
            R"({"metadata":{"name":"n","resourceVersion":"42","managedFields":[{"manager":"m"}]},"s":{}})"},
        SpliceCase{
            "sorted, as custom resources are",
            R"({"metadata":{"labels":{},"managedFields":[1],"name":"n","uid":"u"}})",
            R"({"metadata":{"labels":{},"name":"n","resourceVersion":"42","uid":"u"}})",
            R"({"metadata":{"labels":{},"managedFields":[1],"name":"n","resourceVersion":"42","uid":"u"}})"},
        SpliceCase{"sorted, managed fields first",
                   R"({"metadata":{"managedFields":[1],"name":"n"}})",
                   R"({"metadata":{"name":"n","resourceVersion":"42"}})",
                   R"({"metadata":{"managedFields":[1],"name":"n","resourceVersion":"42"}})"},
        SpliceCase{"empty managed fields are not shown",
                   R"({"metadata":{"name":"n","managedFields":[]}})",
                   R"({"metadata":{"name":"n","resourceVersion":"42"}})",
                   R"({"metadata":{"name":"n","resourceVersion":"42"}})"},
        SpliceCase{
            "a label that looks like the revision",
            R"({"metadata":{"annotations":{"resourceVersion":"42"},"name":"n","uid":"u"}})",
            R"({"metadata":{"annotations":{"resourceVersion":"42"},"name":"n","resourceVersion":"42","uid":"u"}})",
            R"({"metadata":{"annotations":{"resourceVersion":"42"},"name":"n","resourceVersion":"42","uid":"u"}})"}));

TEST(StoredObject, ReadsTheMetadataThatEverybodyNeeds) {
  const ObjectPtr object = StoredObject::Make(Json(R"({
    "metadata": {"name": "web", "namespace": "shop", "uid": "u-1", "generation": 3,
      "creationTimestamp": "2026-01-01T00:00:00Z", "deletionTimestamp": "2026-01-02T00:00:00Z",
      "deletionGracePeriodSeconds": 30, "labels": {"z": "1", "a": "2"},
      "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "o",
                           "controller": true, "blockOwnerDeletion": true}],
      "finalizers": ["a/b"]}})"),
                                              5);
  const ObjectMeta& meta = object->meta();
  EXPECT_EQ(meta.key().Text(), "shop/web");
  EXPECT_EQ(meta.uid, "u-1");
  EXPECT_EQ(meta.generation, 3);
  EXPECT_EQ(meta.creation_timestamp, "2026-01-01T00:00:00Z");
  EXPECT_TRUE(meta.is_deleting());
  EXPECT_EQ(meta.deletion_grace_period_seconds, 30);
  ASSERT_NE(meta.Label("z"), nullptr);
  EXPECT_EQ(*meta.Label("z"), "1");
  EXPECT_EQ(meta.Label("b"), nullptr);
  ASSERT_NE(meta.Controller(), nullptr);
  EXPECT_EQ(meta.Controller()->name, "r");
  EXPECT_TRUE(meta.Controller()->block_owner_deletion);
  EXPECT_EQ(meta.finalizers, std::vector<std::string>{"a/b"});
}

TEST(StoredObject, PeekParsesOnceWhileSomebodyHoldsIt) {
  const ObjectPtr object = StoredObject::Make(
      Json(R"({"metadata":{"name":"n","managedFields":[1]},"spec":{"x":[1,2]}})"), 1);
  const std::shared_ptr<const Value> first = object->Peek();
  EXPECT_EQ(object->Peek(), first);
  EXPECT_EQ(Find(*Find(*first, "metadata"), "managedFields"), nullptr);
  EXPECT_EQ(FindPath(*first, {"spec", "x"})->as_array().size(), 2U);
}

TEST(StoredObject, ParseGivesTheWholeObject) {
  const ObjectPtr object =
      StoredObject::Make(Json(R"({"metadata":{"name":"n","managedFields":[1]}})"), 1);
  EXPECT_EQ(object->Parse(),
            Json(R"({"metadata":{"name":"n","resourceVersion":"1","managedFields":[1]}})"));
}

TEST(StoredObject, BytesThatAreNoObjectAreRefused) {
  EXPECT_EQ(StoredObject::FromBytes("{", "", {5, 5}), nullptr);
  EXPECT_EQ(StoredObject::FromBytes(R"({"metadata":{"name":"n"}})", "", {5, 5}), nullptr);
  EXPECT_EQ(
      StoredObject::FromBytes(R"({"metadata":{"name":"n","resourceVersion":"1"}})", "", {5, 5}),
      nullptr);
}

}  // namespace
}  // namespace apiserver
