#include "apiserver/hooks/hook_rules.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

HookRule Rule(std::vector<std::string> operations, std::vector<std::string> groups,
              std::vector<std::string> versions, std::vector<std::string> resources,
              std::string scope = "*") {
  return {std::move(operations), std::move(groups), std::move(versions), std::move(resources), {},
          std::move(scope)};
}

TEST(RuleMatches, ComparesOperationVersionResourceAndScope) {
  const HookTarget pod{"CREATE", {"", "v1", "pods"}, "", "ns", "p"};
  const HookTarget status{"UPDATE", {"", "v1", "pods"}, "status", "ns", "p"};
  const HookTarget space{"CREATE", {"", "v1", "namespaces"}, "", "ns", "ns"};
  const HookTarget node{"CREATE", {"", "v1", "nodes"}, "", "", "n"};
  const struct {
    const char* name;
    HookRule rule;
    HookTarget target;
    bool matches;
  } kRows[] = {
      {"same", Rule({"CREATE"}, {""}, {"v1"}, {"pods"}), pod, true},
      {"another operation", Rule({"DELETE"}, {""}, {"v1"}, {"pods"}), pod, false},
      {"all", Rule({"*"}, {"*"}, {"*"}, {"*"}), pod, true},
      {"another version", Rule({"*"}, {""}, {"v2"}, {"pods"}), pod, false},
      {"a star has no subresources", Rule({"*"}, {""}, {"v1"}, {"*"}), status, false},
      {"all subresources", Rule({"*"}, {""}, {"v1"}, {"pods/*"}), status, true},
      {"a subresource of all", Rule({"*"}, {""}, {"v1"}, {"*/status"}), status, true},
      {"everything", Rule({"*"}, {""}, {"v1"}, {"*/*"}), pod, true},
      {"namespaced", Rule({"*"}, {""}, {"v1"}, {"*"}, "Namespaced"), pod, true},
      {"a namespace is not namespaced", Rule({"*"}, {""}, {"v1"}, {"*"}, "Namespaced"), space,
       false},
      {"a namespace is of the cluster", Rule({"*"}, {""}, {"v1"}, {"*"}, "Cluster"), space, true},
      {"a node is of the cluster", Rule({"*"}, {""}, {"v1"}, {"*"}, "Cluster"), node, true},
  };
  for (const auto& row : kRows)
    EXPECT_EQ(RuleMatches(row.rule, row.target), row.matches) << row.name;
}

TEST(RuleMayConcern, ComparesOperationAndResourceOnly) {
  EXPECT_TRUE(RuleMayConcern(Rule({"UPDATE"}, {"x"}, {"y"}, {"leases"}), "UPDATE", "leases"));
  EXPECT_TRUE(RuleMayConcern(Rule({"*"}, {""}, {"v1"}, {"*/status"}), "UPDATE", "nodes"));
  EXPECT_TRUE(RuleMayConcern(Rule({"*"}, {""}, {"v1"}, {"pods", "nodes/*"}), "UPDATE", "nodes"));
  EXPECT_FALSE(RuleMayConcern(Rule({"CREATE"}, {""}, {"v1"}, {"leases"}), "UPDATE", "leases"));
  EXPECT_FALSE(RuleMayConcern(Rule({"*"}, {"*"}, {"*"}, {"pods"}), "UPDATE", "leases"));
}

TEST(ObjectMatches, LooksAtBothStatesAndTakesAllWithoutASelector) {
  const Value selector = ParseJson(R"({"matchLabels":{"a":"b"}})").value;
  const LabelSelector wanted = LabelSelector::FromObject(&selector).value();
  const Value labelled = ParseJson(R"({"metadata":{"labels":{"a":"b"}}})").value;
  const Value plain = ParseJson(R"({"metadata":{}})").value;
  EXPECT_TRUE(ObjectMatches(wanted, &plain, &labelled));
  EXPECT_TRUE(ObjectMatches(wanted, &labelled, nullptr));
  EXPECT_FALSE(ObjectMatches(wanted, &plain, nullptr));
  EXPECT_TRUE(ObjectMatches(LabelSelector(), nullptr, nullptr));
}

}  // namespace
}  // namespace apiserver
