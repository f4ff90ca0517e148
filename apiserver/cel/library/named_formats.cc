// format.named() and the formats (k8s.io/apiserver pkg/cel/library/format.go).
#include <array>

#include "apiserver/api/base64.h"
#include "apiserver/api/names.h"
#include "apiserver/api/time_format.h"
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/library/named_format.h"
#include "apiserver/cel/library/url_text.h"

namespace apiserver::cel {
namespace {

using Complaints = std::vector<std::string>;

// What generateName may end with is cut, so that the rule holds for the name that comes of it.
std::string MaskTrailingDash(std::string_view text) {
  std::string masked(text);
  if (masked.size() > 1 && masked.ends_with('-')) masked.replace(masked.size() - 2, 2, "a");
  return masked;
}

Complaints Label(std::string_view text) { return CheckDns1123Label(text); }
Complaints Subdomain(std::string_view text) { return CheckDns1123Subdomain(text); }
Complaints OldLabel(std::string_view text) { return CheckDns1035Label(text); }
Complaints LabelPrefix(std::string_view text) { return CheckDns1123Label(MaskTrailingDash(text)); }
Complaints SubdomainPrefix(std::string_view text) {
  return CheckDns1123Subdomain(MaskTrailingDash(text));
}
Complaints OldLabelPrefix(std::string_view text) {
  return CheckDns1035Label(MaskTrailingDash(text));
}
Complaints QualifiedName(std::string_view text) { return CheckQualifiedName(text); }
Complaints LabelText(std::string_view text) { return CheckLabelValue(text); }

Complaints Uri(std::string_view text) {
  const std::string wrong = CheckRequestUri(text);
  return wrong.empty() ? Complaints() : Complaints{wrong};
}

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
// Dashes may be left out.
Complaints Uuid(std::string_view text) {
  std::size_t at = 0;
  for (const std::size_t group : {8, 4, 4, 4, 12}) {
    if (at > 0 && at < text.size() && text[at] == '-') ++at;
    for (std::size_t i = 0; i < group; ++i, ++at) {
      if (at >= text.size() || !IsHex(text[at])) return {"does not match the UUID format"};
    }
  }
  return at == text.size() ? Complaints() : Complaints{"does not match the UUID format"};
}
Complaints Byte(std::string_view text) {
  const bool has_breaks = text.find_first_of("\r\n") != std::string_view::npos;
  if (text.empty() || has_breaks || !DecodeBase64(text).ok()) return {"invalid base64"};
  return {};
}
Complaints Date(std::string_view text) {
  if (ParseTime(std::string(text) + "T00:00:00Z").ok()) return {};
  return {"invalid date"};
}
Complaints DateTime(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c == 't' ? 'T' : c == 'z' ? 'Z' : c;
  if (ParseTime(upper).ok()) return {};
  return {"invalid datetime"};
}

// The sizes of patterns that upstream assumes; those of its long patterns are counted.
constexpr double kUriSize = 1103;
constexpr double kUuidSize = 70;
constexpr double kBase64Size = 84;
constexpr double kDateTimeSize = 71;

struct Row {
  std::string_view name;
  NamedFormat format;
};
const std::array<Row, 13> kFormats = {{
    {"dns1123Label", {"DNS1123Label", Label, 30}},
    {"dns1123Subdomain", {"DNS1123Subdomain", Subdomain, 60}},
    {"dns1035Label", {"DNS1035Label", OldLabel, 30}},
    {"qualifiedName", {"QualifiedName", QualifiedName, 60}},
    {"dns1123LabelPrefix", {"DNS1123LabelPrefix", LabelPrefix, 30}},
    {"dns1123SubdomainPrefix", {"DNS1123SubdomainPrefix", SubdomainPrefix, 60}},
    {"dns1035LabelPrefix", {"DNS1035LabelPrefix", OldLabelPrefix, 30}},
    {"labelValue", {"LabelValue", LabelText, 40}},
    {"uri", {"URI", Uri, kUriSize}},
    {"uuid", {"uuid", Uuid, kUuidSize}},
    {"byte", {"byte", Byte, kBase64Size}},
    {"date", {"date", Date, kDateTimeSize}},
    {"datetime", {"datetime", DateTime, kDateTimeSize}},
}};

Value FormatAt(std::size_t index) {
  return Value::Of(static_cast<const Opaque*>(&kFormats[index].format));
}

template <std::size_t index>
Value Constant(Arena&, const Value*) {
  return FormatAt(index);
}

Value Named(Arena& arena, const Value* a) {
  for (std::size_t i = 0; i < kFormats.size(); ++i) {
    if (kFormats[i].name == a[0].as_text()) return NewOptional(arena, FormatAt(i));
  }
  return Value::Optional(nullptr);
}

Value Validate(Arena& arena, const Value* a) {
  std::vector<Value> complaints;
  for (const std::string& text : OpaqueAs<NamedFormat>(a[0]).Validate(a[1].as_text())) {
    complaints.push_back(NewString(arena, text));
  }
  if (complaints.empty()) return Value::Optional(nullptr);
  return NewOptional(arena, NewList(arena, complaints));
}

constexpr Implementation kRows[] = {
    {"format-named", Named},
    {"format-validate", Validate},
    {"format.dns1123Label", Constant<0>},
    {"format.dns1123Subdomain", Constant<1>},
    {"format.dns1035Label", Constant<2>},
    {"format.qualifiedName", Constant<3>},
    {"format.dns1123LabelPrefix", Constant<4>},
    {"format.dns1123SubdomainPrefix", Constant<5>},
    {"format.dns1035LabelPrefix", Constant<6>},
    {"format.labelValue", Constant<7>},
    {"format.uri", Constant<8>},
    {"format.uuid", Constant<9>},
    {"format.byte", Constant<10>},
    {"format.date", Constant<11>},
    {"format.datetime", Constant<12>},
};

}  // namespace

std::span<const Implementation> FormatImplementations() { return kRows; }

}  // namespace apiserver::cel
