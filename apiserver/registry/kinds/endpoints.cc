// Endpoints. Source: kubernetes/pkg/apis/core, pkg/api/v1/endpoints and
// pkg/registry/core/endpoint, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/ip_checks.h"

namespace apiserver {
namespace {

void Default(Object& object) {
  ForEachObject(object, "subsets", [](Object& subset) {
    ForEachObject(subset, "ports", [](Object& port) { FillText(port, "protocol", "TCP"); });
  });
}

void CheckAddress(const Object& address, const FieldPath& path, bool is_strict, Violations& out) {
  const std::string_view ip = TextOf(address, "ip");
  const FieldPath ip_path = path.Child("ip");
  if (is_strict) {
    CheckIp(ip, ip_path, out);
  } else if (!IsIp(ip)) {
    out.Invalid(ip_path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }
  if (!TextOf(address, "hostname").empty()) {
    CheckDnsLabel(TextOf(address, "hostname"), path.Child("hostname"), out);
  }
  if (IsSet(address, "nodeName")) {
    CheckDnsSubdomain(TextOf(address, "nodeName"), path.Child("nodeName"), out);
  }
  CheckEndpointIp(ip, ip_path, out);
}

void CheckEndpointPort(const Object& port, bool needs_name, const FieldPath& path,
                       Violations& out) {
  const std::string_view name = TextOf(port, "name");
  if (name.empty()) {
    if (needs_name) out.Required(path.Child("name"));
  } else {
    CheckDnsLabel(name, path.Child("name"), out);
  }
  const std::int64_t number = IntOf(port, "port");
  out.InvalidEach(path.Child("port"), number, CheckPortNumber(number));
  CheckRequiredOneOf(port, "protocol", {"SCTP", "TCP", "UDP"}, path, out);
  if (IsSet(port, "appProtocol")) {
    CheckQualified(TextOf(port, "appProtocol"), path.Child("appProtocol"), out);
  }
}

void CheckSubsets(const Object& object, bool is_strict, Violations& out) {
  const FieldPath path("subsets");
  std::size_t index = 0;
  for (const Value& subset : ArrayOf(object, "subsets")) {
    const FieldPath subset_path = path.Index(index++);
    const Array& ready = ArrayOf(subset, "addresses");
    const Array& not_ready = ArrayOf(subset, "notReadyAddresses");
    if (ready.empty() && not_ready.empty()) {
      out.Required(subset_path, "must specify `addresses` or `notReadyAddresses`");
    }
    for (std::string_view list : {"addresses", "notReadyAddresses"}) {
      const FieldPath list_path = subset_path.Child(list);
      std::size_t i = 0;
      for (const Value& address : ArrayOf(subset, list)) {
        CheckAddress(AsObject(address), list_path.Index(i++), is_strict, out);
      }
    }
    const Array& ports = ArrayOf(subset, "ports");
    const FieldPath ports_path = subset_path.Child("ports");
    for (std::size_t i = 0; i < ports.size(); ++i) {
      CheckEndpointPort(AsObject(ports[i]), ports.size() > 1, ports_path.Index(i), out);
    }
  }
}

void Validate(const Object& object, Violations& out) { CheckSubsets(object, true, out); }

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  // Addresses that were stored when the rules were looser stay acceptable.
  CheckSubsets(object, !SameMember(object, old, "subsets"), out);
}

}  // namespace

const KindRules kEndpointsRules{.group = "",
                                .resource = "endpoints",
                                .defaults = Default,
                                .validate = Validate,
                                .validate_update = ValidateUpdate,
                                .update_metadata = UpdateMetadata::kUpdateAndCreate,
                                .allow_create_on_update = true};

}  // namespace apiserver
