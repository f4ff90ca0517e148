// Nodes. Source: kubernetes/pkg/apis/core/validation and pkg/registry/core/node, 1.36.
#include <set>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/resource_names.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

// podCIDR is the first of podCIDRs.
void SyncPodCidrs(Object& object) {
  Object* spec = IfObjectOf(object, "spec");
  if (spec == nullptr) return;
  const std::string first(TextOf(*spec, "podCIDR"));
  const Array& all = ArrayOf(*spec, "podCIDRs");
  if (!first.empty() && (all.empty() || AsText(all[0]) != first)) {
    (*spec)["podCIDRs"] = Array{Value(first)};
  } else if (first.empty() && !all.empty()) {
    const Value head = all[0];
    (*spec)["podCIDR"] = head;
  }
}

void Default(Object& object) {
  SyncPodCidrs(object);
  Object* status = IfObjectOf(object, "status");
  if (status == nullptr) return;
  DefaultResourceList(*status, "capacity");
  if (ObjectOf(*status, "allocatable").empty() && IsSet(*status, "capacity")) {
    const Value capacity = status->at("capacity");
    (*status)["allocatable"] = capacity;
  }
  DefaultResourceList(*status, "allocatable");
}

void CheckTaints(const Object& spec, Violations& out) {
  const FieldPath path("metadata.taints");
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::size_t index = 0;
  for (const Value& taint : ArrayOf(spec, "taints")) {
    const FieldPath taint_path = path.Index(index++);
    const std::string_view key = TextOf(taint, "key");
    const std::string_view effect = TextOf(taint, "effect");
    CheckQualified(key, taint_path.Child("key"), out);
    const NameMessages messages = CheckLabelValue(TextOf(taint, "value"));
    if (!messages.empty()) {
      out.Invalid(taint_path.Child("value"), TextOf(taint, "value"), JoinTexts(messages, ";"));
    }
    if (effect.empty()) {
      out.Required(taint_path.Child("effect"));
    } else {
      CheckOneOf(effect, {"NoSchedule", "PreferNoSchedule", "NoExecute"},
                 taint_path.Child("effect"), out);
    }
    if (!seen.emplace(effect, key).second) {
      out.Duplicate(taint_path, InternalForm("core.Taint", taint),
                    "taints must be unique by key and effect pair");
    }
  }
}

void CheckResources(const Object& status, Violations& out) {
  const FieldPath path("status");
  for (std::string_view list : {"capacity", "allocatable"}) {
    const FieldPath list_path = path.Child(list);
    for (const auto& entry : ObjectOf(status, list)) {
      CheckResourceQuantity(entry.key(), entry.value(), list_path.Child(entry.key()), out);
    }
  }
}

void CheckPodCidrs(const Object& spec, Violations& out) {
  const FieldPath path("spec.podCIDRs");
  const Array& cidrs = ArrayOf(spec, "podCIDRs");
  int v4 = 0;
  for (std::size_t i = 0; i < cidrs.size(); ++i) {
    CheckCidr(AsText(cidrs[i]), path.Index(i), out);
    const auto cidr = ParseCidr(AsText(cidrs[i]));
    if (cidr && !cidr->base.is_ipv6) ++v4;
  }
  if (cidrs.size() > 1 && (cidrs.size() > 2 || v4 != 1)) {
    out.Invalid(path, cidrs, "may specify no more than one CIDR for each IP family");
  }
}

// "MyFeature/mySubFeature".
bool IsFeatureName(std::string_view name) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_letter = [&](char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); };
  if (name.empty() || !is_upper(name.front()) || name.back() == '/') return false;
  char before = 'a';
  for (const char c : name) {
    const bool is_well =
        before == '/' ? is_letter(c) : is_letter(c) || (c >= '0' && c <= '9') || c == '/';
    if (!is_well) return false;
    before = c;
  }
  return true;
}

void CheckDeclaredFeatures(const Object& status, Violations& out) {
  constexpr std::size_t kNameMax = 253;
  const FieldPath path("status.declaredFeatures");
  const Array& features = ArrayOf(status, "declaredFeatures");
  for (std::size_t i = 0; i < features.size(); ++i) {
    const std::string_view name = AsText(features[i]);
    const std::string shown = "invalid feature name \"" + std::string(name) + "\": must ";
    if (name.size() > kNameMax) {
      out.Invalid(path.Index(i), name, shown + "be no more than 253 characters");
    } else if (!IsFeatureName(name)) {
      out.Invalid(path.Index(i), name,
                  shown +
                      "start with an UpperCamelCase segment, with subsequent segments separated by "
                      "'/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only "
                      "alphanumeric characters and slashes");
    }
    if (i + 1 == features.size()) break;
    const std::string_view next = AsText(features[i + 1]);
    if (name == next) {
      out.Duplicate(path.Index(i + 1), next);
    } else if (name > next) {
      out.Invalid(path.Index(i + 1), next, "list must be sorted alphabetically");
    }
  }
}

void CheckSwap(const Object& status, Violations& out) {
  const Object& swap = ObjectOf(ObjectOf(status, "nodeInfo"), "swap");
  if (!IsSet(swap, "capacity") || IntOf(swap, "capacity") > 0) return;
  out.Invalid(FieldPath("metadata.nodeSwapStatus.capacity"), swap.at("capacity"),
              "must be greater than 0");
}

void Validate(const Object& object, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  const Object& status = ObjectOf(object, "status");
  CheckTaints(spec, out);
  CheckResources(status, out);
  CheckSwap(status, out);
  CheckDeclaredFeatures(status, out);
  CheckPodCidrs(spec, out);
}

void CheckAddresses(const Object& status, Violations& out) {
  const FieldPath path("status.addresses");
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::size_t index = 0;
  for (const Value& address : ArrayOf(status, "addresses")) {
    const FieldPath address_path = path.Index(index++);
    const std::string_view type = TextOf(address, "type");
    const std::string_view text = TextOf(address, "address");
    if (!seen.emplace(type, text).second) {
      out.Duplicate(address_path, {{"Type", type}, {"Address", text}});
    }
  }
}

void ValidateStatusUpdate(const Object& object, const Object& old, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  const Object& status = ObjectOf(object, "status");
  CheckResources(status, out);
  CheckDeclaredFeatures(status, out);
  CheckAddresses(status, out);
  if (!ArrayOf(old_spec, "podCIDRs").empty() && !SameMember(spec, old_spec, "podCIDRs")) {
    out.Forbidden(FieldPath("spec.podCIDRs"),
                  "node updates may not change podCIDR except from \"\" to valid");
  }
  const std::string_view provider = TextOf(old_spec, "providerID");
  if (!provider.empty() && provider != TextOf(spec, "providerID")) {
    out.Forbidden(FieldPath("spec.providerID"),
                  "node updates may not change providerID except from \"\" to valid");
  }
  CheckTaints(spec, out);
  if (TextOf(spec, "externalID") != TextOf(old_spec, "externalID")) {
    out.Forbidden(FieldPath("spec.externalID"), "may not be updated");
  }
}

// Upstream checks the whole node, then the update of it, and says some things twice.
void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  ValidateStatusUpdate(object, old, out);
}

void Warn(const Object& object, const Object*, std::vector<std::string>& out) {
  const Object& spec = ObjectOf(object, "spec");
  if (IsSet(spec, "configSource")) out.emplace_back("spec.configSource: the feature is removed");
  if (!TextOf(spec, "externalID").empty()) {
    out.emplace_back("spec.externalID: this field is deprecated, and is unused by Kubernetes");
  }
}

// Dynamic configuration of kubelets is gone.
void PrepareCreate(const StrategyContext&, Object& object) {
  EnsureObject(object, "spec").erase("configSource");
  if (Object* status = IfObjectOf(object, "status")) status->erase("config");
}

constexpr std::string_view kLabels[] = {"spec.unschedulable"};
std::string FieldValue(const Object& object, std::string_view) {
  return FlagOf(ObjectOf(object, "spec"), "unschedulable") ? "true" : "false";
}

void PrepareStatus(const StrategyContext&, Object& object, const Object& old) {
  if (IsSet(ObjectOf(old, "status"), "config")) return;
  if (Object* status = IfObjectOf(object, "status")) status->erase("config");
}

const KindRules kStatus{.group = "",
                        .resource = "nodes",
                        .subresource = "status",
                        .prepare_update = PrepareStatus,
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

void PrepareUpdate(const StrategyContext&, Object& object, const Object& old) {
  if (IsSet(old, "status")) {
    object["status"] = old.at("status");
  } else {
    object.erase("status");
  }
  // Dynamic configuration of kubelets is gone.
  if (!IsSet(ObjectOf(old, "spec"), "configSource")) {
    EnsureObject(object, "spec").erase("configSource");
  }
}

constexpr std::string_view kReset[] = {"status"};

}  // namespace

// A Node may be created with its status: that is how nodes are simulated.
const KindRules kNodeRules{.group = "",
                           .resource = "nodes",
                           .defaults = Default,
                           .prepare_create = PrepareCreate,
                           .prepare_update = PrepareUpdate,
                           .validate = Validate,
                           .validate_update = ValidateUpdate,
                           .warn = Warn,
                           .update_metadata = UpdateMetadata::kCreateAndUpdate,
                           .field_labels = kLabels,
                           .field_value = FieldValue,
                           .reset = kReset,
                           .subresources = kParts};

}  // namespace apiserver
