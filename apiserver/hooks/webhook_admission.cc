#include "apiserver/hooks/webhook_admission.h"

#include <algorithm>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/hooks/asked_url.h"
#include "apiserver/hooks/service_place.h"
#include "apiserver/registry/patch/json_patch.h"
#include "sim/random.h"

namespace apiserver {
namespace {

ApiError Awaiting() {
  ApiError error;
  error.code = kAwaitsWebhook;
  return error;
}

// What was asked before counts as long as the object that it was asked about is the same.
std::string KeyOf(const HookAttributes& attributes, WebhookKind kind, const Webhook& webhook) {
  const AdmissionRequest& request = attributes.request();
  std::string key = kind == WebhookKind::kMutating ? "mutating " : "validating ";
  key += webhook.configuration + "/" + webhook.name + " " + std::string(request.name);
  if (request.old_object != nullptr) {
    key += " " + std::string(TextAt(*request.old_object, {"metadata", "resourceVersion"}));
  }
  const int count = ++request.call->parts.memo->counts[key];
  return key + " " + std::to_string(count);
}

bool HasSideEffects(const Webhook& webhook) {
  return webhook.side_effects != "None" && webhook.side_effects != "NoneOnDryRun";
}

// A failure that upstream wraps: "failed calling webhook NAME: WHY".
std::string CallFailure(const Webhook& webhook, const std::string& why) {
  return "failed calling webhook " + GoQuote(webhook.name) + ": " + why;
}

std::optional<Value> ShownOrNothing(const HookAttributes& attributes,
                                    const HookAttributes::Match& match, const Value* value) {
  if (value == nullptr) return std::nullopt;
  return attributes.Shown(match, *value);
}

const Value* PointerTo(const std::optional<Value>& value) { return value ? &*value : nullptr; }

}  // namespace

ApiResult<std::optional<HookAttributes::Match>> WebhookAdmission::FindMatch(
    const HookAttributes& attributes, const Webhook& webhook) {
  const AdmissionRequest& request = attributes.request();
  if (!attributes.NamespaceMatches(webhook.namespace_selector) ||
      !ObjectMatches(webhook.object_selector, attributes.object(), request.old_object)) {
    return std::optional<Match>();
  }
  std::optional<Match> match = attributes.FindMatch(webhook.rules, !webhook.is_exact);
  if (!match || webhook.match_conditions.empty()) return match;
  const auto forbidden = [&](const std::string& why) {
    return ForbiddenError(request.call->group_resource(), request.name, why);
  };
  const auto object = ShownOrNothing(attributes, *match, attributes.object());
  const auto old_object = ShownOrNothing(attributes, *match, request.old_object);
  const ReviewedObjects objects{attributes, *match, PointerTo(object), PointerTo(old_object)};
  AdmissionActivation activation(evaluator_, {.objects = objects}, kMatchConditionsBudget);
  const auto matches = ConditionsHold(activation, webhook.match_conditions);
  if (!matches.ok()) {
    if (webhook.ignores_failure) return std::optional<Match>();
    return forbidden(matches.error().message);
  }
  return *matches ? match : std::optional<Match>();
}

OutsideCall WebhookAdmission::CallFor(const HookAttributes& attributes, const Asked& asked,
                                      const std::string& uid) const {
  const AdmissionRequest& request = attributes.request();
  const Webhook& webhook = *asked.webhook;
  OutsideCall call;
  call.key = webhook.name;
  if (webhook.is_service()) {
    AimAtService(request.context.store,
                 {webhook.service_namespace, webhook.service_name, webhook.service_path,
                  webhook.service_port},
                 call);
  } else {
    call.url = webhook.url;
  }
  call.url = AskedUrl(call.url, webhook.timeout_seconds);
  call.timeout = std::chrono::seconds(webhook.timeout_seconds);
  call.tls.authorities_pem = webhook.authorities_pem;
  call.headers = {{"Content-Type", "application/json"},
                  {"Accept", "application/json, */*"},
                  {"User-Agent", "kube-apiserver-admission"}};
  const auto object = ShownOrNothing(attributes, asked.match, attributes.object());
  const auto old_object = ShownOrNothing(attributes, asked.match, request.old_object);
  call.body = ReviewText({attributes, asked.match, PointerTo(object), PointerTo(old_object)}, uid,
                         ReviewVersionFor(webhook.review_versions));
  call.shown_revision = request.context.store.revision();
  return call;
}

std::optional<ReviewAnswer> WebhookAdmission::Ask(const HookAttributes& attributes,
                                                  const Asked& asked) const {
  const AdmissionRequest& request = attributes.request();
  const Webhook& webhook = *asked.webhook;
  const std::string version = ReviewVersionFor(webhook.review_versions);
  ReviewAnswer failed;
  if (version.empty()) {
    failed.failure =
        "could not create admission objects: webhook does not accept known AdmissionReview "
        "versions (v1, v1beta1)";
    return failed;
  }
  AdmissionMemo& memo = *request.call->parts.memo;
  const std::string key = KeyOf(attributes, kind_, webhook);
  const auto found = memo.reviews.find(key);
  if (found != memo.reviews.end() && found->second.answer) {
    return ReadReviewAnswer(*found->second.answer, kind_, webhook.name, found->second.uid, version);
  }
  AdmissionMemo::Review review{kernel_.Stream("webhooks").Uuid(), std::nullopt};
  OutsideCall call = CallFor(attributes, asked, review.uid);
  if (attributes.awaits_conversion()) return std::nullopt;
  if (webhook.is_service() && call.dial_address.empty()) {
    OutsideCall aimed;
    failed.failure = "failed to call webhook: Post \"" + call.url + "\": " +
                     AimAtService(request.context.store,
                                  {webhook.service_namespace, webhook.service_name,
                                   webhook.service_path, webhook.service_port},
                                  aimed);
    return failed;
  }
  memo.reviews[key] = std::move(review);
  memo.wanted.push_back({key, std::move(call)});
  return std::nullopt;
}

std::optional<ApiError> WebhookAdmission::Judge(const AdmissionRequest& request,
                                                const Webhook& webhook,
                                                ReviewAnswer& answer) const {
  if (request.warnings != nullptr) {
    for (std::string& warning : answer.warnings) request.warnings->push_back(std::move(warning));
  }
  if (answer.denial) return answer.denial;
  if (answer.failure.empty() || webhook.ignores_failure) return std::nullopt;
  return InternalError(CallFailure(webhook, answer.failure));
}

std::optional<ApiError> WebhookAdmission::RunRound(const AdmissionRequest& request, Value* object,
                                                   Round& round,
                                                   const std::set<const Webhook*>* only) {
  std::set<const Webhook*> asked_before;
  for (const Webhook& webhook : list_.mutating()) {
    if (only != nullptr && !only->contains(&webhook)) continue;
    const HookAttributes attributes(request, object);
    ApiResult<std::optional<Match>> match = FindMatch(attributes, webhook);
    if (!match) return std::move(match.error());
    if (!*match) continue;
    if (request.context.is_dry_run && HasSideEffects(webhook)) {
      return BadRequestError("admission webhook " + GoQuote(webhook.name) +
                             " does not support dry run");
    }
    std::optional<ReviewAnswer> answer = Ask(attributes, {&webhook, **match});
    if (!answer) return Awaiting();
    if (auto refused = Judge(request, webhook, *answer)) return refused;
    if (!answer->patch.empty() && object != nullptr) {
      const Value before = attributes.Shown(**match, *object);
      ApiResult<Patched> patched = ApplyJsonPatch(before, answer->patch);
      if (!patched) return InternalError(patched.error().message);
      if (patched->object != before) {
        attributes.Take(**match, std::move(patched->object), *object);
        round.has_changes = true;
        round.changed_after.insert(asked_before.begin(), asked_before.end());
      }
    }
    if (webhook.reinvokes) asked_before.insert(&webhook);
  }
  return std::nullopt;
}

bool WebhookAdmission::WatchesHeartbeats(const GroupResource& resource) const {
  const std::vector<Webhook>& webhooks =
      kind_ == WebhookKind::kMutating ? list_.mutating() : list_.validating();
  const auto concerns = [&](const HookRule& rule) {
    return RuleMayConcern(rule, OperationText(Operation::kUpdate), resource.resource);
  };
  return std::any_of(webhooks.begin(), webhooks.end(), [&](const Webhook& webhook) {
    return std::any_of(webhook.rules.begin(), webhook.rules.end(), concerns);
  });
}

std::optional<ApiError> WebhookAdmission::Admit(const AdmissionRequest& request, Value* object) {
  if (kind_ != WebhookKind::kMutating || request.call == nullptr) return std::nullopt;
  if (list_.mutating().empty() || IsExemptFromHooks(request.resource)) return std::nullopt;
  if (request.call->parts.memo == nullptr) return std::nullopt;
  Round first;
  if (auto refused = RunRound(request, object, first, nullptr)) return refused;
  if (first.changed_after.empty()) return std::nullopt;
  Round again;
  return RunRound(request, object, again, &first.changed_after);
}

std::optional<ApiError> WebhookAdmission::Validate(const AdmissionRequest& request,
                                                   const Value* object) {
  if (kind_ != WebhookKind::kValidating || request.call == nullptr) return std::nullopt;
  if (list_.validating().empty() || IsExemptFromHooks(request.resource)) return std::nullopt;
  if (request.call->parts.memo == nullptr) return std::nullopt;
  const HookAttributes attributes(request, object);
  bool awaits = false;
  std::optional<ApiError> first_refusal;
  for (const Webhook& webhook : list_.validating()) {
    ApiResult<std::optional<Match>> match = FindMatch(attributes, webhook);
    if (!match) return std::move(match.error());
    if (!*match) continue;
    if (request.context.is_dry_run && HasSideEffects(webhook)) {
      return BadRequestError("admission webhook " + GoQuote(webhook.name) +
                             " does not support dry run");
    }
    std::optional<ReviewAnswer> answer = Ask(attributes, {&webhook, **match});
    awaits |= !answer;
    if (!answer) continue;
    std::optional<ApiError> refused = Judge(request, webhook, *answer);
    if (refused && !first_refusal) first_refusal = std::move(refused);
  }
  if (awaits) return Awaiting();
  return first_refusal;
}

}  // namespace apiserver
