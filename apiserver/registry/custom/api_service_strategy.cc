#include "apiserver/registry/custom/api_service_strategy.h"

#include "apiserver/api/base64.h"
#include "apiserver/api/go_text.h"
#include "apiserver/api/names.h"
#include "apiserver/registry/custom/conditions.h"

namespace apiserver {
namespace {

constexpr int kGroupPriorityMax = 20000;
constexpr int kVersionPriorityMax = 1000;
constexpr std::int64_t kDefaultPort = 443;

std::string Text(const Value& object, std::string_view name) {
  return std::string(TextAt(object, {"spec", name}));
}

void CheckMessages(const std::string& path, const std::string& value, const NameMessages& messages,
                   FieldErrors& errors) {
  for (const std::string& message : messages) errors.push_back(FieldInvalid(path, value, message));
}

void CheckPriority(const Value& object, std::string_view name, int max, FieldErrors& errors) {
  const std::int64_t priority = IntAt(object, {"spec", name});
  if (priority > 0 && priority <= max) return;
  errors.push_back(FieldInvalid("spec." + std::string(name), Value(priority),
                                "must be positive and less than " + std::to_string(max)));
}

void CheckService(const Value& object, const Value& service, FieldErrors& errors) {
  for (std::string_view name : {"namespace", "name"}) {
    if (TextAt(service, {name}).empty())
      errors.push_back(FieldRequired("spec.service." + std::string(name), ""));
  }
  const std::int64_t port = IntAt(service, {"port"});
  const NameMessages messages = CheckPortNumber(port);
  if (!messages.empty()) {
    errors.push_back(
        FieldInvalid("spec.service.port", Value(port), "port is not valid: " + messages.front()));
  }
  if (BoolAt(object, {"spec", "insecureSkipTLSVerify"}) && !Text(object, "caBundle").empty()) {
    errors.push_back(FieldInvalid("spec.insecureSkipTLSVerify", Value(true),
                                  "may not be true if caBundle is present"));
  }
}

FieldErrors ValidateSpec(const Value& object) {
  FieldErrors errors;
  const std::string group = Text(object, "group");
  const std::string version = Text(object, "version");
  const std::string required = version + "." + group;
  const std::string name(TextAt(object, {"metadata", "name"}));
  if (!name.empty() && name != required && CheckPathSegmentName(name).empty()) {
    errors.push_back(FieldInvalid("metadata.name", name,
                                  "must be `spec.version+\".\"+spec.group`: " + GoQuote(required)));
  }
  if (group.empty() && version != "v1") {
    errors.push_back(FieldRequired("spec.group",
                                   "only v1 may have an empty group and it better be legacy kube"));
  }
  if (!group.empty()) CheckMessages("spec.group", group, CheckDns1123Subdomain(group), errors);
  CheckMessages("spec.version", version, CheckDns1035Label(version), errors);
  CheckPriority(object, "groupPriorityMinimum", kGroupPriorityMax, errors);
  CheckPriority(object, "versionPriority", kVersionPriorityMax, errors);
  const Value* service = FindPath(object, {"spec", "service"});
  if (service != nullptr && service->is_object()) {
    CheckService(object, *service, errors);
    return errors;
  }
  const std::string bundle = Text(object, "caBundle");
  if (!bundle.empty()) {
    const auto bytes = DecodeBase64(bundle);
    const std::size_t size = bytes.ok() ? bytes->size() : 0;
    errors.push_back(FieldInvalid("spec.caBundle", std::to_string(size) + " bytes",
                                  "local APIServices may not have a caBundle"));
  }
  if (BoolAt(object, {"spec", "insecureSkipTLSVerify"})) {
    errors.push_back(FieldInvalid("spec.insecureSkipTLSVerify", Value(true),
                                  "local APIServices may not have insecureSkipTLSVerify"));
  }
  return errors;
}

// Takes `name` of `object` back from `old`.
void Restore(Object& object, const Value& old, std::string_view name) {
  const Value* before = Find(old, name);
  if (before == nullptr) {
    object.erase(name);
  } else {
    object[name] = *before;
  }
}

class StatusStrategy final : public Strategy {
 public:
  NameRule name_rule() const override { return NameRule::kPathSegment; }
  bool allow_unconditional_update() const override { return false; }
  void PrepareForUpdate(const StrategyContext&, Value& object, const Value& old) const override {
    Restore(object.get_object(), old, "spec");
    const Value* before = Find(old, "metadata");
    for (std::string_view name : {"labels", "annotations", "finalizers", "ownerReferences"}) {
      Restore(EnsureObject(object, "metadata"), *before, name);
    }
  }
  FieldErrors ValidateUpdate(const StrategyContext&, const Value& object,
                             const Value&) const override {
    FieldErrors errors;
    const Value* conditions = FindPath(object, {"status", "conditions"});
    if (conditions == nullptr || !conditions->is_array()) return errors;
    std::size_t index = 0;
    for (const Value& condition : conditions->get_array()) {
      const std::string path = "status.conditions[" + std::to_string(index++) + "].status";
      const std::string status(TextAt(condition, {"status"}));
      if (status == "True" || status == "False" || status == "Unknown") continue;
      errors.push_back(FieldNotSupported(path, Value(status), {"True", "False", "Unknown"}));
    }
    return errors;
  }
  std::vector<ResetPath> ResetFields(std::string_view) const override {
    return {{"spec"}, {"metadata"}};
  }
};

class ApiServiceStrategy final : public Strategy {
 public:
  void Default(std::string_view, Value& object) const override {
    Value* service = FindPath(object, {"spec", "service"});
    if (service == nullptr || !service->is_object() || Find(*service, "port") != nullptr) return;
    service->get_object()["port"] = kDefaultPort;
  }
  NameRule name_rule() const override { return NameRule::kPathSegment; }
  UpdateMetadata update_metadata(std::string_view) const override {
    return UpdateMetadata::kUpdateAndCreate;
  }
  bool allow_unconditional_update() const override { return false; }
  void PrepareForCreate(const StrategyContext& context, Value& object) const override {
    object.get_object()["status"].emplace_object();
    const Value* service = FindPath(object, {"spec", "service"});
    if (service != nullptr && service->is_object()) return;
    SetCondition(object, {"Available", "True", "Local", "Local APIServices are always available"},
                 context.now);
  }
  FieldErrors Validate(const StrategyContext&, const Value& object) const override {
    return ValidateSpec(object);
  }
  void PrepareForUpdate(const StrategyContext&, Value& object, const Value& old) const override {
    Restore(object.get_object(), old, "status");
  }
  FieldErrors ValidateUpdate(const StrategyContext&, const Value& object,
                             const Value&) const override {
    return ValidateSpec(object);
  }
  const Strategy* Subresource(std::string_view name) const override {
    return name == "status" ? &status_ : nullptr;
  }
  std::vector<ResetPath> ResetFields(std::string_view) const override { return {{"status"}}; }

 private:
  StatusStrategy status_;
};

}  // namespace

std::unique_ptr<const Strategy> MakeApiServiceStrategy() {
  return std::make_unique<ApiServiceStrategy>();
}

}  // namespace apiserver
