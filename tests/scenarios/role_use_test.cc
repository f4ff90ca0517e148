// The smallest roles: which rules come of which requests.
#include "scenarios/report/role_use.h"

#include <gtest/gtest.h>

namespace scenarios {
namespace {

using Lines = std::vector<std::string>;

UsedAccess Of(const std::string& verb, const std::string& group, const std::string& resource,
              const std::string& namespace_ = "", const std::string& name = "") {
  return {verb, group, resource, namespace_, name, ""};
}

Lines RulesOf(std::initializer_list<UsedAccess> used) {
  RoleUse use;
  for (const UsedAccess& access : used) use.NoteUsed(access);
  Lines lines;
  for (std::string& line : use.Lines("operator")) {
    if (!line.starts_with("apiVersion") && line != "metadata:" && line != "rules:") {
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

TEST(RoleUseTest, WhatIsLookedAtWholeIsNotNarrowed) {
  EXPECT_EQ(RulesOf({Of("watch", "apps", "deployments"), Of("list", "apps", "deployments"),
                     Of("patch", "apps", "deployments", "default", "web"),
                     Of("update", "apps", "deployments/status", "default", "web")}),
            (Lines{"kind: ClusterRole", R"(  name: "operator")", R"(- apiGroups: ["apps"])",
                   R"(  resources: ["deployments"])", R"(  verbs: ["list", "watch"])", "---",
                   "kind: Role", R"(  name: "operator")", R"(  namespace: "default")",
                   R"(- apiGroups: ["apps"])", R"(  resources: ["deployments"])",
                   R"(  verbs: ["patch"])", R"(- apiGroups: ["apps"])",
                   R"(  resources: ["deployments/status"])", R"(  verbs: ["update"])"}));
}

TEST(RoleUseTest, WhatIsOnlyEverNamedIsNarrowedToNames) {
  EXPECT_EQ(RulesOf({Of("create", "coordination.k8s.io", "leases", "default"),
                     Of("get", "coordination.k8s.io", "leases", "default", "lock"),
                     Of("update", "coordination.k8s.io", "leases", "default", "lock")}),
            (Lines{"kind: Role", R"(  name: "operator")", R"(  namespace: "default")",
                   R"(- apiGroups: ["coordination.k8s.io"])", R"(  resources: ["leases"])",
                   R"(  verbs: ["create"])", R"(- apiGroups: ["coordination.k8s.io"])",
                   R"(  resources: ["leases"])", R"(  resourceNames: ["lock"])",
                   R"(  verbs: ["get", "update"])"}));
}

TEST(RoleUseTest, ManyNamesAreNoNames) {
  RoleUse use;
  for (std::size_t count = 0; count <= RoleUse::kNamesMax; ++count) {
    use.NoteUsed(Of("get", "", "secrets", "default", "s" + std::to_string(count)));
  }
  for (const std::string& line : use.Lines("x")) EXPECT_EQ(line.find("resourceNames"), line.npos);
}

TEST(RoleUseTest, WhatHoldsEverywhereIsNotSaidAgain) {
  const Lines lines = RulesOf({Of("list", "", "pods"), Of("list", "", "pods", "default")});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "kind: Role"), 0);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "kind: ClusterRole"), 1);
}

TEST(RoleUseTest, ResourcesOfOneGroupWithTheSameVerbsShareARule) {
  const Lines lines = RulesOf({Of("list", "", "pods"), Of("list", "", "nodes")});
  EXPECT_NE(std::find(lines.begin(), lines.end(), R"(  resources: ["nodes", "pods"])"),
            lines.end());
}

TEST(RoleUseTest, NamesWhatWasRefused) {
  RoleUse use;
  use.NoteRefused(Of("get", "apps", "deployments/scale", "default", "web"));
  use.NoteRefused(Of("get", "apps", "deployments/scale", "default", "web"));
  use.NoteRefused(Of("list", "", "nodes"));
  use.NoteRefused(Of("create", "", "pods", "default"));
  EXPECT_EQ(use.Refused(),
            (Lines{"create pods default/*, once", "get deployments.apps/scale default/web, 2 times",
                   "list nodes, once"}));
}

}  // namespace
}  // namespace scenarios
