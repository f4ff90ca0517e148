#include "apiserver/registry/kinds/checks.h"

#include <algorithm>
#include <charconv>

#include "apiserver/api/label_selector.h"
#include "apiserver/api/letter_case.h"
#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr int kAnnotationBytesMax = 256 * 1024;

bool IsPercent(std::string_view text) {
  if (text.size() < 2 || text.back() != '%') return false;
  return std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void CheckNonNegative(const Object& holder, std::string_view name, const FieldPath& path,
                      Violations& out) {
  const std::int64_t number = IntOf(holder, name);
  if (number < 0) out.Invalid(path.Child(name), number, kNotNegative);
}

void CheckNonNegativeQuantity(const Value& quantity, const FieldPath& path, Violations& out) {
  const auto parsed = Quantity::FromJson(quantity);
  if (parsed.ok() && parsed->sign() < 0) out.Invalid(path, parsed->Text(), kNotNegative);
}

void CheckImmutable(const Object& holder, const Object& old, std::string_view name,
                    const FieldPath& path, Violations& out) {
  if (SameMember(holder, old, name)) return;
  const Value* value = holder.if_contains(name);
  out.Invalid(path.Child(name), value == nullptr ? Value() : *value, kFieldImmutable);
}

void CheckImmutableText(const Object& holder, const Object& old, std::string_view name,
                        const FieldPath& path, Violations& out) {
  if (SameMember(holder, old, name)) return;
  out.Invalid(path.Child(name), TextOf(holder, name), kFieldImmutable);
}

void CheckImmutableStruct(std::string_view type, const Object& holder, const Object& old,
                          std::string_view name, const FieldPath& path, Violations& out) {
  if (SameMember(holder, old, name)) return;
  const Value* value = holder.if_contains(name);
  const Value shown = value == nullptr || value->is_null() ? Value() : InternalForm(type, *value);
  out.Invalid(path.Child(name), shown, kFieldImmutable);
}

void CheckLabelMap(const Object& holder, std::string_view name, const FieldPath& path,
                   Violations& out) {
  for (const auto& label : ObjectOf(holder, name)) {
    if (IsQualifiedName(label.key()) && IsLabelValue(AsText(label.value()))) continue;
    const FieldPath member = path.Child(name);
    out.InvalidEach(member, label.key(), CheckQualifiedName(label.key()));
    out.InvalidEach(member, label.value(), CheckLabelValue(AsText(label.value())));
  }
}

void CheckAnnotationMap(const Object& annotations, const FieldPath& path, Violations& out) {
  std::size_t bytes = 0;
  for (const auto& annotation : annotations) {
    const std::string_view key = annotation.key();
    bytes += key.size() + AsText(annotation.value()).size();
    if (IsQualifiedName(key)) continue;
    out.InvalidEach(path, key, CheckQualifiedName(LowerCase(key)));
  }
  if (bytes > kAnnotationBytesMax) out.TooLong(path, kAnnotationBytesMax);
}

void CheckTemplateMetadata(const Object& metadata, const FieldPath& path, Violations& out) {
  CheckAnnotationMap(ObjectOf(metadata, "annotations"), path.Child("annotations"), out);
  CheckLabelMap(metadata, "labels", path, out);
  for (const auto& member : metadata) {
    if (member.key() == "annotations" || member.key() == "labels" || member.value().is_null()) {
      continue;
    }
    // Named after the Go field.
    const std::string_view name = member.key();
    out.Forbidden(path.Child(name == "uid" ? "uID" : name), "cannot be set");
  }
}

void CheckSelector(const Object& holder, std::string_view name, const FieldPath& path,
                   Violations& out) {
  if (!IsSet(holder, name)) return;
  out.Append(ValidateLabelSelector(holder.at(name), path.Child(name).Text()));
}

void CheckDnsLabel(std::string_view text, const FieldPath& path, Violations& out) {
  if (!IsDns1123Label(text)) out.InvalidEach(path, text, CheckDns1123Label(text));
}

void CheckDnsSubdomain(std::string_view text, const FieldPath& path, Violations& out) {
  if (!IsDns1123Subdomain(text)) out.InvalidEach(path, text, CheckDns1123Subdomain(text));
}

void CheckQualified(std::string_view text, const FieldPath& path, Violations& out) {
  if (!IsQualifiedName(text)) out.InvalidEach(path, text, CheckQualifiedName(text));
}

void CheckDomainPrefixedPath(std::string_view text, const FieldPath& path, Violations& out) {
  if (text.empty()) {
    out.Required(path);
    return;
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) {
    out.Invalid(path, text, "must be a domain-prefixed path (such as \"acme.io/foo\")");
    return;
  }
  CheckDnsSubdomain(text.substr(0, slash), path, out);
  const std::string_view rest = text.substr(slash + 1);
  constexpr std::string_view kMarks = "/-._~%!$&'()*+,;=:";
  const bool is_path = std::all_of(rest.begin(), rest.end(), [&](char c) {
    const bool alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || kMarks.find(c) != std::string_view::npos;
  });
  if (!is_path) {
    out.Invalid(path, rest, RegexMessage("Invalid path", "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+", {}));
  }
}

void CheckOneOf(std::string_view text, SupportedValues supported, const FieldPath& path,
                Violations& out) {
  if (std::find(supported.begin(), supported.end(), text) != supported.end()) return;
  out.NotSupported(path, text, std::move(supported));
}

void CheckRequiredOneOf(const Object& holder, std::string_view name, SupportedValues supported,
                        const FieldPath& path, Violations& out) {
  const std::string_view text = TextOf(holder, name);
  if (text.empty()) {
    out.Required(path.Child(name));
  } else {
    CheckOneOf(text, std::move(supported), path.Child(name), out);
  }
}

void CheckOptionalOneOf(const Object& holder, std::string_view name, SupportedValues supported,
                        const FieldPath& path, Violations& out) {
  if (!IsSet(holder, name)) return;
  CheckOneOf(TextOf(holder, name), std::move(supported), path.Child(name), out);
}

bool CheckRequiredText(const Object& holder, std::string_view name, const FieldPath& path,
                       Violations& out) {
  if (!TextOf(holder, name).empty()) return true;
  out.Required(path.Child(name));
  return false;
}

void CheckPort(const Value& port, const FieldPath& path, Violations& out) {
  if (port.is_string()) {
    out.InvalidEach(path, port, CheckPortName(AsText(port)));
  } else if (port.is_number()) {
    out.InvalidEach(path, port, CheckPortNumber(port.to_number<std::int64_t>()));
  } else {
    out.InvalidEach(path, 0, CheckPortNumber(0));
  }
}

void CheckIntOrPercent(const Value& value, const FieldPath& path, Violations& out) {
  if (value.is_string()) {
    out.InvalidEach(path, value, CheckPercent(AsText(value)));
  } else if (value.is_int64() && value.get_int64() < 0) {
    out.Invalid(path, value, kNotNegative);
  }
}

void CheckAtMost100Percent(const Value& value, const FieldPath& path, Violations& out) {
  if (!value.is_string() || !IsPercent(AsText(value))) return;
  if (IntOrPercentValue(value) > 100) out.Invalid(path, value, "must not be greater than 100%");
}

std::int64_t IntOrPercentValue(const Value& value) {
  if (value.is_number()) return value.to_number<std::int64_t>();
  std::string_view text = AsText(value);
  if (IsPercent(text)) text.remove_suffix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

void CheckSelectsTemplate(const Object& spec, const FieldPath& path, Violations& out) {
  const auto selector = LabelSelector::FromObject(spec.if_contains("selector"));
  if (!selector.ok() || selector->is_empty()) return;
  const Value* labels = nullptr;
  if (const Value* pod_template = spec.if_contains("template")) {
    labels = FindPath(*pod_template, {"metadata", "labels"});
  }
  if (selector->Matches(labels)) return;
  out.Invalid(path.Child("template.metadata.labels"), labels == nullptr ? Value() : *labels,
              "`selector` does not match template `labels`");
}

}  // namespace apiserver
