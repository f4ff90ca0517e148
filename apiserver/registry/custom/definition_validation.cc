#include "apiserver/api/names.h"
#include "apiserver/registry/custom/conditions.h"
#include "apiserver/registry/custom/definition_approval.h"
#include "apiserver/registry/custom/definition_names.h"
#include "apiserver/registry/custom/definition_parts.h"
#include "apiserver/registry/custom/definition_schema.h"
#include "apiserver/registry/custom/definition_strategy.h"
#include "apiserver/registry/custom/name_messages.h"

namespace apiserver {
namespace {

std::string Text(const Value& definition, std::initializer_list<std::string_view> path) {
  return std::string(TextAt(definition, path));
}

// Names that are needed in what is asked for, but not in what was accepted.
void CheckWantedNames(const Value& definition, FieldErrors& errors) {
  for (std::string_view name : {"plural", "singular", "kind", "listKind"}) {
    if (TextAt(definition, {"spec", "names", name}).empty())
      errors.push_back(FieldRequired("spec.names." + std::string(name), ""));
  }
  if (const Value* names = FindPath(definition, {"spec", "names"}))
    CheckNames(*names, "spec.names", errors);
}

void CheckAcceptedNames(const Value& definition, FieldErrors& errors) {
  if (const Value* names = FindPath(definition, {"status", "acceptedNames"}))
    CheckNames(*names, "status.acceptedNames", errors);
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

// `versions` as upstream's own structs print them, without what all versions share.
Value ShownVersions(const Array& versions) {
  constexpr std::pair<const char*, const char*> kParts[] = {
      {"Schema", "schema"},
      {"Subresources", "subresources"},
      {"AdditionalPrinterColumns", "additionalPrinterColumns"},
      {"SelectableFields", "selectableFields"}};
  Array shown;
  for (const Value& version : versions) {
    const Value* warning = Find(version, "deprecationWarning");
    Object form{{"Name", TextAt(version, {"name"})},
                {"Served", BoolAt(version, {"served"})},
                {"Storage", BoolAt(version, {"storage"})},
                {"Deprecated", BoolAt(version, {"deprecated"})},
                {"DeprecationWarning", warning == nullptr ? Value() : *warning}};
    for (const auto& [go_name, name] : kParts) {
      const Value* part = Find(version, name);
      form[go_name] = part == nullptr || IsShared(versions, name) ? Value() : *part;
    }
    shown.push_back(std::move(form));
  }
  return shown;
}

StatusSubresource StatusOf(const Array& versions, std::size_t index) {
  const Value* status = FindPath(versions[index], {"subresources", "status"});
  return status != nullptr && status->is_object() ? StatusSubresource::kThere
                                                  : StatusSubresource::kNone;
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
  const bool shares_schema = IsShared(versions, "schema");
  if (!shares_schema) CheckSchema(version, path + ".schema", StatusOf(versions, index), errors);
  const Value* subresources = Find(version, "subresources");
  if (subresources != nullptr && !IsShared(versions, "subresources")) {
    CheckSubresources(*subresources, path + ".subresources", errors);
  }
  const Value* columns = Find(version, "additionalPrinterColumns");
  if (columns != nullptr && !IsShared(versions, "additionalPrinterColumns")) {
    CheckColumns(*columns, path + ".additionalPrinterColumns", errors);
  }
  const Value* selectable = Find(version, "selectableFields");
  if (selectable != nullptr && !IsShared(versions, "selectableFields")) {
    const std::string at = path + ".selectableFields";
    const Value* schema =
        shares_schema ? nullptr : FindPath(version, {"schema", "openAPIV3Schema"});
    if (schema == nullptr) {
      errors.push_back(
          FieldInvalid(at, std::string_view(),
                       "may only be set when `version.schema.openAPIV3Schema` is not included"));
    } else {
      CheckSelectableFields(*selectable, *schema, at, errors);
    }
  }
}

void CheckVersions(const Value& definition, FieldErrors& errors) {
  const Array& versions = VersionsOf(definition);
  const Value* shown = FindPath(definition, {"spec", "versions"});
  const bool has_shared_schema =
      IsShared(versions, "schema") &&
      FindPath(versions.front(), {"schema", "openAPIV3Schema"}) != nullptr;
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
  const Value bad = shown == nullptr || shown->is_null() ? Value() : ShownVersions(versions);
  if (!is_unique)
    errors.push_back(FieldInvalid("spec.versions", bad, "must contain unique version names"));
  if (storage_count != 1) {
    errors.push_back(FieldInvalid("spec.versions", bad,
                                  "must have exactly one version marked as storage version"));
  }
}

void CheckFirstVersion(const Array& versions, FieldErrors& errors) {
  const std::string name = versions.empty() ? "" : Text(versions.front(), {"name"});
  const NameMessages messages = CheckDns1035Label(name);
  if (!name.empty() && !messages.empty())
    errors.push_back(FieldInvalid("spec.version", name, Joined(messages)));
}

// What all versions share.
void CheckShared(const Value& definition, FieldErrors& errors) {
  const Array& versions = VersionsOf(definition);
  const bool shares_schema = IsShared(versions, "schema");
  if (shares_schema) {
    bool has_status = false;
    for (std::size_t index = 0; index < versions.size(); ++index)
      has_status = has_status || StatusOf(versions, index) == StatusSubresource::kThere;
    CheckSchema(versions.front(), "spec.validation",
                has_status ? StatusSubresource::kThere : StatusSubresource::kNone, errors);
  }
  if (IsShared(versions, "subresources")) {
    CheckSubresources(*Find(versions.front(), "subresources"), "spec.subresources", errors);
  }
  if (IsShared(versions, "additionalPrinterColumns")) {
    CheckColumns(*Find(versions.front(), "additionalPrinterColumns"),
                 "spec.additionalPrinterColumns", errors);
  }
  if (!IsShared(versions, "selectableFields")) return;
  if (!shares_schema) {
    errors.push_back(FieldInvalid("spec.selectableFields", std::string_view(),
                                  "may only be set when validations.schema is included"));
  } else if (const Value* schema = FindPath(versions.front(), {"schema", "openAPIV3Schema"})) {
    CheckSelectableFields(*Find(versions.front(), "selectableFields"), *schema,
                          "spec.selectableFields", errors);
  }
}

void CheckStoredVersions(const Value& definition, FieldErrors& errors) {
  const Value* stored = FindPath(definition, {"status", "storedVersions"});
  if (stored == nullptr || !stored->is_array() || stored->get_array().empty()) {
    errors.push_back(FieldInvalid("status.storedVersions", Value(nullptr),
                                  "must have at least one stored version"));
    return;
  }
  Array names = stored->get_array();
  for (const Value& version : VersionsOf(definition)) {
    const auto found = std::find(names.begin(), names.end(), Value(TextAt(version, {"name"})));
    // A name answers for one version only.
    if (found != names.end()) {
      names.erase(found);
    } else if (BoolAt(version, {"storage"})) {
      errors.push_back(
          FieldInvalid("status.storedVersions", *stored,
                       "must have the storage version " + std::string(TextAt(version, {"name"}))));
    }
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

// What the storage of objects depends on stays as it is.
void CheckImmutable(const Value& definition, const Value& old, FieldErrors& errors) {
  const auto check = [&](std::initializer_list<std::string_view> path, const std::string& shown) {
    if (TextAt(definition, path) != TextAt(old, path)) {
      errors.push_back(FieldInvalid(shown, TextAt(definition, path), "field is immutable"));
    }
  };
  if (IsConditionTrue(old, "Established")) {
    check({"spec", "scope"}, "spec.scope");
    check({"spec", "names", "kind"}, "spec.names.kind");
  }
  check({"spec", "group"}, "spec.group");
  check({"spec", "names", "plural"}, "spec.names.plural");
}

void CheckPreservation(const Value& definition, const Value* old, FieldErrors& errors) {
  if (old != nullptr && BoolAt(*old, {"spec", "preserveUnknownFields"})) return;
  if (!BoolAt(definition, {"spec", "preserveUnknownFields"})) return;
  errors.push_back(FieldInvalid("spec.preserveUnknownFields", Value(true),
                                "cannot set to true, set x-kubernetes-preserve-unknown-fields to "
                                "true in spec.versions[*].schema instead"));
}

}  // namespace

FieldErrors ValidateDefinitionStatus(const Value& definition) {
  FieldErrors errors;
  CheckAcceptedNames(definition, errors);
  return errors;
}

FieldErrors ValidateDefinition(const Value& definition, const Value* old) {
  FieldErrors errors;
  const std::string name = Text(definition, {"metadata", "name"});
  const std::string want =
      Text(definition, {"spec", "names", "plural"}) + "." + Text(definition, {"spec", "group"});
  const std::string prefix = Text(definition, {"metadata", "generateName"});
  const std::string must_be_both = "must be spec.names.plural+\".\"+spec.group";
  if (old == nullptr && !prefix.empty() && prefix != want) {
    errors.push_back(FieldInvalid("metadata.generateName", prefix, must_be_both));
  }
  if (old == nullptr && !name.empty() && name != want) {
    errors.push_back(FieldInvalid("metadata.name", name, must_be_both));
  }
  CheckGroup(definition, errors);
  CheckScope(definition, errors);
  CheckVersions(definition, errors);
  CheckFirstVersion(VersionsOf(definition), errors);
  CheckWantedNames(definition, errors);
  CheckShared(definition, errors);
  CheckConversion(definition, old != nullptr && IsConditionTrue(*old, "Established"), errors);
  if (old != nullptr) CheckImmutable(definition, *old, errors);
  CheckAcceptedNames(definition, errors);
  CheckStoredVersions(definition, errors);
  CheckApproval(definition, old, errors);
  CheckPreservation(definition, old, errors);
  return errors;
}

}  // namespace apiserver
