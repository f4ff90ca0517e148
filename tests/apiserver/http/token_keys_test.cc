#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "apiserver/http/token_crypto.h"
#include "apiserver/http/token_key.h"
#include "apiserver/http/token_key_files.h"

namespace apiserver {
namespace {

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string PrivatePem(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return TextOf(bio);
}

std::string PublicPem(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key);
  return TextOf(bio);
}

TEST(TokenKeyFiles, SignInTheFormOfJsonWebTokens) {
  const struct {
    TokenPkey key;
    const char* algorithm;
    std::size_t signature_bytes;
    const char* in_jwk;
  } kRows[] = {
      {TokenPkey(EVP_RSA_gen(2048)), "RS256", 256, R"("kty":"RSA")"},
      {TokenPkey(EVP_EC_gen("P-256")), "ES256", 64, R"("crv":"P-256","alg":"ES256")"},
      {TokenPkey(EVP_EC_gen("P-384")), "ES384", 96, R"("crv":"P-384","alg":"ES384")"},
      {TokenPkey(EVP_EC_gen("P-521")), "ES512", 132, R"("crv":"P-521","alg":"ES512")"},
  };
  const auto own = MakeTokenKey("secret");
  for (const auto& row : kRows) {
    const auto keys = LoadTokenKeys({{"sign", PrivatePem(row.key.get())}, {}}, own);
    ASSERT_TRUE(keys.ok()) << row.algorithm;
    const TokenSigner& signer = **keys;
    EXPECT_EQ(signer.algorithm(), row.algorithm);
    const std::string signature = signer.Sign("text");
    EXPECT_EQ(signature.size(), row.signature_bytes) << row.algorithm;
    EXPECT_TRUE(signer.Verify(row.algorithm, "text", signature));
    EXPECT_FALSE(signer.Verify(row.algorithm, "Text", signature));
    EXPECT_FALSE(signer.Verify("none", "text", signature));
    EXPECT_FALSE(signer.Verify(row.algorithm, "text", ""));
    EXPECT_FALSE(signer.Verify(row.algorithm, "text", own->Sign("text")));
    EXPECT_NE(signer.Jwks().find(row.in_jwk), std::string::npos) << signer.Jwks();
    EXPECT_NE(signer.Jwks().find(signer.key_id()), std::string::npos);
  }
}

TEST(TokenKeyFiles, KnowOldKeysBesideTheOneThatSigns) {
  const TokenPkey old_key(EVP_EC_gen("P-256"));
  const TokenPkey new_key(EVP_EC_gen("P-256"));
  const auto own = MakeTokenKey("secret");
  const std::string both = PublicPem(new_key.get()) + "words\n" + PublicPem(old_key.get());
  const auto keys = LoadTokenKeys({{"sign", PrivatePem(new_key.get())}, {{"known", both}}}, own);
  ASSERT_TRUE(keys.ok());
  EXPECT_TRUE((*keys)->Verify("ES256", "text", SignTokenText(old_key.get(), "text")));
  EXPECT_TRUE((*keys)->Verify("ES256", "text", (*keys)->Sign("text")));
  // Without a file that signs the cluster's own key does, and goes on to count.
  const auto known = LoadTokenKeys({{}, {{"known", PublicPem(old_key.get())}}}, own);
  ASSERT_TRUE(known.ok());
  EXPECT_TRUE((*known)->Verify("RS256", "text", (*known)->Sign("text")));
  EXPECT_TRUE((*known)->Verify("ES256", "text", SignTokenText(old_key.get(), "text")));
}

TEST(TokenKeyFiles, NameTheFileThatHoldsNoKey) {
  const auto own = MakeTokenKey("secret");
  const TokenPkey key(EVP_EC_gen("P-256"));
  const auto no_private = LoadTokenKeys({{"sign.pem", PublicPem(key.get())}, {}}, own);
  ASSERT_FALSE(no_private.ok());
  EXPECT_EQ(no_private.error().message, "sign.pem holds no RSA or ECDSA private key");
  const auto none = LoadTokenKeys({{}, {{"known.pem", "-----BEGIN nonsense"}}}, own);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().message, "known.pem holds no RSA or ECDSA key");
}

}  // namespace
}  // namespace apiserver
