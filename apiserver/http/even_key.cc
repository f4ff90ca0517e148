// OpenSSL 3.0 lets only its older interface change how a key signs.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "apiserver/http/even_key.h"

#include <openssl/ec.h>
#include <openssl/pem.h>

#include "apiserver/http/openssl_handle.h"

namespace apiserver {
namespace {

using EcKey = OpensslHandle<EC_KEY, EC_KEY_free>;
using Key = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;
using Method = OpensslHandle<EC_KEY_METHOD, EC_KEY_METHOD_free>;
using Sign = int (*)(int, const unsigned char*, int, unsigned char*, unsigned int*, const BIGNUM*,
                     const BIGNUM*, EC_KEY*);
using Prepare = int (*)(EC_KEY*, BN_CTX*, BIGNUM**, BIGNUM**);
using SignParts = ECDSA_SIG* (*)(const unsigned char*, int, const BIGNUM*, const BIGNUM*, EC_KEY*);

// One signature of four has the full length.
constexpr int kAttemptsMax = 500;

struct Usual {
  Sign sign = nullptr;
  Prepare prepare = nullptr;
  SignParts sign_parts = nullptr;

  Usual() { EC_KEY_METHOD_get_sign(EC_KEY_OpenSSL(), &sign, &prepare, &sign_parts); }
};

int SignEvenly(int type, const unsigned char* digest, int digest_size, unsigned char* signature,
               unsigned int* size, const BIGNUM*, const BIGNUM*, EC_KEY* key) {
  static const Usual usual;
  const auto full_size = static_cast<unsigned int>(ECDSA_size(key));
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    if (usual.sign(type, digest, digest_size, signature, size, nullptr, nullptr, key) != 1)
      return 0;
    if (*size == full_size) return 1;
  }
  return 0;
}

const EC_KEY_METHOD* EvenMethod() {
  static const Method method = [] {
    const Usual usual;
    Method made(EC_KEY_METHOD_new(EC_KEY_OpenSSL()));
    EC_KEY_METHOD_set_sign(made.get(), &SignEvenly, usual.prepare, usual.sign_parts);
    return made;
  }();
  return method.get();
}

}  // namespace

bool UseEvenKey(SSL_CTX* context, const std::string& private_key_pem) {
  const OpensslHandle<BIO, BIO_free_all> text(
      BIO_new_mem_buf(private_key_pem.data(), static_cast<int>(private_key_pem.size())));
  EcKey ec_key(PEM_read_bio_ECPrivateKey(text.get(), nullptr, nullptr, nullptr));
  if (!ec_key || EC_KEY_set_method(ec_key.get(), EvenMethod()) != 1) return false;
  const Key key(EVP_PKEY_new());
  if (EVP_PKEY_assign_EC_KEY(key.get(), ec_key.get()) != 1) return false;
  ec_key.release();  // The key owns it.
  return SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

}  // namespace apiserver
