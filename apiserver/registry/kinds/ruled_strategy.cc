// The one Strategy behind all kinds: reads KindRules and does the generic part.
#include <algorithm>

#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/kind_rules.h"

namespace apiserver {
namespace {

bool IsEnvelope(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

void CopyMember(Object& object, const Object& old, std::string_view name) {
  if (const Value* value = old.if_contains(name)) {
    object[name] = *value;
  } else {
    object.erase(name);
  }
}

bool RaisesGeneration(GenerationRule rule, const Object& object, const Object& old) {
  const Object& meta = ObjectOf(object, "metadata");
  const Object& old_meta = ObjectOf(old, "metadata");
  switch (rule) {
    case GenerationRule::kNone:
      return false;
    case GenerationRule::kSpec:
      return !SameMember(object, old, "spec");
    case GenerationRule::kSpecAndAnnotations:
      return !SameMember(object, old, "spec") || !SameMember(meta, old_meta, "annotations");
    case GenerationRule::kRoot:
      return !SameExcept(object, old, {"apiVersion", "kind", "metadata", "status"});
    case GenerationRule::kRootAndLabels:
      return !SameExcept(object, old, {"apiVersion", "kind", "metadata", "status"}) ||
             !SameMember(meta, old_meta, "labels");
  }
  return false;
}

ResetPath SplitPath(std::string_view path) {
  ResetPath names;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t dot = std::min(path.find('.', start), path.size());
    names.push_back(path.substr(start, dot - start));
    start = dot + 1;
  }
  return names;
}

class RuledStrategy final : public Strategy {
 public:
  RuledStrategy(const KindRules& rules, std::shared_ptr<const BeginStep> step)
      : rules_(rules), step_(std::move(step)) {
    for (const KindRules* rules_of_part : rules.subresources) {
      subresources_.emplace_back(rules_of_part->subresource,
                                 std::make_unique<RuledStrategy>(*rules_of_part, nullptr));
    }
  }

  void Default(std::string_view version, Value& object) const override {
    if (!object.is_object()) return;
    if (rules_.defaults != nullptr) rules_.defaults(object.get_object());
    if (rules_.versioned_defaults != nullptr) {
      rules_.versioned_defaults(version, object.get_object());
    }
  }

  void ToStorageVersion(std::string_view group, std::string_view version,
                        Value& object) const override {
    if (rules_.to_storage != nullptr) rules_.to_storage(group, version, object.get_object());
  }

  void FromStorageVersion(std::string_view group, std::string_view version,
                          Value& object) const override {
    if (rules_.from_storage != nullptr) rules_.from_storage(group, version, object.get_object());
  }

  NameRule name_rule() const override { return rules_.name_rule; }
  bool checks_metadata_last(std::string_view group) const override {
    const auto& groups = rules_.metadata_last_in;
    return std::find(groups.begin(), groups.end(), group) != groups.end();
  }

  std::vector<std::string> NameProblems(std::string_view name, bool is_prefix) const override {
    if (rules_.name_problems == nullptr) return {};
    return rules_.name_problems(name, is_prefix);
  }

  void PrepareForCreate(const StrategyContext& context, Value& value) const override {
    Object& object = value.get_object();
    if (rules_.has_status) object.erase("status");
    if (rules_.generation != GenerationRule::kNone) {
      EnsureObject(object, "metadata")["generation"] = 1;
    }
    if (rules_.prepare_create != nullptr) rules_.prepare_create(context, object);
  }

  void PrepareForUpdate(const StrategyContext& context, Value& value,
                        const Value& old_value) const override {
    Object& object = value.get_object();
    const Object& old = old_value.get_object();
    if (rules_.subresource == "status") {
      RestoreAllButStatus(object, old);
      const auto metadata = std::find(rules_.reset.begin(), rules_.reset.end(), "metadata");
      if (metadata != rules_.reset.end()) TakeStatusMetadata(object, old);
    }
    if (rules_.has_status) CopyMember(object, old, "status");
    if (rules_.prepare_update != nullptr) rules_.prepare_update(context, object, old);
    if (RaisesGeneration(rules_.generation, object, old)) {
      const std::int64_t before = IntOf(ObjectOf(old, "metadata"), "generation");
      EnsureObject(object, "metadata")["generation"] = before + 1;
    }
  }

  void Canonicalize(Value& object) const override {
    if (rules_.canonicalize != nullptr) rules_.canonicalize(object.get_object());
  }

  FieldErrors Validate(const StrategyContext& context, const Value& object) const override {
    Violations out;
    if (rules_.authorize != nullptr) {
      rules_.authorize(context, object.get_object(), nullptr, out);
    }
    if (rules_.validate != nullptr) rules_.validate(object.get_object(), out);
    if (rules_.validate_request != nullptr) {
      rules_.validate_request(context, object.get_object(), nullptr, out);
    }
    return out.Take();
  }

  FieldErrors ValidateChange(const Value& object, const Value& old) const override {
    Violations out;
    if (rules_.validate_change != nullptr) {
      rules_.validate_change(object.get_object(), old.get_object(), out);
    }
    return out.Take();
  }

  FieldErrors ValidateUpdate(const StrategyContext& context, const Value& object,
                             const Value& old) const override {
    Violations out;
    if (rules_.authorize != nullptr) {
      rules_.authorize(context, object.get_object(), &old.get_object(), out);
    }
    if (rules_.validate_update != nullptr) {
      rules_.validate_update(object.get_object(), old.get_object(), out);
    }
    if (rules_.validate_request != nullptr) {
      rules_.validate_request(context, object.get_object(), &old.get_object(), out);
    }
    return out.Take();
  }

  std::vector<std::string> WarningsOnCreate(const StrategyContext&,
                                            const Value& object) const override {
    std::vector<std::string> warnings;
    if (rules_.warn != nullptr) rules_.warn(object.get_object(), nullptr, warnings);
    return warnings;
  }

  std::vector<std::string> WarningsOnUpdate(const StrategyContext&, const Value& object,
                                            const Value& old) const override {
    std::vector<std::string> warnings;
    if (rules_.warn != nullptr) rules_.warn(object.get_object(), &old.get_object(), warnings);
    return warnings;
  }

  UpdateMetadata update_metadata(std::string_view group) const override {
    if (rules_.update_metadata_of != nullptr) return rules_.update_metadata_of(group);
    return rules_.update_metadata;
  }
  bool allow_create_on_update() const override { return rules_.allow_create_on_update; }
  bool allow_unconditional_update() const override { return rules_.allow_unconditional_update; }
  bool answers_deleted_object() const override { return rules_.answers_deleted_object; }
  bool has_graceful_deletion() const override { return rules_.grace_seconds != nullptr; }

  bool CheckGracefulDelete(const StrategyContext&, const Value& object,
                           DeletionRequest& request) const override {
    if (rules_.grace_seconds == nullptr) return false;
    const auto seconds = rules_.grace_seconds(object.get_object(), request.grace_period_seconds);
    if (!seconds) return false;
    request.grace_period_seconds = *seconds;
    return true;
  }

  GarbageCollectionPolicy default_garbage_collection(std::string_view) const override {
    return rules_.garbage_collection;
  }

  std::optional<ApiError> RefuseDelete(const StrategyContext&, const Value& object) const override {
    if (rules_.refuse_delete == nullptr) return std::nullopt;
    return rules_.refuse_delete(object.get_object());
  }

  std::vector<std::string> WarningsOnDelete(const StrategyContext&,
                                            const Value& object) const override {
    if (rules_.warn_delete == nullptr) return {};
    return rules_.warn_delete(object.get_object());
  }

  std::string_view unstated_propagation_warning() const override {
    return rules_.unstated_propagation_warning;
  }

  std::optional<ApiError> Begin(const StrategyContext& context, Value& object,
                                const Value* old) const override {
    if (step_ == nullptr) return std::nullopt;
    return step_->Begin(context, object.get_object(),
                        old == nullptr ? nullptr : &old->get_object());
  }

  const Strategy* Subresource(std::string_view name) const override {
    for (const auto& [part, strategy] : subresources_) {
      if (part == name) return strategy.get();
    }
    return nullptr;
  }

  std::vector<ResetPath> ResetFields(std::string_view) const override {
    std::vector<ResetPath> paths;
    for (std::string_view path : rules_.reset) paths.push_back(SplitPath(path));
    if (!paths.empty()) return paths;
    if (rules_.subresource == "status") return {{"spec"}};
    if (rules_.has_status) return {{"status"}};
    return {};
  }

  std::span<const std::string_view> field_labels() const override { return rules_.field_labels; }

  std::string FieldValue(const Value& object, std::string_view label) const override {
    if (rules_.field_value == nullptr) return {};
    return rules_.field_value(object.get_object(), label);
  }

  std::string CanonicalFieldLabel(std::string_view group, std::string_view,
                                  std::string_view label) const override {
    if (rules_.canonical_label == nullptr) return std::string(label);
    return rules_.canonical_label(group, label);
  }

  std::string UnknownFieldLabelText(std::string_view group, std::string_view,
                                    std::string_view label) const override {
    if (rules_.unknown_label_text == nullptr) {
      if (rules_.field_labels.empty()) return {};
      return "field label not supported: " + std::string(label);
    }
    return rules_.unknown_label_text(group, label);
  }

 private:
  static void RestoreAllButStatus(Object& object, const Object& old) {
    for (const auto& member : old) {
      if (!IsEnvelope(member.key()) && member.key() != "status") {
        object[member.key()] = member.value();
      }
    }
    std::vector<std::string> added;
    for (const auto& member : object) {
      const std::string_view name = member.key();
      if (!IsEnvelope(name) && name != "status" && !old.contains(name)) added.emplace_back(name);
    }
    for (const std::string& name : added) object.erase(name);
  }

  const KindRules& rules_;
  std::shared_ptr<const BeginStep> step_;
  std::vector<std::pair<std::string_view, std::unique_ptr<const Strategy>>> subresources_;
};

}  // namespace

std::unique_ptr<const Strategy> MakeRuledStrategy(const KindRules& rules,
                                                  std::shared_ptr<const BeginStep> step) {
  return std::make_unique<RuledStrategy>(rules, std::move(step));
}

}  // namespace apiserver
