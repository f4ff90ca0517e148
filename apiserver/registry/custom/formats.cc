#include "apiserver/registry/custom/formats.h"

#include <re2/re2.h>

#include <array>
#include <map>
#include <memory>
#include <string>

#include "apiserver/api/names.h"
#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

struct Pattern {
  std::string_view format;
  const char* expression;
};

constexpr const char* kUuid =
    "(?i)^[0-9A-F]{8}-?[0-9A-F]{4}-?[0-9A-F]{4}-?[0-9A-F]{4}-?[0-9A-F]{12}$";

constexpr Pattern kPatterns[] = {
    {"bsonobjectid", "^[0-9a-fA-F]{24}$"},
    {"uuid", kUuid},
    {"uuid3", "(?i)^[0-9A-F]{8}-?[0-9A-F]{4}-?3[0-9A-F]{3}-?[0-9A-F]{4}-?[0-9A-F]{12}$"},
    {"uuid4", "(?i)^[0-9A-F]{8}-?[0-9A-F]{4}-?4[0-9A-F]{3}-?[89AB][0-9A-F]{3}-?[0-9A-F]{12}$"},
    {"uuid5", "(?i)^[0-9A-F]{8}-?[0-9A-F]{4}-?5[0-9A-F]{3}-?[89AB][0-9A-F]{3}-?[0-9A-F]{12}$"},
    {"email", "^[^@\\s<>]+@[^@\\s<>]+$"},
    {"hostname",
     "^([a-zA-Z0-9\\p{L}]([-a-zA-Z0-9\\p{L}]{0,61}[a-zA-Z0-9\\p{L}])?\\.)*[a-zA-Z0-9\\p{L}]([-a-zA-"
     "Z0-9\\p{L}]{0,61}[a-zA-Z0-9\\p{L}])?$"},
    {"mac", "^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$"},
    {"ipv4", "^((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1?\\d?\\d)$"},
    {"ipv6", "^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$"},
    {"cidr", "^[0-9a-fA-F:.]+/\\d{1,3}$"},
    {"ssn", "^\\d{3}[- ]?\\d{2}[- ]?\\d{4}$"},
    {"hexcolor", "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"},
    {"rgbcolor",
     "^rgb\\(\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*,\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|"
     "25[0-5])\\s*,\\s*"
     "(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*\\)$"},
    {"byte", "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"},
    {"date", "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$"},
    {"uri", "^([a-zA-Z][a-zA-Z0-9+.-]*:\\S*|/\\S*)$"},
};

const RE2* FindPattern(std::string_view format) {
  static const auto* const kCompiled = [] {
    auto* compiled = new std::map<std::string_view, std::unique_ptr<RE2>>;
    for (const Pattern& pattern : kPatterns)
      (*compiled)[pattern.format] = std::make_unique<RE2>(pattern.expression);
    return compiled;
  }();
  const auto found = kCompiled->find(format);
  return found == kCompiled->end() ? nullptr : found->second.get();
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || c == 'X' || c == 'x') digits += c;
  }
  return digits;
}

bool IsIsbn10(std::string_view text) {
  const std::string digits = DigitsOf(text);
  if (digits.size() != 10) return false;
  int sum = 0;
  for (int index = 0; index < 10; ++index) {
    const char c = digits[static_cast<std::size_t>(index)];
    if ((c == 'X' || c == 'x') && index != 9) return false;
    sum += (index + 1) * (c == 'X' || c == 'x' ? 10 : c - '0');
  }
  return sum % 11 == 0;
}

bool IsIsbn13(std::string_view text) {
  const std::string digits = DigitsOf(text);
  if (digits.size() != 13 || digits.find_first_of("xX") != std::string::npos) return false;
  int sum = 0;
  for (std::size_t index = 0; index < 13; ++index)
    sum += (digits[index] - '0') * (index % 2 == 0 ? 1 : 3);
  return sum % 10 == 0;
}

bool IsCreditCard(std::string_view text) {
  const std::string digits = DigitsOf(text);
  static const RE2 kKnown(
      "^(4\\d{12}(\\d{3})?|5[1-5]\\d{14}|6(011|5\\d\\d)\\d{12}|3[47]\\d{13}|3(0[0-5]|[68]\\d)\\d{"
      "11}|(2131|1800|35\\d{3})\\d{11})$");
  if (!RE2::FullMatch(digits, kKnown)) return false;
  int sum = 0;
  bool doubles = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, doubles = !doubles) {
    const int value = (*digit - '0') * (doubles ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

using Check = bool (*)(std::string_view text);
struct Checked {
  std::string_view format;
  Check check;
};
constexpr std::array<Checked, 8> kChecked = {{
    {"date-time", [](std::string_view text) { return ParseTime(text).ok(); }},
    {"datetime", [](std::string_view text) { return ParseTime(text).ok(); }},
    {"duration", [](std::string_view text) { return ParseGoDuration(text).ok(); }},
    {"isbn", [](std::string_view text) { return IsIsbn10(text) || IsIsbn13(text); }},
    {"isbn10", IsIsbn10},
    {"isbn13", IsIsbn13},
    {"creditcard", IsCreditCard},
    {"k8s-short-name", [](std::string_view text) { return CheckDns1123Label(text).empty(); }},
}};

}  // namespace

bool IsKnownFormat(std::string_view format) {
  if (FindPattern(format) != nullptr || format == "password" || format == "k8s-long-name")
    return true;
  for (std::string_view number : {"int32", "int64", "float", "double"}) {
    if (format == number) return true;
  }
  for (const Checked& checked : kChecked) {
    if (checked.format == format) return true;
  }
  return false;
}

bool MatchesFormat(std::string_view format, std::string_view text) {
  if (const RE2* pattern = FindPattern(format)) {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern);
  }
  if (format == "k8s-long-name") return CheckDns1123Subdomain(text).empty();
  for (const Checked& checked : kChecked) {
    if (checked.format == format) return checked.check(text);
  }
  return true;
}

}  // namespace apiserver
