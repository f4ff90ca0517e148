#include "apiserver/registry/custom/format_checks.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool IsIn(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

template <class Predicate>
bool All(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

bool HasWholeEscapes(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') continue;
    if (at + 2 >= text.size() || !IsHex(text[at + 1]) || !IsHex(text[at + 2])) return false;
    at += 2;
  }
  return true;
}

bool IsUriHost(std::string_view host) {
  std::string_view port;
  if (host.starts_with('[')) {
    const auto end = host.rfind(']');
    if (end == std::string_view::npos) return false;
    port = host.substr(end + 1);
  } else if (const auto colon = host.rfind(':'); colon != std::string_view::npos) {
    port = host.substr(colon);
  }
  if (!port.empty() && (port.front() != ':' || !All(port.substr(1), IsDigit))) return false;
  for (std::size_t at = 0; at < host.size(); ++at) {
    const char c = host[at];
    if (c == '%') {
      // Only bytes beyond ASCII may be escaped in a host.
      if (at + 2 >= host.size() || !IsHex(host[at + 1]) || !IsHex(host[at + 2])) return false;
      const bool is_high = !IsDigit(host[at + 1]) || host[at + 1] >= '8';
      if (!is_high && host.substr(at, 3) != "%25") return false;
      at += 2;
    } else if (IsAscii(c) && !IsLetter(c) && !IsDigit(c) && !IsIn(c, "!$&'()*+,;=:[]<>\"-_.~")) {
      return false;
    }
  }
  return true;
}

bool IsUriAuthority(std::string_view authority) {
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return IsUriHost(authority);
  const std::string_view user = authority.substr(0, at);
  const bool is_user =
      All(user, [](char c) { return IsLetter(c) || IsDigit(c) || IsIn(c, "-._:~!$&'()*+,;=%@"); });
  return is_user && HasWholeEscapes(user) && IsUriHost(authority.substr(at + 1));
}

// The scheme's length, 0 for none, npos for a text that starts with a colon.
std::size_t SchemeLength(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (IsLetter(c)) continue;
    if (c == ':') return at == 0 ? std::string_view::npos : at;
    if (at == 0 || !(IsDigit(c) || IsIn(c, "+-."))) return 0;
  }
  return 0;
}

// The atoms of an address, joined by single dots.
bool IsDotAtom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return All(text, [](char c) {
    return IsLetter(c) || IsDigit(c) || !IsAscii(c) || IsIn(c, "!#$%&'*+-/=?^_`{|}~.");
  });
}

bool IsQuotedText(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == '\\') {
      if (++at + 1 >= text.size()) return false;
    } else if (text[at] == '"' || static_cast<unsigned char>(text[at]) < 0x20) {
      return false;
    }
  }
  return true;
}

bool IsAddress(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (!IsDotAtom(local) && !(IsQuotedText(local) && local.size() > 2)) return false;
  if (domain.starts_with('[') && domain.ends_with(']')) {
    const std::string literal(domain.substr(1, domain.size() - 2));
    return IsSloppyIpv4(literal) || IsIpv6(literal);
  }
  return IsDotAtom(domain);
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsIn(text.front(), " \t")) text.remove_prefix(1);
  while (!text.empty() && IsIn(text.back(), " \t")) text.remove_suffix(1);
  return text;
}

// Words and quoted texts before an address in angle brackets.
bool IsDisplayName(std::string_view text) {
  text = Trimmed(text);
  if (text.empty() || IsQuotedText(text)) return true;
  return All(text, [](char c) {
    return IsLetter(c) || IsDigit(c) || !IsAscii(c) || IsIn(c, "!#$%&'*+-/=?^_`{|}~. \t");
  });
}

std::string WithoutLeadingZeros(std::string_view address) {
  std::string out;
  for (std::size_t at = 0; at < address.size(); ++at) {
    const bool starts_part = out.empty() || out.back() == '.' || out.back() == ':';
    const bool is_leading_zero =
        address[at] == '0' && starts_part && at + 1 < address.size() && IsDigit(address[at + 1]);
    if (!is_leading_zero) out += address[at];
  }
  return out;
}

bool IsIp(int family, const std::string& text) {
  unsigned char buffer[16];
  return text.find('\0') == std::string::npos && inet_pton(family, text.c_str(), buffer) == 1;
}

bool Matches(std::string_view text, const re2::RE2& pattern) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

std::string Without(std::string_view text, bool (*is_dropped)(char)) {
  std::string kept;
  for (const char c : text) {
    if (!is_dropped(c)) kept += c;
  }
  return kept;
}

bool IsIsbnFiller(char c) { return IsIn(c, " \t\n\r\f-"); }
bool IsNoDigit(char c) { return !IsDigit(c); }

}  // namespace

bool IsRequestUri(std::string_view text) {
  if (text.empty()) return false;
  if (!All(text, [](char c) { return !IsAscii(c) || (c >= ' ' && c != 0x7F); })) return false;
  if (text == "*") return true;
  const std::size_t scheme = SchemeLength(text);
  if (scheme == std::string_view::npos) return false;
  std::string_view rest = scheme == 0 ? text : text.substr(scheme + 1);
  rest = rest.substr(0, rest.find('?'));
  if (!rest.starts_with('/')) return scheme != 0;
  if (scheme != 0 && rest.starts_with("//")) {
    rest.remove_prefix(2);
    const auto slash = std::min(rest.find('/'), rest.size());
    if (!IsUriAuthority(rest.substr(0, slash))) return false;
    rest = rest.substr(slash);
  }
  return HasWholeEscapes(rest);
}

bool IsHostname(std::string_view text) {
  constexpr std::size_t kBytesMax = 255;
  constexpr std::size_t kPartBytesMax = 63;
  static const re2::RE2 kHostname(
      "^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|"
      "([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.))"
      "{1,}([a-zA-Z\\p{L}]){2,63})$");
  if (text.size() > kBytesMax || !Matches(text, kHostname)) return false;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (text.substr(0, dot).size() > kPartBytesMax) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsEmail(std::string_view text) {
  text = Trimmed(text);
  if (!text.ends_with('>')) return IsAddress(text);
  const auto open = text.rfind('<');
  if (open == std::string_view::npos) return false;
  return IsDisplayName(text.substr(0, open)) &&
         IsAddress(text.substr(open + 1, text.size() - open - 2));
}

bool IsSloppyIpv4(std::string_view text) {
  if (text.find('.') == std::string_view::npos) return false;
  const std::string address = WithoutLeadingZeros(text);
  return IsIp(AF_INET, address) || IsIp(AF_INET6, address);
}

bool IsIpv6(std::string_view text) {
  return text.find(':') != std::string_view::npos && IsIp(AF_INET6, std::string(text));
}

bool IsSloppyCidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string address = WithoutLeadingZeros(text.substr(0, slash));
  const std::string_view length = text.substr(slash + 1);
  int bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (error != std::errc() || end != length.data() + length.size() || bits < 0) return false;
  if (IsIp(AF_INET, address)) return bits <= 32;
  return IsIp(AF_INET6, address) && bits <= 128;
}

bool IsMac(std::string_view text) {
  static const re2::RE2 kBytes(
      "[0-9a-fA-F]{2}((:[0-9a-fA-F]{2}){5}|(:[0-9a-fA-F]{2}){7}|(:[0-9a-fA-F]{2}){19}|"
      "(-[0-9a-fA-F]{2}){5}|(-[0-9a-fA-F]{2}){7}|(-[0-9a-fA-F]{2}){19})");
  static const re2::RE2 kWords(
      "[0-9a-fA-F]{4}((\\.[0-9a-fA-F]{4}){2}|(\\.[0-9a-fA-F]{4}){3}|(\\.[0-9a-fA-F]{4}){9})");
  static const re2::RE2 kDigits("[0-9a-fA-F]{12}|[0-9a-fA-F]{16}|[0-9a-fA-F]{40}");
  return Matches(text, kBytes) || Matches(text, kWords) || Matches(text, kDigits);
}

bool IsDate(std::string_view text) {
  static const re2::RE2 kDate("\\d{4}-\\d{2}-\\d{2}");
  return Matches(text, kDate) && ParseTime(std::string(text) + "T00:00:00Z").ok();
}

bool IsDateTime(std::string_view text) {
  static const re2::RE2 kTime(
      "(\\d{2}):(\\d{2}):(\\d{2})(?:(?s:.)\\d+)?(?:[zZ]|[+-]\\d{2}:\\d{2})");
  const auto at = text.find_first_of("tT");
  if (at == std::string_view::npos || !IsDate(text.substr(0, at))) return false;
  std::string_view rest = text.substr(at + 1);
  rest = rest.substr(0, rest.find_first_of("tT"));
  std::string hours, minutes, seconds;
  if (!re2::RE2::FullMatch(re2::StringPiece(rest.data(), rest.size()), kTime, &hours, &minutes,
                           &seconds)) {
    return false;
  }
  return hours <= "23" && minutes <= "59" && seconds <= "59";
}

bool IsDuration(std::string_view text) {
  if (ParseGoDuration(text).ok()) return true;
  // Scala's form: a number and a unit, somewhere.
  static const re2::RE2 kPart(
      "\\d+\\s*(?i:ns|us|ms|[smhdw]|hr|wk|µs)(?:[^A-Za-zµ]|$)|"
      "\\d+\\s*(?i:nano|micro|milli|sec|min|hour|day|week)");
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), kPart);
}

bool IsIsbn10(std::string_view text) {
  const std::string digits = Without(text, IsIsbnFiller);
  if (digits.size() != 10 || !All(std::string_view(digits).substr(0, 9), IsDigit)) return false;
  if (digits[9] != 'X' && !IsDigit(digits[9])) return false;
  int sum = 0;
  for (std::size_t index = 0; index < 10; ++index)
    sum += static_cast<int>(index + 1) * (digits[index] == 'X' ? 10 : digits[index] - '0');
  return sum % 11 == 0;
}

bool IsIsbn13(std::string_view text) {
  const std::string digits = Without(text, IsIsbnFiller);
  if (digits.size() != 13 || !All(digits, IsDigit)) return false;
  int sum = 0;
  for (std::size_t index = 0; index < 13; ++index)
    sum += (digits[index] - '0') * (index % 2 == 0 ? 1 : 3);
  return sum % 10 == 0;
}

bool IsCreditCard(std::string_view text) {
  const std::string digits = Without(text, IsNoDigit);
  static const re2::RE2 kKnown(
      "4\\d{12}(\\d{3})?|5[1-5]\\d{14}|6(011|5\\d\\d)\\d{12}|3[47]\\d{13}|3(0[0-5]|[68]\\d)\\d{"
      "11}|(2131|1800|35\\d{3})\\d{11}");
  if (!Matches(digits, kKnown)) return false;
  int sum = 0;
  bool doubles = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, doubles = !doubles) {
    const int value = (*digit - '0') * (doubles ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

}  // namespace apiserver
