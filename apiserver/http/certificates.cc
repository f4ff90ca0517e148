// OpenSSL 3.0 signs with random nonces only; the deterministic form goes through its older
// interface.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "apiserver/http/certificates.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "apiserver/http/openssl_handle.h"

namespace apiserver {
namespace {

using Number = OpensslHandle<BIGNUM, BN_free>;
using NumberContext = OpensslHandle<BN_CTX, BN_CTX_free>;
using EcKey = OpensslHandle<EC_KEY, EC_KEY_free>;
using EcPoint = OpensslHandle<EC_POINT, EC_POINT_free>;
using Certificate = OpensslHandle<X509, X509_free>;
using Key = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;
using Signature = OpensslHandle<ECDSA_SIG, ECDSA_SIG_free>;
struct BioFreer {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFreer>;

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

// The private scalar: the seed taken modulo the group's order, never zero.
EcKey KeyFromSeed(const KeySeed& seed) {
  EcKey key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  const EC_GROUP* group = EC_KEY_get0_group(key.get());
  NumberContext context(BN_CTX_new());
  Number order_less_one(BN_dup(EC_GROUP_get0_order(group)));
  BN_sub_word(order_less_one.get(), 1);
  Number scalar(BN_bin2bn(seed.data(), static_cast<int>(seed.size()), nullptr));
  BN_mod(scalar.get(), scalar.get(), order_less_one.get(), context.get());
  BN_add_word(scalar.get(), 1);
  EcPoint point(EC_POINT_new(group));
  EC_POINT_mul(group, point.get(), scalar.get(), nullptr, nullptr, context.get());
  EC_KEY_set_private_key(key.get(), scalar.get());
  EC_KEY_set_public_key(key.get(), point.get());
  EC_KEY_set_asn1_flag(key.get(), OPENSSL_EC_NAMED_CURVE);
  return key;
}

std::array<std::uint8_t, 32> Hmac(const std::array<std::uint8_t, 32>& key,
                                  const std::string& data) {
  std::array<std::uint8_t, 32> out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), out.data(), &size);
  return out;
}

template <class Bytes>
std::string AsText(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The nonce of RFC 6979, section 3.2, for SHA-256 and a group order of 256 bits.
Number DeterministicNonce(const BIGNUM* scalar, const BIGNUM* order,
                          const std::array<std::uint8_t, 32>& digest) {
  std::array<std::uint8_t, 32> secret{};
  BN_bn2binpad(scalar, secret.data(), 32);
  Number reduced(BN_bin2bn(digest.data(), 32, nullptr));
  if (BN_cmp(reduced.get(), order) >= 0) BN_sub(reduced.get(), reduced.get(), order);
  std::array<std::uint8_t, 32> message{};
  BN_bn2binpad(reduced.get(), message.data(), 32);
  std::array<std::uint8_t, 32> value{};
  std::array<std::uint8_t, 32> key{};
  value.fill(1);
  const std::string both = AsText(secret) + AsText(message);
  for (const char round : {'\0', '\1'}) {
    key = Hmac(key, AsText(value) + round + both);
    value = Hmac(key, AsText(value));
  }
  while (true) {
    value = Hmac(key, AsText(value));
    Number nonce(BN_bin2bn(value.data(), 32, nullptr));
    if (!BN_is_zero(nonce.get()) && BN_cmp(nonce.get(), order) < 0) return nonce;
    key = Hmac(key, AsText(value) + '\0');
    value = Hmac(key, AsText(value));
  }
}

// The ECDSA signature of `message` in DER, the same for equal key and message.
std::string SignDeterministically(EC_KEY* key, const std::string& message) {
  std::array<std::uint8_t, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data());
  const EC_GROUP* group = EC_KEY_get0_group(key);
  const BIGNUM* order = EC_GROUP_get0_order(group);
  NumberContext context(BN_CTX_new());
  Number nonce = DeterministicNonce(EC_KEY_get0_private_key(key), order, digest);
  EcPoint point(EC_POINT_new(group));
  EC_POINT_mul(group, point.get(), nonce.get(), nullptr, nullptr, context.get());
  Number r(BN_new());
  EC_POINT_get_affine_coordinates(group, point.get(), r.get(), nullptr, context.get());
  BN_mod(r.get(), r.get(), order, context.get());
  Number inverse(BN_mod_inverse(nullptr, nonce.get(), order, context.get()));
  Signature signature(ECDSA_do_sign_ex(digest.data(), 32, inverse.get(), r.get(), key));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

std::string DerElement(char tag, const std::string& content) {
  std::string out(1, tag);
  const std::size_t size = content.size();
  if (size < 128) {
    out += static_cast<char>(size);
  } else if (size < 256) {
    out += '\x81';
    out += static_cast<char>(size);
  } else {
    SIM_CHECK(size < 65536);
    out += '\x82';
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size & 0xff);
  }
  return out + content;
}

// Certificate ::= SEQUENCE { tbsCertificate, ecdsa-with-SHA256, BIT STRING }: RFC 5280,
// section 4.1.
Certificate SignCertificate(X509* unsigned_certificate, EC_KEY* signer) {
  Key signer_key(EVP_PKEY_new());
  EVP_PKEY_set1_EC_KEY(signer_key.get(), signer);
  // Fills in the algorithm; the random signature is then replaced.
  if (X509_sign(unsigned_certificate, signer_key.get(), EVP_sha256()) == 0) return nullptr;
  unsigned char* tbs_der = nullptr;
  const int tbs_size = i2d_re_X509_tbs(unsigned_certificate, &tbs_der);
  const std::string tbs(reinterpret_cast<char*>(tbs_der), static_cast<std::size_t>(tbs_size));
  OPENSSL_free(tbs_der);
  const std::string algorithm("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", 12);
  const std::string signature = DerElement('\x03', '\0' + SignDeterministically(signer, tbs));
  const std::string der = DerElement('\x30', tbs + algorithm + signature);
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return Certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str());
  if (extension == nullptr) return;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void AddNameEntry(X509_NAME* name, const char* field, const std::string& text) {
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(text.data()),
                             static_cast<int>(text.size()), -1, 0);
}

Certificate BeginCertificate(EC_KEY* subject_key, const CertificateOptions& options) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), options.serial);
  ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "19700101000000Z");
  ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "22000101000000Z");
  Key key(EVP_PKEY_new());
  EVP_PKEY_set1_EC_KEY(key.get(), subject_key);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  for (const std::string& organization : options.organizations)
    AddNameEntry(name, "O", organization);
  AddNameEntry(name, "CN", options.common_name);
  return certificate;
}

std::string AlternativeNames(const CertificateOptions& options) {
  std::string names;
  for (const std::string& dns : options.dns_names)
    names += (names.empty() ? "DNS:" : ",DNS:") + dns;
  for (const std::string& ip : options.ip_addresses) names += (names.empty() ? "IP:" : ",IP:") + ip;
  return names;
}

KeyPair ToPem(X509* certificate, EC_KEY* key) {
  Bio certificate_bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_bio.get(), certificate);
  Bio key_bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_ECPrivateKey(key_bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return {Text(certificate_bio.get()), Text(key_bio.get())};
}

Certificate ReadCertificate(const std::string& pem) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

EcKey ReadKey(const std::string& pem) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return EcKey(PEM_read_bio_ECPrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

}  // namespace

sim::Result<CertificateAuthority> CertificateAuthority::Make(const KeySeed& seed,
                                                             const std::string& common_name) {
  EcKey key = KeyFromSeed(seed);
  CertificateOptions options;
  options.common_name = common_name;
  Certificate certificate = BeginCertificate(key.get(), options);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), certificate.get(), NID_key_usage,
               "critical,digitalSignature,keyEncipherment,keyCertSign");
  AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  Certificate signed_certificate = SignCertificate(certificate.get(), key.get());
  if (!signed_certificate) return sim::Error{"cannot sign the cluster's certificate authority"};
  return CertificateAuthority(ToPem(signed_certificate.get(), key.get()));
}

sim::Result<CertificateAuthority> CertificateAuthority::Load(const KeyPair& pems) {
  if (!ReadCertificate(pems.certificate_pem))
    return sim::Error{"the authority's certificate is not PEM"};
  if (!ReadKey(pems.private_key_pem)) return sim::Error{"the authority's key is not a PEM EC key"};
  return CertificateAuthority(pems);
}

sim::Result<KeyPair> CertificateAuthority::Issue(const KeySeed& seed,
                                                 const CertificateOptions& options) const {
  Certificate authority = ReadCertificate(key_pair_.certificate_pem);
  EcKey authority_key = ReadKey(key_pair_.private_key_pem);
  EcKey key = KeyFromSeed(seed);
  Certificate certificate = BeginCertificate(key.get(), options);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority.get()));
  AddExtension(certificate.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate.get(), authority.get(), NID_key_usage,
               "critical,digitalSignature,keyEncipherment");
  AddExtension(certificate.get(), authority.get(), NID_ext_key_usage,
               options.is_server ? "serverAuth" : "clientAuth");
  AddExtension(certificate.get(), authority.get(), NID_authority_key_identifier, "keyid");
  const std::string names = AlternativeNames(options);
  if (!names.empty()) {
    AddExtension(certificate.get(), authority.get(), NID_subject_alt_name, names);
  }
  Certificate signed_certificate = SignCertificate(certificate.get(), authority_key.get());
  if (!signed_certificate) {
    return sim::Error{"cannot sign the certificate of " + options.common_name};
  }
  return ToPem(signed_certificate.get(), key.get());
}

}  // namespace apiserver
