#include "apiserver/hooks/webhook_list.h"

#include "apiserver/api/base64.h"

namespace apiserver {
namespace {

LabelSelector SelectorOf(const Value& webhook, std::string_view name) {
  const Value* selector = Find(webhook, name);
  if (selector == nullptr || selector->is_null()) return {};
  auto parsed = LabelSelector::FromObject(selector);
  return parsed.ok() ? std::move(parsed).value() : LabelSelector::Nothing();
}

void ReadPlace(const Value& client, Webhook& webhook) {
  webhook.url = TextAt(client, {"url"});
  webhook.service_namespace = TextAt(client, {"service", "namespace"});
  webhook.service_name = TextAt(client, {"service", "name"});
  webhook.service_path = TextAt(client, {"service", "path"});
  webhook.service_port = IntAt(client, {"service", "port"}, 443);
  auto bundle = DecodeBase64(TextAt(client, {"caBundle"}));
  if (bundle.ok()) webhook.authorities_pem = std::move(bundle).value();
}

}  // namespace

std::vector<Webhook> ReadWebhooks(const Value& configuration) {
  std::vector<Webhook> webhooks;
  const Value* list = Find(configuration, "webhooks");
  if (list == nullptr || !list->is_array()) return webhooks;
  for (const Value& entry : list->get_array()) {
    Webhook webhook;
    webhook.name = TextAt(entry, {"name"});
    webhook.configuration = TextAt(configuration, {"metadata", "name"});
    webhook.rules = ReadHookRules(Find(entry, "rules"));
    webhook.namespace_selector = SelectorOf(entry, "namespaceSelector");
    webhook.object_selector = SelectorOf(entry, "objectSelector");
    webhook.is_exact = TextAt(entry, {"matchPolicy"}) == "Exact";
    webhook.ignores_failure = TextAt(entry, {"failurePolicy"}) == "Ignore";
    webhook.reinvokes = TextAt(entry, {"reinvocationPolicy"}) == "IfNeeded";
    webhook.side_effects = TextAt(entry, {"sideEffects"});
    webhook.timeout_seconds = IntAt(entry, {"timeoutSeconds"}, 10);
    if (const Value* versions = Find(entry, "admissionReviewVersions");
        versions != nullptr && versions->is_array()) {
      for (const Value& version : versions->get_array()) {
        if (version.is_string()) {
          webhook.review_versions.emplace_back(std::string_view(version.get_string()));
        }
      }
    }
    if (const Value* conditions = Find(entry, "matchConditions");
        conditions != nullptr && conditions->is_array()) {
      const AdmissionCompiler compiler(false);
      for (const Value& condition : conditions->get_array()) {
        const std::string_view text = TextAt(condition, {"expression"});
        webhook.match_conditions.push_back(
            {std::string(text), compiler.Compile(text, {}, ExpressionResult::kBool)});
      }
    }
    if (const Value* client = Find(entry, "clientConfig")) ReadPlace(*client, webhook);
    webhooks.push_back(std::move(webhook));
  }
  return webhooks;
}

WebhookList::WebhookList(Store& store) : store_(store) {
  store_.AddObserver([this](const ChangePtr& change) {
    if (change->resource == mutating_.resource) mutating_.is_stale = true;
    if (change->resource == validating_.resource) validating_.is_stale = true;
  });
}

const std::vector<Webhook>& WebhookList::Fresh(Part& part) {
  if (!part.is_stale) return part.webhooks;
  part.is_stale = false;
  part.webhooks.clear();
  store_.Visit(part.resource, {}, [&](const ObjectPtr& object) {
    for (Webhook& webhook : ReadWebhooks(*object->Peek())) {
      part.webhooks.push_back(std::move(webhook));
    }
    return true;
  });
  return part.webhooks;
}

const std::vector<Webhook>& WebhookList::mutating() { return Fresh(mutating_); }
const std::vector<Webhook>& WebhookList::validating() { return Fresh(validating_); }

}  // namespace apiserver
