#include "apiserver/http/verify_peer.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <vector>

#include "apiserver/api/time_format.h"
#include "apiserver/http/openssl_handle.h"

namespace apiserver {
namespace {

// Go lists no more names than this.
constexpr std::size_t kNamesShownMax = 100;
constexpr char kFailed[] = "tls: failed to verify certificate: x509: ";

using CertificateHandle = OpensslHandle<X509, X509_free>;
using ContextHandle = OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free>;

std::int64_t SecondsOf(sim::Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

sim::Time TimeOf(const ASN1_TIME* text) {
  std::tm parts{};
  ASN1_TIME_to_tm(text, &parts);
  return sim::Time(std::chrono::seconds(timegm(&parts)));
}

bool IsWithin(const X509* certificate, sim::Time now) {
  return TimeOf(X509_get0_notBefore(certificate)) <= now &&
         now <= TimeOf(X509_get0_notAfter(certificate));
}

// The address in network order, or "".
std::string AddressBytes(const std::string& text) {
  char bytes[16];
  if (inet_pton(AF_INET, text.c_str(), bytes) == 1) return {bytes, 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) return {bytes, 16};
  return {};
}

std::string AddressText(const std::string& bytes) {
  char text[INET6_ADDRSTRLEN] = "?";
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

struct Names {
  bool has_extension = false;
  std::vector<std::string> dns;
  std::vector<std::string> addresses;  // as text
};

Names NamesOf(const X509* certificate) {
  Names names;
  auto* all = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (all == nullptr) return names;
  names.has_extension = true;
  for (int index = 0; index < sk_GENERAL_NAME_num(all); ++index) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all, index);
    const bool is_dns = name->type == GEN_DNS;
    if (!is_dns && name->type != GEN_IPADD) continue;
    const ASN1_STRING* data = is_dns ? name->d.dNSName : name->d.iPAddress;
    const std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
                           static_cast<std::size_t>(ASN1_STRING_length(data)));
    if (is_dns) {
      names.dns.push_back(text);
    } else if (text.size() == 4 || text.size() == 16) {
      names.addresses.push_back(AddressText(text));
    }
  }
  GENERAL_NAMES_free(all);
  return names;
}

std::string CommonNameOf(const X509_NAME* name) {
  char text[256] = "";
  X509_NAME_get_text_by_NID(const_cast<X509_NAME*>(name), NID_commonName, text, sizeof text);
  return text;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

// "" if the certificate is for `host`, else what Go's HostnameError says.
std::string HostProblem(const X509* certificate, const std::string& host) {
  auto* subject = const_cast<X509*>(certificate);
  const std::string address = AddressBytes(host);
  const bool is_match = address.empty() ? X509_check_host(subject, host.data(), host.size(),
                                                          X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                                              X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                                                          nullptr) == 1
                                        : X509_check_ip_asc(subject, host.c_str(), 0) == 1;
  if (is_match) return "";
  const Names names = NamesOf(certificate);
  if (!names.has_extension && CommonNameOf(X509_get_subject_name(certificate)) == host) {
    return "certificate relies on legacy Common Name field, use SANs instead";
  }
  if (!address.empty() && names.addresses.empty()) {
    return "cannot validate certificate for " + host + " because it doesn't contain any IP SANs";
  }
  const auto& known = address.empty() ? names.dns : names.addresses;
  if (known.size() >= kNamesShownMax) {
    return "certificate is valid for " + std::to_string(known.size()) +
           (address.empty() ? " names" : " IP SANs") + ", but none matched " + host;
  }
  if (known.empty()) {
    return "certificate is not valid for any names, but wanted to match " + host;
  }
  return "certificate is valid for " + Joined(known) + ", not " + host;
}

std::string ValidityProblem(const X509* certificate, sim::Time now) {
  const sim::Time begin = TimeOf(X509_get0_notBefore(certificate));
  const bool is_early = now < begin;
  const sim::Time bound = is_early ? begin : TimeOf(X509_get0_notAfter(certificate));
  return "certificate has expired or is not yet valid: current time " + FormatTime(now) + " is " +
         (is_early ? "before " : "after ") + FormatTime(bound);
}

// The authority that has the issuer's name and did not sign: the usual sign of a renewed authority.
std::string Hint(X509_STORE* store, const X509* certificate) {
  std::string hint;
  STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
  for (int index = 0; hint.empty() && index < sk_X509_OBJECT_num(objects); ++index) {
    const X509* candidate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, index));
    if (candidate == nullptr) continue;
    const X509_NAME* name = X509_get_subject_name(candidate);
    if (X509_NAME_cmp(name, X509_get_issuer_name(certificate)) != 0) continue;
    EVP_PKEY* key = X509_get0_pubkey(candidate);
    if (key == nullptr || X509_verify(const_cast<X509*>(certificate), key) == 1) continue;
    const char* why = EVP_PKEY_base_id(key) == EVP_PKEY_RSA  ? "crypto/rsa: verification error"
                      : EVP_PKEY_base_id(key) == EVP_PKEY_EC ? "x509: ECDSA verification failure"
                                                             : "x509: Ed25519 verification failure";
    hint = std::string(" (possibly because of \"") + why +
           "\" while trying to verify candidate authority certificate \"" + CommonNameOf(name) +
           "\")";
  }
  ERR_clear_error();
  return hint;
}

}  // namespace

std::shared_ptr<const TrustStore> TrustStore::Make(const std::string& pem) {
  X509_STORE* store = X509_STORE_new();
  if (pem.empty()) {
    X509_STORE_set_default_paths(store);
  } else {
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    while (X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr)) {
      X509_STORE_add_cert(store, certificate);
      X509_free(certificate);
    }
    BIO_free(bio);
  }
  ERR_clear_error();
  return std::shared_ptr<const TrustStore>(new TrustStore(store));
}

TrustStore::~TrustStore() { X509_STORE_free(store_); }

sim::Result<void> TrustStore::Verify(const SSL* ssl, const std::string& server_name, sim::Time now,
                                     sim::Time machine_now) const {
  const CertificateHandle leaf(SSL_get1_peer_certificate(ssl));
  if (leaf == nullptr) return sim::Error{"tls: received empty certificates message"};
  const bool is_within = IsWithin(leaf.get(), now);
  if (!is_within && !IsWithin(leaf.get(), machine_now)) {
    return sim::Error{kFailed + ValidityProblem(leaf.get(), now)};
  }
  if (const std::string problem = HostProblem(leaf.get(), server_name); !problem.empty()) {
    return sim::Error{kFailed + problem};
  }
  const ContextHandle context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store_, leaf.get(), SSL_get_peer_cert_chain(ssl));
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_auth_level(rules, 0);
  // As in Go, whoever is in the pool is believed, authority or not.
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(rules, SecondsOf(is_within ? now : machine_now));
  if (X509_verify_cert(context.get()) == 1) return {};
  const int code = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  const X509* where = X509_STORE_CTX_get_current_cert(context.get());
  if (where != nullptr &&
      (code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID)) {
    return sim::Error{kFailed + ValidityProblem(where, now)};
  }
  if (code == X509_V_ERR_INVALID_PURPOSE) {
    return sim::Error{std::string(kFailed) + "certificate specifies an incompatible key usage"};
  }
  return sim::Error{std::string(kFailed) + "certificate signed by unknown authority" +
                    Hint(store_, leaf.get())};
}

}  // namespace apiserver
