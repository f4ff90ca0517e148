#include "apiserver/registry/custom/formats.h"

#include <re2/re2.h>

#include <map>
#include <memory>
#include <string>

#include "apiserver/registry/custom/format_checks.h"

namespace apiserver {
namespace {

constexpr const char* kShortName = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
constexpr const char* kLongName =
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
constexpr const char* kRgb =
    "^rgb\\(\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*,\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|"
    "25[0-5])\\s*,\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*\\)$";

using Check = bool (*)(std::string_view text);

struct Format {
  std::string_view name;
  const char* pattern = nullptr;
  std::size_t length_max = std::string_view::npos;
  Check check = nullptr;
};

// Without hyphens in the names.
constexpr Format kFormats[] = {
    {.name = "bsonobjectid", .pattern = "^[0-9a-fA-F]{24}$"},
    {.name = "uri", .check = IsRequestUri},
    {.name = "email", .check = IsEmail},
    {.name = "hostname", .check = IsHostname},
    {.name = "ipv4", .check = IsSloppyIpv4},
    {.name = "ipv6", .check = IsIpv6},
    {.name = "cidr", .check = IsSloppyCidr},
    {.name = "mac", .check = IsMac},
    {.name = "uuid",
     .pattern = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"},
    {.name = "uuid3",
     .pattern = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$"},
    {.name = "uuid4",
     .pattern = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"},
    {.name = "uuid5",
     .pattern = "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$"},
    {.name = "isbn",
     .check = [](std::string_view text) { return IsIsbn10(text) || IsIsbn13(text); }},
    {.name = "isbn10", .check = IsIsbn10},
    {.name = "isbn13", .check = IsIsbn13},
    {.name = "creditcard", .check = IsCreditCard},
    {.name = "ssn", .pattern = "^\\d{3}[- ]\\d{2}[- ]\\d{4}$"},
    {.name = "hexcolor", .pattern = "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"},
    {.name = "rgbcolor", .pattern = kRgb},
    {.name = "byte",
     .pattern = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$"},
    {.name = "password"},
    {.name = "date", .check = IsDate},
    {.name = "duration", .check = IsDuration},
    {.name = "datetime", .check = IsDateTime},
    {.name = "k8sshortname", .pattern = kShortName, .length_max = 63},
    {.name = "k8slongname", .pattern = kLongName, .length_max = 253},
};

struct Compiled {
  const Format* format;
  std::unique_ptr<const re2::RE2> pattern;
};

const Compiled* FindFormat(std::string_view name) {
  static const auto* const kCompiled = [] {
    auto* compiled = new std::map<std::string, Compiled, std::less<>>;
    for (const Format& format : kFormats) {
      Compiled& made = (*compiled)[std::string(format.name)];
      made.format = &format;
      if (format.pattern != nullptr)
        made.pattern = std::make_unique<const re2::RE2>(format.pattern, re2::RE2::Quiet);
    }
    return compiled;
  }();
  std::string normalized;
  for (const char c : name) {
    if (c != '-') normalized += c;
  }
  const auto found = kCompiled->find(normalized);
  return found == kCompiled->end() ? nullptr : &found->second;
}

}  // namespace

bool IsStringFormat(std::string_view format) { return FindFormat(format) != nullptr; }

bool MatchesFormat(std::string_view format, std::string_view text) {
  const Compiled* compiled = FindFormat(format);
  if (compiled == nullptr) return true;
  const Format& rules = *compiled->format;
  if (text.size() > rules.length_max) return false;
  if (compiled->pattern != nullptr) {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled->pattern);
  }
  return rules.check == nullptr || rules.check(text);
}

}  // namespace apiserver
