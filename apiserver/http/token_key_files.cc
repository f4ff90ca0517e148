#include "apiserver/http/token_key_files.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "apiserver/http/token_crypto.h"

namespace apiserver {
namespace {

using Certificate = OpensslHandle<X509, X509_free>;
struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;

constexpr std::size_t kKeysMax = 100;
constexpr char kBegin[] = "-----BEGIN ";

// No file's key is asked a passphrase for on the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

Bio Reader(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

TokenPkey ReadPrivate(std::string_view pem) {
  const Bio bio = Reader(pem);
  return TokenPkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
}

// The key of one PEM block, or null.
TokenPkey ReadAny(std::string_view pem) {
  if (TokenPkey key = ReadPrivate(pem)) return key;
  if (const Bio bio = Reader(pem);
      TokenPkey key{PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassphrase, nullptr)}) {
    return key;
  }
  const Bio bio = Reader(pem);
  const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
  return TokenPkey(certificate == nullptr ? nullptr : X509_get_pubkey(certificate.get()));
}

std::vector<TokenPkey> ReadAll(std::string_view text) {
  std::vector<TokenPkey> keys;
  std::size_t begin = text.find(kBegin);
  while (begin != std::string_view::npos && keys.size() < kKeysMax) {
    const std::size_t next = text.find(kBegin, begin + 1);
    TokenPkey key =
        ReadAny(text.substr(begin, next == std::string_view::npos ? next : next - begin));
    if (key != nullptr && !TokenAlgorithmOf(key.get()).empty()) keys.push_back(std::move(key));
    begin = next;
  }
  return keys;
}

class TokenKeysOfFiles final : public TokenSigner {
 public:
  TokenKeysOfFiles(TokenPkey signing, std::shared_ptr<const TokenSigner> fallback,
                   std::vector<TokenPkey> known)
      : signing_(std::move(signing)), fallback_(std::move(fallback)), known_(std::move(known)) {}

  std::string algorithm() const override {
    return signing_ ? TokenAlgorithmOf(signing_.get()) : fallback_->algorithm();
  }
  std::string key_id() const override {
    return signing_ ? TokenKeyIdOf(signing_.get()) : fallback_->key_id();
  }
  std::string Sign(std::string_view text) const override {
    return signing_ ? SignTokenText(signing_.get(), text) : fallback_->Sign(text);
  }
  bool Verify(std::string_view algorithm, std::string_view text,
              std::string_view signature) const override {
    for (const TokenPkey& key : known_) {
      if (TokenAlgorithmOf(key.get()) == algorithm && IsTokenSignature(key.get(), text, signature))
        return true;
    }
    return !signing_ && fallback_->Verify(algorithm, text, signature);
  }
  std::string Jwks() const override {
    std::string all = signing_ ? "" : fallback_->Jwks();
    for (const TokenPkey& key : known_) all += (all.empty() ? "" : ",") + JsonWebKeyOf(key.get());
    return all;
  }

 private:
  const TokenPkey signing_;  // null: `fallback_` signs
  const std::shared_ptr<const TokenSigner> fallback_;
  const std::vector<TokenPkey> known_;
};

}  // namespace

sim::Result<std::shared_ptr<const TokenSigner>> LoadTokenKeys(
    const TokenKeyFiles& files, std::shared_ptr<const TokenSigner> fallback) {
  TokenPkey signing;
  std::vector<TokenPkey> known;
  for (const auto& [name, text] : files.known) {
    std::vector<TokenPkey> keys = ReadAll(text);
    if (keys.empty()) return sim::Error{name + " holds no RSA or ECDSA key"};
    for (TokenPkey& key : keys) known.push_back(std::move(key));
  }
  if (!files.signing.first.empty()) {
    signing = ReadPrivate(files.signing.second);
    if (signing == nullptr || TokenAlgorithmOf(signing.get()).empty()) {
      return sim::Error{files.signing.first + " holds no RSA or ECDSA private key"};
    }
    if (known.empty()) known.push_back(ReadPrivate(files.signing.second));
  }
  return std::shared_ptr<const TokenSigner>(std::make_shared<TokenKeysOfFiles>(
      std::move(signing), std::move(fallback), std::move(known)));
}

}  // namespace apiserver
