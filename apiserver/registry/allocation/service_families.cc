#include "apiserver/registry/allocation/service_allocator.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/service_rules.h"

namespace apiserver {
namespace {

void FillPolicy(Object& spec, const Object* old_spec) {
  if (IsSet(spec, "ipFamilyPolicy")) return;
  if (old_spec != nullptr && IsSet(*old_spec, "ipFamilyPolicy")) {
    spec["ipFamilyPolicy"] = old_spec->at("ipFamilyPolicy");
  } else if (IsHeadless(spec) && ObjectOf(spec, "selector").empty()) {
    spec["ipFamilyPolicy"] = "RequireDualStack";
  } else {
    spec["ipFamilyPolicy"] = "SingleStack";
  }
}

Array& Families(Object& spec) {
  Value& families = spec["ipFamilies"];
  if (!families.is_array()) families.emplace_array();
  return families.get_array();
}

// Headless Services without selector are for endpoints of any family.
void FillSelectorless(Object& spec) {
  Array& families = Families(spec);
  if (families.empty()) families.push_back("IPv4");
  if (families.size() < 2 && TextOf(spec, "ipFamilyPolicy") != "SingleStack") {
    families.push_back(AsText(families[0]) == "IPv4" ? "IPv6" : "IPv4");
  }
}

bool IsReduced(const Object& spec, const Object& old_spec, std::string_view name) {
  const Array& now = ArrayOf(spec, name);
  const Array& before = ArrayOf(old_spec, name);
  return !now.empty() && now.size() < before.size();
}

// Giving up the second family is said by the policy: then the lists follow; else it is an error.
void TreatReduction(Object& spec, const Object& old_spec, Violations& out) {
  if (TextOf(spec, "ipFamilyPolicy") == "SingleStack") {
    for (std::string_view name : {"clusterIPs", "ipFamilies"}) {
      Array* list = IfArrayOf(spec, name);
      if (list == nullptr || list->size() < 2 || !SameMember(spec, old_spec, name)) continue;
      list->resize(1);
    }
    return;
  }
  const FieldPath path("spec.ipFamilyPolicy");
  const Value policy = spec.at("ipFamilyPolicy");
  if (IsReduced(spec, old_spec, "clusterIPs")) {
    out.Invalid(path, policy, "must be 'SingleStack' to release the secondary cluster IP");
  }
  if (IsReduced(spec, old_spec, "ipFamilies")) {
    out.Invalid(path, policy, "must be 'SingleStack' to release the secondary IP family");
  }
}

void CheckSingle(const Object& spec, Violations& out) {
  if (TextOf(spec, "ipFamilyPolicy") != "SingleStack") return;
  const FieldPath path("spec.ipFamilyPolicy");
  if (ArrayOf(spec, "clusterIPs").size() == 2) {
    out.Invalid(path, "SingleStack",
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are "
                "specified");
  }
  if (ArrayOf(spec, "ipFamilies").size() == 2) {
    out.Invalid(path, "SingleStack",
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are "
                "specified");
  }
}

void FamiliesFromIps(Object& spec, Violations& out) {
  const Array ips = ArrayOf(spec, "clusterIPs");
  const FieldPath path("spec.clusterIPs");
  for (std::size_t i = 0; i < ips.size(); ++i) {
    if (AsText(ips[i]) == "None") return;
    const auto ip = ParseIp(AsText(ips[i]));
    if (!ip || i < ArrayOf(spec, "ipFamilies").size()) continue;
    if (ip->is_ipv6) {
      out.Invalid(path.Index(i), ips, "IPv6 is not configured on this cluster");
    } else {
      Families(spec).push_back("IPv4");
    }
  }
}

}  // namespace

FieldErrors InitServiceFamilies(Object& service, const Object* old) {
  Object& spec = EnsureObject(service, "spec");
  if (TextOf(spec, "type") == "ExternalName") return {};
  const Object* old_spec = old == nullptr ? nullptr : &ObjectOf(*old, "spec");
  FillPolicy(spec, old_spec);
  Violations out;
  CheckClusterIps(spec, out);
  if (!out.empty()) return out.Take();
  if (old_spec != nullptr) TreatReduction(spec, *old_spec, out);
  CheckSingle(spec, out);
  FamiliesFromIps(spec, out);
  if (!out.empty()) return out.Take();
  if (IsHeadless(spec) && ObjectOf(spec, "selector").empty()) {
    FillSelectorless(spec);
    return {};
  }
  if (TextOf(spec, "ipFamilyPolicy") == "RequireDualStack") {
    out.Invalid(FieldPath("spec.ipFamilyPolicy"), "RequireDualStack",
                "this cluster is not configured for dual-stack services");
  }
  const FieldPath path("spec.ipFamilies");
  std::size_t index = 0;
  for (const Value& family : ArrayOf(spec, "ipFamilies")) {
    const FieldPath item_path = path.Index(index++);
    if (AsText(family) != "IPv4") out.Invalid(item_path, family, "not configured on this cluster");
  }
  if (!out.empty()) return out.Take();
  Array& families = Families(spec);
  if (families.empty()) families.push_back("IPv4");
  return {};
}

}  // namespace apiserver
