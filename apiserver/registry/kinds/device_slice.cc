// ResourceSlices: pools, devices, their attributes, capacities and counters.
// Source: kubernetes/pkg/apis/resource/validation, 1.36.
#include <re2/re2.h>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/device_checks.h"
#include "apiserver/registry/kinds/device_parts.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/scheduling_checks.h"
#include "apiserver/registry/kinds/volume_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::size_t kDevicesMax = 128;
constexpr std::size_t kAdvancedDevicesMax = 64;
constexpr std::size_t kCounterSetsMax = 8;
constexpr std::size_t kCountersMax = 32;
constexpr std::size_t kConsumptionsMax = 2;
constexpr std::size_t kTaintsMax = 16;
constexpr std::size_t kAttributesMax = 32;
constexpr std::size_t kValidValuesMax = 10;
constexpr int kAttributeTextMax = 64;

bool IsSemanticVersion(std::string_view text) {
  static const RE2 kPattern(
      R"(^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*))"
      R"((-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?)"
      R"((\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$)");
  return RE2::FullMatch({text.data(), text.size()}, kPattern);
}

void CheckAttribute(const Object& attribute, const FieldPath& path, Violations& out) {
  int count = 0;
  for (std::string_view name : {"bool", "int", "string", "version"}) {
    if (IsSet(attribute, name)) ++count;
  }
  const std::string_view text = TextOf(attribute, "string");
  if (text.size() > kAttributeTextMax) out.TooLong(path.Child("string"), kAttributeTextMax);
  if (IsSet(attribute, "version")) {
    const std::string_view version = TextOf(attribute, "version");
    if (!IsSemanticVersion(version)) {
      out.Invalid(path.Child("version"), version,
                  "must be a string compatible with semver.org spec 2.0.0");
    }
    if (version.size() > kAttributeTextMax) out.TooLong(path.Child("version"), kAttributeTextMax);
  }
  constexpr std::string_view kOne = "exactly one value must be specified";
  if (count == 0) out.Invalid(path, "", kOne);
  if (count > 1) out.Invalid(path, InternalForm("resource.DeviceAttribute", attribute), kOne);
}

Quantity AmountOf(const Object& holder, std::string_view name) {
  const Value* value = holder.if_contains(name);
  if (value == nullptr) return {};
  const auto parsed = Quantity::FromJson(*value);
  return parsed.ok() ? parsed.value() : Quantity();
}

void CheckValidValues(const Object& policy, const Quantity& capacity, const FieldPath& path,
                      Violations& out) {
  const FieldPath list_path = path.Child("validValues");
  const Array& values = ArrayOf(policy, "validValues");
  const Quantity fallback = AmountOf(policy, "default");
  std::vector<Quantity> amounts;
  for (const Value& value : values) {
    const auto parsed = Quantity::FromJson(value);
    amounts.push_back(parsed.ok() ? parsed.value() : Quantity());
  }
  for (std::size_t i = 0; i + 1 < amounts.size(); ++i) {
    if (amounts[i] > amounts[i + 1]) {
      out.Invalid(list_path.Index(i + 1), amounts[i + 1].Text(),
                  "values must be sorted in ascending order");
    }
  }
  if (values.size() > kValidValuesMax) {
    out.TooMany(list_path, values.size(), static_cast<int>(kValidValuesMax));
  } else {
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      if (amounts[i] > capacity) {
        out.Invalid(list_path.Index(i), amounts[i].Text(),
                    "option is larger than capacity value: " + capacity.Text());
      }
    }
    CheckUnique(policy, "validValues", kValidValuesMax, path, out, [](const Value& value) {
      const auto parsed = Quantity::FromJson(value);
      return parsed.ok() ? std::to_string(parsed->milli_value() / 1000) : std::string();
    });
  }
  const bool is_found = std::find(amounts.begin(), amounts.end(), fallback) != amounts.end();
  if (!is_found) {
    out.Invalid(list_path, fallback.Text(),
                "default value is not valid according to the requestPolicy");
  }
}

void CheckStep(const Quantity& value, const Quantity& from, const Quantity& step,
               const FieldPath& path, Violations& out) {
  const std::int64_t unit = step.milli_value() / 1000;
  if (unit == 0) return;
  if ((value.milli_value() / 1000 - from.milli_value() / 1000) % unit == 0) return;
  out.Invalid(
      path, value.Text(),
      "value is not a multiple of a given step (" + step.Text() + ") from (" + from.Text() + ")");
}

void CheckValidRange(const Object& policy, const Quantity& capacity, const FieldPath& path,
                     Violations& out) {
  const Object& range = ObjectOf(policy, "validRange");
  const FieldPath range_path = path.Child("validRange");
  const FieldPath min_path = range_path.Child("min");
  const FieldPath max_path = range_path.Child("max");
  const FieldPath step_path = range_path.Child("step");
  if (!IsSet(range, "min")) {
    out.Required(min_path, "required when validRange is defined");
    return;
  }
  const Quantity fallback = AmountOf(policy, "default");
  const Quantity min = AmountOf(range, "min"), max = AmountOf(range, "max");
  const Quantity step = AmountOf(range, "step");
  if (min > capacity) {
    out.Invalid(min_path, min.Text(), "min is larger than capacity value: " + capacity.Text());
  }
  if (fallback < min) {
    out.Invalid(min_path, fallback.Text(), "default is less than min: " + min.Text());
  }
  const bool has_max = IsSet(range, "max");
  if (has_max && min > max) {
    out.Invalid(max_path, min.Text(), "min is larger than max: " + max.Text());
  }
  if (has_max && max > capacity) {
    out.Invalid(max_path, max.Text(), "max is larger than capacity value: " + capacity.Text());
  }
  if (has_max && fallback > max) {
    out.Invalid(max_path, fallback.Text(), "default is more than max: " + max.Text());
  }
  if (!IsSet(range, "step")) return;
  Quantity added = min;
  added += step;
  if (added > capacity) {
    out.Invalid(step_path, step.Text(),
                "one step " + added.Text() + " is larger than capacity value: " + capacity.Text());
  }
  CheckStep(fallback, min, step, step_path, out);
  if (has_max) CheckStep(max, min, step, step_path, out);
}

void CheckCapacity(const Object& capacity, bool is_shared, const FieldPath& path, Violations& out) {
  if (!IsSet(capacity, "requestPolicy")) return;
  const FieldPath policy_path = path.Child("requestPolicy");
  if (!is_shared) {
    out.Forbidden(policy_path, "allowMultipleAllocations must be true");
    return;
  }
  const Object& policy = ObjectOf(capacity, "requestPolicy");
  const bool has_values = !ArrayOf(policy, "validValues").empty();
  const bool has_range = IsSet(policy, "validRange");
  if (has_values && has_range) {
    out.Forbidden(policy_path,
                  "exactly one policy can be specified, cannot specify \"validValues\" and "
                  "\"validRange\" at the same time");
  } else if ((has_values || has_range) && !IsSet(policy, "default")) {
    out.Required(policy_path.Child("default"), has_values ? "required when validValues is defined"
                                                          : "required when validRange is defined");
  } else if (has_values) {
    CheckValidValues(policy, AmountOf(capacity, "value"), policy_path, out);
  } else if (has_range) {
    CheckValidRange(policy, AmountOf(capacity, "value"), policy_path, out);
  }
}

void CheckTaint(const Object& taint, const FieldPath& path, Violations& out) {
  CheckQualified(TextOf(taint, "key"), path.Child("key"), out);
  const std::string_view text = TextOf(taint, "value");
  if (!text.empty()) out.InvalidEach(path.Child("value"), text, CheckLabelValue(text));
  CheckRequiredOneOf(taint, "effect", {"NoExecute", "NoSchedule", "None"}, path, out);
}

void CheckCounters(const Object& holder, std::string_view name_field, const FieldPath& path,
                   Violations& out) {
  if (CheckRequiredText(holder, name_field, path, out)) {
    CheckDnsLabel(TextOf(holder, name_field), path.Child(name_field), out);
  }
  const Object& counters = ObjectOf(holder, "counters");
  const FieldPath counters_path = path.Child("counters");
  if (counters.empty()) {
    out.Required(counters_path);
  } else if (counters.size() > kCountersMax) {
    out.TooMany(counters_path, counters.size(), static_cast<int>(kCountersMax));
  } else {
    for (const auto& entry : counters) CheckDnsLabel(entry.key(), counters_path, out);
  }
}

std::string Braced(const std::vector<std::string>& names) {
  return "{" + JoinTexts(names, ", ") + "}";
}

// Where the devices of a slice, or one device, are.
void CheckDevicePlace(const Object& device, bool is_per_device, const FieldPath& path,
                      Violations& out) {
  const bool has_any =
      IsSet(device, "nodeName") || IsSet(device, "nodeSelector") || IsSet(device, "allNodes");
  if (!is_per_device) {
    if (has_any) {
      out.Invalid(path, Value(),
                  "`nodeName`, `nodeSelector` and `allNodes` can only be set if "
                  "`perDeviceNodeSelection` is set to true in the ResourceSlice spec");
    }
    return;
  }
  std::vector<std::string> set;
  if (IsSet(device, "nodeName")) {
    const std::string_view name = TextOf(device, "nodeName");
    if (name.empty()) {
      out.Invalid(path.Child("nodeName"), name, "must not be empty");
    } else {
      set.emplace_back("`nodeName`");
      CheckDnsSubdomain(name, path.Child("nodeName"), out);
    }
  }
  if (IsSet(device, "nodeSelector")) {
    set.emplace_back("`nodeSelector`");
    CheckNodeSelector(ObjectOf(device, "nodeSelector"), path.Child("nodeSelector"), out);
  }
  if (FlagOf(device, "allNodes")) {
    set.emplace_back("`allNodes`");
  } else if (IsSet(device, "allNodes")) {
    out.Invalid(path.Child("allNodes"), false, "must be either unset or set to true");
  }
  constexpr std::string_view kOne =
      "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when "
      "`perDeviceNodeSelection` is set to true in the ResourceSlice spec";
  if (set.empty()) out.Required(path, kOne);
  if (set.size() > 1) out.Invalid(path, Braced(set), kOne);
}

void CheckDevice(const Object& device, const Object* old, bool is_per_device, const FieldPath& path,
                 Violations& out) {
  CheckDnsLabel(TextOf(device, "name"), path.Child("name"), out);
  const Object& attributes = ObjectOf(device, "attributes");
  const Object& capacity = ObjectOf(device, "capacity");
  const std::size_t count = attributes.size() + capacity.size();
  if (count > kAttributesMax) {
    out.Invalid(path, static_cast<std::int64_t>(count),
                "the total number of attributes and capacities must not exceed 32");
  }
  const FieldPath attributes_path = path.Child("attributes");
  for (const auto& entry : attributes) {
    CheckDeviceQualifiedName(entry.key(), attributes_path, out);
    CheckAttribute(AsObject(entry.value()), attributes_path.Key(entry.key()), out);
  }
  const bool is_shared = FlagOf(device, "allowMultipleAllocations");
  const FieldPath capacity_path = path.Child("capacity");
  for (const auto& entry : capacity) {
    CheckDeviceQualifiedName(entry.key(), capacity_path, out);
    CheckCapacity(AsObject(entry.value()), is_shared, capacity_path.Key(entry.key()), out);
  }
  if (old == nullptr || !SameMember(*old, device, "taints")) {
    CheckItems(device, "taints", kTaintsMax, path, out,
               [&](const Value& item, const FieldPath& item_path) {
                 CheckTaint(AsObject(item), item_path, out);
               });
  }
  CheckItems(device, "consumesCounters", kConsumptionsMax, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckCounters(AsObject(item), "counterSet", item_path, out);
             });
  CheckUnique(device, "consumesCounters", kConsumptionsMax, path, out,
              [](const Value& item) { return std::string(TextOf(item, "counterSet")); });
  CheckDevicePlace(device, is_per_device, path, out);
  CheckBindingConditions(device, path, out);
}

void CheckSlicePlace(const Object& spec, const FieldPath& path, Violations& out) {
  std::vector<std::string> set;
  if (IsSet(spec, "nodeName")) {
    const std::string_view name = TextOf(spec, "nodeName");
    if (name.empty()) {
      out.Invalid(path.Child("nodeName"), name,
                  "must be either unset or set to a non-empty string");
    } else {
      set.emplace_back("`nodeName`");
      CheckDnsSubdomain(name, path.Child("nodeName"), out);
    }
  }
  if (IsSet(spec, "nodeSelector")) {
    set.emplace_back("`nodeSelector`");
    const Object& selector = ObjectOf(spec, "nodeSelector");
    const FieldPath selector_path = path.Child("nodeSelector");
    CheckNodeSelector(selector, selector_path, out);
    const Array& terms = ArrayOf(selector, "nodeSelectorTerms");
    if (terms.size() != 1) {
      out.Invalid(selector_path.Child("nodeSelectorTerms"),
                  InternalForms("core.NodeSelectorTerm", terms),
                  "must have exactly one node selector term");
    }
  }
  for (std::string_view name : {"allNodes", "perDeviceNodeSelection"}) {
    if (FlagOf(spec, name)) {
      set.push_back("`" + std::string(name) + "`");
    } else if (IsSet(spec, name)) {
      out.Invalid(path.Child(name), false, "must be either unset or set to true");
    }
  }
  constexpr std::string_view kOne =
      "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
  if (set.empty()) out.Required(path, kOne);
  if (set.size() > 1) {
    out.Invalid(path, Braced(set), std::string(kOne) + ", but multiple fields are set");
  }
}

void CheckPool(const Object& pool, const FieldPath& path, Violations& out) {
  CheckPoolName(TextOf(pool, "name"), path.Child("name"), out);
  const std::int64_t count = IntOf(pool, "resourceSliceCount");
  if (count <= 0) {
    out.Invalid(path.Child("resourceSliceCount"), count, "must be greater than zero");
  }
  const std::int64_t generation = IntOf(pool, "generation");
  if (generation < 0) {
    out.Invalid(path.Child("generation"), generation, "must be greater than or equal to zero");
  }
}

const Object* DeviceNamed(const Object* spec, std::string_view name) {
  if (spec == nullptr) return nullptr;
  for (const Value& device : ArrayOf(*spec, "devices")) {
    if (TextOf(device, "name") == name) return &AsObject(device);
  }
  return nullptr;
}

bool IsAdvanced(const Object& spec) {
  const Array& devices = ArrayOf(spec, "devices");
  return std::any_of(devices.begin(), devices.end(), [](const Value& device) {
    return !ArrayOf(device, "taints").empty() || !ArrayOf(device, "consumesCounters").empty();
  });
}

void CheckSpec(const Object& spec, const Object* old, Violations& out) {
  const FieldPath path("spec");
  CheckCsiDriverName(TextOf(spec, "driver"), path.Child("driver"), out);
  const Object& pool = ObjectOf(spec, "pool");
  const FieldPath pool_path = path.Child("pool");
  CheckPool(pool, pool_path, out);
  if (old != nullptr) {
    CheckImmutableText(pool, ObjectOf(*old, "pool"), "name", pool_path, out);
    CheckImmutableText(spec, *old, "driver", path, out);
    CheckImmutable(spec, *old, "nodeName", path, out);
  }
  CheckSlicePlace(spec, path, out);
  if (IsSet(spec, "sharedCounters") && IsSet(spec, "devices")) {
    out.Invalid(path, "", "only one of `sharedCounters` or `devices` is allowed");
  }
  const std::size_t devices_max = IsAdvanced(spec) ? kAdvancedDevicesMax : kDevicesMax;
  const bool is_per_device = FlagOf(spec, "perDeviceNodeSelection");
  const auto name_of = [](const Value& item) { return std::string(TextOf(item, "name")); };
  CheckItems(spec, "devices", devices_max, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckDevice(AsObject(item), DeviceNamed(old, TextOf(item, "name")), is_per_device,
                           item_path, out);
             });
  CheckUnique(spec, "devices", devices_max, path, out, name_of);
  CheckItems(spec, "sharedCounters", kCounterSetsMax, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckCounters(AsObject(item), "name", item_path, out);
             });
  CheckUnique(spec, "sharedCounters", kCounterSetsMax, path, out, name_of);
}

}  // namespace

void ValidateResourceSlice(const Object& object, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), nullptr, out);
}

void ValidateResourceSliceUpdate(const Object& object, const Object& old, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), &ObjectOf(old, "spec"), out);
}

}  // namespace apiserver
