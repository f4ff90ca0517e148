#include "apiserver/cel/library/url_text.h"

#include <algorithm>

#include "apiserver/api/go_text.h"
#include "apiserver/cel/library/address.h"

namespace apiserver::cel {
namespace {

enum class Part : std::uint8_t { kPath, kHost, kZone, kUser, kQuery };

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsEscaped(char c, Part part) {
  if (IsAlphanumeric(c) || std::string_view("-_.~").find(c) != std::string_view::npos) return false;
  std::string_view allowed;
  if (part == Part::kPath) allowed = "$&+,/:;=@";
  if (part == Part::kUser) allowed = "$&+,;=";
  if (part == Part::kHost || part == Part::kZone) allowed = "!$&'()*+,;=:[]<>\"";
  return allowed.find(c) == std::string_view::npos;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

sim::Result<std::string> Unescape(std::string_view text, Part part) {
  const auto bad = [](std::string_view escape) {
    return sim::Error{"invalid URL escape " + GoQuote(escape)};
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      const bool is_host = part == Part::kHost || part == Part::kZone;
      if (is_host && static_cast<unsigned char>(text[i]) < 0x80 && IsEscaped(text[i], part)) {
        return sim::Error{"invalid character " + GoQuote(text.substr(i, 1)) + " in host name"};
      }
      out += part == Part::kQuery && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const std::string_view escape = text.substr(i, 3);
    if (escape.size() < 3 || HexDigit(escape[1]) < 0 || HexDigit(escape[2]) < 0) {
      return bad(escape);
    }
    const char byte = static_cast<char>(HexDigit(escape[1]) << 4 | HexDigit(escape[2]));
    if (part == Part::kHost && HexDigit(escape[1]) < 8 && escape != "%25") return bad(escape);
    if (part == Part::kZone && escape != "%25" && byte != ' ' && IsEscaped(byte, Part::kHost)) {
      return bad(escape);
    }
    out += byte;
    i += 2;
  }
  return out;
}

std::string Escape(std::string_view text, Part part = Part::kPath) {
  std::string out;
  for (const char c : text) {
    if (!IsEscaped(c, part)) {
      out += c;
      continue;
    }
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    out += '%';
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

bool IsOptionalPort(std::string_view port) {
  if (port.empty()) return true;
  return port[0] == ':' &&
         std::all_of(port.begin() + 1, port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

sim::Error BadPort(std::string_view port) {
  return {"invalid port " + GoQuote(port) + " after host"};
}

sim::Result<std::string> ParseLiteralHost(std::string_view host) {
  const std::size_t close = host.rfind(']');
  if (close == std::string_view::npos) return sim::Error{"missing ']' in host"};
  const std::string_view port = host.substr(close + 1);
  if (!IsOptionalPort(port)) return BadPort(port);
  const std::string_view name = host.substr(1, close - 1);
  const std::size_t zone = name.find("%25");
  auto unescaped = Unescape(name.substr(0, zone), Part::kHost);
  if (!unescaped.ok()) return unescaped;
  if (zone != std::string_view::npos) {
    const auto rest = Unescape(name.substr(zone), Part::kZone);
    if (!rest.ok()) return rest;
    *unescaped += *rest;
  }
  const auto address = ParseAddress(*unescaped);
  if (!address.ok()) return sim::Error{"invalid host: " + address.error().message};
  if (address->is_v4) return sim::Error{"invalid IP-literal"};
  return "[" + *unescaped + "]" + std::string(port);
}

sim::Result<std::string> ParseHost(std::string_view scheme, std::string_view host) {
  const std::size_t open = host.rfind('[');
  if (open != std::string_view::npos && open > 0) return sim::Error{"invalid IP-literal"};
  if (open == 0) return ParseLiteralHost(host);
  const bool is_strict = scheme == "http" || scheme == "https";
  const std::size_t colon = is_strict ? host.find(':') : host.rfind(':');
  if (colon != std::string_view::npos && !IsOptionalPort(host.substr(colon))) {
    return BadPort(host.substr(colon));
  }
  return Unescape(host, Part::kHost);
}

sim::Result<std::string> ParseUser(std::string_view user) {
  constexpr std::string_view kAllowed = "-._:~!$&'()*+,;=%@";
  for (const char c : user) {
    if (!IsAlphanumeric(c) && kAllowed.find(c) == std::string_view::npos) {
      return sim::Error{"net/url: invalid userinfo"};
    }
  }
  const std::size_t colon = user.find(':');
  const auto name = Unescape(user.substr(0, colon), Part::kUser);
  if (!name.ok()) return name;
  std::string shown = Escape(*name, Part::kUser);
  if (colon == std::string_view::npos) return shown;
  const auto password = Unescape(user.substr(colon + 1), Part::kUser);
  if (!password.ok()) return password;
  return shown + ":" + Escape(*password, Part::kUser);
}

// The length of the scheme, npos when there is none, 0 when only its name is missing.
std::size_t SchemeLength(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ':') return i;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) continue;
    const bool may_follow = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!may_follow || i == 0) break;
  }
  return std::string_view::npos;
}

sim::Result<Url> Parse(std::string_view text, bool is_request) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return sim::Error{"net/url: invalid control character in URL"};
  }
  if (text.empty() && is_request) return sim::Error{"empty url"};
  Url url;
  if (text == "*") {
    url.path = "*";
    return url;
  }
  const std::size_t scheme = SchemeLength(text);
  if (scheme == 0) return sim::Error{"missing protocol scheme"};
  std::string_view rest = text;
  if (scheme != std::string_view::npos) {
    url.scheme = text.substr(0, scheme);
    for (char& c : url.scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    rest.remove_prefix(scheme + 1);
  }
  if (const std::size_t query = rest.find('?'); query != std::string_view::npos) {
    url.raw_query = rest.substr(query + 1);
    rest = rest.substr(0, query);
  }
  if (!rest.starts_with('/')) {
    if (!url.scheme.empty()) return url;  // opaque: no host, no path
    if (is_request) return sim::Error{"invalid URI for request"};
    if (rest.substr(0, rest.find('/')).find(':') != std::string_view::npos) {
      return sim::Error{"first path segment in URL cannot contain colon"};
    }
  }
  const bool may_have_host = !url.scheme.empty() || (!is_request && !rest.starts_with("///"));
  if (may_have_host && rest.starts_with("//")) {
    rest.remove_prefix(2);
    std::string_view authority = rest.substr(0, rest.find('/'));
    rest.remove_prefix(authority.size());
    const std::size_t at = authority.rfind('@');
    const bool has_user = at != std::string_view::npos;
    auto host = ParseHost(url.scheme, has_user ? authority.substr(at + 1) : authority);
    if (!host.ok()) return host.error();
    if (has_user) {
      auto user = ParseUser(authority.substr(0, at));
      if (!user.ok()) return user.error();
      url.user = std::move(*user);
    }
    url.host = std::move(*host);
  }
  auto path = Unescape(rest, Part::kPath);
  if (!path.ok()) return path.error();
  url.path = std::move(*path);
  if (Escape(url.path) != rest) url.raw_path = rest;
  return url;
}

sim::Error ParseError(std::string_view text, const std::string& why) {
  return {"parse " + GoQuote(text) + ": " + why};
}

}  // namespace

std::string CheckRequestUri(std::string_view text) {
  const auto url = Parse(text, true);
  return url.ok() ? "" : ParseError(text, url.error().message).message;
}

sim::Result<Url> ParseUrl(std::string_view text) {
  const std::string_view before = text.substr(0, text.find('#'));
  auto url = Parse(before, false);
  if (!url.ok()) return ParseError(before, url.error().message);
  if (before.size() < text.size()) {
    const auto fragment = Unescape(text.substr(before.size() + 1), Part::kUser);
    if (!fragment.ok()) return ParseError(text, fragment.error().message);
    url->fragment = *fragment;
  }
  return url;
}

std::string Url::Port() const {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string::npos || !IsOptionalPort(std::string_view(host).substr(colon)))
    return "";
  return host.substr(colon + 1);
}

std::string Url::Hostname() const {
  std::string_view name = host;
  const std::size_t colon = name.rfind(':');
  if (colon != std::string_view::npos && IsOptionalPort(name.substr(colon))) {
    name = name.substr(0, colon);
  }
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  return std::string(name);
}

std::string Url::EscapedPath() const {
  const auto is_valid = [](char c) {
    return std::string_view("!$&'()*+,;=:@[]%").find(c) != std::string_view::npos ||
           !IsEscaped(c, Part::kPath);
  };
  if (!raw_path.empty() && std::all_of(raw_path.begin(), raw_path.end(), is_valid)) {
    return raw_path;
  }
  return path == "*" ? "*" : Escape(path);
}

std::map<std::string, std::vector<std::string>> Url::Query() const {
  std::map<std::string, std::vector<std::string>> out;
  std::string_view rest = raw_query;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const std::size_t equals = pair.find('=');
    const auto name = Unescape(pair.substr(0, equals), Part::kQuery);
    const auto value =
        Unescape(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1),
                 Part::kQuery);
    if (name.ok() && value.ok()) out[*name].push_back(*value);
  }
  return out;
}

}  // namespace apiserver::cel
