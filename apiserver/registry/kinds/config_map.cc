// ConfigMaps and Secrets: keys, sizes, immutability. Source:
// kubernetes/pkg/apis/core/validation, 1.36.
#include "apiserver/api/base64.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr int kBytesMax = 1024 * 1024;

// The size of what base64 text holds.
std::size_t DecodedSize(std::string_view text) {
  std::size_t size = text.size() / 4 * 3;
  for (std::size_t i = text.size(); i > 0 && text[i - 1] == '=' && size > 0; --i) --size;
  return size;
}

std::size_t CheckKeys(const Object& object, std::string_view name, bool is_base64,
                      Violations& out) {
  std::size_t bytes = 0;
  const FieldPath path(name);
  for (const auto& entry : ObjectOf(object, name)) {
    const std::string_view value = AsText(entry.value());
    out.InvalidEach(path.Key(entry.key()), entry.key(), CheckConfigMapKey(entry.key()));
    bytes += is_base64 ? DecodedSize(value) : value.size();
  }
  return bytes;
}

void CheckStaysImmutable(const Object& object, const Object& old,
                         std::initializer_list<std::string_view> names, Violations& out) {
  if (!FlagOf(old, "immutable")) return;
  constexpr std::string_view kDetail = "field is immutable when `immutable` is set";
  if (!FlagOf(object, "immutable")) out.Forbidden(FieldPath("immutable"), kDetail);
  for (std::string_view name : names) {
    // An empty map is not the same as none, as which it would be stored.
    const bool same = object.contains(name) == old.contains(name) &&
                      SameExcept(ObjectOf(object, name), ObjectOf(old, name), {});
    if (!same) out.Forbidden(FieldPath(name), kDetail);
  }
}

void ValidateConfigMap(const Object& object, Violations& out) {
  const Object& binary = ObjectOf(object, "binaryData");
  std::size_t bytes = 0;
  const FieldPath data_path("data");
  for (const auto& entry : ObjectOf(object, "data")) {
    const std::string_view key = entry.key();
    out.InvalidEach(data_path.Key(key), key, CheckConfigMapKey(key));
    if (binary.contains(key)) {
      out.Invalid(data_path.Key(key), key, "duplicate of key present in binaryData");
    }
    bytes += AsText(entry.value()).size();
  }
  bytes += CheckKeys(object, "binaryData", true, out);
  if (bytes > kBytesMax) out.TooLong(FieldPath(""), kBytesMax);
}

void ValidateConfigMapChange(const Object& object, const Object& old, Violations& out) {
  CheckStaysImmutable(object, old, {"data", "binaryData"}, out);
}

void ValidateConfigMapUpdate(const Object& object, const Object&, Violations& out) {
  ValidateConfigMap(object, out);
}

void DefaultSecret(Object& object) {
  FillText(object, "type", "Opaque");
  // What a client writes as text becomes data, as upstream's conversion from v1 does.
  if (Object* texts = IfObjectOf(object, "stringData")) {
    Object& data = EnsureObject(object, "data");
    for (const auto& entry : *texts) {
      std::string encoded;
      AppendBase64(AsText(entry.value()), encoded);
      data[entry.key()] = encoded;
    }
    object.erase("stringData");
  }
}

struct TypeRule {
  std::string_view type;
  std::string_view key;
};
constexpr TypeRule kRequiredKeys[] = {{"kubernetes.io/dockercfg", ".dockercfg"},
                                      {"kubernetes.io/dockerconfigjson", ".dockerconfigjson"},
                                      {"kubernetes.io/ssh-auth", "ssh-privatekey"},
                                      {"kubernetes.io/tls", "tls.crt"},
                                      {"kubernetes.io/tls", "tls.key"}};

std::string JsonWord(const Value& value) {
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  return value.is_bool() ? "bool" : "number";
}

void CheckDockerConfig(const Object& data, std::string_view key, Violations& out) {
  if (!data.contains(key)) return;
  const auto text = DecodeBase64(TextOf(data, key));
  const JsonParseResult config = ParseJson(text.ok() ? text.value() : std::string());
  std::string problem = config.error;
  if (config.ok() && !config.value.is_object() && !config.value.is_null()) {
    problem = "json: cannot unmarshal " + JsonWord(config.value) +
              " into Go value of type map[string]interface {}";
  }
  if (problem.empty()) return;
  out.Invalid(FieldPath("data").Key(key), "<secret contents redacted>", problem);
}

void CheckTypedSecret(const Object& object, Violations& out) {
  const Object& data = ObjectOf(object, "data");
  const std::string_view type = TextOf(object, "type");
  const FieldPath path("data");
  if (type == "kubernetes.io/service-account-token") {
    constexpr std::string_view kName = "kubernetes.io/service-account.name";
    const Object& annotations = ObjectOf(ObjectOf(object, "metadata"), "annotations");
    const FieldPath annotations_path("metadata.annotations");
    if (TextOf(annotations, kName).empty()) out.Required(annotations_path.Key(kName));
  }
  if (type == "kubernetes.io/basic-auth" && !data.contains("username") &&
      !data.contains("password")) {
    out.Required(path.Key("username"));
    out.Required(path.Key("password"));
  }
  for (const TypeRule& rule : kRequiredKeys) {
    if (rule.type == type && !data.contains(rule.key)) out.Required(path.Key(rule.key));
  }
  if (type == "kubernetes.io/dockercfg") CheckDockerConfig(data, ".dockercfg", out);
  if (type == "kubernetes.io/dockerconfigjson") CheckDockerConfig(data, ".dockerconfigjson", out);
}

void ValidateSecret(const Object& object, Violations& out) {
  const std::size_t bytes = CheckKeys(object, "data", true, out);
  if (bytes > kBytesMax) out.TooLong(FieldPath("data"), kBytesMax);
  CheckTypedSecret(object, out);
}

void ValidateSecretChange(const Object& object, const Object& old, Violations& out) {
  CheckImmutableText(object, old, "type", FieldPath(""), out);
  CheckStaysImmutable(object, old, {"data"}, out);
}

void ValidateSecretUpdate(const Object& object, const Object&, Violations& out) {
  ValidateSecret(object, out);
}

constexpr std::string_view kSecretLabels[] = {"type"};
std::string SecretField(const Object& object, std::string_view) {
  return std::string(TextOf(object, "type"));
}

}  // namespace

const KindRules kConfigMapRules{.group = "",
                                .resource = "configmaps",
                                .validate = ValidateConfigMap,
                                .validate_change = ValidateConfigMapChange,
                                .validate_update = ValidateConfigMapUpdate,
                                .update_metadata = UpdateMetadata::kUpdateAndCreate};

const KindRules kSecretRules{.group = "",
                             .resource = "secrets",
                             .defaults = DefaultSecret,
                             .validate = ValidateSecret,
                             .validate_change = ValidateSecretChange,
                             .validate_update = ValidateSecretUpdate,
                             .update_metadata = UpdateMetadata::kUpdateAndCreate,
                             .field_labels = kSecretLabels,
                             .field_value = SecretField};

}  // namespace apiserver
