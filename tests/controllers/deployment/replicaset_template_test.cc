#include "controllers/deployment/replicaset_template.h"

#include <gtest/gtest.h>

namespace controllers {
namespace {

ObjectMeta Web() {
  ObjectMeta meta;
  meta.name = "web";
  meta.namespace_ = "default";
  return meta;
}

TEST(MakeReplicaSet, TakesTemplateAndSelectorAndAddsTheHash) {
  const Value deployment = boost::json::parse(
      R"({"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}}}}})");
  const Value set = MakeReplicaSet(deployment, Web(), "abc", 3);
  EXPECT_EQ(apiserver::TextAt(set, {"metadata", "name"}), "web-abc");
  for (const auto path : {"/spec/selector/matchLabels", "/spec/template/metadata/labels"}) {
    EXPECT_EQ(set.at_pointer(path),
              boost::json::parse(R"({"app":"web","pod-template-hash":"abc"})"))
        << path;
  }
}

TEST(MakeReplicaSet, AWorkloadWithoutTemplateDoesNotEndTheProcess) {
  const Value bare = boost::json::parse(R"({"spec":{}})");
  const Value set = MakeReplicaSet(bare, Web(), "abc", 1);
  EXPECT_EQ(set.at_pointer("/spec/selector/matchLabels"),
            boost::json::parse(R"({"pod-template-hash":"abc"})"));
}

}  // namespace
}  // namespace controllers
