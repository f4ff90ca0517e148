#include "apiserver/registry/kinds/pod_spec.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/container_checks.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/kinds/resource_names.h"
#include "apiserver/registry/kinds/scheduling_checks.h"
#include "apiserver/registry/kinds/security_checks.h"
#include "apiserver/registry/kinds/volume_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::string_view kMirror = "kubernetes.io/config.mirror";
constexpr std::string_view kAppArmor = "container.apparmor.security.beta.kubernetes.io/";
constexpr std::size_t kNameserversMax = 3;
constexpr std::size_t kSearchesMax = 32;
constexpr std::size_t kSearchBytesMax = 2048;
constexpr std::size_t kHostnameOverrideMax = 64;

void CheckResourceClaims(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("resourceClaims");
  std::set<std::string_view> names;
  std::size_t index = 0;
  for (const Value& claim : ArrayOf(spec, "resourceClaims")) {
    const FieldPath claim_path = list_path.Index(index++);
    const std::string_view name = TextOf(claim, "name");
    if (name.empty()) {
      out.Required(claim_path.Child("name"));
    } else if (!names.insert(name).second) {
      out.Duplicate(claim_path.Child("name"), name);
    } else {
      CheckDnsLabel(name, claim_path.Child("name"), out);
    }
    const bool by_name = IsSet(claim, "resourceClaimName");
    const bool by_template = IsSet(claim, "resourceClaimTemplateName");
    if (by_name && by_template) {
      out.Invalid(claim_path, InternalForm("core.PodResourceClaim", claim),
                  "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be "
                  "specified");
    }
    if (!by_name && !by_template) {
      out.Invalid(claim_path, InternalForm("core.PodResourceClaim", claim),
                  "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
    }
    for (std::string_view field : {"resourceClaimName", "resourceClaimTemplateName"}) {
      if (IsSet(claim, field)) {
        CheckDnsSubdomain(TextOf(claim, field), claim_path.Child(field), out);
      }
    }
  }
}

void CheckPodLevelResources(const Object& spec, const PodFacts& facts, const FieldPath& path,
                            Violations& out) {
  if (!IsSet(spec, "resources")) return;
  const Object& resources = ObjectOf(spec, "resources");
  const FieldPath resources_path = path.Child("resources");
  if (TextOf(ObjectOf(spec, "os"), "name") == "windows") {
    out.Forbidden(resources_path, "may not be set for a windows pod");
    return;
  }
  if (IsSet(resources, "claims")) {
    out.Forbidden(resources_path.Child("claims"),
                  "claims may not be set for Resources at pod-level");
  }
  CheckResourceRequirements(resources, &facts, resources_path, out, CheckPodResourceName);
  // The containers together may not ask for more than the pod.
  const FieldPath requests_path = resources_path.Child("requests");
  for (const auto& entry : ObjectOf(resources, "requests")) {
    const auto own = Quantity::FromJson(entry.value());
    if (!own.ok()) continue;
    Quantity sum;
    for (const Value& container : ArrayOf(spec, "containers")) {
      const Object& requests = ObjectOf(ObjectOf(container, "resources"), "requests");
      const Value* value = requests.if_contains(entry.key());
      if (value == nullptr) continue;
      const auto amount = Quantity::FromJson(*value);
      if (amount.ok()) sum += *amount;
    }
    if (sum > *own) {
      out.Invalid(requests_path.Key(entry.key()), own->Text(),
                  "must be greater than or equal to aggregate container requests of " + sum.Text());
    }
  }
}

void CheckHostNetworkPorts(const Object& spec, bool is_pod, const FieldPath& path,
                           Violations& out) {
  if (!FlagOf(spec, "hostNetwork")) return;
  const FieldPath list_path = path.Child("containers");
  const Array& containers = ArrayOf(spec, "containers");
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const FieldPath container_path = list_path.Index(i);
    const FieldPath ports_path = container_path.Child("ports");
    std::size_t index = 0;
    for (const Value& port : ArrayOf(containers[i], "ports")) {
      const FieldPath port_path = ports_path.Index(index++);
      const std::int64_t host = IntOf(AsObject(port), "hostPort");
      if ((is_pod || host != 0) && host != IntOf(AsObject(port), "containerPort")) {
        out.Invalid(port_path.Child("hostPort"), host,
                    "must match `containerPort` when `hostNetwork` is true");
      }
    }
  }
}

void CheckDnsConfig(const Object& spec, const FieldPath& path, Violations& out) {
  const Object& config = ObjectOf(spec, "dnsConfig");
  const Array& servers = ArrayOf(config, "nameservers");
  if (TextOf(spec, "dnsPolicy") == "None") {
    if (!IsSet(spec, "dnsConfig")) {
      out.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
      return;
    }
    if (servers.empty()) {
      out.Required(path.Child("nameservers"),
                   "must provide at least one DNS nameserver when `dnsPolicy` is None");
      return;
    }
  }
  const FieldPath servers_path = path.Child("nameservers");
  if (servers.size() > kNameserversMax) {
    out.Invalid(servers_path, servers, "must not have more than 3 nameservers");
  }
  for (std::size_t i = 0; i < servers.size(); ++i) {
    CheckIp(AsText(servers[i]), servers_path.Index(i), out);
  }
  const Array& searches = ArrayOf(config, "searches");
  const FieldPath searches_path = path.Child("searches");
  if (searches.size() > kSearchesMax) {
    out.Invalid(searches_path, searches, "must not have more than 32 search paths");
  }
  std::size_t bytes = searches.empty() ? 0 : searches.size() - 1;
  for (const Value& search : searches) bytes += AsText(search).size();
  if (bytes > kSearchBytesMax) {
    out.Invalid(searches_path, searches,
                "must not have more than 2048 characters (including spaces) in the search list");
  }
  for (std::size_t i = 0; i < searches.size(); ++i) {
    std::string_view search = AsText(searches[i]);
    if (search == ".") continue;
    if (search.ends_with('.')) search.remove_suffix(1);
    out.InvalidEach(searches_path.Index(i), search, CheckDns1123SubdomainWithUnderscore(search));
  }
  const FieldPath options_path = path.Child("options");
  std::size_t index = 0;
  for (const Value& option : ArrayOf(config, "options")) {
    const FieldPath option_path = options_path.Index(index++);
    if (TextOf(option, "name").empty()) out.Required(option_path, "must not be empty");
  }
}

void CheckHostnameOverride(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "hostnameOverride")) return;
  const FieldPath name_path = path.Child("hostnameOverride");
  const std::string_view name = TextOf(spec, "hostnameOverride");
  if (FlagOf(spec, "setHostnameAsFQDN")) {
    out.Forbidden(name_path, "may not be specified when setHostnameAsFQDN is true");
  }
  if (FlagOf(spec, "hostNetwork")) {
    out.Forbidden(name_path, "may not be specified when hostNetwork is true");
  }
  if (name.size() > kHostnameOverrideMax) out.TooLong(name_path, kHostnameOverrideMax);
  CheckDnsSubdomain(name, name_path, out);
}

void CheckNames(const Object& spec, const FieldPath& path, Violations& out) {
  for (std::string_view name : {"serviceAccountName", "nodeName"}) {
    const std::string_view text = TextOf(spec, name);
    if (!text.empty()) CheckDnsSubdomain(text, path.Child(name), out);
  }
  if (IsSet(spec, "activeDeadlineSeconds")) {
    const std::int64_t seconds = IntOf(spec, "activeDeadlineSeconds");
    if (seconds < 1 || seconds > std::numeric_limits<std::int32_t>::max()) {
      out.Invalid(path.Child("activeDeadlineSeconds"), seconds,
                  "must be between 1 and 2147483647, inclusive");
    }
  }
  for (std::string_view name : {"hostname", "subdomain"}) {
    const std::string_view text = TextOf(spec, name);
    if (!text.empty()) CheckDnsLabel(text, path.Child(name), out);
  }
}

void CheckHostAliases(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("hostAliases");
  std::size_t index = 0;
  for (const Value& alias : ArrayOf(spec, "hostAliases")) {
    const FieldPath alias_path = list_path.Index(index++);
    CheckIp(TextOf(alias, "ip"), alias_path.Child("ip"), out);
    const FieldPath names_path = alias_path.Child("hostnames");
    std::size_t i = 0;
    for (const Value& name : ArrayOf(alias, "hostnames")) {
      CheckDnsSubdomain(AsText(name), names_path.Index(i++), out);
    }
  }
}

void CheckFileKeyVolumes(const Object& spec, const FieldPath& path, Violations& out) {
  VisitContainers(spec, path, [&](const Object& container, const FieldPath& container_path) {
    const FieldPath env_path = container_path.Child("env");
    std::size_t index = 0;
    for (const Value& variable : ArrayOf(container, "env")) {
      const FieldPath variable_path = env_path.Index(index++);
      const Object& from = ObjectOf(variable, "valueFrom");
      if (!IsSet(from, "fileKeyRef")) continue;
      const std::string_view name = TextOf(ObjectOf(from, "fileKeyRef"), "volumeName");
      const FieldPath name_path = variable_path.Child("valueFrom.fileKeyRef.volumeName");
      const Array& volumes = ArrayOf(spec, "volumes");
      const auto found = std::find_if(volumes.begin(), volumes.end(), [&](const Value& volume) {
        return TextOf(volume, "name") == name;
      });
      if (found == volumes.end()) {
        out.NotFound(name_path, name);
      } else if (!IsSet(*found, "emptyDir")) {
        out.Invalid(name_path, name, "referenced volume must be of type emptyDir");
      }
    }
  });
}

bool HasContainer(const Object& spec, std::string_view name) {
  bool found = false;
  VisitContainers(spec, FieldPath(""), [&](const Object& container, const FieldPath&) {
    found = found || TextOf(container, "name") == name;
  });
  return found;
}

void CheckRestOfSpec(const Object& spec, const FieldPath& path, Violations& out) {
  CheckHostAliases(spec, path, out);
  if (const std::string_view name = TextOf(spec, "priorityClassName"); !name.empty()) {
    CheckDnsSubdomain(name, path.Child("priorityClassName"), out);
  }
  if (IsSet(spec, "runtimeClassName")) {
    CheckDnsSubdomain(TextOf(spec, "runtimeClassName"), path.Child("runtimeClassName"), out);
  }
  if (IsSet(spec, "preemptionPolicy")) {
    CheckRequiredOneOf(spec, "preemptionPolicy", {"PreemptLowerPriority", "Never"}, path, out);
  }
  if (IsSet(spec, "overhead")) {
    const Object overhead{{"limits", spec.at("overhead")}};
    CheckResourceRequirements(overhead, nullptr, path.Child("overhead"), out);
  }
  CheckOperatingSystem(spec, path, out);
  CheckFileKeyVolumes(spec, path, out);
}

PodFacts FactsOf(const Object& spec) {
  PodFacts facts;
  for (const Value& claim : ArrayOf(spec, "resourceClaims")) {
    facts.claim_names.insert(TextOf(claim, "name"));
  }
  if (IsSet(spec, "terminationGracePeriodSeconds")) {
    facts.grace_seconds = IntOf(spec, "terminationGracePeriodSeconds");
  }
  facts.restart_policy = TextOf(spec, "restartPolicy");
  facts.host_users = !IsSet(spec, "hostUsers") || FlagOf(spec, "hostUsers");
  return facts;
}

}  // namespace

void CheckPodSpec(const Object& spec, const Object* pod_metadata, const FieldPath& path,
                  Violations& out) {
  if (!IsSet(spec, "terminationGracePeriodSeconds")) {
    out.Required(path.Child("terminationGracePeriodSeconds"));
  }
  PodFacts facts = FactsOf(spec);
  facts.volumes = CheckVolumes(spec, pod_metadata, path, out);
  CheckResourceClaims(spec, path, out);
  CheckContainers(spec, facts, path, out);
  CheckInitContainers(spec, facts, path, out);
  CheckEphemeralContainers(spec, facts, path, out);
  CheckPodLevelResources(spec, facts, path, out);
  CheckHostNetworkPorts(spec, pod_metadata != nullptr, path, out);
  CheckRequiredOneOf(spec, "restartPolicy", {"Always", "OnFailure", "Never"}, path, out);
  CheckRequiredOneOf(spec, "dnsPolicy",
                     {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"}, path, out);
  CheckLabelMap(spec, "nodeSelector", path, out);
  CheckPodSecurityContext(spec, path, out);
  if (IsSet(spec, "affinity"))
    CheckAffinity(ObjectOf(spec, "affinity"), path.Child("affinity"), out);
  CheckDnsConfig(spec, path.Child("dnsConfig"), out);
  const FieldPath gates_path = path.Child("readinessGates");
  std::size_t index = 0;
  for (const Value& gate : ArrayOf(spec, "readinessGates")) {
    const FieldPath gate_path = gates_path.Index(index++);
    CheckQualified(TextOf(gate, "conditionType"), gate_path.Child("conditionType"), out);
  }
  CheckSchedulingGates(spec, path, out);
  CheckTopologySpread(spec, path, out);
  CheckHostProcesses(spec, path, out);
  CheckHostUsers(spec, path, out);
  CheckHostnameOverride(spec, path, out);
  CheckNames(spec, path, out);
  CheckTolerations(spec, path, out);
  CheckRestOfSpec(spec, path, out);
}

void CheckPodAnnotations(const Object& annotations, const Object& spec, const FieldPath& path,
                         Violations& out) {
  if (annotations.empty()) return;
  if (annotations.contains(kMirror) && TextOf(spec, "nodeName").empty()) {
    out.Invalid(path.Key(kMirror), annotations.at(kMirror),
                "must set spec.nodeName if mirror pod annotation is set");
  }
  constexpr std::string_view kCost = "controller.kubernetes.io/pod-deletion-cost";
  if (annotations.contains(kCost)) {
    const std::string_view text = TextOf(annotations, kCost);
    std::int32_t cost = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
    const bool well = error == std::errc() && end == text.data() + text.size() &&
                      (text[0] != '0' || text.size() == 1);
    if (!well) out.Invalid(path.Key(kCost), text, "must be a 32bit integer");
  }
  for (const auto& annotation : annotations) {
    const std::string_view key = annotation.key();
    if (!key.starts_with(kAppArmor)) continue;
    const std::string_view container = key.substr(kAppArmor.size());
    const std::string_view profile = AsText(annotation.value());
    if (!HasContainer(spec, container)) {
      out.Invalid(path.Key(key), container, "container not found");
    }
    const bool known = profile.empty() || profile == "runtime/default" || profile == "unconfined" ||
                       profile.starts_with("localhost/");
    if (!known) {
      out.Invalid(path.Key(key), profile,
                  "invalid AppArmor profile name: \"" + std::string(profile) + "\"");
    }
  }
}

void CheckAppArmorMatch(const Object& annotations, const Object& spec, const FieldPath& path,
                        Violations& out) {
  if (annotations.empty() || TextOf(ObjectOf(spec, "os"), "name") == "windows") return;
  const Object& pod_context = ObjectOf(spec, "securityContext");
  VisitContainers(spec, path, [&](const Object& container, const FieldPath& container_path) {
    const Object& context = ObjectOf(container, "securityContext");
    const bool own = IsSet(context, "appArmorProfile");
    if (!own && !IsSet(pod_context, "appArmorProfile")) return;
    const Object& profile = ObjectOf(own ? context : pod_context, "appArmorProfile");
    const std::string key = std::string(kAppArmor) + std::string(TextOf(container, "name"));
    if (!annotations.contains(key)) return;
    const std::string_view annotation = TextOf(annotations, key);
    const std::string_view type = TextOf(profile, "type");
    const FieldPath profile_path = container_path.Child("securityContext.appArmorProfile");
    const bool matches = (type == "Unconfined" && annotation == "unconfined") ||
                         (type == "RuntimeDefault" && annotation == "runtime/default") ||
                         (type == "Localhost" && annotation.starts_with("localhost/"));
    if (!matches) {
      out.Forbidden(profile_path.Child("type"), "apparmor type in annotation and field must match");
    } else if (type == "Localhost" &&
               annotation.substr(10) != TextOf(profile, "localhostProfile")) {
      out.Forbidden(profile_path.Child("localhostProfile"),
                    "apparmor profile in annotation and field must match");
    }
  });
}

void CheckImagesTrimmed(const Object& spec, std::string_view list, const FieldPath& path,
                        Violations& out) {
  const FieldPath list_path = path.Child(list);
  std::size_t index = 0;
  for (const Value& container : ArrayOf(spec, list)) {
    const FieldPath container_path = list_path.Index(index++);
    const std::string_view image = TextOf(container, "image");
    if (image.empty()) continue;
    constexpr std::string_view kSpaces = " \t\n\v\f\r";
    if (kSpaces.find(image.front()) != kSpaces.npos || kSpaces.find(image.back()) != kSpaces.npos) {
      out.Invalid(container_path.Child("image"), image,
                  "must not have leading or trailing whitespace");
    }
  }
}

}  // namespace apiserver
