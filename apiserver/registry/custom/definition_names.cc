#include "apiserver/registry/custom/definition_names.h"

#include "apiserver/api/letter_case.h"
#include "apiserver/api/names.h"
#include "apiserver/registry/custom/name_messages.h"

namespace apiserver {
namespace {

enum class Case : std::uint8_t { kLower, kMixed };

void CheckLabel(const std::string& path, std::string_view value, Case letters,
                FieldErrors& errors) {
  if (value.empty()) return;
  const bool is_mixed = letters == Case::kMixed;
  const NameMessages messages = CheckDns1035Label(is_mixed ? LowerCase(value) : std::string(value));
  if (messages.empty()) return;
  const std::string prefix = is_mixed ? "may have mixed case, but should otherwise match: " : "";
  errors.push_back(FieldInvalid(path, value, prefix + Joined(messages)));
}

void CheckLabels(const Value& names, std::string_view list, const std::string& path,
                 FieldErrors& errors) {
  const Value* found = Find(names, list);
  if (found == nullptr || !found->is_array()) return;
  std::size_t index = 0;
  for (const Value& name : found->get_array()) {
    const std::string at = path + "." + std::string(list) + "[" + std::to_string(index++) + "]";
    const std::string text(name.is_string() ? std::string_view(name.get_string()) : "");
    const NameMessages messages = CheckDns1035Label(text);
    if (!messages.empty()) errors.push_back(FieldInvalid(at, text, Joined(messages)));
  }
}

}  // namespace

void CheckNames(const Value& names, const std::string& path, FieldErrors& errors) {
  for (std::string_view name : {"plural", "singular"})
    CheckLabel(path + "." + std::string(name), TextAt(names, {name}), Case::kLower, errors);
  for (std::string_view name : {"kind", "listKind"})
    CheckLabel(path + "." + std::string(name), TextAt(names, {name}), Case::kMixed, errors);
  CheckLabels(names, "shortNames", path, errors);
  const std::string_view kind = TextAt(names, {"kind"});
  if (!kind.empty() && kind == TextAt(names, {"listKind"})) {
    errors.push_back(
        FieldInvalid(path + ".listKind", kind, "kind and listKind may not be the same"));
  }
  CheckLabels(names, "categories", path, errors);
}

}  // namespace apiserver
