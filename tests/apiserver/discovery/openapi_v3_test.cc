#include "apiserver/discovery/openapi_v3.h"

#include <gtest/gtest.h>

#include "tests/apiserver/discovery/reference_documents.h"

namespace apiserver {
namespace {

std::string FileName(std::string path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/'))
    path.replace(slash, 1, "__");
  return "openapi_v3/" + path + ".json";
}

TEST(OpenApiV3, IndexNamesTheReferencesPaths) {
  const Value want = ReferenceDocument("openapi_v3/index.json");
  const Value got = Parsed(OpenApiV3Index(BuiltinServedGroups()));
  ASSERT_EQ(got.at("paths").as_object().size(), want.at("paths").as_object().size());
  for (const auto& member : want.at("paths").as_object()) {
    ASSERT_TRUE(got.at("paths").as_object().contains(member.key())) << member.key();
    const std::string_view url = TextAt(got, {"paths", member.key(), "serverRelativeURL"});
    EXPECT_TRUE(url.starts_with("/openapi/v3/" + std::string(member.key()) + "?hash=")) << url;
  }
}

TEST(OpenApiV3, DocumentsEqualTheReference) {
  const auto groups = BuiltinServedGroups();
  const Value index = ReferenceDocument("openapi_v3/index.json");
  for (const auto& member : index.at("paths").as_object()) {
    const std::string path(member.key());
    if (path.starts_with('.')) continue;  // Not among the recorded ones.
    EXPECT_EQ(DocumentDifference(ReferenceDocument(FileName(path)),
                                 Parsed(OpenApiV3Document(groups, path))),
              "")
        << path;
  }
  EXPECT_EQ(OpenApiV3Document(groups, "apis/apps/v9"), "");
}

TEST(OpenApiV3, KindsAndCommonFieldsAreDescribed) {
  const Value document = Parsed(OpenApiV3Document(BuiltinServedGroups(), "api/v1"));
  const Value& schemas = document.at("components").at("schemas");
  EXPECT_NE(TextAt(schemas, {"io.k8s.api.core.v1.Pod", "description"}), "");
  EXPECT_NE(TextAt(schemas, {"io.k8s.api.core.v1.Container", "properties", "image", "description"}),
            "");
  // A condition's status is no object's status.
  EXPECT_EQ(
      TextAt(schemas, {"io.k8s.api.core.v1.PodCondition", "properties", "status", "description"}),
      "");
}

}  // namespace
}  // namespace apiserver
