// CertificateSigningRequests. Source: kubernetes/pkg/apis/certificates and
// pkg/registry/certificates, 1.36.
#include "apiserver/api/time_format.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/certificate_checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "certificates.k8s.io";

// Who asks is what the server knows, not what the request says.
void PrepareCreate(const StrategyContext& context, Object& object) {
  Object& spec = EnsureObject(object, "spec");
  for (std::string_view name : {"username", "uid", "groups", "extra"}) spec.erase(name);
  const UserInfo& user = context.user;
  spec["username"] = user.name;
  if (!user.uid.empty()) spec["uid"] = user.uid;
  if (!user.groups.empty()) {
    Array& groups = spec["groups"].emplace_array();
    for (const std::string& group : user.groups) groups.push_back(Value(group));
  }
  if (!user.extra.empty()) {
    Object& extra = spec["extra"].emplace_object();
    for (const auto& [key, values] : user.extra) {
      Array& texts = extra[key].emplace_array();
      for (const std::string& text : values) texts.push_back(Value(text));
    }
  }
}

void PrepareUpdate(const StrategyContext&, Object& object, const Object& old) {
  TakeMember(object, old, "spec");
}

// Conditions get their times, from the old ones when nothing changed.
void FillConditionTimes(const StrategyContext& context, Object& object, const Object& old) {
  const std::string now = FormatTime(context.now);
  const Array& old_conditions = ArrayOf(ObjectOf(old, "status"), "conditions");
  ForEachObject(EnsureObject(object, "status"), "conditions", [&](Object& condition) {
    if (!IsSet(condition, "lastUpdateTime")) condition["lastUpdateTime"] = now;
    if (IsSet(condition, "lastTransitionTime")) return;
    for (const Value& before : old_conditions) {
      if (TextOf(before, "type") == TextOf(condition, "type") &&
          TextOf(before, "status") == TextOf(condition, "status") &&
          IsSet(before, "lastTransitionTime")) {
        condition["lastTransitionTime"] = before.get_object().at("lastTransitionTime");
        return;
      }
    }
    condition["lastTransitionTime"] = now;
  });
}

void PrepareStatus(const StrategyContext& context, Object& object, const Object& old) {
  // Decisions that are there stay as they are; adding or removing one is refused later.
  Array* conditions = IfArrayOf(EnsureObject(object, "status"), "conditions");
  const Array& old_conditions = ArrayOf(ObjectOf(old, "status"), "conditions");
  for (std::string_view type : {"Approved", "Denied"}) {
    if (conditions == nullptr) break;
    std::vector<Value*> now;
    std::vector<const Value*> before;
    for (Value& condition : *conditions) {
      if (TextOf(condition, "type") == type) now.push_back(&condition);
    }
    for (const Value& condition : old_conditions) {
      if (TextOf(condition, "type") == type) before.push_back(&condition);
    }
    if (now.size() != before.size()) continue;
    for (std::size_t i = 0; i < now.size(); ++i) *now[i] = *before[i];
  }
  FillConditionTimes(context, object, old);
}

void PrepareApproval(const StrategyContext& context, Object& object, const Object& old) {
  const Value conditions = [&] {
    const Object& status = ObjectOf(object, "status");
    return IsSet(status, "conditions") ? status.at("conditions") : Value();
  }();
  TakeMember(object, old, "spec");
  TakeMember(object, old, "status");
  Object& status = EnsureObject(object, "status");
  if (conditions.is_null()) {
    status.erase("conditions");
  } else {
    status["conditions"] = conditions;
  }
  FillConditionTimes(context, object, old);
}

constexpr std::string_view kLabels[] = {"spec.signerName"};
std::string FieldValue(const Object& object, std::string_view) {
  return std::string(TextOf(ObjectOf(object, "spec"), "signerName"));
}
constexpr std::string_view kReset[] = {"spec", "status"};
constexpr std::string_view kStatusReset[] = {"spec", "status.conditions"};
constexpr std::string_view kApprovalReset[] = {"spec", "status.certificate"};
const KindRules kStatus{.group = kGroup,
                        .resource = "certificatesigningrequests",
                        .subresource = "status",
                        .prepare_update = PrepareStatus,
                        .validate_update = ValidateCertificateStatus,
                        .update_metadata = UpdateMetadata::kCreateAndUpdate,
                        .reset = kStatusReset};
const KindRules kApproval{.group = kGroup,
                          .resource = "certificatesigningrequests",
                          .subresource = "approval",
                          .prepare_update = PrepareApproval,
                          .validate_update = ValidateCertificateApproval,
                          .update_metadata = UpdateMetadata::kCreateAndUpdate,
                          .reset = kApprovalReset};
constexpr const KindRules* kParts[] = {&kStatus, &kApproval};

}  // namespace

const KindRules kCertificateSigningRequestRules{.group = kGroup,
                                                .resource = "certificatesigningrequests",
                                                .name_rule = NameRule::kPathSegment,
                                                .has_status = true,
                                                .prepare_create = PrepareCreate,
                                                .prepare_update = PrepareUpdate,
                                                .validate = ValidateCertificateRequest,
                                                .validate_update = ValidateCertificateUpdate,
                                                .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                                .field_labels = kLabels,
                                                .field_value = FieldValue,
                                                .reset = kReset,
                                                .subresources = kParts};

}  // namespace apiserver
