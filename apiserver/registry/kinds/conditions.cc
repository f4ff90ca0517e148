#include "apiserver/registry/kinds/conditions.h"

#include <algorithm>
#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr int kReasonMax = 1024;
constexpr int kMessageMax = 32 * 1024;

bool IsReason(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inner = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == ',' || c == ':';
  };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), inner) &&
         text.back() != ',' && text.back() != ':';
}

void CheckReason(std::string_view reason, const FieldPath& path, Violations& out) {
  if (reason.empty()) {
    out.Required(path);
    return;
  }
  if (!IsReason(reason)) {
    out.Invalid(
        path, reason,
        RegexMessage("a condition reason must start with alphabetic character, optionally "
                     "followed by a string of alphanumeric characters or '_,:', and must end "
                     "with an alphanumeric character or '_'",
                     "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?",
                     {"my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB"}));
  }
  if (reason.size() > kReasonMax) out.TooLong(path, kReasonMax);
}

}  // namespace

void CheckConditions(const Object& holder, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("conditions");
  std::set<std::string_view> types;
  std::size_t index = 0;
  for (const Value& value : ArrayOf(holder, "conditions")) {
    const FieldPath item_path = list_path.Index(index++);
    const Object& condition = AsObject(value);
    const std::string_view type = TextOf(condition, "type");
    if (!types.insert(type).second) out.Duplicate(item_path.Child("type"), type);
    CheckQualified(type, item_path.Child("type"), out);
    const std::string_view status = TextOf(condition, "status");
    if (status != "False" && status != "True" && status != "Unknown") {
      out.NotSupported(item_path.Child("status"), status, {"False", "True", "Unknown"});
    }
    CheckNonNegative(condition, "observedGeneration", item_path, out);
    if (!IsSet(condition, "lastTransitionTime"))
      out.Required(item_path.Child("lastTransitionTime"));
    CheckReason(TextOf(condition, "reason"), item_path.Child("reason"), out);
    if (TextOf(condition, "message").size() > kMessageMax) {
      out.TooLong(item_path.Child("message"), kMessageMax);
    }
  }
}

}  // namespace apiserver
