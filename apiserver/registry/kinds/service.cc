// Services: defaults and the shape of their status. Addresses and ports are allocation/'s.
// Source: kubernetes/pkg/apis/core and pkg/registry/core/service, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/object_warnings.h"
#include "apiserver/registry/kinds/service_rules.h"

namespace apiserver {
namespace {

constexpr std::int64_t kAffinitySeconds = 10800;

void DefaultAffinity(Object& spec) {
  FillText(spec, "sessionAffinity", "None");
  const std::string_view affinity = TextOf(spec, "sessionAffinity");
  if (affinity == "None") spec.erase("sessionAffinityConfig");
  if (affinity != "ClientIP") return;
  const Object& client = ObjectOf(ObjectOf(spec, "sessionAffinityConfig"), "clientIP");
  if (!IsSet(client, "timeoutSeconds")) {
    spec["sessionAffinityConfig"] = {{"clientIP", {{"timeoutSeconds", kAffinitySeconds}}}};
  }
}

void DefaultPort(Object& port) {
  FillText(port, "protocol", "TCP");
  const Value* target = port.if_contains("targetPort");
  const bool unset = target == nullptr || target->is_null() ||
                     (target->is_string() && target->get_string().empty()) ||
                     (target->is_int64() && target->get_int64() == 0);
  if (unset) port["targetPort"] = IntOf(port, "port");
}

void Default(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  DefaultAffinity(spec);
  FillText(spec, "type", "ClusterIP");
  ForEachObject(spec, "ports", DefaultPort);
  const std::string type(TextOf(spec, "type"));
  if (IsExternallyAccessible(spec)) FillText(spec, "externalTrafficPolicy", "Cluster");
  if (type == "ClusterIP" || type == "NodePort" || type == "LoadBalancer") {
    FillPointer(spec, "internalTrafficPolicy", "Cluster");
  }
  if (type != "LoadBalancer") return;
  FillPointer(spec, "allocateLoadBalancerNodePorts", true);
  if (Object* status = IfObjectOf(object, "status")) {
    if (Object* balancer = IfObjectOf(*status, "loadBalancer")) {
      ForEachObject(*balancer, "ingress", [](Object& ingress) {
        if (!TextOf(ingress, "ip").empty()) FillPointer(ingress, "ipMode", "VIP");
      });
    }
  }
}

void PrepareCreate(const StrategyContext&, Object& object) {
  object["status"].emplace_object();
  DropTypeDependentFields(object, nullptr);
}

void PrepareUpdate(const StrategyContext&, Object& object, const Object& old) {
  DropTypeDependentFields(object, &old);
}

void Warn(const Object& object, const Object*, std::vector<std::string>& out) {
  WarnOfService(object, out);
}

constexpr std::string_view kLabels[] = {"spec.clusterIP", "spec.type"};
std::string FieldValue(const Object& object, std::string_view label) {
  return std::string(
      TextOf(ObjectOf(object, "spec"), label.substr(std::string_view("spec.").size())));
}

const KindRules kStatus{.group = "",
                        .resource = "services",
                        .subresource = "status",
                        .validate_update = ValidateServiceStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kServiceRules{.group = "",
                              .resource = "services",
                              .name_rule = NameRule::kDnsLabel,
                              .defaults = Default,
                              .has_status = true,
                              .prepare_create = PrepareCreate,
                              .prepare_update = PrepareUpdate,
                              .validate = ValidateService,
                              .validate_update = ValidateServiceUpdate,
                              .warn = Warn,
                              .allow_create_on_update = true,
                              .answers_deleted_object = true,
                              .field_labels = kLabels,
                              .field_value = FieldValue,
                              .subresources = kParts};

}  // namespace apiserver
