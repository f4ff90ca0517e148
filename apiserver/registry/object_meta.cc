#include "apiserver/registry/object_meta.h"

#include <set>

#include "apiserver/api/go_text.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/api/letter_case.h"
#include "apiserver/api/names.h"
#include "apiserver/registry/options.h"

namespace apiserver {
namespace {

constexpr std::size_t kAnnotationBytesMax = 256 * 1024;
constexpr int kSubresourceNameMax = 256;
constexpr std::string_view kImmutable = "field is immutable";

void Append(FieldErrors& errors, FieldErrors more) {
  for (FieldError& error : more) errors.push_back(std::move(error));
}

// Lists and maps that are absent or null hold nothing.
const Array& ArrayAt(const Value& object, std::string_view name) {
  static const Array kNone;
  const Value* found = Find(object, name);
  return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

const Value& ValueAt(const Value& object, std::string_view name) {
  static const Value kNull;
  const Value* found = Find(object, name);
  return found == nullptr ? kNull : *found;
}

bool IsEmptyValue(const Value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty());
}

FieldErrors ValidateOwner(const Value& owner, const std::string& path) {
  FieldErrors errors;
  const std::string_view api_version = TextAt(owner, {"apiVersion"});
  const auto slashes = std::count(api_version.begin(), api_version.end(), '/');
  auto [group, version] = SplitApiVersion(api_version);
  if (slashes > 1) group = version = {};
  const std::string_view kind = TextAt(owner, {"kind"});
  if (version.empty()) {
    errors.push_back(FieldInvalid(path + ".apiVersion", api_version, "version must not be empty"));
  }
  if (kind.empty()) errors.push_back(FieldInvalid(path + ".kind", kind, "must not be empty"));
  for (std::string_view name : {"name", "uid"}) {
    if (!TextAt(owner, {name}).empty()) continue;
    errors.push_back(
        FieldInvalid(path + "." + std::string(name), std::string_view(), "must not be empty"));
  }
  if (group.empty() && version == "v1" && kind == "Event") {
    errors.push_back(
        FieldInvalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"));
  }
  return errors;
}

// The owners as upstream's type shows them, whatever the order in which a custom object has their
// fields.
Value ShownOwners(const Value& owners) {
  Array shown;
  for (const Value& owner : owners.get_array()) {
    Object ordered;
    for (std::string_view name :
         {"apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"}) {
      if (const Value* value = Find(owner, name)) ordered[name] = *value;
    }
    shown.push_back(std::move(ordered));
  }
  return shown;
}

FieldErrors ValidateOwners(const Value& owners, const std::string& path) {
  FieldErrors errors;
  if (!owners.is_array()) return errors;
  std::string controller;
  for (const Value& owner : owners.get_array()) {
    Append(errors, ValidateOwner(owner, path));
    if (!BoolAt(owner, {"controller"})) continue;
    const std::string name =
        std::string(TextAt(owner, {"kind"})) + "/" + std::string(TextAt(owner, {"name"}));
    if (controller.empty()) {
      controller = name;
      continue;
    }
    errors.push_back(
        FieldInvalid(path, ShownOwners(owners),
                     "Only one reference can have Controller set to true. Found \"true\" in "
                     "references for " +
                         controller + " and " + name));
  }
  return errors;
}

bool IsStandardFinalizer(std::string_view name) {
  return name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
}

FieldErrors ValidateFinalizerDomains(const Value& finalizers) {
  FieldErrors errors;
  if (!finalizers.is_array()) return errors;
  std::size_t index = 0;
  for (const Value& finalizer : finalizers.get_array()) {
    const std::string path = "metadata.finalizers[" + std::to_string(index++) + "]";
    const std::string_view name =
        finalizer.is_string() ? std::string_view(finalizer.get_string()) : "";
    if (name.find('/') != std::string_view::npos || IsStandardFinalizer(name)) continue;
    errors.push_back(FieldInvalid(
        path, name, "name is neither a standard finalizer name nor is it fully qualified"));
  }
  return errors;
}

FieldErrors ValidateFinalizers(const Value& finalizers, bool checks_domains) {
  FieldErrors errors;
  if (!finalizers.is_array()) return errors;
  bool has_orphan = false;
  bool has_foreground = false;
  for (const Value& finalizer : finalizers.get_array()) {
    const std::string_view name =
        finalizer.is_string() ? std::string_view(finalizer.get_string()) : "";
    for (const std::string& message : CheckQualifiedName(name)) {
      errors.push_back(FieldInvalid("metadata.finalizers", name, message));
    }
    has_orphan = has_orphan || name == "orphan";
    has_foreground = has_foreground || name == "foregroundDeletion";
  }
  if (has_orphan && has_foreground) {
    errors.push_back(FieldInvalid("metadata.finalizers", finalizers,
                                  "finalizer orphan and foregroundDeletion cannot be both set"));
  }
  if (checks_domains) Append(errors, ValidateFinalizerDomains(finalizers));
  return errors;
}

FieldErrors ValidateManagers(const Value& entries) {
  FieldErrors errors;
  if (!entries.is_array()) return errors;
  std::size_t index = 0;
  for (const Value& entry : entries.get_array()) {
    const std::string path = "metadata.managedFields[" + std::to_string(index++) + "]";
    const std::string_view operation = TextAt(entry, {"operation"});
    if (operation != "Apply" && operation != "Update") {
      errors.push_back(FieldInvalid(path + ".operation", operation, "must be `Apply` or `Update`"));
    }
    const std::string_view type = TextAt(entry, {"fieldsType"});
    if (!type.empty() && type != "FieldsV1") {
      errors.push_back(FieldInvalid(path + ".fieldsType", type, "must be `FieldsV1`"));
    }
    Append(errors, ValidateFieldManager(TextAt(entry, {"manager"}), path + ".manager"));
    if (TextAt(entry, {"subresource"}).size() > kSubresourceNameMax) {
      errors.push_back(FieldTooLong(path + ".subresource", kSubresourceNameMax));
    }
  }
  return errors;
}

FieldErrors ValidateNamespaceOf(const Value& metadata, bool is_namespaced) {
  FieldErrors errors;
  const std::string_view name = TextAt(metadata, {"namespace"});
  if (!is_namespaced) {
    if (!name.empty())
      errors.push_back(FieldForbidden("metadata.namespace", "not allowed on this type"));
    return errors;
  }
  if (name.empty()) {
    errors.push_back(FieldRequired("metadata.namespace", ""));
    return errors;
  }
  for (const std::string& message : CheckDns1123Label(name)) {
    errors.push_back(FieldInvalid("metadata.namespace", name, message));
  }
  return errors;
}

void ValidateNames(const Value& metadata, const Strategy* strategy, FieldErrors& errors) {
  const auto check = [&](std::string_view field, std::string_view name, bool is_prefix) {
    const std::string path = "metadata." + std::string(field);
    const NameRule rule = strategy == nullptr ? NameRule::kPathSegment : strategy->name_rule();
    for (const std::string& message : NameMessagesFor(rule, name, is_prefix)) {
      errors.push_back(FieldInvalid(path, name, message));
    }
    if (strategy == nullptr) return;
    for (const std::string& message : strategy->NameProblems(name, is_prefix)) {
      errors.push_back(FieldInvalid(path, name, message));
    }
  };
  const std::string_view prefix = TextAt(metadata, {"generateName"});
  if (!prefix.empty()) check("generateName", prefix, true);
  const std::string_view name = TextAt(metadata, {"name"});
  if (name.empty()) {
    errors.push_back(FieldRequired("metadata.name", "name or generateName is required"));
  } else {
    check("name", name, false);
  }
}

void CheckUnchanged(const Value& metadata, const Value& old_metadata, std::string_view name,
                    FieldErrors& errors) {
  const Value& now = ValueAt(metadata, name);
  const Value& before = ValueAt(old_metadata, name);
  if (now == before || (IsEmptyValue(now) && IsEmptyValue(before))) return;
  const bool is_pointer = name == "deletionTimestamp" || name == "deletionGracePeriodSeconds";
  const Value shown = now.is_null() && !is_pointer ? Value("") : now;
  errors.push_back(FieldInvalid("metadata." + std::string(name), shown, kImmutable));
}

// Go's %#v of a sorted list of strings.
std::string GoStringSlice(const std::set<std::string>& texts) {
  std::string out = "[]string{";
  for (const std::string& text : texts) {
    if (out.back() != '{') out += ", ";
    out += GoQuote(text);
  }
  return out + "}";
}

void CheckNoNewFinalizers(const Value& metadata, const Value& old_metadata, FieldErrors& errors) {
  if (IsEmptyValue(ValueAt(old_metadata, "deletionTimestamp"))) return;
  std::set<std::string> extra;
  for (const Value& finalizer : ArrayAt(metadata, "finalizers")) {
    if (finalizer.is_string()) extra.emplace(std::string_view(finalizer.get_string()));
  }
  for (const Value& finalizer : ArrayAt(old_metadata, "finalizers")) {
    if (finalizer.is_string()) extra.erase(std::string(std::string_view(finalizer.get_string())));
  }
  if (extra.empty()) return;
  errors.push_back(FieldForbidden(
      "metadata.finalizers",
      "no new finalizers can be added if the object is being deleted, found new finalizers " +
          GoStringSlice(extra)));
}

}  // namespace

FieldErrors ValidateAnnotations(const Value& annotations, const std::string& path) {
  FieldErrors errors;
  const Object* object = annotations.if_object();
  if (object == nullptr) return errors;
  std::size_t size = 0;
  for (const auto& member : *object) {
    const std::string_view key = member.key();
    for (const std::string& message : CheckQualifiedName(LowerCase(key))) {
      errors.push_back(FieldInvalid(path, key, message));
    }
    size += key.size();
    if (member.value().is_string()) size += member.value().get_string().size();
  }
  if (size > kAnnotationBytesMax)
    errors.push_back(FieldTooLong(path, static_cast<int>(kAnnotationBytesMax)));
  return errors;
}

FieldErrors ValidateObjectMeta(const Value& metadata, const MetaRules& rules,
                               const Strategy* strategy) {
  FieldErrors errors;
  ValidateNames(metadata, strategy, errors);
  Append(errors, ValidateNamespaceOf(metadata, rules.is_namespaced));
  const std::int64_t generation = IntAt(metadata, {"generation"});
  if (generation < 0) {
    errors.push_back(FieldInvalid("metadata.generation", Value(generation),
                                  "must be greater than or equal to 0"));
  }
  Append(errors, ValidateLabels(ValueAt(metadata, "labels"), "metadata.labels"));
  Append(errors, ValidateAnnotations(ValueAt(metadata, "annotations"), "metadata.annotations"));
  Append(errors, ValidateOwners(ValueAt(metadata, "ownerReferences"), "metadata.ownerReferences"));
  const bool checks_domains = rules.checks_finalizer_domains && strategy != nullptr;
  Append(errors, ValidateFinalizers(ValueAt(metadata, "finalizers"), checks_domains));
  Append(errors, ValidateManagers(ValueAt(metadata, "managedFields")));
  return errors;
}

FieldErrors ValidateObjectMetaUpdate(const Value& metadata, const Value& old_metadata,
                                     bool checks_finalizer_domains) {
  FieldErrors errors;
  CheckNoNewFinalizers(metadata, old_metadata, errors);
  if (TextAt(metadata, {"resourceVersion"}).empty()) {
    errors.push_back(FieldInvalid("metadata.resourceVersion", std::string_view(),
                                  "must be specified for an update"));
  }
  const std::int64_t generation = IntAt(metadata, {"generation"});
  if (generation < IntAt(old_metadata, {"generation"})) {
    errors.push_back(
        FieldInvalid("metadata.generation", Value(generation), "must not be decremented"));
  }
  for (std::string_view name : {"name", "namespace", "uid", "creationTimestamp",
                                "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    CheckUnchanged(metadata, old_metadata, name, errors);
  }
  Append(errors, ValidateLabels(ValueAt(metadata, "labels"), "metadata.labels"));
  Append(errors, ValidateAnnotations(ValueAt(metadata, "annotations"), "metadata.annotations"));
  Append(errors, ValidateOwners(ValueAt(metadata, "ownerReferences"), "metadata.ownerReferences"));
  Append(errors, ValidateManagers(ValueAt(metadata, "managedFields")));
  if (checks_finalizer_domains) {
    Append(errors, ValidateFinalizerDomains(ValueAt(metadata, "finalizers")));
  }
  return errors;
}

std::vector<std::string> NameMessagesFor(NameRule rule, std::string_view name, bool is_prefix) {
  std::string masked(name);
  // Upstream's maskTrailingDash: the last two characters give way to one letter.
  if (is_prefix && masked.size() > 1 && masked.back() == '-') {
    masked.resize(masked.size() - 2);
    masked += 'a';
  }
  switch (rule) {
    case NameRule::kDnsSubdomain:
      return CheckDns1123Subdomain(masked);
    case NameRule::kDnsLabel:
      return CheckDns1123Label(masked);
    case NameRule::kLongName: {
      std::vector<std::string> messages = CheckDns1123Subdomain(masked);
      for (std::string& message : messages) {
        if (message.ends_with("253 characters")) message = "must be no more than 253 bytes";
      }
      return messages;
    }
    case NameRule::kDns1035Label:
      return CheckDns1035Label(masked);
    case NameRule::kOwn:
      return {};
    case NameRule::kPathSegment:
      break;
  }
  return CheckPathSegmentName(name);
}

std::vector<std::string> RemoveRepeatedOwners(Object& metadata) {
  std::vector<std::string> repeated;
  Value* owners = metadata.if_contains("ownerReferences");
  if (owners == nullptr || !owners->is_array() || owners->get_array().size() < 2) return repeated;
  Array kept(owners->storage());
  for (Value& owner : owners->get_array()) {
    if (std::find(kept.begin(), kept.end(), owner) == kept.end()) {
      kept.push_back(owner);
    } else {
      repeated.emplace_back(TextAt(owner, {"uid"}));
    }
  }
  if (!repeated.empty()) *owners = std::move(kept);
  return repeated;
}

}  // namespace apiserver
