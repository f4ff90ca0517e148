#include "apiserver/discovery/documents.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/apiserver/discovery/reference_documents.h"

namespace apiserver {
namespace {

TEST(Discovery, AggregatedDocumentsEqualTheReference) {
  const auto groups = BuiltinServedGroups();
  EXPECT_EQ(DocumentDifference(ReferenceDocument("discovery_v2_api.json"),
                               Parsed(AggregatedCoreDocument(groups))),
            "");
  EXPECT_EQ(DocumentDifference(ReferenceDocument("discovery_v2_apis.json"),
                               Parsed(AggregatedGroupsDocument(groups))),
            "");
}

TEST(Discovery, LegacyDocumentsEqualTheReference) {
  const auto groups = BuiltinServedGroups();
  EXPECT_EQ(DocumentDifference(ReferenceDocument("api.json"),
                               Parsed(ApiVersionsDocument("127.0.0.1:6444"))),
            "");
  EXPECT_EQ(
      DocumentDifference(ReferenceDocument("apis.json"), Parsed(ApiGroupListDocument(groups))), "");
  int compared = 0;
  for (const ServedGroup& group : groups) {
    for (const ServedVersion& version : group.versions) {
      const std::string name = group.name.empty() ? "api__" + version.version
                                                  : "apis__" + group.name + "__" + version.version;
      EXPECT_EQ(DocumentDifference(ReferenceDocument("resources/" + name + ".json"),
                                   Parsed(ApiResourceListDocument(group.name, version))),
                "");
      ++compared;
    }
  }
  EXPECT_EQ(compared, 22);
}

TEST(Discovery, RootPathsEqualTheReference) {
  EXPECT_EQ(DocumentDifference(ReferenceDocument("paths.json"),
                               Parsed(RootPathsDocument(BuiltinServedGroups()))),
            "");
}

TEST(Discovery, VersionsComeInKubernetesOrder) {
  std::vector<std::string> versions{"foo1",     "v1",        "v10",   "v11alpha2", "v2",
                                    "v11beta2", "v12alpha1", "foo10", "v3beta1",   "v10beta3"};
  std::sort(versions.begin(), versions.end(), VersionComesFirst);
  EXPECT_EQ(versions,
            (std::vector<std::string>{"v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1",
                                      "v12alpha1", "v11alpha2", "foo1", "foo10"}));
}

TEST(Discovery, CustomResourcesShowTheirWholeKind) {
  ServedResource widgets{.resource = "widgets",
                         .singular = "widget",
                         .kind = "Widget",
                         .list_kind = "WidgetList",
                         .namespaced = true,
                         .verbs = CustomResourceVerbs(),
                         .is_custom = true};
  widgets.subresources.push_back({.name = "scale",
                                  .kind = {"autoscaling", "v1", "Scale"},
                                  .verbs = {"get", "patch", "update"}});
  const ServedGroup group{.name = "example.com",
                          .versions = {{.version = "v1", .resources = {widgets}}}};
  EXPECT_EQ(
      ApiGroupDocument(group),
      R"({"kind":"APIGroup","apiVersion":"v1","name":"example.com","versions":[{"groupVersion":"example.com/v1","version":"v1"}],"preferredVersion":{"groupVersion":"example.com/v1","version":"v1"}})");
  EXPECT_EQ(
      ApiResourceListDocument("example.com", group.versions[0]),
      R"({"kind":"APIResourceList","apiVersion":"v1","groupVersion":"example.com/v1","resources":[{"name":"widgets","singularName":"widget","namespaced":true,"kind":"Widget","verbs":["delete","deletecollection","get","list","patch","create","update","watch"]},{"name":"widgets/scale","singularName":"","namespaced":true,"group":"autoscaling","version":"v1","kind":"Scale","verbs":["get","patch","update"]}]})");
  const Value aggregated = Parsed(AggregatedGroupsDocument(std::vector{group}));
  EXPECT_EQ(aggregated.at("items")
                .at(0)
                .at("versions")
                .at(0)
                .at("resources")
                .at(0)
                .at("responseKind")
                .at("group")
                .as_string(),
            "example.com");
}

}  // namespace
}  // namespace apiserver
