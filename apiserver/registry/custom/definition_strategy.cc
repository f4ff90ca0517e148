#include "apiserver/registry/custom/definition_strategy.h"

#include "apiserver/api/go_text.h"
#include "apiserver/api/letter_case.h"
#include "apiserver/registry/custom/schema_node.h"
#include "apiserver/registry/custom/schema_parts.h"

namespace apiserver {
namespace {

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

// Formats that nobody checks, in upstream's order; what all versions share is told once.
std::vector<std::string> UnknownFormats(const Value& definition) {
  std::vector<std::string> formats;
  const Value* versions = FindPath(definition, {"spec", "versions"});
  if (versions == nullptr || !versions->is_array()) return formats;
  const Array& all = versions->get_array();
  const bool shares_schema = std::all_of(all.begin(), all.end(), [&](const Value& version) {
    const Value* own = Find(version, "schema");
    const Value* first = Find(all.front(), "schema");
    return own != nullptr && first != nullptr && *own == *first;
  });
  for (const Value& version : all) {
    const Value* schema = FindPath(version, {"schema", "openAPIV3Schema"});
    if (schema == nullptr) continue;
    ForEachSchema(*schema, [&](const Value& part) {
      const std::string_view format = TextAt(part, {"format"});
      if (!format.empty() && !IsFormatOfType(format, TextAt(part, {"type"})))
        formats.emplace_back(format);
    });
    if (shares_schema) break;
  }
  return formats;
}

class DefinitionStatusStrategy final : public Strategy {
 public:
  bool allow_unconditional_update() const override { return false; }
  void PrepareForUpdate(const StrategyContext&, Value& object, const Value& old) const override {
    Restore(object, old, "spec");
  }
  FieldErrors ValidateUpdate(const StrategyContext&, const Value& object,
                             const Value&) const override {
    return ValidateDefinitionStatus(object);
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
    Value* service = FindPath(object, {"spec", "conversion", "webhook", "clientConfig", "service"});
    if (service != nullptr && service->is_object() && Find(*service, "port") == nullptr)
      service->get_object()["port"] = 443;
    const Value* stored = FindPath(object, {"status", "storedVersions"});
    if (stored == nullptr || !stored->is_array() || stored->get_array().empty()) {
      AddStoredVersion(object);
    }
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
