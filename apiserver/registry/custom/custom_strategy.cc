#include "apiserver/registry/custom/custom_strategy.h"

#include <set>

#include "apiserver/api/json_write.h"
#include "apiserver/registry/custom/custom_resource.h"
#include "apiserver/registry/custom/defaults.h"
#include "apiserver/registry/custom/prune.h"
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

// Lists that say they are sets or maps must not repeat themselves.
void CheckLists(const Value& schema, const Value& value, const std::string& path,
                FieldErrors& errors) {
  if (value.is_array()) {
    const std::string_view type = TextAt(schema, {"x-kubernetes-list-type"});
    const Value* keys = Find(schema, "x-kubernetes-list-map-keys");
    const Value* items = Find(schema, "items");
    std::set<std::string> seen;
    std::size_t index = 0;
    for (const Value& item : value.get_array()) {
      const std::string at = path + "[" + std::to_string(index++) + "]";
      Value identity = item;
      if (type == "map" && keys != nullptr && keys->is_array()) {
        identity.emplace_object();
        for (const Value& key : keys->get_array()) {
          const Value* part = Find(item, key.get_string());
          if (part != nullptr) identity.get_object()[key.get_string()] = *part;
        }
      }
      if ((type == "set" || type == "map") && !seen.insert(ToJson(identity)).second) {
        errors.push_back(FieldDuplicate(at, identity));
      }
      if (items != nullptr && items->is_object()) CheckLists(*items, item, at, errors);
    }
    return;
  }
  if (!value.is_object()) return;
  const Value* properties = Find(schema, "properties");
  const Value* additional = Find(schema, "additionalProperties");
  for (const auto& member : value.get_object()) {
    const Value* own = properties == nullptr ? nullptr : Find(*properties, member.key());
    if (own == nullptr && additional != nullptr && additional->is_object()) own = additional;
    const std::string name(member.key());
    if (own != nullptr)
      CheckLists(*own, member.value(), path.empty() ? name : path + "." + name, errors);
  }
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
    if (managed != nullptr) metadata["managedFields"] = *managed;
    if (revision != nullptr) metadata["resourceVersion"] = *revision;
    object = std::move(kept);
  }
  FieldErrors ValidateUpdate(const StrategyContext& context, const Value& object,
                             const Value& old) const override {
    return custom_.strategy->ValidateUpdate(context, object, old);
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
    const CustomVersion* own = Version(version);
    if (own != nullptr && own->schema) ApplySchemaDefaults(*own->schema, object);
  }
  // With strategy None only apiVersion changes; what the other version's schema lacks is pruned.
  void ToStorageVersion(std::string_view, std::string_view, Value& object) const override {
    Convert(custom_.StorageVersion(), object);
  }
  void FromStorageVersion(std::string_view, std::string_view version,
                          Value& object) const override {
    Convert(Version(version), object);
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
  std::string UnknownFieldLabelText(std::string_view, std::string_view version,
                                    std::string_view label) const override {
    const CustomVersion* own = Version(version);
    if (own == nullptr || own->selectable_fields.empty()) return {};
    return "field label not supported: " + std::string(label);
  }

 private:
  const CustomVersion* Version(std::string_view name) const {
    const auto found = custom_.versions.find(name);
    return found == custom_.versions.end() ? nullptr : &found->second;
  }

  static void Convert(const CustomVersion* version, Value& object) {
    if (version == nullptr) return;
    if (version->schema) ApplySchemaDefaults(*version->schema, object);
    NormalizeCustom(*version->type, object, nullptr);
  }

  // Objects are checked against the version that the request speaks, as upstream does.
  FieldErrors Check(const StrategyContext& context, const Value& object, const Value* old) const {
    const CustomVersion* own = Version(context.info.version);
    if (own == nullptr || !own->schema) return {};
    FieldErrors errors = ValidateValue(*own->schema, object, old, "");
    FieldErrors lists;
    if (old != nullptr) CheckLists(*own->schema, *old, "", lists);
    if (lists.empty()) CheckLists(*own->schema, object, "", errors);
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
