// LimitRanges. Source: kubernetes/pkg/apis/core, 1.36.
#include <cstdio>
#include <set>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/resource_names.h"
#include "sim/random.h"

namespace apiserver {
namespace {

constexpr std::string_view kLists[] = {"max", "min", "default", "defaultRequest",
                                       "maxLimitRequestRatio"};

void CopyAbsent(const Object& from, Object& to) {
  for (const auto& entry : from) {
    if (!to.contains(entry.key())) to[entry.key()] = entry.value();
  }
}

void Default(Object& object) {
  ForEachObject(EnsureObject(object, "spec"), "limits", [](Object& item) {
    for (std::string_view list : kLists) DefaultResourceList(item, list);
    if (TextOf(item, "type") != "Container") return;
    const Object max = ObjectOf(item, "max");
    const Object min = ObjectOf(item, "min");
    CopyAbsent(max, EnsureObject(item, "default"));
    const Object limits = ObjectOf(item, "default");
    Object& requests = EnsureObject(item, "defaultRequest");
    CopyAbsent(limits, requests);
    CopyAbsent(min, requests);
  });
}

std::optional<Quantity> Amount(const Object& item, std::string_view list, std::string_view name) {
  const Value* value = ObjectOf(item, list).if_contains(name);
  if (value == nullptr) return std::nullopt;
  const auto parsed = Quantity::FromJson(*value);
  return parsed.ok() ? std::optional(parsed.value()) : std::nullopt;
}

// "A VALUE is greater than B VALUE"
void CheckOrder(const std::optional<Quantity>& small, std::string_view small_name,
                const std::optional<Quantity>& large, std::string_view large_name,
                const std::optional<Quantity>& shown, const FieldPath& path, Violations& out) {
  if (!small || !large || *small <= *large) return;
  out.Invalid(path, shown ? shown->Text() : small->Text(),
              std::string(small_name) + " value " + small->Text() + " is greater than " +
                  std::string(large_name) + " value " + large->Text());
}

void CheckRatio(const Object& item, std::string_view name, const FieldPath& path, Violations& out) {
  const auto ratio = Amount(item, "maxLimitRequestRatio", name);
  if (!ratio) return;
  if (*ratio < Quantity::Of(1)) {
    out.Invalid(path, ratio->Text(), "ratio " + ratio->Text() + " is less than 1");
  }
  const auto max = Amount(item, "max", name);
  const auto min = Amount(item, "min", name);
  if (!max || !min || min->is_zero()) return;
  const double limit = max->AsDouble() / min->AsDouble();
  if (ratio->AsDouble() <= limit) return;
  char text[64];
  std::snprintf(text, sizeof text, "%f", limit);
  out.Invalid(path, ratio->Text(), "ratio " + ratio->Text() + " is greater than max/min = " + text);
}

void CheckNames(const Object& item, std::string_view list, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(item, "type");
  const FieldPath list_path = path.Child(list);
  for (const auto& entry : ObjectOf(item, list)) {
    if (type == "Pod" || type == "Container") {
      CheckContainerResourceName(entry.key(), list_path.Key(entry.key()), out);
    } else {
      CheckResourceName(entry.key(), list_path.Key(entry.key()), out);
    }
  }
}

void CheckAmounts(const Object& item, std::string_view name, bool is_pod, const FieldPath& path,
                  Violations& out) {
  const auto min = Amount(item, "min", name);
  const auto max = Amount(item, "max", name);
  const auto limit = Amount(item, "default", name);
  const auto request = Amount(item, "defaultRequest", name);
  const FieldPath min_path = path.Child("min");
  const FieldPath limit_path = path.Child("default");
  const FieldPath request_path = path.Child("defaultRequest");
  const FieldPath ratio_path = path.Child("maxLimitRequestRatio");
  CheckOrder(min, "min", max, "max", min, min_path.Key(name), out);
  if (!is_pod) {
    CheckOrder(min, "min", request, "default request", request, request_path.Key(name), out);
    CheckOrder(request, "default request", max, "max", request, request_path.Key(name), out);
    CheckOrder(request, "default request", limit, "default limit", request, request_path.Key(name),
               out);
    CheckOrder(min, "min", limit, "default", min, limit_path.Key(name), out);
    CheckOrder(limit, "default", max, "max", max, limit_path.Key(name), out);
  }
  CheckRatio(item, name, ratio_path.Key(name), out);
  if (!is_pod && !AllowsOvercommit(name) && limit && request && *limit != *request) {
    out.Invalid(request_path.Key(name), request->Text(),
                "default value " + limit->Text() + " must equal to defaultRequest value " +
                    request->Text() + " in " + std::string(name));
  }
}

void CheckType(std::string_view type, const FieldPath& path, Violations& out) {
  if (!IsQualifiedName(type)) {
    out.InvalidEach(path, type, CheckQualifiedName(type));
  } else if (type.find('/') == std::string_view::npos && type != "Pod" && type != "Container" &&
             type != "PersistentVolumeClaim") {
    out.Invalid(path, type, "must be a standard limit type or fully qualified");
  }
}

void CheckItem(const Object& item, const FieldPath& path, Violations& out) {
  const std::string_view type = TextOf(item, "type");
  const bool is_pod = type == "Pod";
  CheckNames(item, "max", path, out);
  CheckNames(item, "min", path, out);
  for (std::string_view list : {"default", "defaultRequest"}) {
    if (!is_pod) {
      CheckNames(item, list, path, out);
    } else if (!ObjectOf(item, list).empty()) {
      out.Forbidden(path.Child(list), "may not be specified when `type` is 'Pod'");
    }
  }
  if (type == "PersistentVolumeClaim" && !ObjectOf(item, "min").contains("storage") &&
      !ObjectOf(item, "max").contains("storage")) {
    out.Required(path.Child("limits"),
                 "either minimum or maximum storage value is required, but neither was provided");
  }
  CheckNames(item, "maxLimitRequestRatio", path, out);
  std::set<std::string> names;
  for (std::string_view list : kLists) {
    if (is_pod && list.starts_with("default")) continue;
    for (const auto& entry : ObjectOf(item, list)) names.emplace(entry.key());
  }
  for (const std::string& name : names) CheckAmounts(item, name, is_pod, path, out);
}

void Validate(const Object& object, Violations& out) {
  const FieldPath path("spec.limits");
  std::set<std::string_view> types;
  std::size_t index = 0;
  for (const Value& item : ArrayOf(ObjectOf(object, "spec"), "limits")) {
    const FieldPath item_path = path.Index(index++);
    const std::string_view type = TextOf(item, "type");
    CheckType(type, item_path.Child("type"), out);
    if (!types.insert(type).second) out.Duplicate(item_path.Child("type"), type);
    CheckItem(AsObject(item), item_path, out);
  }
}

// Who gives no name gets one.
void PrepareCreate(const StrategyContext& context, Object& object) {
  Object& metadata = EnsureObject(object, "metadata");
  if (TextOf(metadata, "name").empty()) metadata["name"] = context.random.Uuid();
}

void ValidateUpdate(const Object& object, const Object&, Violations& out) { Validate(object, out); }

}  // namespace

const KindRules kLimitRangeRules{.group = "",
                                 .resource = "limitranges",
                                 .defaults = Default,
                                 .prepare_create = PrepareCreate,
                                 .validate = Validate,
                                 .validate_update = ValidateUpdate,
                                 .update_metadata = UpdateMetadata::kCreate,
                                 .allow_create_on_update = true};

}  // namespace apiserver
