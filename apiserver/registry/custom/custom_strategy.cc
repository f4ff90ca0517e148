#include "apiserver/registry/custom/custom_strategy.h"

#include <algorithm>
#include <set>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/names.h"
#include "apiserver/registry/custom/custom_resource.h"
#include "apiserver/registry/custom/defaults.h"
#include "apiserver/registry/custom/embedded_objects.h"
#include "apiserver/registry/custom/list_types.h"
#include "apiserver/registry/custom/prune.h"
#include "apiserver/registry/custom/rule_validator.h"
#include "apiserver/registry/custom/scale_checks.h"
#include "apiserver/registry/custom/simple_path.h"
#include "apiserver/registry/custom/value_validation.h"

namespace apiserver {
namespace {

bool HasStatus(const CustomResource& custom, std::string_view version) {
  const auto found = custom.versions.find(version);
  return found != custom.versions.end() && found->second.has_status;
}

bool DiffersBeyondMetadata(const Value& a, const Value& b) {
  Object left(a.get_object());
  Object right(b.get_object());
  for (std::string_view name : {"metadata", "apiVersion", "kind"}) {
    left.erase(name);
    right.erase(name);
  }
  return left != right;
}

void Restore(Value& object, const Value& old, std::string_view name) {
  const Value* before = Find(old, name);
  if (before == nullptr) {
    object.get_object().erase(name);
  } else {
    object.get_object()[name] = *before;
  }
}

// Warnings about finalizers that are new.
std::vector<std::string> FinalizerWarnings(const Value& object, const Value* old) {
  const auto names = [](const Value* from) {
    std::set<std::string> found;
    const Value* list = from == nullptr ? nullptr : FindPath(*from, {"metadata", "finalizers"});
    if (list == nullptr || !list->is_array()) return found;
    for (const Value& name : list->get_array()) {
      if (name.is_string()) found.emplace(std::string_view(name.get_string()));
    }
    return found;
  };
  constexpr std::string_view kAdvice =
      " to avoid accidental conflicts with other finalizer writers";
  const std::set<std::string> before = names(old);
  std::vector<std::string> warnings;
  for (const std::string& name : names(&object)) {
    if (before.count(name) != 0) continue;
    const std::string start = "metadata.finalizers: " + GoQuote(name) + ": ";
    for (const std::string& message : CheckQualifiedName(name)) warnings.push_back(start + message);
    const bool is_standard =
        name == "orphan" || name == "foregroundDeletion" || name == "kubernetes";
    if (name.find('/') != std::string::npos || is_standard) continue;
    warnings.push_back(start + "prefer a domain-qualified finalizer name" +
                       (name.find('.') != std::string::npos ? " including a path (/)" : "") +
                       std::string(kAdvice));
  }
  return warnings;
}

void Append(FieldErrors& errors, FieldErrors more) {
  for (FieldError& error : more) errors.push_back(std::move(error));
}

// What a list of errors says about lists counts only when the old object had no such faults.
void AppendListErrors(const SchemaNode& schema, const Value& object, const Value* old,
                      FieldErrors& errors) {
  if (old != nullptr && !ValidateListTypes(schema, *old).empty()) return;
  Append(errors, ValidateListTypes(schema, object));
}

// Rules are not run on what other errors make meaningless.
bool BlocksRules(const FieldErrors& errors) {
  return std::any_of(errors.begin(), errors.end(), [](const FieldError& error) {
    for (std::string_view reason :
         {"FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany",
          "FieldValueTypeInvalid"}) {
      if (error.reason == reason) return true;
    }
    return false;
  });
}

// What rules say of parts that an update left as wrong as they were is a warning.
void AppendRuleErrors(const StrategyContext& context, const CustomVersion& version,
                      const Value& object, const Value* old, FieldErrors& errors) {
  const RuleValidator* rules = version.rules();
  if (rules == nullptr) return;
  if (BlocksRules(errors)) {
    errors.push_back(FieldInvalid(
        "<nil>", Value(nullptr),
        "some validation rules were not checked because the object was invalid; correct the "
        "existing errors to complete validation"));
    return;
  }
  RuleFindings findings = rules->Validate(object, old, true);
  Append(errors, std::move(findings.errors));
  if (context.warnings == nullptr) return;
  for (std::string& warning : findings.warnings) context.warnings->push_back(std::move(warning));
}

class CustomStatusStrategy final : public Strategy {
 public:
  explicit CustomStatusStrategy(const CustomResource& custom) : custom_(custom) {}
  bool allow_unconditional_update() const override { return false; }

  // Only status and managedFields come from the request.
  void PrepareForUpdate(const StrategyContext&, Value& object, const Value& old) const override {
    Value kept(old, object.storage());
    Restore(kept, object, "status");
    const Value* managed = FindPath(object, {"metadata", "managedFields"});
    const Value* revision = FindPath(object, {"metadata", "resourceVersion"});
    Object& metadata = EnsureObject(kept, "metadata");
    metadata.erase("managedFields");
    if (managed != nullptr) metadata["managedFields"] = *managed;
    if (revision != nullptr) metadata["resourceVersion"] = *revision;
    object = std::move(kept);
  }
  // Only what lies below status is checked, as an object of its own.
  FieldErrors ValidateUpdate(const StrategyContext& context, const Value& object,
                             const Value& old) const override {
    FieldErrors errors;
    const auto found = custom_.versions.find(context.info.version);
    if (found == custom_.versions.end() || !found->second.node) return errors;
    const CustomVersion& version = found->second;
    const SchemaNode& schema = *version.node;
    const Value* status = Find(object, "status");
    const SchemaNode* status_schema = schema.FindProperty("status");
    if (status != nullptr && status_schema != nullptr) {
      const auto before = Correlation{&schema, &object, &old}.Key("status");
      Append(errors, ValidateValue(*status_schema, *status, before ? &*before : nullptr,
                                   {.prefix = "status"}));
    }
    if (version.scale) Append(errors, ValidateScaleStatus(*version.scale, object));
    AppendListErrors(schema, object, &old, errors);
    AppendRuleErrors(context, version, object, &old, errors);
    return errors;
  }
  std::vector<ResetPath> ResetFields(std::string_view) const override {
    return {{"spec"},
            {"metadata", "deletionGracePeriodSeconds"},
            {"metadata", "annotations"},
            {"metadata", "creationTimestamp"},
            {"metadata", "deletionTimestamp"},
            {"metadata", "finalizers"},
            {"metadata", "generation"},
            {"metadata", "labels"},
            {"metadata", "name"},
            {"metadata", "namespace"},
            {"metadata", "ownerReferences"},
            {"metadata", "selfLink"},
            {"metadata", "uid"}};
  }

 private:
  const CustomResource& custom_;
};

class CustomStrategy final : public Strategy {
 public:
  explicit CustomStrategy(const CustomResource& custom) : custom_(custom), status_(custom) {
    for (const auto& [name, version] : custom.versions) {
      for (const std::string& field : version.selectable_fields) {
        if (std::find(labels_.begin(), labels_.end(), field) == labels_.end())
          labels_.push_back(field);
      }
    }
  }

  bool allow_unconditional_update() const override { return false; }

  void Default(std::string_view version, Value& object) const override {
    const CustomVersion* own = custom_.Version(version);
    if (own != nullptr && own->node) ApplySchemaDefaults(*own->node, object);
  }
  void PrepareForCreate(const StrategyContext& context, Value& object) const override {
    if (HasStatus(custom_, context.info.version)) object.get_object().erase("status");
    EnsureObject(object, "metadata")["generation"] = 1;
  }
  FieldErrors Validate(const StrategyContext& context, const Value& object) const override {
    return Check(context, object, nullptr);
  }
  void PrepareForUpdate(const StrategyContext& context, Value& object,
                        const Value& old) const override {
    if (HasStatus(custom_, context.info.version)) Restore(object, old, "status");
    if (!DiffersBeyondMetadata(object, old)) return;
    EnsureObject(object, "metadata")["generation"] = IntAt(old, {"metadata", "generation"}) + 1;
  }
  FieldErrors ValidateUpdate(const StrategyContext& context, const Value& object,
                             const Value& old) const override {
    return Check(context, object, &old);
  }
  std::vector<std::string> WarningsOnCreate(const StrategyContext&,
                                            const Value& object) const override {
    return FinalizerWarnings(object, nullptr);
  }
  std::vector<std::string> WarningsOnUpdate(const StrategyContext&, const Value& object,
                                            const Value& old) const override {
    return FinalizerWarnings(object, &old);
  }
  const Strategy* Subresource(std::string_view name) const override {
    return name == "status" ? &status_ : nullptr;
  }
  std::vector<ResetPath> ResetFields(std::string_view version) const override {
    if (!HasStatus(custom_, version)) return {};
    return {{"status"}};
  }

  std::span<const std::string_view> field_labels() const override { return labels_; }
  std::string FieldValue(const Value& object, std::string_view label) const override {
    const Value* found = FindBySimplePath(object, "." + std::string(label));
    if (found == nullptr || found->is_null()) return {};
    return found->is_string() ? std::string(std::string_view(found->get_string())) : ToJson(*found);
  }
  // A label of another version is none of this one's.
  std::string CanonicalFieldLabel(std::string_view, std::string_view version,
                                  std::string_view label) const override {
    const CustomVersion* own = custom_.Version(version);
    const bool is_known =
        own != nullptr && std::find(own->selectable_fields.begin(), own->selectable_fields.end(),
                                    label) != own->selectable_fields.end();
    return is_known ? std::string(label) : std::string();
  }
  std::string UnknownFieldLabelText(std::string_view, std::string_view,
                                    std::string_view label) const override {
    return "field label not supported: " + std::string(label);
  }

 private:
  // Objects are checked against the version that the request speaks, as upstream does.
  FieldErrors Check(const StrategyContext& context, const Value& object, const Value* old) const {
    FieldErrors errors;
    const CustomVersion* version = custom_.Version(context.info.version);
    if (version == nullptr || !version->node) return errors;
    const SchemaNode& schema = *version->node;
    const Correlation correlation{&schema, &object, old};
    Append(errors, ValidateValue(schema, object, old == nullptr ? nullptr : &correlation));
    if (version->scale) {
      Append(errors, ValidateScaleSpec(*version->scale, object));
      Append(errors, ValidateScaleStatus(*version->scale, object));
    }
    Append(errors, ValidateEmbedded(schema, object));
    AppendListErrors(schema, object, old, errors);
    AppendRuleErrors(context, *version, object, old, errors);
    return errors;
  }

  const CustomResource& custom_;
  CustomStatusStrategy status_;
  std::vector<std::string_view> labels_;
};

}  // namespace

std::unique_ptr<const Strategy> MakeCustomStrategy(const CustomResource& custom) {
  return std::make_unique<CustomStrategy>(custom);
}

}  // namespace apiserver
