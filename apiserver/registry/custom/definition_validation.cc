#include "apiserver/api/names.h"
#include "apiserver/registry/custom/conditions.h"
#include "apiserver/registry/custom/definition_strategy.h"
#include "apiserver/registry/custom/structural_schema.h"

namespace apiserver {
namespace {

constexpr std::string_view kColumnTypes = "must be one of boolean,date,integer,number,string";
constexpr std::string_view kColumnFormats =
    "must be one of binary,byte,date,date-time,double,float,int32,int64,password";
constexpr std::string_view kApproval = "api-approved.kubernetes.io";

std::string Text(const Value& definition, std::initializer_list<std::string_view> path) {
  return std::string(TextAt(definition, path));
}

std::string Joined(const NameMessages& messages) {
  std::string text;
  for (const std::string& message : messages) text += (text.empty() ? "" : ",") + message;
  return text;
}

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void CheckLabel(const std::string& path, const std::string& value, bool has_mixed_case,
                FieldErrors& errors) {
  if (value.empty()) return;
  const NameMessages messages = CheckDns1035Label(has_mixed_case ? LowerCase(value) : value);
  if (messages.empty()) return;
  const std::string prefix =
      has_mixed_case ? "may have mixed case, but should otherwise match: " : "";
  errors.push_back(FieldInvalid(path, value, prefix + Joined(messages)));
}

void CheckLabels(const Value& names, std::string_view list, FieldErrors& errors) {
  const Value* found = Find(names, list);
  if (found == nullptr || !found->is_array()) return;
  std::size_t index = 0;
  for (const Value& name : found->get_array()) {
    const std::string path =
        "spec.names." + std::string(list) + "[" + std::to_string(index++) + "]";
    const std::string text(name.is_string() ? std::string_view(name.get_string()) : "");
    const NameMessages messages = CheckDns1035Label(text);
    if (!messages.empty()) errors.push_back(FieldInvalid(path, text, Joined(messages)));
  }
}

void CheckNames(const Value& definition, FieldErrors& errors) {
  static const Value kNone(boost::json::object_kind);
  const Value* found = FindPath(definition, {"spec", "names"});
  const Value& names = found == nullptr ? kNone : *found;
  for (std::string_view name : {"plural", "singular", "kind", "listKind"}) {
    if (TextAt(names, {name}).empty())
      errors.push_back(FieldRequired("spec.names." + std::string(name), ""));
  }
  for (std::string_view name : {"plural", "singular"}) {
    CheckLabel("spec.names." + std::string(name), Text(names, {name}), false, errors);
  }
  for (std::string_view name : {"kind", "listKind"}) {
    CheckLabel("spec.names." + std::string(name), Text(names, {name}), true, errors);
  }
  CheckLabels(names, "shortNames", errors);
  const std::string kind = Text(names, {"kind"});
  if (!kind.empty() && kind == Text(names, {"listKind"})) {
    errors.push_back(
        FieldInvalid("spec.names.listKind", kind, "kind and listKind may not be the same"));
  }
  CheckLabels(names, "categories", errors);
}

void CheckGroup(const Value& definition, FieldErrors& errors) {
  const std::string group = Text(definition, {"spec", "group"});
  if (group.empty()) {
    errors.push_back(FieldRequired("spec.group", ""));
    return;
  }
  const NameMessages messages = CheckDns1123Subdomain(group);
  if (!messages.empty()) {
    errors.push_back(FieldInvalid("spec.group", group, Joined(messages)));
  } else if (group.find('.') == std::string::npos) {
    errors.push_back(FieldInvalid("spec.group", group, "should be a domain with at least one dot"));
  }
}

void CheckScope(const Value& definition, FieldErrors& errors) {
  const std::string scope = Text(definition, {"spec", "scope"});
  if (scope.empty()) {
    errors.push_back(FieldRequired("spec.scope", ""));
  } else if (scope != "Cluster" && scope != "Namespaced") {
    errors.push_back(FieldNotSupported("spec.scope", Value(scope), {"Cluster", "Namespaced"}));
  }
}

const Array& VersionsOf(const Value& definition) {
  static const Array kNone;
  const Value* versions = FindPath(definition, {"spec", "versions"});
  return versions != nullptr && versions->is_array() ? versions->get_array() : kNone;
}

// Upstream moves what all versions share to the top, and its errors show it there.
bool IsShared(const Array& versions, std::string_view name) {
  const Value* first = versions.empty() ? nullptr : Find(versions.front(), name);
  if (first == nullptr) return false;
  for (const Value& version : versions) {
    const Value* other = Find(version, name);
    if (other == nullptr || *other != *first) return false;
  }
  return true;
}

std::optional<FieldError> SimplePathError(const std::string& path, const std::string& text) {
  if (text.empty() || text.front() == '.') return std::nullopt;
  return FieldInvalid(path, text, "must be a simple json path starting with .");
}

void CheckScalePath(const Value& scale, std::string_view name, const std::string& base,
                    bool is_required, FieldErrors& errors) {
  const std::string path = base + ".scale." + std::string(name);
  const std::string text = Text(scale, {name});
  if (text.empty()) {
    if (is_required) errors.push_back(FieldRequired(path, ""));
    return;
  }
  if (auto error = SimplePathError(path, text)) {
    errors.push_back(std::move(*error));
    return;
  }
  const bool is_spec = text.starts_with(".spec.");
  const bool is_status = text.starts_with(".status.");
  if (name == "specReplicasPath" && !is_spec) {
    errors.push_back(FieldInvalid(path, text, "should be a json path under .spec"));
  } else if (name == "statusReplicasPath" && !is_status) {
    errors.push_back(FieldInvalid(path, text, "should be a json path under .status"));
  } else if (name == "labelSelectorPath" && !is_spec && !is_status) {
    errors.push_back(
        FieldInvalid(path, text, "should be a json path under either .spec or .status"));
  }
}

void CheckSubresources(const Value& subresources, const std::string& path, FieldErrors& errors) {
  const Value* scale = Find(subresources, "scale");
  if (scale == nullptr || !scale->is_object()) return;
  CheckScalePath(*scale, "specReplicasPath", path, true, errors);
  CheckScalePath(*scale, "statusReplicasPath", path, true, errors);
  CheckScalePath(*scale, "labelSelectorPath", path, false, errors);
}

void CheckColumn(const Value& column, const std::string& path, FieldErrors& errors) {
  if (Text(column, {"name"}).empty()) errors.push_back(FieldRequired(path + ".name", ""));
  const std::string type = Text(column, {"type"});
  const bool is_known_type = type == "boolean" || type == "date" || type == "integer" ||
                             type == "number" || type == "string";
  if (type.empty()) {
    errors.push_back(FieldRequired(path + ".type", kColumnTypes));
  } else if (!is_known_type) {
    errors.push_back(FieldInvalid(path + ".type", type, kColumnTypes));
  }
  const std::string format = Text(column, {"format"});
  if (!format.empty() && kColumnFormats.find(format) == std::string_view::npos) {
    errors.push_back(FieldInvalid(path + ".format", format, kColumnFormats));
  }
  const std::string json_path = Text(column, {"jsonPath"});
  if (json_path.empty()) {
    errors.push_back(FieldRequired(path + ".JSONPath", ""));
  } else if (auto error = SimplePathError(path + ".JSONPath", json_path)) {
    errors.push_back(std::move(*error));
  }
}

void CheckColumns(const Value& columns, const std::string& path, FieldErrors& errors) {
  if (!columns.is_array()) return;
  std::size_t index = 0;
  for (const Value& column : columns.get_array()) {
    CheckColumn(column, path + "[" + std::to_string(index++) + "]", errors);
  }
}

void CheckDeprecation(const Value& version, const std::string& path, FieldErrors& errors) {
  const Value* warning = Find(version, "deprecationWarning");
  if (warning == nullptr || !warning->is_string()) return;
  const std::string_view text = warning->get_string();
  const auto refuse = [&](std::string_view why) {
    errors.push_back(FieldInvalid(path + ".deprecationWarning", text, why));
  };
  if (!BoolAt(version, {"deprecated"})) {
    refuse("can only be set for deprecated versions");
    return;
  }
  if (text.size() > 256) refuse("must be <= 256 characters long");
  if (text.empty()) refuse("must not be an empty string");
  for (std::size_t index = 0; index < text.size(); ++index) {
    const auto byte = static_cast<unsigned char>(text[index]);
    if (byte >= 0x20 && byte != 0x7F) continue;
    refuse("must only contain printable UTF-8 characters; non-printable character found at index " +
           std::to_string(index));
    return;
  }
}

void CheckVersion(const Array& versions, std::size_t index, FieldErrors& errors) {
  const Value& version = versions[index];
  const std::string path = "spec.versions[" + std::to_string(index) + "]";
  const std::string name = Text(version, {"name"});
  const NameMessages messages = CheckDns1035Label(name);
  if (!messages.empty()) errors.push_back(FieldInvalid(path + ".name", name, Joined(messages)));
  CheckDeprecation(version, path, errors);
  const Value* schema = FindPath(version, {"schema", "openAPIV3Schema"});
  if (schema != nullptr && !IsShared(versions, "schema")) {
    for (FieldError& error : ValidateStructuralSchema(*schema, path + ".schema.openAPIV3Schema")) {
      errors.push_back(std::move(error));
    }
  }
  const Value* subresources = Find(version, "subresources");
  if (subresources != nullptr && !IsShared(versions, "subresources")) {
    CheckSubresources(*subresources, path + ".subresources", errors);
  }
  const Value* columns = Find(version, "additionalPrinterColumns");
  if (columns != nullptr && !IsShared(versions, "additionalPrinterColumns")) {
    CheckColumns(*columns, path + ".additionalPrinterColumns", errors);
  }
}

void CheckVersions(const Value& definition, FieldErrors& errors) {
  const Array& versions = VersionsOf(definition);
  const Value* shown = FindPath(definition, {"spec", "versions"});
  const bool has_shared_schema = IsShared(versions, "schema");
  for (std::size_t index = 0; index < versions.size() && !has_shared_schema; ++index) {
    if (FindPath(versions[index], {"schema", "openAPIV3Schema"}) != nullptr) continue;
    errors.push_back(
        FieldRequired("spec.versions[" + std::to_string(index) + "].schema.openAPIV3Schema", ""));
  }
  int storage_count = 0;
  std::vector<std::string> names;
  bool is_unique = true;
  for (std::size_t index = 0; index < versions.size(); ++index) {
    if (BoolAt(versions[index], {"storage"})) ++storage_count;
    const std::string name = Text(versions[index], {"name"});
    if (std::find(names.begin(), names.end(), name) != names.end()) is_unique = false;
    names.push_back(name);
    CheckVersion(versions, index, errors);
  }
  const Value none(boost::json::array_kind);
  const Value& bad = shown == nullptr ? none : *shown;
  if (!is_unique)
    errors.push_back(FieldInvalid("spec.versions", bad, "must contain unique version names"));
  if (storage_count != 1) {
    errors.push_back(FieldInvalid("spec.versions", bad,
                                  "must have exactly one version marked as storage version"));
  }
}

void CheckShared(const Value& definition, FieldErrors& errors) {
  const Array& versions = VersionsOf(definition);
  if (IsShared(versions, "schema")) {
    if (const Value* schema = FindPath(versions.front(), {"schema", "openAPIV3Schema"})) {
      for (FieldError& error :
           ValidateStructuralSchema(*schema, "spec.validation.openAPIV3Schema")) {
        errors.push_back(std::move(error));
      }
    }
  }
  if (IsShared(versions, "subresources")) {
    CheckSubresources(*Find(versions.front(), "subresources"), "spec.subresources", errors);
  }
  if (IsShared(versions, "additionalPrinterColumns")) {
    CheckColumns(*Find(versions.front(), "additionalPrinterColumns"),
                 "spec.additionalPrinterColumns", errors);
  }
}

void CheckConversion(const Value& definition, FieldErrors& errors) {
  const std::string strategy = Text(definition, {"spec", "conversion", "strategy"});
  const Value* webhook = FindPath(definition, {"spec", "conversion", "webhook"});
  if (strategy.empty()) {
    errors.push_back(FieldRequired("spec.conversion.strategy", ""));
  } else if (strategy != "None" && strategy != "Webhook") {
    errors.push_back(
        FieldNotSupported("spec.conversion.strategy", Value(strategy), {"None", "Webhook"}));
  }
  if (strategy == "Webhook" &&
      Find(webhook == nullptr ? Value() : *webhook, "clientConfig") == nullptr) {
    errors.push_back(FieldRequired("spec.conversion.webhookClientConfig",
                                   "required when strategy is set to Webhook"));
  }
}

void CheckStoredVersions(const Value& definition, FieldErrors& errors) {
  const Value* stored = FindPath(definition, {"status", "storedVersions"});
  if (stored == nullptr || !stored->is_array() || stored->get_array().empty()) {
    errors.push_back(FieldInvalid("status.storedVersions", Value(nullptr),
                                  "must have at least one stored version"));
    return;
  }
  std::size_t index = 0;
  for (const Value& name : stored->get_array()) {
    const std::string text(std::string_view(name.get_string()));
    bool is_there = false;
    for (const Value& version : VersionsOf(definition))
      is_there = is_there || TextAt(version, {"name"}) == text;
    if (!is_there) {
      errors.push_back(FieldInvalid("status.storedVersions[" + std::to_string(index) + "]", text,
                                    "missing from spec.versions; " + text +
                                        " was previously a storage version, and must remain in "
                                        "spec.versions until a storage migration ensures "
                                        "no data remains persisted in " +
                                        text + " and removes " + text +
                                        " from status.storedVersions"));
    }
    ++index;
  }
}

bool IsProtectedGroup(const std::string& group) {
  return group == "k8s.io" || group == "kubernetes.io" || group.ends_with(".k8s.io") ||
         group.ends_with(".kubernetes.io");
}

void CheckApproval(const Value& definition, const Value* old, FieldErrors& errors) {
  if (!IsProtectedGroup(Text(definition, {"spec", "group"}))) return;
  const std::string approval = Text(definition, {"metadata", "annotations", kApproval});
  if (old != nullptr && Text(*old, {"metadata", "annotations", kApproval}) == approval) return;
  const std::string path = "metadata.annotations[" + std::string(kApproval) + "]";
  if (approval.empty()) {
    errors.push_back(FieldRequired(
        path,
        "protected groups must have approval annotation \"api-approved.kubernetes.io\", see "
        "https://github.com/kubernetes/enhancements/pull/1111"));
  } else if (!approval.starts_with("unapproved") && !approval.starts_with("https://") &&
             !approval.starts_with("http://")) {
    errors.push_back(FieldInvalid(
        path, approval,
        "protected groups must have approval annotation \"api-approved.kubernetes.io\" with "
        "either a URL or a reason starting with \"unapproved\", see "
        "https://github.com/kubernetes/enhancements/pull/1111"));
  }
}

// Names that were accepted stay as they are.
void CheckImmutable(const Value& definition, const Value& old, FieldErrors& errors) {
  if (!IsConditionTrue(old, "Established")) return;
  const auto check = [&](std::initializer_list<std::string_view> path, const std::string& shown) {
    if (TextAt(definition, path) != TextAt(old, path)) {
      errors.push_back(FieldInvalid(shown, TextAt(definition, path), "field is immutable"));
    }
  };
  check({"spec", "scope"}, "spec.scope");
  check({"spec", "names", "kind"}, "spec.names.kind");
  check({"spec", "group"}, "spec.group");
  check({"spec", "names", "plural"}, "spec.names.plural");
}

}  // namespace

FieldErrors ValidateDefinition(const Value& definition, const Value* old) {
  FieldErrors errors;
  const std::string name = Text(definition, {"metadata", "name"});
  const std::string want =
      Text(definition, {"spec", "names", "plural"}) + "." + Text(definition, {"spec", "group"});
  if (old == nullptr && !name.empty() && name != want) {
    errors.push_back(
        FieldInvalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
  }
  CheckGroup(definition, errors);
  CheckScope(definition, errors);
  CheckVersions(definition, errors);
  CheckNames(definition, errors);
  CheckShared(definition, errors);
  CheckConversion(definition, errors);
  if (BoolAt(definition, {"spec", "preserveUnknownFields"}) && old == nullptr) {
    errors.push_back(
        FieldInvalid("spec.preserveUnknownFields", Value(true),
                     "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                     "spec.versions[*].schema instead"));
  }
  if (old != nullptr) CheckImmutable(definition, *old, errors);
  CheckStoredVersions(definition, errors);
  CheckApproval(definition, old, errors);
  return errors;
}

}  // namespace apiserver
