#include "apiserver/pipeline/impersonation.h"

#include <gtest/gtest.h>

#include <set>

namespace apiserver {
namespace {

// Allows what is in a set of "VERB GROUP/RESOURCE[/SUB] NAME".
class FakeAuthorizer final : public Authorizer {
 public:
  Decision Decide(const UserInfo&, const AccessAttributes& access) override {
    std::string text = std::string(access.verb) + " " + std::string(access.group) + "/" +
                       std::string(access.resource);
    if (!access.subresource.empty()) text += "/" + std::string(access.subresource);
    text += " " + std::string(access.name);
    return {allowed.contains(text), {}};
  }
  HeldRules RulesOf(const UserInfo&, const std::string&) override { return {}; }

  std::set<std::string> allowed;
};

Request ListPodsAs(std::vector<std::pair<std::string, std::string>> headers) {
  Request request;
  request.info.is_resource = true;
  request.info.verb = "list";
  request.info.resource = "pods";
  request.user.name = "jane";
  request.impersonation = std::move(headers);
  return request;
}

TEST(ReadImpersonation, CollectsHeadersAndWantsAName) {
  const auto user = ReadImpersonation({{"impersonate-user", "bob"},
                                       {"impersonate-group", "g1"},
                                       {"impersonate-group", "g2"},
                                       {"impersonate-extra-acme.com%2fx", "1"},
                                       {"impersonate-extra-bad%zz", "2"}});
  ASSERT_TRUE(user.ok() && *user);
  EXPECT_EQ((*user)->groups, (std::vector<std::string>{"g1", "g2"}));
  EXPECT_EQ((*user)->extra[0].first, "acme.com/x");
  EXPECT_EQ((*user)->extra[1].first, "bad%zz");
  EXPECT_FALSE(*ReadImpersonation({{"impersonate-user", ""}}));
  const auto refused = ReadImpersonation({{"impersonate-extra-scopes", "a"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message,
            "requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string(nil), "
            "Extra:map[string][]string{\"scopes\":[]string{\"a\"}}} without impersonating a user "
            "name");
}

TEST(Impersonation, NeedsTheOldRightOrBothOfTheNewOnes) {
  FakeAuthorizer authorizer;
  Impersonation impersonation(authorizer);
  const Request request = ListPodsAs({{"impersonate-user", "bob"}});
  ASSERT_FALSE(impersonation.ActingUser(request).ok());
  authorizer.allowed = {"impersonate-on:user-info:list /pods "};
  EXPECT_EQ(impersonation.ActingUser(request).error().message,
            "users.authentication.k8s.io \"bob\" is forbidden: User \"jane\" cannot "
            "impersonate:user-info resource \"users\" in API group \"authentication.k8s.io\" at "
            "the cluster scope");
  authorizer.allowed.insert("impersonate:user-info authentication.k8s.io/users bob");
  EXPECT_EQ(impersonation.ActingUser(request)->groups,
            std::vector<std::string>{"system:authenticated"});
  authorizer.allowed = {"impersonate /users bob"};
  EXPECT_EQ(impersonation.ActingUser(request)->name, "bob");
}

TEST(Impersonation, AServiceAccountBringsItsGroupsAndMastersAreOutOfReach) {
  FakeAuthorizer authorizer;
  Impersonation impersonation(authorizer);
  authorizer.allowed = {"impersonate /serviceaccounts x"};
  const auto account =
      impersonation.ActingUser(ListPodsAs({{"impersonate-user", "system:serviceaccount:ns:x"}}));
  ASSERT_TRUE(account.ok());
  EXPECT_EQ(account->groups,
            (std::vector<std::string>{"system:serviceaccounts", "system:serviceaccounts:ns",
                                      "system:authenticated"}));
  authorizer.allowed = {"impersonate-on:user-info:list /pods ",
                        "impersonate:user-info authentication.k8s.io/users bob",
                        "impersonate:user-info authentication.k8s.io/groups system:masters"};
  Request masters =
      ListPodsAs({{"impersonate-user", "bob"}, {"impersonate-group", "system:masters"}});
  masters.user.name = "joe";
  EXPECT_EQ(impersonation.ActingUser(masters).error().code, 403);
}

}  // namespace
}  // namespace apiserver
