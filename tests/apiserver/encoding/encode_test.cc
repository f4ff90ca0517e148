#include "apiserver/encoding/encode.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

ObjectPtr ConfigMap(const std::string& name, Revision revision) {
  return StoredObject::Make(
      boost::json::parse(R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":")" + name +
                         R"(","namespace":"default"},"data":{"a":"1"}})"),
      revision);
}

Response ListOf(std::vector<ObjectPtr> items, bool is_custom) {
  auto list = std::make_shared<ObjectList>();
  list->kind = {"", "v1", "ConfigMap"};
  list->revision = 9;
  list->is_custom = is_custom;
  list->items = std::move(items);
  Response response;
  response.body = std::shared_ptr<const ObjectList>(std::move(list));
  return response;
}

RequestInfo ResourceRequest() {
  RequestInfo info;
  info.is_resource = true;
  return info;
}

TEST(EncodeAnswer, ItemsOfATypedListHaveNoKind) {
  const auto body = EncodeAnswer({}, ResourceRequest(), ListOf({ConfigMap("x", 3)}, false));
  EXPECT_EQ(body.content_type, "application/json");
  EXPECT_EQ(
      body.bytes,
      R"({"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[{)"
      R"("metadata":{"name":"x","namespace":"default","resourceVersion":"3"},"data":{"a":"1"}}]})"
      "\n");
}

TEST(EncodeAnswer, CustomListsAreSortedAndKeepKinds) {
  const auto body = EncodeAnswer({}, ResourceRequest(), ListOf({}, true));
  EXPECT_EQ(
      body.bytes,
      R"({"apiVersion":"v1","items":[],"kind":"ConfigMapList","metadata":{"continue":"","resourceVersion":"9"}})"
      "\n");
}

TEST(EncodeAnswer, WritesYamlAndMetadataOnly) {
  Response response;
  response.body = ConfigMap("x", 3);
  Accepted yaml;
  yaml.encoding = Encoding::kYaml;
  EXPECT_EQ(EncodeAnswer(yaml, ResourceRequest(), response).bytes,
            "apiVersion: v1\ndata:\n  a: \"1\"\nkind: ConfigMap\nmetadata:\n  name: x\n  "
            "namespace: default\n"
            "  resourceVersion: \"3\"\n");
  Accepted metadata;
  metadata.view = View::kPartialObjectMetadata;
  EXPECT_EQ(
      EncodeAnswer(metadata, ResourceRequest(), response).bytes,
      R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"x",)"
      R"("namespace":"default","resourceVersion":"3"}})"
      "\n");
}

TEST(EncodeAnswer, LeavesPlainBytesAlone) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::make_shared<const std::string>("ok");
  Accepted yaml;
  yaml.encoding = Encoding::kYaml;
  EXPECT_EQ(EncodeAnswer(yaml, {}, response).bytes, "ok");
}

TEST(EncodeWatchEvent, IsALineOfJsonOrAFrame) {
  const ObjectPtr object = ConfigMap("x", 3);
  EXPECT_EQ(
      *EncodeWatchEvent({}, "ADDED", object, {"", "v1", "ConfigMap"}),
      R"({"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x",)"
      R"("namespace":"default","resourceVersion":"3"},"data":{"a":"1"}}})"
      "\n");
  Accepted protobuf;
  protobuf.encoding = Encoding::kProtobuf;
  const SharedBytes frame = EncodeWatchEvent(protobuf, "ADDED", object, {"", "v1", "ConfigMap"});
  const std::size_t length = static_cast<unsigned char>((*frame)[3]);
  EXPECT_EQ(frame->size(), length + 4);
  EXPECT_NE(frame->find(std::string("k8s\0", 4)), std::string::npos);
}

}  // namespace
}  // namespace apiserver
