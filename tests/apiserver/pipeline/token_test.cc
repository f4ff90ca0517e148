#include <gtest/gtest.h>

#include "apiserver/api/base64_url.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/pipeline/authentication.h"
#include "apiserver/pipeline/token_liveness.h"
#include "sim/kernel.h"

namespace apiserver {
namespace {

// A signature that anybody could make, and that changes with the text.
class FakeSigner final : public TokenSigner {
 public:
  std::string Sign(std::string_view text) const override {
    return "signed " + std::to_string(text.size()) + std::string(text.substr(text.size() - 4));
  }
  bool Verify(std::string_view algorithm, std::string_view text,
              std::string_view signature) const override {
    return algorithm == this->algorithm() && Sign(text) == signature;
  }
  std::string algorithm() const override { return "RS256"; }
  std::string key_id() const override { return "k"; }
  std::string Jwks() const override { return "{}"; }
};

TokenClaims SomeClaims() {
  TokenClaims claims;
  claims.id = "id-1";
  claims.audiences = {std::string(kTokenIssuer)};
  claims.issued_at = claims.not_before = 1000;
  claims.expires_at = 4600;
  claims.namespace_ = "ns";
  claims.account = {"bot", "uid-1"};
  claims.pod = TokenReference{"p", "uid-2"};
  return claims;
}

TEST(TokenClaims, PayloadReadsBackAndNamesTheUser) {
  const TokenClaims claims = SomeClaims();
  EXPECT_EQ(ReadPayload(ToPayload(claims)), claims);
  const UserInfo user = UserOf(claims);
  EXPECT_EQ(user.name, "system:serviceaccount:ns:bot");
  EXPECT_EQ(user.groups,
            (std::vector<std::string>{"system:serviceaccounts", "system:serviceaccounts:ns",
                                      "system:authenticated"}));
  ASSERT_EQ(user.extra.size(), 3u);
  EXPECT_EQ(user.extra[0].second, std::vector<std::string>{"JTI=id-1"});
  EXPECT_EQ(user.extra[1].first, "authentication.kubernetes.io/pod-name");
}

TEST(VerifyToken, TakesOnlyWhatTheKeySigned) {
  const FakeSigner signer;
  const std::string token = SignToken(SomeClaims(), signer);
  const std::string head = token.substr(0, token.find('.'));
  const std::string tail = token.substr(token.rfind('.'));
  const std::string none = EncodeBase64Url(R"({"alg":"none"})") + token.substr(token.find('.'));
  const std::string other = head + "." + EncodeBase64Url(R"({"iss":"x"})") + tail;
  const struct {
    const char* name;
    std::string token;
    bool is_ours;
    bool is_valid;
  } kRows[] = {
      {"good", token, true, true},
      {"another algorithm", none, true, false},
      {"another issuer", other, false, false},
      {"no token", "a.b.c", false, false},
      {"empty", "", false, false},
      {"four parts", token + ".x", false, false},
      {"cut", token.substr(0, token.size() - 3), true, false},
      {"long", std::string(100'000, 'a'), false, false},
  };
  for (const auto& row : kRows) {
    const VerifiedToken verified = VerifyToken(row.token, signer, TokenTerms().issuers);
    EXPECT_EQ(verified.is_ours, row.is_ours) << row.name;
    EXPECT_EQ(!verified.payload.empty(), row.is_valid) << row.name;
  }
}

TEST(Authenticator, CarriesWhatATokenSaysForTheKernelToCheck) {
  const auto signer = std::make_shared<const FakeSigner>();
  const Authenticator authenticator({}, signer);
  const std::string token = SignToken(SomeClaims(), *signer);
  const Authentication who = authenticator.Authenticate({"Bearer " + token + " more", "", {}});
  ASSERT_FALSE(who.error);
  EXPECT_EQ(who.user.name, "system:serviceaccount:ns:bot");
  EXPECT_EQ(ReadPayload(who.user.token_payload), SomeClaims());
  EXPECT_EQ(authenticator.Authenticate({"Bearer nonsense", "", {}}).error->code, 401);
}

TEST(Authenticator, TakesTokensOfItsIssuersOnly) {
  const auto signer = std::make_shared<const FakeSigner>();
  const Authenticator authenticator({}, signer, {{"https://new", "https://old"}, {"api"}});
  TokenClaims claims = SomeClaims();
  for (const char* issuer : {"https://new", "https://old"}) {
    claims.issuer = issuer;
    EXPECT_FALSE(authenticator.Authenticate({"Bearer " + SignToken(claims, *signer), "", {}}).error)
        << issuer;
  }
  const std::string usual = SignToken(SomeClaims(), *signer);
  EXPECT_EQ(authenticator.Authenticate({"Bearer " + usual, "", {}}).error->code, 401);
}

class TokenProblemTest : public ::testing::Test {
 protected:
  void Put(const std::string& resource, const std::string& metadata) {
    store_.Create({"", resource}, ParseJson(R"({"metadata":)" + metadata + "}").value);
  }
  std::string Problem(const TokenClaims& claims, std::int64_t seconds) {
    return TokenProblem(claims, {std::string(kTokenIssuer)}, store_,
                        sim::Time(std::chrono::seconds(seconds)));
  }

  sim::Kernel kernel_{sim::KernelOptions{}};
  Store store_{kernel_, StoreLimits{}};
};

TEST_F(TokenProblemTest, ATokenLivesAsLongAsWhatItIsBoundTo) {
  EXPECT_EQ(Problem(SomeClaims(), 1000), "serviceaccounts \"bot\" not found");
  Put("serviceaccounts", R"({"name":"bot","namespace":"ns","uid":"uid-1"})");
  EXPECT_EQ(Problem(SomeClaims(), 1000), "service account token has been invalidated");
  Put("pods", R"({"name":"p","namespace":"ns","uid":"uid-2"})");
  EXPECT_EQ(Problem(SomeClaims(), 1000), "");
  EXPECT_EQ(Problem(SomeClaims(), 4661), "service account token has expired");
  EXPECT_EQ(Problem(SomeClaims(), 100), "service account token is not valid yet");
  TokenClaims other = SomeClaims();
  other.account.uid = "uid-9";
  EXPECT_EQ(Problem(other, 1000), "service account UID (uid-1) does not match claim (uid-9)");
  other = SomeClaims();
  other.audiences = {"vault"};
  EXPECT_EQ(Problem(other, 1000),
            "token audiences [\"vault\"] is invalid for the target audiences "
            "[\"https://kubernetes.default.svc.cluster.local\"]");
  store_.Delete({"", "pods"}, {"ns", "p"});
  EXPECT_EQ(Problem(SomeClaims(), 1000), "service account token has been invalidated");
}

}  // namespace
}  // namespace apiserver
