#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "apiserver/discovery/openapi_v2.h"
#include "apiserver/discovery/openapi_v3.h"
#include "tests/apiserver/discovery/reference_documents.h"

namespace apiserver {
namespace {

ServedGroup Widgets(std::string_view schema) {
  ServedResource widgets{.resource = "widgets",
                         .singular = "widget",
                         .kind = "Widget",
                         .list_kind = "WidgetList",
                         .namespaced = false,
                         .verbs = CustomResourceVerbs(),
                         .is_custom = true,
                         .schema = std::make_shared<const Value>(Parsed(schema)),
                         .selectable_fields = {".spec.color"}};
  widgets.subresources.push_back({.name = "status",
                                  .kind = {"shop.example.com", "v1", "Widget"},
                                  .verbs = {"get", "patch", "update"}});
  return {.name = "shop.example.com", .versions = {{.version = "v1", .resources = {widgets}}}};
}

constexpr std::string_view kSchema =
    R"({"type":"object","properties":{"spec":{"type":"object","default":{},"properties":{
    "color":{"type":"string","nullable":true},"port":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}}}}})";

TEST(OpenApiCustom, PublishesTheSchemaWithTheMembersOfEveryObject) {
  const std::vector groups{Widgets(kSchema)};
  const Value document = Parsed(OpenApiV3Document(groups, "apis/shop.example.com/v1"));
  const Value& schemas = document.at("components").at("schemas");
  EXPECT_EQ(
      DocumentDifference(
          Parsed(
              R"({"type":"object","properties":{"apiVersion":{"type":"string"},"kind":{"type":"string"},
      "metadata":{"allOf":[{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}]},
      "spec":{"type":"object","default":{},"properties":{"color":{"type":"string","nullable":true},
      "port":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}}}},
      "x-kubernetes-group-version-kind":[{"group":"shop.example.com","kind":"Widget","version":"v1"}],
      "x-kubernetes-selectable-fields":[{"fieldPath":"spec.color"}]})"),
          schemas.at("com.example.shop.v1.Widget")),
      "");
  std::string names;
  for (const auto& member : schemas.as_object())
    names += std::string(member.key().substr(member.key().rfind('.') + 1)) + ' ';
  EXPECT_EQ(names,
            "Widget WidgetList DeleteOptions FieldsV1 ListMeta ManagedFieldsEntry ObjectMeta "
            "OwnerReference Patch Preconditions ShardInfo Status StatusCause StatusDetails Time ");
}

TEST(OpenApiCustom, OperationsTakeJsonAndYamlAndNoStrategicPatch) {
  const std::vector groups{Widgets(kSchema)};
  const Value document = Parsed(OpenApiV3Document(groups, "apis/shop.example.com/v1"));
  const Object& paths = document.at("paths").as_object();
  EXPECT_EQ(paths.size(), 3u);
  const Value& patch = paths.at("/apis/shop.example.com/v1/widgets/{name}").at("patch");
  EXPECT_EQ(patch.at("operationId").as_string(), "patchShopExampleComV1Widget");
  EXPECT_EQ(patch.at("requestBody").at("content").as_object().size(), 3u);
  EXPECT_FALSE(patch.at("requestBody")
                   .at("content")
                   .as_object()
                   .contains("application/strategic-merge-patch+json"));
  EXPECT_EQ(paths.at("/apis/shop.example.com/v1/widgets")
                .at("post")
                .at("responses")
                .at("200")
                .at("content")
                .as_object()
                .size(),
            2u);
}

TEST(OpenApiCustom, VersionTwoLosesWhatItCanNotSay) {
  std::vector<ServedGroup> groups = BuiltinServedGroups();
  groups.push_back(Widgets(kSchema));
  const OpenApiV2Documents documents = MakeOpenApiV2(groups);
  const Value document = Parsed(documents.json);
  const Value& spec =
      document.at("definitions").at("com.example.shop.v1.Widget").at("properties").at("spec");
  EXPECT_EQ(
      DocumentDifference(
          Parsed(
              R"({"type":"object","properties":{"color":{},"port":{"x-kubernetes-int-or-string":true}}})"),
          spec),
      "");
}

constexpr std::string_view kOddSchema =
    R"({"type":"object","properties":{"spec":{"type":"object","required":["a","n"],"properties":{
    "a":{"type":"string"},"n":{"type":"string","nullable":true},"i":{"x-kubernetes-int-or-string":true},
    "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
    "e":{"type":"object","x-kubernetes-embedded-resource":true,"properties":{"x":{"type":"string"}}}}}}})";

TEST(OpenApiCustom, VersionThreeUnfoldsIntOrStringAndEmbeddedResources) {
  const std::vector groups{Widgets(kOddSchema)};
  const Value document = Parsed(OpenApiV3Document(groups, "apis/shop.example.com/v1"));
  EXPECT_EQ(DocumentDifference(
                Parsed(
                    R"({"type":"object","required":["a","n"],"properties":{"a":{"type":"string"},
      "n":{"type":"string","nullable":true},
      "i":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]},
      "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
      "e":{"type":"object","x-kubernetes-embedded-resource":true,"required":["kind","apiVersion"],
      "properties":{"x":{"type":"string"},"apiVersion":{"type":"string"},"kind":{"type":"string"},
      "metadata":{"allOf":[{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}]}}}}})"),
                document.at("components")
                    .at("schemas")
                    .at("com.example.shop.v1.Widget")
                    .at("properties")
                    .at("spec")),
            "");
}

TEST(OpenApiCustom, VersionTwoRequiresNothingThatMayBeNullAndHasNoTypeWhereAnythingGoes) {
  std::vector<ServedGroup> groups = BuiltinServedGroups();
  groups.push_back(Widgets(kOddSchema));
  const Value document = Parsed(MakeOpenApiV2(groups).json);
  EXPECT_EQ(
      DocumentDifference(
          Parsed(
              R"({"type":"object","required":["a"],"properties":{"a":{"type":"string"},"n":{},
      "i":{"x-kubernetes-int-or-string":true},"free":{"x-kubernetes-preserve-unknown-fields":true},
      "e":{"type":"object","x-kubernetes-embedded-resource":true,"required":["kind","apiVersion"],
      "properties":{"x":{"type":"string"},"apiVersion":{"type":"string"},"kind":{"type":"string"},
      "metadata":{"$ref":"#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}}}}})"),
          document.at("definitions").at("com.example.shop.v1.Widget").at("properties").at("spec")),
      "");
}

TEST(OpenApiCustom, TheHashFollowsTheSchema) {
  const std::vector before{Widgets(kSchema)};
  const std::vector after{Widgets(R"({"type":"object"})")};
  EXPECT_NE(OpenApiV3Hash(before, "apis/shop.example.com/v1"),
            OpenApiV3Hash(after, "apis/shop.example.com/v1"));
  EXPECT_EQ(OpenApiV3Hash(before, "apis/shop.example.com/v2"), "");
}

}  // namespace
}  // namespace apiserver
