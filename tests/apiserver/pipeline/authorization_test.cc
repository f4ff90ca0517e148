#include "apiserver/pipeline/authorization.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "sim/kernel.h"

namespace apiserver {
namespace {

constexpr const char* kRbac = "rbac.authorization.k8s.io";

class AuthorizerTest : public ::testing::Test {
 protected:
  void Put(const std::string& group, const std::string& resource, const std::string& json) {
    JsonParseResult parsed = ParseJson(json);
    ASSERT_TRUE(parsed.ok()) << json;
    const ObjectPtr made = StoredObject::Make(parsed.value, 0);
    if (store_.Find({group, resource}, made->key())) {
      store_.Update({group, resource}, parsed.value);
    } else {
      store_.Create({group, resource}, parsed.value);
    }
  }
  void PutRole(const std::string& verbs, const std::string& resource) {
    Put(kRbac, "roles",
        R"({"metadata":{"name":"r","namespace":"a"},"rules":[{"verbs":[")" + verbs +
            R"("],"apiGroups":[""],"resources":[")" + resource + R"("]}]})");
  }
  void PutBinding(const std::string& subject) {
    Put(kRbac, "rolebindings",
        R"({"metadata":{"name":"b","namespace":"a"},"roleRef":{"kind":"Role","name":"r"},"subjects":[)" +
            subject + "]}");
  }
  bool May(const UserInfo& user, const std::string& verb, const std::string& namespace_ = "a") {
    return authorizer_.Decide(user, {.verb = verb, .resource = "pods", .namespace_ = namespace_})
        .is_allowed;
  }

  sim::Kernel kernel_{sim::KernelOptions{}};
  Store store_{kernel_, StoreLimits{}};
  ClusterAuthorizer authorizer_{store_, AuthorizationMode::kNodeAndRbac};
  const UserInfo jane_{"jane", {}, {"developers", "system:authenticated"}, {}};
};

TEST_F(AuthorizerTest, ABindingHoldsForItsSubjectsInItsNamespace) {
  const struct {
    const char* subject;
    UserInfo user;
    bool is_allowed;
  } kRows[] = {
      {R"({"kind":"User","name":"jane"})", jane_, true},
      {R"({"kind":"User","name":"joe"})", jane_, false},
      {R"({"kind":"Group","name":"developers"})", jane_, true},
      {R"({"kind":"ServiceAccount","name":"bot","namespace":"x"})",
       {"system:serviceaccount:x:bot", {}, {}, {}},
       true},
      // Without a namespace the binding's is meant.
      {R"({"kind":"ServiceAccount","name":"bot"})",
       {"system:serviceaccount:a:bot", {}, {}, {}},
       true},
      {R"({"kind":"ServiceAccount","name":"bot"})",
       {"system:serviceaccount:x:bot", {}, {}, {}},
       false},
  };
  PutRole("get", "pods");
  for (const auto& row : kRows) {
    PutBinding(row.subject);
    EXPECT_EQ(May(row.user, "get"), row.is_allowed) << row.subject;
    EXPECT_FALSE(May(row.user, "get", "other")) << row.subject;
    EXPECT_FALSE(May(row.user, "delete")) << row.subject;
  }
}

TEST_F(AuthorizerTest, ChangesOfRolesAndBindingsCountAtOnce) {
  PutRole("get", "pods");
  PutBinding(R"({"kind":"User","name":"jane"})");
  EXPECT_TRUE(May(jane_, "get"));
  PutRole("list", "pods");
  EXPECT_FALSE(May(jane_, "get"));
  EXPECT_TRUE(May(jane_, "list"));
  store_.Delete({kRbac, "rolebindings"}, {"a", "b"});
  EXPECT_FALSE(May(jane_, "list"));
}

TEST_F(AuthorizerTest, SaysWhoAllowedAndWhichRoleIsMissing) {
  PutBinding(R"({"kind":"User","name":"jane"})");
  const AccessAttributes get{.verb = "get", .resource = "pods", .namespace_ = "a"};
  EXPECT_EQ(authorizer_.Decide(jane_, get).reason,
            "RBAC: role.rbac.authorization.k8s.io \"r\" not found");
  PutRole("get", "pods");
  EXPECT_EQ(authorizer_.Decide(jane_, get).reason,
            "RBAC: allowed by RoleBinding \"b/a\" of Role \"r\" to User \"jane\"");
  const HeldRules held = authorizer_.RulesOf(jane_, "a");
  ASSERT_EQ(held.rules.size(), 1u);
  EXPECT_EQ(held.rules[0].verbs, std::vector<std::string>{"get"});
  EXPECT_TRUE(authorizer_.RulesOf(jane_, "b").rules.empty());
}

TEST_F(AuthorizerTest, MastersMayEverythingAndOthersNothingByThemselves) {
  EXPECT_TRUE(May({"root", {}, {"system:masters"}, {}}, "delete"));
  EXPECT_FALSE(May({"system:anonymous", {}, {"system:unauthenticated"}, {}}, "get"));
}

TEST_F(AuthorizerTest, ANodeMayWhatConcernsIt) {
  Put("", "pods",
      R"({"metadata":{"name":"p","namespace":"a"},"spec":{"nodeName":"n1","serviceAccountName":"bot",
      "volumes":[{"secret":{"secretName":"s"}}],
      "containers":[{"envFrom":[{"configMapRef":{"name":"c"}}]}]}})");
  const UserInfo node{"system:node:n1", {}, {"system:nodes"}, {}};
  const struct {
    const char* name;
    AccessAttributes access;
    bool is_allowed;
  } kRows[] = {
      {"its pod", {.verb = "get", .resource = "pods", .namespace_ = "a", .name = "p"}, true},
      {"all pods", {.verb = "list", .resource = "pods"}, false},
      {"its pods",
       {.verb = "list", .resource = "pods", .field_selector = "spec.nodeName=n1"},
       true},
      {"others' pods",
       {.verb = "list", .resource = "pods", .field_selector = "spec.nodeName=n2"},
       false},
      {"a pod's secret",
       {.verb = "get", .resource = "secrets", .namespace_ = "a", .name = "s"},
       true},
      {"another secret",
       {.verb = "get", .resource = "secrets", .namespace_ = "a", .name = "x"},
       false},
      {"a pod's config map",
       {.verb = "watch", .resource = "configmaps", .namespace_ = "a", .name = "c"},
       true},
      {"writing a config map",
       {.verb = "update", .resource = "configmaps", .namespace_ = "a", .name = "c"},
       false},
      {"a pod's account's token",
       {.verb = "create",
        .resource = "serviceaccounts",
        .subresource = "token",
        .namespace_ = "a",
        .name = "bot"},
       true},
      {"itself", {.verb = "get", .resource = "nodes", .name = "n1"}, true},
      {"another node", {.verb = "get", .resource = "nodes", .name = "n2"}, false},
      {"its lease",
       {.verb = "update",
        .group = "coordination.k8s.io",
        .resource = "leases",
        .namespace_ = "kube-node-lease",
        .name = "n1"},
       true},
      {"deployments", {.verb = "get", .group = "apps", .resource = "deployments"}, false},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(authorizer_.Decide(node, row.access).is_allowed, row.is_allowed) << row.name;
  }
}

TEST(ForbiddenAccessError, HasTheWordsOfUpstream) {
  const UserInfo jane{"jane", {}, {}, {}};
  const struct {
    AccessAttributes access;
    const char* message;
  } kRows[] = {
      {{.verb = "list", .resource = "pods", .namespace_ = "x"},
       "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the "
       "namespace \"x\""},
      {{.verb = "update",
        .group = "apps",
        .resource = "deployments",
        .subresource = "scale",
        .name = "d"},
       "deployments.apps \"d\" is forbidden: User \"jane\" cannot update resource "
       "\"deployments/scale\" in API group \"apps\" at the cluster scope"},
      {{.verb = "get", .is_resource = false, .path = "/metrics"},
       "forbidden: User \"jane\" cannot get path \"/metrics\""},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(ForbiddenAccessError(jane, row.access, "").message, row.message);
  }
}

}  // namespace
}  // namespace apiserver
