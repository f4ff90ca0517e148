#include "apiserver/api/policy_rule.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

PolicyRule Rule(std::vector<std::string> verbs, std::vector<std::string> groups,
                std::vector<std::string> resources, std::vector<std::string> names = {}) {
  return {std::move(verbs), std::move(groups), std::move(resources), std::move(names), {}};
}

TEST(RuleAllows, ComparesVerbGroupResourceAndName) {
  const struct {
    const char* name;
    PolicyRule rule;
    AccessAttributes access;
    bool is_allowed;
  } kRows[] = {
      {"same", Rule({"get"}, {""}, {"pods"}), {.verb = "get", .resource = "pods"}, true},
      {"other verb", Rule({"get"}, {""}, {"pods"}), {.verb = "list", .resource = "pods"}, false},
      {"other group",
       Rule({"get"}, {"apps"}, {"pods"}),
       {.verb = "get", .resource = "pods"},
       false},
      {"all verbs", Rule({"*"}, {"*"}, {"*"}), {.verb = "x", .group = "g", .resource = "r"}, true},
      {"a star of resources covers subresources",
       Rule({"get"}, {""}, {"*"}),
       {.verb = "get", .resource = "pods", .subresource = "log"},
       true},
      {"a resource does not cover its subresources",
       Rule({"get"}, {""}, {"pods"}),
       {.verb = "get", .resource = "pods", .subresource = "log"},
       false},
      {"a subresource does not cover its resource",
       Rule({"get"}, {""}, {"pods/log"}),
       {.verb = "get", .resource = "pods"},
       false},
      {"a subresource of all",
       Rule({"update"}, {"*"}, {"*/scale"}),
       {.verb = "update", .group = "apps", .resource = "deployments", .subresource = "scale"},
       true},
      {"resource/* is no pattern",
       Rule({"get"}, {""}, {"pods/*"}),
       {.verb = "get", .resource = "pods", .subresource = "log"},
       false},
      {"a name",
       Rule({"get"}, {""}, {"pods"}, {"a"}),
       {.verb = "get", .resource = "pods", .name = "a"},
       true},
      {"another name",
       Rule({"get"}, {""}, {"pods"}, {"a"}),
       {.verb = "get", .resource = "pods", .name = "b"},
       false},
      {"a name does not allow a list",
       Rule({"list"}, {""}, {"pods"}, {"a"}),
       {.verb = "list", .resource = "pods"},
       false},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(RuleAllows(row.rule, row.access), row.is_allowed) << row.name;
  }
}

TEST(RuleAllows, ComparesPathsByTheirBeginning) {
  const struct {
    const char* url;
    const char* path;
    bool is_allowed;
  } kRows[] = {{"/metrics", "/metrics", true}, {"/metrics", "/metrics/slis", false},
               {"/logs/*", "/logs/a/b", true}, {"/logs/*", "/logs", false},
               {"*", "/anything", true},       {"/a*", "/abc", true},
               {"/a*/b", "/ax/b", false}};
  for (const auto& row : kRows) {
    const PolicyRule rule{{"get"}, {}, {}, {}, {row.url}};
    const AccessAttributes access{.verb = "get", .is_resource = false, .path = row.path};
    EXPECT_EQ(RuleAllows(rule, access), row.is_allowed) << row.url << " " << row.path;
  }
  const AccessAttributes resource{.verb = "get", .resource = "pods"};
  EXPECT_FALSE(RuleAllows({{"*"}, {}, {}, {}, {"*"}}, resource));
}

TEST(MissingRights, NamesTheSmallestPartsOnce) {
  const std::vector<PolicyRule> held = {Rule({"get", "list"}, {""}, {"configmaps"}),
                                        Rule({"get"}, {""}, {"secrets"}, {"a"})};
  const std::vector<PolicyRule> wanted = {
      Rule({"get", "delete", "create"}, {""}, {"configmaps", "pods"})};
  std::vector<std::string> texts;
  for (const PolicyRule& rule : MissingRights(held, wanted)) texts.push_back(CompactText(rule));
  EXPECT_EQ(
      texts,
      (std::vector<std::string>{
          "{APIGroups:[\"\"], Resources:[\"configmaps\"], Verbs:[\"delete\" \"create\"]}",
          "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\" \"delete\" \"create\"]}"}));
}

TEST(MissingRights, TakesNamesAndStarsIntoAccount) {
  const std::vector<PolicyRule> named = {Rule({"get"}, {""}, {"secrets"}, {"a", "b"})};
  const std::vector<PolicyRule> all = {Rule({"*"}, {"*"}, {"*"})};
  const std::vector<PolicyRule> scales = {Rule({"update"}, {"*"}, {"*/scale"})};
  EXPECT_TRUE(MissingRights(named, std::vector{Rule({"get"}, {""}, {"secrets"}, {"b"})}).empty());
  EXPECT_FALSE(MissingRights(named, std::vector{Rule({"get"}, {""}, {"secrets"})}).empty());
  EXPECT_TRUE(MissingRights(all, std::vector{Rule({"get"}, {"x"}, {"y/z"})}).empty());
  EXPECT_TRUE(MissingRights(scales, std::vector{Rule({"update"}, {"apps"}, {"deployments/scale"})})
                  .empty());
  // A star is not held by whoever holds everything that there is today.
  EXPECT_FALSE(MissingRights(scales, std::vector{Rule({"*"}, {"apps"}, {"*/scale"})}).empty());
}

}  // namespace
}  // namespace apiserver
