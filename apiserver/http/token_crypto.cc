#include "apiserver/http/token_crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <array>

#include "apiserver/api/base64_url.h"
#include "sim/check.h"

namespace apiserver {
namespace {

using Number = OpensslHandle<BIGNUM, BN_free>;
using Digest = OpensslHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
using CurveSignature = OpensslHandle<ECDSA_SIG, ECDSA_SIG_free>;

struct Curve {
  int bits;
  const char* algorithm;
  const char* name;
  std::size_t number_bytes;
  const EVP_MD* (*hash)();
};
constexpr std::array<Curve, 3> kCurves{{{256, "ES256", "P-256", 32, EVP_sha256},
                                        {384, "ES384", "P-384", 48, EVP_sha384},
                                        {521, "ES512", "P-521", 66, EVP_sha512}}};

// Null: `key` is not of a curve that tokens can have.
const Curve* CurveOf(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return nullptr;
  for (const Curve& curve : kCurves) {
    if (EVP_PKEY_get_bits(key) == curve.bits) return &curve;
  }
  return nullptr;
}

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string BigEndian(const BIGNUM* number, std::size_t size) {
  std::string bytes(size, '\0');
  SIM_CHECK(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                         static_cast<int>(size)) == static_cast<int>(size));
  return bytes;
}

std::string PartOf(EVP_PKEY* key, const char* name, std::size_t size = 0) {
  BIGNUM* number = nullptr;
  SIM_CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const Number owned(number);
  if (size == 0) size = static_cast<std::size_t>(BN_num_bytes(number));
  return EncodeBase64Url(BigEndian(number, size));
}

// OpenSSL's DER form as the two numbers side by side, and back.
std::string NumbersOf(std::string_view der, const Curve& curve) {
  const unsigned char* at = BytesOf(der);
  const CurveSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  SIM_CHECK(signature != nullptr);
  return BigEndian(ECDSA_SIG_get0_r(signature.get()), curve.number_bytes) +
         BigEndian(ECDSA_SIG_get0_s(signature.get()), curve.number_bytes);
}

std::string DerOf(std::string_view numbers, const Curve& curve) {
  if (numbers.size() != 2 * curve.number_bytes) return "";
  const CurveSignature signature(ECDSA_SIG_new());
  const auto size = static_cast<int>(curve.number_bytes);
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(BytesOf(numbers), size, nullptr),
                 BN_bin2bn(BytesOf(numbers) + curve.number_bytes, size, nullptr));
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(signature.get(), &der);
  if (length <= 0) return "";
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

std::string Sha256(std::string_view text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(BytesOf(text), text.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string TokenAlgorithmOf(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return "RS256";
  const Curve* curve = CurveOf(key);
  return curve == nullptr ? "" : curve->algorithm;
}

std::string TokenKeyIdOf(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  SIM_CHECK(size > 0);
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return EncodeBase64Url(Sha256(bytes));
}

std::string JsonWebKeyOf(EVP_PKEY* key) {
  const std::string id = R"("kid":")" + TokenKeyIdOf(key) + "\"";
  const std::string algorithm = R"("alg":")" + TokenAlgorithmOf(key) + "\"";
  const Curve* curve = CurveOf(key);
  if (curve == nullptr) {
    return R"({"use":"sig","kty":"RSA",)" + id + "," + algorithm + R"(,"n":")" +
           PartOf(key, OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" + PartOf(key, OSSL_PKEY_PARAM_RSA_E) +
           R"("})";
  }
  const std::size_t size = curve->number_bytes;
  return R"({"use":"sig","kty":"EC",)" + id + R"(,"crv":")" + curve->name + "\"," + algorithm +
         R"(,"x":")" + PartOf(key, OSSL_PKEY_PARAM_EC_PUB_X, size) + R"(","y":")" +
         PartOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, size) + R"("})";
}

std::string SignTokenText(EVP_PKEY* key, std::string_view text) {
  const Curve* curve = CurveOf(key);
  const Digest digest(EVP_MD_CTX_new());
  const EVP_MD* hash = curve == nullptr ? EVP_sha256() : curve->hash();
  SIM_CHECK(EVP_DigestSignInit(digest.get(), nullptr, hash, nullptr, key) == 1);
  std::size_t size = 0;
  SIM_CHECK(EVP_DigestSign(digest.get(), nullptr, &size, BytesOf(text), text.size()) == 1);
  std::string signature(size, '\0');
  SIM_CHECK(EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                           BytesOf(text), text.size()) == 1);
  signature.resize(size);
  return curve == nullptr ? signature : NumbersOf(signature, *curve);
}

bool IsTokenSignature(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  const Curve* curve = CurveOf(key);
  const std::string bytes = curve == nullptr ? std::string(signature) : DerOf(signature, *curve);
  const Digest digest(EVP_MD_CTX_new());
  const EVP_MD* hash = curve == nullptr ? EVP_sha256() : curve->hash();
  if (EVP_DigestVerifyInit(digest.get(), nullptr, hash, nullptr, key) != 1) return false;
  return EVP_DigestVerify(digest.get(), BytesOf(bytes), bytes.size(), BytesOf(text), text.size()) ==
         1;
}

}  // namespace apiserver
