// Webhook configurations. Source: kubernetes/pkg/apis/admissionregistration, 1.36.
#include <algorithm>
#include <set>

#include "apiserver/api/names.h"
#include "apiserver/registry/kinds/admission_rules.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/webhook_client.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "admissionregistration.k8s.io";

void DefaultWebhook(Object& hook) {
  FillPointer(hook, "failurePolicy", "Fail");
  FillPointer(hook, "matchPolicy", "Equivalent");
  FillPointer(hook, "namespaceSelector", Object());
  FillPointer(hook, "objectSelector", Object());
  FillPointer(hook, "timeoutSeconds", 10);
  ForEachObject(hook, "rules", DefaultAdmissionRule);
  if (Object* client = IfObjectOf(hook, "clientConfig")) {
    if (Object* service = IfObjectOf(*client, "service")) FillPointer(*service, "port", 443);
  }
}

void DefaultValidating(Object& object) { ForEachObject(object, "webhooks", DefaultWebhook); }

void DefaultMutating(Object& object) {
  ForEachObject(object, "webhooks", [](Object& hook) {
    DefaultWebhook(hook);
    FillPointer(hook, "reinvocationPolicy", "Never");
  });
}

void CheckClient(const Object& hook, const FieldPath& path, Violations& out) {
  const Object& client = ObjectOf(hook, "clientConfig");
  const bool has_url = IsSet(client, "url");
  const bool has_service = IsSet(client, "service");
  const FieldPath client_path = path.Child("clientConfig");
  if (has_url == has_service) {
    out.Required(client_path, "exactly one of url or service is required");
  } else if (has_url) {
    CheckWebhookUrl(TextOf(client, "url"), client_path.Child("url"), out);
  } else {
    // Upstream hands over the two names the wrong way round.
    const Object& service = ObjectOf(client, "service");
    Object swapped = service;
    swapped["name"] = TextOf(service, "namespace");
    swapped["namespace"] = TextOf(service, "name");
    CheckWebhookService(swapped, client_path.Child("service"), out);
  }
}

void CheckReviewVersions(const Object& hook, const FieldPath& path, Violations& out) {
  const FieldPath versions_path = path.Child("admissionReviewVersions");
  const Array& versions = ArrayOf(hook, "admissionReviewVersions");
  if (versions.empty()) {
    out.Required(versions_path, "must specify one of v1, v1beta1");
    return;
  }
  std::set<std::string_view> seen;
  bool known = false;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const std::string_view version = AsText(versions[i]);
    if (!seen.insert(version).second) {
      out.Invalid(versions_path.Index(i), version, "duplicate version");
      continue;
    }
    out.InvalidEach(versions_path.Index(i), version, CheckDns1035Label(version));
    known = known || version == "v1" || version == "v1beta1";
  }
  if (!known) {
    out.Invalid(versions_path, versions, "must include at least one of v1, v1beta1");
  }
}

struct HookTraits {
  bool is_mutating = false;
  bool has_old_conditions = false;  // nothing is asked of conditions that were there before
};

void CheckWebhook(const Object& hook, HookTraits traits, const FieldPath& path, Violations& out) {
  const std::string_view name = TextOf(hook, "name");
  const FieldPath name_path = path.Child("name");
  if (name.empty()) {
    out.Required(name_path);
  } else if (std::count(name.begin(), name.end(), '.') < 2) {
    const NameMessages messages = CheckDns1123Subdomain(name);
    if (messages.empty()) {
      out.Invalid(name_path, name,
                  "should be a domain with at least three segments separated by dots");
    } else {
      out.InvalidEach(name_path, name, messages);
    }
  } else {
    CheckDnsSubdomain(name, name_path, out);
  }
  CheckAdmissionRules(hook, "rules", path, out);
  CheckOptionalOneOf(hook, "failurePolicy", {"Fail", "Ignore"}, path, out);
  CheckOptionalOneOf(hook, "matchPolicy", {"Equivalent", "Exact"}, path, out);
  const std::string_view effects = TextOf(hook, "sideEffects");
  if (!IsSet(hook, "sideEffects")) {
    out.Required(path.Child("sideEffects"), "must specify one of None, NoneOnDryRun");
  } else {
    CheckOneOf(effects, {"None", "NoneOnDryRun"}, path.Child("sideEffects"), out);
  }
  if (IsSet(hook, "timeoutSeconds")) {
    const std::int64_t seconds = IntOf(hook, "timeoutSeconds");
    if (seconds > 30 || seconds < 1) {
      out.Invalid(path.Child("timeoutSeconds"), seconds,
                  "the timeout value must be between 1 and 30 seconds");
    }
  }
  CheckSelector(hook, "namespaceSelector", path, out);
  CheckSelector(hook, "objectSelector", path, out);
  if (traits.is_mutating) {
    CheckOptionalOneOf(hook, "reinvocationPolicy", {"IfNeeded", "Never"}, path, out);
  }
  CheckClient(hook, path, out);
  if (!traits.has_old_conditions) {
    CheckMatchConditions(hook, ConditionParams::kNone, path, out);
  }
  CheckReviewVersions(hook, path, out);
}

void Check(const Object& object, HookTraits traits, Violations& out) {
  const FieldPath path("webhooks");
  std::set<std::string_view> names;
  std::size_t index = 0;
  for (const Value& hook : ArrayOf(object, "webhooks")) {
    const FieldPath hook_path = path.Index(index++);
    CheckWebhook(AsObject(hook), traits, hook_path, out);
    const std::string_view name = TextOf(hook, "name");
    if (!name.empty() && !names.insert(name).second) out.Duplicate(hook_path.Child("name"), name);
  }
}

bool SameConditions(const Object& object, const Object& old) {
  const Array& hooks = ArrayOf(object, "webhooks");
  const Array& old_hooks = ArrayOf(old, "webhooks");
  return std::equal(hooks.begin(), hooks.end(), old_hooks.begin(), old_hooks.end(),
                    [](const Value& hook, const Value& old_hook) {
                      return SameMember(AsObject(hook), AsObject(old_hook), "matchConditions");
                    });
}

void ValidateValidating(const Object& object, Violations& out) { Check(object, {}, out); }
void ValidateValidatingUpdate(const Object& object, const Object& old, Violations& out) {
  Check(object, {.has_old_conditions = SameConditions(object, old)}, out);
}
void ValidateMutating(const Object& object, Violations& out) {
  Check(object, {.is_mutating = true}, out);
}
void ValidateMutatingUpdate(const Object& object, const Object& old, Violations& out) {
  Check(object, {.is_mutating = true, .has_old_conditions = SameConditions(object, old)}, out);
}

}  // namespace

const KindRules kValidatingWebhookConfigurationRules{.group = kGroup,
                                                     .resource = "validatingwebhookconfigurations",
                                                     .defaults = DefaultValidating,
                                                     .generation = GenerationRule::kRoot,
                                                     .validate = ValidateValidating,
                                                     .validate_update = ValidateValidatingUpdate,
                                                     .warn = WarnOfReservedName,
                                                     .update_metadata = UpdateMetadata::kCreate,
                                                     .allow_unconditional_update = false};
const KindRules kMutatingWebhookConfigurationRules{.group = kGroup,
                                                   .resource = "mutatingwebhookconfigurations",
                                                   .defaults = DefaultMutating,
                                                   .generation = GenerationRule::kRoot,
                                                   .validate = ValidateMutating,
                                                   .validate_update = ValidateMutatingUpdate,
                                                   .warn = WarnOfReservedName,
                                                   .update_metadata = UpdateMetadata::kCreate,
                                                   .allow_unconditional_update = false};

}  // namespace apiserver
