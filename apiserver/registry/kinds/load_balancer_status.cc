#include "apiserver/registry/kinds/load_balancer_status.h"

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/ip_checks.h"

namespace apiserver {
namespace {

void CheckMode(const Object& ingress, bool has_ip, const FieldPath& path, Violations& out) {
  const FieldPath mode_path = path.Child("ipMode");
  if (!IsSet(ingress, "ipMode")) {
    if (has_ip) out.Required(mode_path, "must be specified when `ip` is set");
  } else if (!has_ip) {
    out.Forbidden(mode_path, "may not be specified when `ip` is not set");
  } else {
    CheckOneOf(TextOf(ingress, "ipMode"), {"Proxy", "VIP"}, mode_path, out);
  }
}

}  // namespace

void CheckLoadBalancerStatus(const Object& balancer, bool has_ip_mode, const FieldPath& path,
                             Violations& out) {
  const FieldPath list_path = path.Child("ingress");
  std::size_t index = 0;
  for (const Value& value : ArrayOf(balancer, "ingress")) {
    const FieldPath ingress_path = list_path.Index(index++);
    const Object& ingress = AsObject(value);
    const std::string_view ip = TextOf(ingress, "ip");
    const std::string_view host = TextOf(ingress, "hostname");
    if (!ip.empty()) CheckIp(ip, ingress_path.Child("ip"), out);
    if (has_ip_mode) CheckMode(ingress, !ip.empty(), ingress_path, out);
    if (host.empty()) continue;
    CheckDnsSubdomain(host, ingress_path.Child("hostname"), out);
    if (IsIp(host)) {
      out.Invalid(ingress_path.Child("hostname"), host, "must be a DNS name, not an IP address");
    }
  }
}

}  // namespace apiserver
