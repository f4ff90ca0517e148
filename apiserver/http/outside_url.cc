#include "apiserver/http/outside_url.h"

#include <algorithm>

namespace apiserver {
namespace {

bool IsPort(std::string_view text) {
  const bool is_number =
      !text.empty() && text.size() <= 5 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_number && std::stoi(std::string(text)) <= 65535;
}

}  // namespace

sim::Result<std::pair<std::string, std::string>> SplitHostPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto missing = [text] {
    return sim::Error{"address " + std::string(text) + ": missing port in address"};
  };
  if (colon == std::string_view::npos) return missing();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return missing();
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return sim::Error{"address " + std::string(text) + ": too many colons in address"};
  }
  if (!IsPort(port)) {
    return sim::Error{"address " + std::string(port) + ": invalid port"};
  }
  return std::pair(std::string(host), std::string(port));
}

std::string JoinHostPort(const std::string& host, const std::string& port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

sim::Result<OutsideUrl> ParseOutsideUrl(std::string_view url) {
  OutsideUrl parsed;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    parsed.is_tls = false;
  } else {
    const std::string scheme(rest.substr(0, std::min(rest.find(':'), rest.size())));
    return sim::Error{"unsupported protocol scheme \"" +
                      (scheme.size() == rest.size() ? std::string() : scheme) + "\""};
  }
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  std::string_view target = rest.substr(end);
  target = target.substr(0, std::min(target.find('#'), target.size()));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  parsed.authority = authority;
  parsed.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  // What would end the request line early must not reach it.
  for (const char c : parsed.authority + parsed.target) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) {
      return sim::Error{"net/url: invalid control character in URL"};
    }
  }
  const bool has_port = authority.rfind(':') != std::string_view::npos && !authority.ends_with(']');
  parsed.port = parsed.is_tls ? "443" : "80";
  if (has_port) {
    auto split = SplitHostPort(authority);
    if (!split.ok()) return split.error();
    parsed.host = split->first;
    parsed.port = split->second;
  } else if (authority.starts_with('[') && authority.ends_with(']')) {
    parsed.host = authority.substr(1, authority.size() - 2);
  } else {
    parsed.host = authority;
  }
  if (parsed.host.empty()) return sim::Error{"http: no Host in request URL"};
  return parsed;
}

}  // namespace apiserver
