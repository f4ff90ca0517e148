#include "apiserver/http/certificates.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

KeySeed SeedOf(std::uint8_t byte) {
  KeySeed seed;
  seed.fill(byte);
  return seed;
}

TEST(CertificateAuthority, EqualSeedsMakeEqualCertificates) {
  const auto first = CertificateAuthority::Make(SeedOf(1), "orrery");
  const auto second = CertificateAuthority::Make(SeedOf(1), "orrery");
  const auto other = CertificateAuthority::Make(SeedOf(2), "orrery");
  ASSERT_TRUE(first.ok() && second.ok() && other.ok());
  EXPECT_EQ(first->key_pair().certificate_pem, second->key_pair().certificate_pem);
  EXPECT_EQ(first->key_pair().private_key_pem, second->key_pair().private_key_pem);
  EXPECT_NE(first->key_pair().certificate_pem, other->key_pair().certificate_pem);
  const CertificateOptions options{.common_name = "kube-apiserver",
                                   .organizations = {},
                                   .dns_names = {"kubernetes"},
                                   .ip_addresses = {"127.0.0.1"},
                                   .is_server = true};
  EXPECT_EQ(first->Issue(SeedOf(3), options)->certificate_pem,
            second->Issue(SeedOf(3), options)->certificate_pem);
}

TEST(CertificateAuthority, LoadsItsOwnTextAndRefusesOthers) {
  const auto authority = CertificateAuthority::Make(SeedOf(1), "orrery");
  EXPECT_TRUE(CertificateAuthority::Load(authority->key_pair()).ok());
  EXPECT_FALSE(CertificateAuthority::Load({"nonsense", "nonsense"}).ok());
}

}  // namespace
}  // namespace apiserver
