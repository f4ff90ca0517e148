#include "apiserver/http/outside_texts.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <map>

#include "apiserver/http/outside_url.h"

namespace apiserver {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

std::string EndpointText(const asio::ip::tcp::endpoint& endpoint) {
  return JoinHostPort(endpoint.address().to_string(), std::to_string(endpoint.port()));
}

// crypto/tls names alerts in its own words (alert.go).
const char* AlertText(int alert) {
  static const std::map<int, const char*> kTexts = {
      {10, "unexpected message"},
      {20, "bad record MAC"},
      {22, "record overflow"},
      {40, "handshake failure"},
      {42, "bad certificate"},
      {43, "unsupported certificate"},
      {44, "revoked certificate"},
      {45, "expired certificate"},
      {46, "unknown certificate"},
      {47, "illegal parameter"},
      {48, "unknown certificate authority"},
      {49, "access denied"},
      {50, "error decoding message"},
      {51, "error decrypting message"},
      {70, "protocol version not supported"},
      {71, "insufficient security level"},
      {80, "internal error"},
      {90, "user canceled"},
      {112, "unrecognized name"},
      {116, "certificate required"},
      {120, "no application protocol"},
  };
  const auto found = kTexts.find(alert);
  return found == kTexts.end() ? nullptr : found->second;
}

bool IsEnd(const error_code& error) {
  return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

}  // namespace

std::string OutsideRequestText(const OutsideCall& call) {
  std::string method = call.method;
  for (std::size_t at = 1; at < method.size(); ++at) {
    if (method[at] >= 'A' && method[at] <= 'Z') method[at] = static_cast<char>(method[at] + 32);
  }
  return method + " \"" + call.url + "\"";
}

std::string GoSystemError(const error_code& error) {
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == asio::error::connection_reset) return "connection reset by peer";
  if (error == asio::error::broken_pipe) return "broken pipe";
  if (error == asio::error::network_unreachable) return "network is unreachable";
  if (error == asio::error::host_unreachable) return "no route to host";
  if (error == asio::error::timed_out) return "connection timed out";
  if (error == asio::error::access_denied) return "permission denied";
  std::string text = error.message();
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

std::string DialErrorText(const std::string& endpoint, const error_code& error) {
  return "dial tcp " + endpoint + ": connect: " + GoSystemError(error);
}

std::string LookupErrorText(const std::string& host, const error_code& error) {
  const bool is_unknown = error == asio::error::host_not_found || error == asio::error::no_data ||
                          error == asio::error::host_not_found_try_again ||
                          error == asio::error::service_not_found;
  return "dial tcp: lookup " + host + ": " +
         (is_unknown ? std::string("no such host") : GoSystemError(error));
}

std::string TransferErrorText(const std::string& operation, const asio::ip::tcp::socket& socket,
                              const error_code& error) {
  if (IsEnd(error)) return "EOF";
  error_code ignored;
  const auto local = socket.local_endpoint(ignored);
  const auto remote = socket.remote_endpoint(ignored);
  const std::string where =
      ignored ? std::string() : EndpointText(local) + "->" + EndpointText(remote);
  return operation + " tcp " + where + ": " + operation + ": " + GoSystemError(error);
}

std::string HandshakeErrorText(const asio::ip::tcp::socket& socket, const error_code& error) {
  if (error.category() != asio::error::get_ssl_category()) {
    return TransferErrorText("read", socket, error);
  }
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  // No TLS record came; who speaks anything else on such a port speaks HTTP.
  if (reason == SSL_R_WRONG_VERSION_NUMBER) {
    return "http: server gave HTTP response to HTTPS client";
  }
  if (reason == SSL_R_UNSUPPORTED_PROTOCOL) {
    return "tls: server selected unsupported protocol version 301";
  }
  // OpenSSL numbers the alerts it got from here on.
  const int alert = reason - SSL_AD_REASON_OFFSET;
  if (const char* text = AlertText(alert)) return std::string("remote error: tls: ") + text;
  return "tls: " + error.message();
}

}  // namespace apiserver
