#include "apiserver/api/names.h"

#include <algorithm>

namespace apiserver {
namespace {

constexpr std::string_view kLabelRegex = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr std::string_view kSubdomainRegex =
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
constexpr std::string_view kQualifiedRegex = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
constexpr std::string_view kSubdomainMessage =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', "
    "and must start and end with an alphanumeric character";
constexpr std::string_view kQualifiedMessage =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character";

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLowerOrDigit(char c) { return IsLower(c) || IsDigit(c); }
bool IsAlpha(char c) { return IsLower(c) || (c >= 'A' && c <= 'Z'); }
bool IsAlphaOrDigit(char c) { return IsAlpha(c) || IsDigit(c); }

template <class Predicate>
bool All(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

// LABEL(.LABEL)* of the shape alone, whatever the length.
bool HasLabelShape(std::string_view value) {
  return !value.empty() && IsLowerOrDigit(value.front()) && IsLowerOrDigit(value.back()) &&
         All(value, [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

bool HasUnderscoreLabelShape(std::string_view value) {
  if (!value.empty() && value.front() == '_') value.remove_prefix(1);
  return !value.empty() && IsLowerOrDigit(value.front()) && IsLowerOrDigit(value.back()) &&
         All(value, [](char c) { return IsLowerOrDigit(c) || c == '-' || c == '_'; });
}

template <class LabelShape>
bool HasSubdomainShape(std::string_view value, LabelShape label_shape) {
  for (;;) {
    const std::size_t dot = value.find('.');
    if (!label_shape(value.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    value.remove_prefix(dot + 1);
  }
}

bool HasQualifiedShape(std::string_view value) {
  return !value.empty() && IsAlphaOrDigit(value.front()) && IsAlphaOrDigit(value.back()) &&
         All(value, [](char c) { return IsAlphaOrDigit(c) || c == '-' || c == '_' || c == '.'; });
}

std::string MaxCharacters(std::size_t length) {
  return "must be no more than " + std::to_string(length) + " characters";
}
std::string MaxBytes(std::size_t length) {
  return "must be no more than " + std::to_string(length) + " bytes";
}

void AppendNoParentFolder(std::string_view value, NameMessages& messages) {
  if (value == ".") {
    messages.push_back("must not be '.'");
  } else if (value == "..") {
    messages.push_back("must not be '..'");
  } else if (value.starts_with("..")) {
    messages.push_back("must not start with '..'");
  }
}

}  // namespace

std::string RegexMessage(std::string_view message, std::string_view regex,
                         std::initializer_list<std::string_view> examples) {
  std::string text(message);
  text += examples.size() == 0 ? " (" : " (e.g. ";
  bool is_first = true;
  for (std::string_view example : examples) {
    if (!is_first) text += " or ";
    is_first = false;
    text.append("'").append(example).append("', ");
  }
  text.append("regex used for validation is '").append(regex).append("')");
  return text;
}

bool IsDns1123Label(std::string_view value) {
  return value.size() <= kDns1123LabelMax && HasLabelShape(value);
}
bool IsDns1123Subdomain(std::string_view value) {
  return value.size() <= kDns1123SubdomainMax && HasSubdomainShape(value, HasLabelShape);
}
bool IsLabelValue(std::string_view value) {
  return value.empty() || (value.size() <= kLabelValueMax && HasQualifiedShape(value));
}
bool IsQualifiedName(std::string_view value) {
  const std::size_t slash = value.find('/');
  std::string_view name = value;
  if (slash != std::string_view::npos) {
    if (!IsDns1123Subdomain(value.substr(0, slash))) return false;
    name = value.substr(slash + 1);
  }
  return name.size() <= kLabelValueMax && HasQualifiedShape(name);
}

NameMessages CheckDns1123Label(std::string_view value) {
  NameMessages messages;
  if (value.size() > kDns1123LabelMax) messages.push_back(MaxCharacters(kDns1123LabelMax));
  if (HasLabelShape(value)) return messages;
  if (HasSubdomainShape(value, HasLabelShape)) {
    messages.push_back("must not contain dots");
  } else {
    messages.push_back(RegexMessage(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
        "must start and end with an alphanumeric character",
        kLabelRegex, {"my-name", "123-abc"}));
  }
  return messages;
}

NameMessages CheckDns1123Subdomain(std::string_view value) {
  NameMessages messages;
  if (value.size() > kDns1123SubdomainMax) messages.push_back(MaxCharacters(kDns1123SubdomainMax));
  if (!HasSubdomainShape(value, HasLabelShape)) {
    messages.push_back(RegexMessage(kSubdomainMessage, kSubdomainRegex, {"example.com"}));
  }
  return messages;
}

NameMessages CheckDns1123SubdomainWithUnderscore(std::string_view value) {
  NameMessages messages;
  if (value.size() > kDns1123SubdomainMax) messages.push_back(MaxCharacters(kDns1123SubdomainMax));
  if (!HasSubdomainShape(value, HasUnderscoreLabelShape)) {
    messages.push_back(RegexMessage(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', "
        "'-' or '.', and must start and end with an alphanumeric character",
        "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*", {"example.com"}));
  }
  return messages;
}

NameMessages CheckDns1035Label(std::string_view value) {
  NameMessages messages;
  if (value.size() > kDns1123LabelMax) messages.push_back(MaxCharacters(kDns1123LabelMax));
  if (!HasLabelShape(value) || !IsLower(value.front())) {
    messages.push_back(RegexMessage(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
        "alphabetic character, and end with an alphanumeric character",
        "[a-z]([-a-z0-9]*[a-z0-9])?", {"my-name", "abc-123"}));
  }
  return messages;
}

NameMessages CheckWildcardDns1123Subdomain(std::string_view value) {
  NameMessages messages;
  if (value.size() > kDns1123SubdomainMax) messages.push_back(MaxCharacters(kDns1123SubdomainMax));
  if (!value.starts_with("*.") || !HasSubdomainShape(value.substr(2), HasLabelShape)) {
    messages.push_back(RegexMessage(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, "
        "which must consist of lower case alphanumeric characters, '-' or '.' and end with an "
        "alphanumeric character",
        "\\*\\." + std::string(kSubdomainRegex), {"*.example.com"}));
  }
  return messages;
}

NameMessages CheckQualifiedName(std::string_view value) {
  NameMessages messages;
  const auto slashes = std::count(value.begin(), value.end(), '/');
  if (slashes > 1) {
    return {"a valid label key " +
            RegexMessage(kQualifiedMessage, kQualifiedRegex, {"MyName", "my.name", "123-abc"}) +
            " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"};
  }
  std::string_view name = value;
  if (slashes == 1) {
    const std::string_view prefix = value.substr(0, value.find('/'));
    name = value.substr(prefix.size() + 1);
    if (prefix.empty()) messages.push_back("prefix part must be non-empty");
    if (prefix.size() > kDns1123SubdomainMax) {
      messages.push_back("prefix part " + MaxBytes(kDns1123SubdomainMax));
    }
    if (!prefix.empty() && !HasSubdomainShape(prefix, HasLabelShape)) {
      messages.push_back("prefix part " +
                         RegexMessage(kSubdomainMessage, kSubdomainRegex, {"example.com"}));
    }
  }
  if (name.empty()) {
    messages.push_back("name part must be non-empty");
  } else if (name.size() > kLabelValueMax) {
    messages.push_back("name part " + MaxBytes(kLabelValueMax));
  }
  if (!HasQualifiedShape(name)) {
    messages.push_back("name part " + RegexMessage(kQualifiedMessage, kQualifiedRegex,
                                                   {"MyName", "my.name", "123-abc"}));
  }
  return messages;
}

NameMessages CheckLabelValue(std::string_view value) {
  NameMessages messages;
  if (value.size() > kLabelValueMax) messages.push_back(MaxBytes(kLabelValueMax));
  if (!value.empty() && !HasQualifiedShape(value)) {
    messages.push_back(RegexMessage(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
        "'.', and must start and end with an alphanumeric character",
        "(" + std::string(kQualifiedRegex) + ")?", {"MyValue", "my_value", "12345"}));
  }
  return messages;
}

NameMessages CheckPathSegmentName(std::string_view value) {
  if (value == "." || value == "..") return {"may not be '" + std::string(value) + "'"};
  NameMessages messages;
  for (std::string_view bad : {"/", "%"}) {
    if (value.find(bad) != std::string_view::npos) {
      messages.push_back("may not contain '" + std::string(bad) + "'");
    }
  }
  return messages;
}

NameMessages CheckConfigMapKey(std::string_view value) {
  NameMessages messages;
  if (value.size() > kDns1123SubdomainMax) messages.push_back(MaxCharacters(kDns1123SubdomainMax));
  if (value.empty() ||
      !All(value, [](char c) { return IsAlphaOrDigit(c) || c == '-' || c == '_' || c == '.'; })) {
    messages.push_back(
        RegexMessage("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                     "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  }
  AppendNoParentFolder(value, messages);
  return messages;
}

NameMessages CheckEnvVarName(std::string_view value) {
  NameMessages messages;
  if (value.empty()) messages.push_back("environment variable name must be non-empty");
  if (!All(value, [](char c) { return c >= ' ' && c <= '~' && c != '='; })) {
    messages.push_back(
        "a valid environment variable name must consist only of printable ASCII characters other "
        "than '='");
  }
  return messages;
}

NameMessages CheckPortName(std::string_view value) {
  NameMessages messages;
  if (value.size() > 15) messages.push_back(MaxCharacters(15));
  if (value.empty() || !All(value, [](char c) { return IsLowerOrDigit(c) || c == '-'; })) {
    messages.push_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (std::none_of(value.begin(), value.end(), IsLower)) {
    messages.push_back("must contain at least one letter (a-z)");
  }
  if (value.find("--") != std::string_view::npos) {
    messages.push_back("must not contain consecutive hyphens");
  }
  if (!value.empty() && (value.front() == '-' || value.back() == '-')) {
    messages.push_back("must not begin or end with a hyphen");
  }
  return messages;
}

NameMessages CheckHttpHeaderName(std::string_view value) {
  if (!value.empty() && All(value, [](char c) { return IsAlphaOrDigit(c) || c == '-'; })) return {};
  return {RegexMessage("a valid HTTP header must consist of alphanumeric characters or '-'",
                       "[-A-Za-z0-9]+", {"X-Header-Name"})};
}

NameMessages CheckPercent(std::string_view value) {
  if (value.size() > 1 && value.back() == '%' && All(value.substr(0, value.size() - 1), IsDigit)) {
    return {};
  }
  return {RegexMessage("a valid percent string must be a numeric string followed by an ending '%'",
                       "[0-9]+%", {"1%", "93%"})};
}

NameMessages CheckCIdentifier(std::string_view value) {
  if (!value.empty() && !IsDigit(value.front()) &&
      All(value, [](char c) { return IsAlphaOrDigit(c) || c == '_'; })) {
    return {};
  }
  return {
      RegexMessage("a valid C identifier must start with alphabetic character or '_', followed "
                   "by a string of alphanumeric characters or '_'",
                   "[A-Za-z_][A-Za-z0-9_]*", {"my_name", "MY_NAME", "MyName"})};
}

NameMessages CheckPortNumber(std::int64_t value) { return CheckInRange(value, 1, 65535); }

NameMessages CheckInRange(std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return {};
  return {"must be between " + std::to_string(low) + " and " + std::to_string(high) +
          ", inclusive"};
}

NameMessages CheckDomainPrefixedKey(std::string_view value) {
  if (value.empty()) return {""};
  NameMessages messages = CheckQualifiedName(value);
  if (messages.empty() && value.find('/') == std::string_view::npos) {
    messages.push_back("must be a domain-prefixed key (such as \"acme.io/foo\")");
  }
  return messages;
}

}  // namespace apiserver
