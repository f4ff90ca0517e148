#include "apiserver/http/token_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <mutex>

#include "apiserver/http/token_crypto.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr int kPrimeBits = 1024;
constexpr unsigned kExponent = 65537;

using Number = OpensslHandle<BIGNUM, BN_free>;
using NumberContext = OpensslHandle<BN_CTX, BN_CTX_free>;
using KeyContext = OpensslHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Builder = OpensslHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = OpensslHandle<OSSL_PARAM, OSSL_PARAM_free>;

// An endless text of bytes that only the secret determines: hashes of a counter.
class SecretStream {
 public:
  explicit SecretStream(std::string_view secret)
      : seed_(Sha256("token key " + std::string(secret))) {}
  std::string Take(std::size_t count) {
    std::string out;
    while (out.size() < count) out += Sha256(seed_ + std::to_string(counter_++));
    out.resize(count);
    return out;
  }

 private:
  const std::string seed_;
  std::uint64_t counter_ = 0;
};

// The next prime of the stream with its two highest bits set, so that two of them make a full key,
// and not one above a multiple of the exponent.
Number NextPrime(SecretStream& stream, BN_CTX* context) {
  const std::string bytes = stream.Take(kPrimeBits / 8);
  Number candidate(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                             static_cast<int>(bytes.size()), nullptr));
  BN_set_bit(candidate.get(), kPrimeBits - 1);
  BN_set_bit(candidate.get(), kPrimeBits - 2);
  BN_set_bit(candidate.get(), 0);
  for (;;) {
    if (BN_mod_word(candidate.get(), kExponent) != 1 &&
        BN_check_prime(candidate.get(), context, nullptr) == 1) {
      return candidate;
    }
    BN_add_word(candidate.get(), 2);
  }
}

struct Parts {
  Number n, e, d, p, q, dp, dq, inverse;
};

Parts MakeParts(std::string_view secret) {
  SecretStream stream(secret);
  NumberContext context(BN_CTX_new());
  Parts parts;
  parts.p = NextPrime(stream, context.get());
  parts.q = NextPrime(stream, context.get());
  if (BN_cmp(parts.p.get(), parts.q.get()) < 0) std::swap(parts.p, parts.q);
  const auto make = [] { return Number(BN_new()); };
  parts.n = make();
  BN_mul(parts.n.get(), parts.p.get(), parts.q.get(), context.get());
  parts.e = make();
  BN_set_word(parts.e.get(), kExponent);
  Number p1(BN_dup(parts.p.get()));
  BN_sub_word(p1.get(), 1);
  Number q1(BN_dup(parts.q.get()));
  BN_sub_word(q1.get(), 1);
  Number phi = make();
  BN_mul(phi.get(), p1.get(), q1.get(), context.get());
  parts.d.reset(BN_mod_inverse(nullptr, parts.e.get(), phi.get(), context.get()));
  parts.dp = make();
  BN_mod(parts.dp.get(), parts.d.get(), p1.get(), context.get());
  parts.dq = make();
  BN_mod(parts.dq.get(), parts.d.get(), q1.get(), context.get());
  parts.inverse.reset(BN_mod_inverse(nullptr, parts.q.get(), parts.p.get(), context.get()));
  return parts;
}

TokenPkey MakeKey(const Parts& parts) {
  Builder builder(OSSL_PARAM_BLD_new());
  const std::pair<const char*, const Number*> members[] = {
      {OSSL_PKEY_PARAM_RSA_N, &parts.n},
      {OSSL_PKEY_PARAM_RSA_E, &parts.e},
      {OSSL_PKEY_PARAM_RSA_D, &parts.d},
      {OSSL_PKEY_PARAM_RSA_FACTOR1, &parts.p},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, &parts.q},
      {OSSL_PKEY_PARAM_RSA_EXPONENT1, &parts.dp},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, &parts.dq},
      {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &parts.inverse}};
  for (const auto& [name, number] : members) {
    SIM_CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), name, number->get()) == 1);
  }
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  SIM_CHECK(EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  SIM_CHECK(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) == 1);
  return TokenPkey(key);
}

class TokenKey final : public TokenSigner {
 public:
  explicit TokenKey(std::string secret) : secret_(std::move(secret)) {}

  std::string algorithm() const override { return "RS256"; }
  std::string key_id() const override { return TokenKeyIdOf(Get()); }
  std::string Sign(std::string_view text) const override { return SignTokenText(Get(), text); }
  bool Verify(std::string_view algorithm, std::string_view text,
              std::string_view signature) const override {
    return algorithm == "RS256" && IsTokenSignature(Get(), text, signature);
  }
  std::string Jwks() const override { return JsonWebKeyOf(Get()); }

 private:
  EVP_PKEY* Get() const {
    std::call_once(once_, [this] { key_ = MakeKey(MakeParts(secret_)); });
    return key_.get();
  }

  const std::string secret_;
  mutable std::once_flag once_;
  mutable TokenPkey key_;
};

}  // namespace

std::shared_ptr<const TokenSigner> MakeTokenKey(std::string secret) {
  return std::make_shared<TokenKey>(std::move(secret));
}

}  // namespace apiserver
