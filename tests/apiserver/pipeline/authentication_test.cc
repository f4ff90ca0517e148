#include "apiserver/pipeline/authentication.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

TEST(ParseTokenFile, ReadsQuotedGroupsAndNamesBadLines) {
  const auto tokens =
      ParseTokenFile("t1,admin,uid-1,\"system:masters,ops\"\n\nt2,jane,uid-2\n", "tokens.csv");
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(tokens->at("t1").groups, (std::vector<std::string>{"system:masters", "ops"}));
  EXPECT_EQ(tokens->at("t2").uid, "uid-2");
  const auto bad = ParseTokenFile("t1,admin,uid\nnonsense\n", "tokens.csv");
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().message, "tokens.csv:2: want token,user,uid[,\"group1,group2\"]");
}

TEST(Authenticator, KnowsTokensCertificatesAndStrangers) {
  const Authenticator authenticator({{"t", UserInfo{"jane", "7", {"developers"}, {}}}});
  const struct {
    const char* name;
    Credentials credentials;
    const char* user;
    int code;  // 0: let in
  } kRows[] = {
      {"token", {"Bearer t", "", {}}, "jane", 0},
      {"scheme in any case", {"bearer t", "", {}}, "jane", 0},
      {"unknown token", {"Bearer x", "", {}}, "", 401},
      {"other scheme", {"Basic abc", "", {}}, "system:anonymous", 0},
      {"nothing", {"", "", {}}, "system:anonymous", 0},
      {"two blanks", {"Bearer  t", "", {}}, "system:anonymous", 0},
      {"certificate", {"", "admin", {"system:masters"}}, "admin", 0},
  };
  for (const auto& row : kRows) {
    const Authentication who = authenticator.Authenticate(row.credentials);
    EXPECT_EQ(who.error ? who.error->code : 0, row.code) << row.name;
    if (row.code == 0) {
      EXPECT_EQ(who.user.name, row.user) << row.name;
    }
  }
  EXPECT_TRUE(authenticator.Authenticate({"Bearer t", "", {}}).user.Is("system:authenticated"));
  EXPECT_EQ(authenticator.Authenticate({"Bearer  t", "", {}}).warnings.size(), 1u);
}

}  // namespace
}  // namespace apiserver
