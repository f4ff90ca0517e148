#include "scenarios/ctl/server_call.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

namespace scenarios {
namespace {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using Context = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

Bio TextBio(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool AddAuthorities(SSL_CTX* context, const std::string& pem) {
  const Bio bio = TextBio(pem);
  int count = 0;
  while (Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
    ++count;
  }
  ERR_clear_error();
  // A serving certificate may be trusted by itself.
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
  return count > 0;
}

bool UseClientCertificate(SSL_CTX* context, const ServerAccess& access) {
  const Certificate certificate(
      PEM_read_bio_X509(TextBio(access.certificate_pem).get(), nullptr, nullptr, nullptr));
  const Key key(
      PEM_read_bio_PrivateKey(TextBio(access.private_key_pem).get(), nullptr, nullptr, nullptr));
  return certificate && key && SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

sim::Result<Context> MakeContext(const ServerAccess& access) {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) return sim::Error{"no TLS"};
  SSL_CTX_set_verify(context.get(), access.skips_verification ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                     nullptr);
  if (access.authority_pem.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (!AddAuthorities(context.get(), access.authority_pem)) {
    return sim::Error{"the kubeconfig's certificate authority is no PEM text"};
  }
  if (!access.certificate_pem.empty() && !UseClientCertificate(context.get(), access)) {
    return sim::Error{"the kubeconfig's client certificate and key are no pair of PEM texts"};
  }
  return context;
}

// "https://[::1]:6443/x" -> "[::1]:6443".
std::string HostAndPortOf(const std::string& url) {
  std::string place = url.substr(std::string("https://").size());
  place = place.substr(0, place.find('/'));
  const std::size_t colon = place.rfind(':');
  const bool has_port = colon != std::string::npos && place.find(']', colon) == std::string::npos;
  return has_port ? place : place + ":443";
}

std::string HostOf(const std::string& host_and_port) {
  std::string host = host_and_port.substr(0, host_and_port.rfind(':'));
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return host;
}

// What the system says of a failed connection says more than TLS does.
std::string TlsError(const std::string& fallback) {
  std::string text = fallback;
  while (const unsigned long code = ERR_get_error()) {
    if (ERR_GET_LIB(code) == ERR_LIB_SYS) return std::strerror(ERR_GET_REASON(code));
    if (const char* reason = ERR_reason_error_string(code)) text = reason;
  }
  return text;
}

sim::Result<Bio> Connect(SSL_CTX* context, const ServerAccess& access) {
  const std::string place = HostAndPortOf(access.url);
  Bio bio(BIO_new_ssl_connect(context));
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  SSL_set_mode(ssl, SSL_MODE_AUTO_RETRY);
  const std::string host = access.server_name.empty() ? HostOf(place) : access.server_name;
  X509_VERIFY_PARAM* verify = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(verify, host.c_str(), host.size());
    SSL_set_tlsext_host_name(ssl, host.c_str());
  }
  BIO_set_conn_hostname(bio.get(), place.c_str());
  ERR_clear_error();
  if (BIO_do_connect(bio.get()) != 1) {
    const long verdict = SSL_get_verify_result(ssl);
    const std::string why = verdict == X509_V_OK ? TlsError("the connection ended")
                                                 : X509_verify_cert_error_string(verdict);
    return sim::Error{"no server answers at " + access.url + ": " + why};
  }
  return bio;
}

std::string RequestText(const ServerAccess& access, const std::string& method,
                        const std::string& path, const std::string& body) {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: " + HostAndPortOf(access.url) +
                     "\r\nUser-Agent: orrery-ctl\r\nAccept: application/json\r\n"
                     "Connection: close\r\n";
  if (!access.token.empty()) text += "Authorization: Bearer " + access.token + "\r\n";
  if (!body.empty()) {
    text +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return text + "\r\n" + body;
}

std::string LowerCased(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// "5\r\nhello\r\n0\r\n\r\n" -> "hello"; nothing when that is not what it is.
std::optional<std::string> Unchunked(std::string_view bytes) {
  std::string text;
  for (;;) {
    const std::size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    char* rest = nullptr;
    const std::string head(bytes.substr(0, end));
    const std::size_t size = std::strtoul(head.c_str(), &rest, 16);
    if (rest == head.c_str()) return std::nullopt;
    bytes.remove_prefix(end + 2);
    if (size == 0) return text;
    if (size > bytes.size() || bytes.size() - size < 2) return std::nullopt;
    text += bytes.substr(0, size);
    bytes.remove_prefix(size + 2);
  }
}

}  // namespace

sim::Result<ServerAnswer> ParseServerAnswer(const std::string& bytes) {
  const sim::Error malformed{"the server's answer is not HTTP"};
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos || !bytes.starts_with("HTTP/1.") || bytes.size() < 12) {
    return malformed;
  }
  ServerAnswer answer;
  answer.status = std::atoi(bytes.substr(9, 3).c_str());
  if (answer.status < 100) return malformed;
  const std::string head = LowerCased(bytes.substr(0, head_end));
  answer.body = bytes.substr(head_end + 4);
  if (head.find("\r\ntransfer-encoding: chunked") == std::string::npos) return answer;
  auto whole = Unchunked(answer.body);
  if (!whole) return malformed;
  answer.body = std::move(*whole);
  return answer;
}

sim::Result<ServerAnswer> CallServer(const ServerAccess& access, const std::string& method,
                                     const std::string& path, const std::string& body) {
  // A server that goes away is an error of this call, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  auto context = MakeContext(access);
  if (!context.ok()) return context.error();
  auto bio = Connect(context->get(), access);
  if (!bio.ok()) return bio.error();
  const std::string request = RequestText(access, method, path, body);
  if (BIO_write(bio->get(), request.data(), static_cast<int>(request.size())) !=
      static_cast<int>(request.size())) {
    return sim::Error{"the server at " + access.url + " takes no request: " + TlsError("it left")};
  }
  std::string bytes;
  char buffer[1 << 14];
  for (int got = 0; (got = BIO_read(bio->get(), buffer, sizeof buffer)) > 0;) {
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > kServerAnswerBytesMax) return sim::Error{"the server's answer is too long"};
  }
  if (bytes.empty()) return sim::Error{"the server at " + access.url + " left without an answer"};
  return ParseServerAnswer(bytes);
}

}  // namespace scenarios
