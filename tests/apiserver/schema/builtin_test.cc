#include "apiserver/schema/builtin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace apiserver {
namespace {

TEST(Builtin, FindsKindsOfEveryGeneration) {
  ASSERT_NE(FindType("", "v1", "Pod"), nullptr);
  EXPECT_EQ(FindType("", "v1", "Pod")->name, "io.k8s.api.core.v1.Pod");
  EXPECT_NE(FindType("apps", "v1beta1", "DeploymentRollback"), nullptr);
  EXPECT_NE(FindType("apiextensions.k8s.io", "v1", "CustomResourceDefinitionList"), nullptr);
  EXPECT_EQ(FindType("apps", "v1", "DeleteOptions"), FindType("", "v1", "DeleteOptions"));
  EXPECT_NE(FindType("meta.k8s.io", "v1", "PartialObjectMetadata"), nullptr);
  EXPECT_EQ(FindType("apps", "v1", "Pod"), nullptr);
}

TEST(Builtin, StructFieldsLieInGoOrder) {
  const Type* pod = FindType("", "v1", "Pod");
  std::string names;
  for (const Field& field : pod->fields) names += std::string(field.json_name) + " ";
  EXPECT_EQ(names, "kind apiVersion metadata spec status ");
}

TEST(Builtin, ListsCarryTheirMarkers) {
  const Type* containers =
      FindType("", "v1", "Pod")->FindField("spec")->type->FindField("containers")->type;
  EXPECT_EQ(containers->list_type, ListType::kMap);
  ASSERT_EQ(containers->list_map_keys.size(), 1u);
  EXPECT_EQ(containers->list_map_keys[0], "name");
  EXPECT_EQ(containers->patch_strategy, PatchStrategy::kMerge);
  const Field* strategy =
      FindType("apps", "v1", "Deployment")->FindField("spec")->type->FindField("strategy");
  EXPECT_EQ(strategy->type->patch_strategy, PatchStrategy::kRetainKeys);
}

TEST(Builtin, EveryServedResourceHasItsTypes) {
  EXPECT_EQ(BuiltinGroups().size(), 21u);
  EXPECT_EQ(BuiltinResources().size(), 68u);
  for (const ResourceInfo& info : BuiltinResources()) {
    ASSERT_EQ(info.type, FindType(info.group, info.version, info.kind)) << info.resource;
    if (!info.list_kind.empty()) {
      ASSERT_NE(FindType(info.group, info.version, info.list_kind), nullptr) << info.list_kind;
    }
    ASSERT_NE(FindType(info.storage_group, info.storage_version, info.kind), nullptr)
        << info.resource;
  }
  const ResourceInfo* deployments = FindResource("apps", "v1", "deployments");
  ASSERT_NE(deployments, nullptr);
  EXPECT_TRUE(deployments->HasVerb("watch"));
  EXPECT_EQ(deployments->FindSubresource("scale")->kind, "Scale");
  EXPECT_EQ(FindResourceByKind("apps", "v1", "Deployment"), deployments);
}

// The protobuf rows of a struct and of what it embeds name each field at most once.
void CountFields(std::span<const ProtoMember> members, std::vector<int>& seen) {
  std::uint32_t last = 0;
  for (const ProtoMember& member : members) {
    EXPECT_GT(member.number, last);
    last = member.number;
    if (member.is_embedded) {
      CountFields(member.embedded, seen);
    } else {
      seen.at(member.field)++;
    }
  }
}

TEST(Builtin, ProtobufRowsAscendAndNameEachFieldOnce) {
  const Type* volume =
      FindType("", "v1", "Pod")->FindField("spec")->type->FindField("volumes")->type->element;
  std::vector<int> seen(volume->fields.size());
  CountFields(volume->proto, seen);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), static_cast<std::ptrdiff_t>(seen.size()));
}

}  // namespace
}  // namespace apiserver
