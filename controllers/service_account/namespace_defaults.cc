#include "controllers/service_account/namespace_defaults.h"

namespace controllers {
namespace {

constexpr std::string_view kRootCaName = "kube-root-ca.crt";
// An annotation clients of the reference see; its text is part of the behaviour.
constexpr std::string_view kRootCaDescription =
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
    "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
    "guaranteed across distributions of Kubernetes clusters.";

bool IsActive(const ObjectPtr& namespace_object) {
  return namespace_object && !namespace_object->meta().is_deleting();
}

Outcome ToOutcome(const apiserver::ApiResult<ObjectPtr>& result) {
  if (result.ok() || IsNamespaceTerminating(result.error()) || result.error().code == 404 ||
      result.error().reason == "AlreadyExists") {
    return Outcome::Done();
  }
  return Outcome::Retry(result.error().message);
}

}  // namespace

ServiceAccountController::ServiceAccountController(const ControllerContext& context)
    : Controller(context, {"service-account-controller", "serviceaccount-controller.sync", ""}) {
  EnqueueChangesOf(informers().plain(kNamespaces));
  informers()
      .plain(kServiceAccounts)
      .AddHandler([this](const PlainPtr& old_entry, const PlainPtr& new_entry) {
        if (!new_entry && old_entry->meta().name == "default") {
          Enqueue({"", old_entry->meta().namespace_});
        }
      });
}

sim::Task<Outcome> ServiceAccountController::Reconcile(ObjectKey key) {
  if (!IsActive(client().Live(kNamespaces, key))) co_return Outcome::Done();
  if (client().Live(kServiceAccounts, {key.name, "default"})) co_return Outcome::Done();
  Value account = Object{{"apiVersion", "v1"},
                         {"kind", "ServiceAccount"},
                         {"metadata", Object{{"name", "default"}, {"namespace", key.name}}}};
  const auto created = co_await client().Create(kServiceAccounts, key.name, std::move(account));
  co_return ToOutcome(created);
}

RootCaPublisher::RootCaPublisher(const ControllerContext& context, std::string ca_pem)
    : Controller(context,
                 {"root-ca-cert-publisher", "root-ca-certificate-publisher-controller.sync", ""}),
      ca_pem_(std::move(ca_pem)) {
  EnqueueChangesOf(informers().plain(kNamespaces));
  informers()
      .plain(kConfigMaps)
      .AddHandler([this](const PlainPtr& old_entry, const PlainPtr& new_entry) {
        const ObjectMeta& meta = (new_entry ? new_entry : old_entry)->meta();
        if (meta.name == kRootCaName) Enqueue({"", meta.namespace_});
      });
}

sim::Task<Outcome> RootCaPublisher::Reconcile(ObjectKey key) {
  if (!IsActive(client().Live(kNamespaces, key))) co_return Outcome::Done();
  const Value data = Object{{"ca.crt", ca_pem_}};
  const ObjectPtr present = client().Live(kConfigMaps, {key.name, std::string(kRootCaName)});
  if (!present) {
    Object metadata;
    metadata["name"] = kRootCaName;
    metadata["namespace"] = key.name;
    metadata["annotations"] = Object{{"kubernetes.io/description", kRootCaDescription}};
    Object map;
    map["apiVersion"] = "v1";
    map["kind"] = "ConfigMap";
    map["metadata"] = std::move(metadata);
    map["data"] = data;
    const auto created = co_await client().Create(kConfigMaps, key.name, std::move(map));
    co_return ToOutcome(created);
  }
  const std::shared_ptr<const Value> value = present->Peek();
  const Value* present_data = apiserver::Find(*value, "data");
  if (present_data != nullptr && *present_data == data) co_return Outcome::Done();
  Value updated = present->Parse();
  updated.get_object()["data"] = data;
  const auto written = co_await client().Update(kConfigMaps, std::move(updated));
  co_return ToOutcome(written);
}

}  // namespace controllers
