#include "apiserver/registry/custom/definition_strategy.h"

#include "apiserver/api/go_text.h"
#include "apiserver/registry/custom/formats.h"

namespace apiserver {
namespace {

std::string LowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

void Restore(Value& object, const Value& old, std::string_view name) {
  const Value* before = Find(old, name);
  if (before == nullptr) {
    object.get_object().erase(name);
  } else {
    object.get_object()[name] = *before;
  }
}

// The storage version joins status.storedVersions.
void AddStoredVersion(Value& definition) {
  const Value* versions = FindPath(definition, {"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return;
  for (const Value& version : versions->get_array()) {
    if (!BoolAt(version, {"storage"})) continue;
    Value& stored = EnsureObject(definition, "status")["storedVersions"];
    if (!stored.is_array()) stored.emplace_array();
    const Value name(TextAt(version, {"name"}));
    Array& names = stored.get_array();
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return;
  }
}

// Formats that nobody checks, in the order in which the schema names them.
void FindUnknownFormats(const Value& schema, std::vector<std::string>& formats) {
  if (schema.is_array()) {
    for (const Value& item : schema.get_array()) FindUnknownFormats(item, formats);
    return;
  }
  if (!schema.is_object()) return;
  const Value* format = Find(schema, "format");
  if (format != nullptr && format->is_string() && Find(schema, "type") != nullptr &&
      !IsKnownFormat(format->get_string())) {
    formats.emplace_back(std::string_view(format->get_string()));
  }
  for (const auto& member : schema.get_object()) {
    if (member.key() != "default" && member.key() != "enum" && member.key() != "example") {
      FindUnknownFormats(member.value(), formats);
    }
  }
}

std::vector<std::string> UnknownFormats(const Value& definition) {
  std::vector<std::string> formats;
  const Value* versions = FindPath(definition, {"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return formats;
  for (const Value& version : versions->get_array()) {
    if (const Value* schema = FindPath(version, {"schema", "openAPIV3Schema"}))
      FindUnknownFormats(*schema, formats);
  }
  return formats;
}

class DefinitionStatusStrategy final : public Strategy {
 public:
  bool allow_unconditional_update() const override { return false; }
  void PrepareForUpdate(const StrategyContext&, Value& object, const Value& old) const override {
    Restore(object, old, "spec");
  }
  std::vector<ResetPath> ResetFields(std::string_view) const override { return {{"spec"}}; }
};

class DefinitionStrategy final : public Strategy {
 public:
  void Default(std::string_view, Value& object) const override {
    Object& spec = EnsureObject(object, "spec");
    Object& names = EnsureObject(spec, "names");
    Value names_value(names);
    const std::string kind(TextAt(names_value, {"kind"}));
    if (TextAt(names_value, {"singular"}).empty()) names["singular"] = LowerCase(kind);
    if (TextAt(names_value, {"listKind"}).empty() && !kind.empty())
      names["listKind"] = kind + "List";
    if (!spec["conversion"].is_object()) spec["conversion"].emplace_object()["strategy"] = "None";
  }
  bool allow_unconditional_update() const override { return false; }

  void PrepareForCreate(const StrategyContext&, Value& object) const override {
    object.get_object()["status"].emplace_object();
    EnsureObject(object, "metadata")["generation"] = 1;
    AddStoredVersion(object);
  }
  FieldErrors Validate(const StrategyContext&, const Value& object) const override {
    return ValidateDefinition(object, nullptr);
  }
  std::vector<std::string> WarningsOnCreate(const StrategyContext&,
                                            const Value& object) const override {
    std::vector<std::string> warnings;
    for (const std::string& format : UnknownFormats(object)) {
      warnings.push_back("unrecognized format " + GoQuote(format));
    }
    return warnings;
  }

  void PrepareForUpdate(const StrategyContext&, Value& object, const Value& old) const override {
    Restore(object, old, "status");
    const Value* now = Find(object, "spec");
    const Value* before = Find(old, "spec");
    const bool is_same = now != nullptr && before != nullptr && *now == *before;
    if (!is_same)
      EnsureObject(object, "metadata")["generation"] = IntAt(old, {"metadata", "generation"}) + 1;
    AddStoredVersion(object);
  }
  FieldErrors ValidateUpdate(const StrategyContext&, const Value& object,
                             const Value& old) const override {
    return ValidateDefinition(object, &old);
  }
  std::vector<std::string> WarningsOnUpdate(const StrategyContext&, const Value& object,
                                            const Value& old) const override {
    const std::vector<std::string> before = UnknownFormats(old);
    std::vector<std::string> warnings;
    for (const std::string& format : UnknownFormats(object)) {
      if (std::find(before.begin(), before.end(), format) == before.end()) {
        warnings.push_back("unrecognized format " + GoQuote(format));
      }
    }
    return warnings;
  }
  const Strategy* Subresource(std::string_view name) const override {
    return name == "status" ? &status_ : nullptr;
  }
  std::vector<ResetPath> ResetFields(std::string_view) const override { return {{"status"}}; }

 private:
  DefinitionStatusStrategy status_;
};

}  // namespace

std::unique_ptr<const Strategy> MakeDefinitionStrategy() {
  return std::make_unique<DefinitionStrategy>();
}

}  // namespace apiserver
