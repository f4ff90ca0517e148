#include "apiserver/http/even_key.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <set>

#include "apiserver/http/certificates.h"
#include "apiserver/http/openssl_handle.h"

namespace apiserver {
namespace {

using Context = OpensslHandle<SSL_CTX, SSL_CTX_free>;
using Digest = OpensslHandle<EVP_MD_CTX, EVP_MD_CTX_free>;

std::string PrivateKeyPem() {
  KeySeed seed;
  seed.fill(1);
  return CertificateAuthority::Make(seed, "orrery")->key_pair().private_key_pem;
}

// Of so many signatures by the usual way some are shorter but for one case of 10^18.
TEST(EvenKey, AllSignaturesHaveOneLength) {
  const Context context(SSL_CTX_new(TLS_server_method()));
  ASSERT_TRUE(UseEvenKey(context.get(), PrivateKeyPem()));
  EVP_PKEY* key = SSL_CTX_get0_privatekey(context.get());
  std::set<std::size_t> sizes;
  for (int count = 0; count < 60; ++count) {
    const Digest digest(EVP_MD_CTX_new());
    std::array<unsigned char, 80> signature{};
    std::size_t size = signature.size();
    ASSERT_EQ(EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key), 1);
    const auto* text = reinterpret_cast<const unsigned char*>("handshake");
    ASSERT_EQ(EVP_DigestSign(digest.get(), signature.data(), &size, text, 9), 1);
    sizes.insert(size);
  }
  EXPECT_EQ(sizes, std::set<std::size_t>{72});
}

TEST(EvenKey, RefusesWhatIsNoKeyOfACurve) {
  const Context context(SSL_CTX_new(TLS_server_method()));
  EXPECT_FALSE(UseEvenKey(context.get(), "nonsense"));
}

}  // namespace
}  // namespace apiserver
