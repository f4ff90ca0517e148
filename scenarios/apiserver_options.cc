#include "scenarios/apiserver_options.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "scenarios/language/nearest_name.h"

namespace scenarios {
namespace {

// In upstream's order; `is_built`: part of the chain here, so that it can be switched off.
struct Plugin {
  std::string_view name;
  bool is_built = false;
};
constexpr Plugin kPlugins[] = {
    {"AlwaysAdmit"},
    {"NamespaceAutoProvision"},
    {"NamespaceLifecycle", true},
    {"NamespaceExists"},
    {"LimitPodHardAntiAffinityTopology"},
    {"LimitRanger", true},
    {"ServiceAccount", true},
    {"NodeRestriction", true},
    {"TaintNodesByCondition", true},
    {"AlwaysPullImages"},
    {"ImagePolicyWebhook"},
    {"PodSecurity"},
    {"PodNodeSelector"},
    {"Priority", true},
    {"DefaultTolerationSeconds", true},
    {"PodTolerationRestriction"},
    {"EventRateLimit"},
    {"ExtendedResourceToleration"},
    {"DefaultStorageClass", true},
    {"StorageObjectInUseProtection", true},
    {"PodGroupProtection"},
    {"OwnerReferencesPermissionEnforcement"},
    {"PersistentVolumeClaimResize", true},
    {"RuntimeClass", true},
    {"CertificateApproval", true},
    {"CertificateSigning", true},
    {"ClusterTrustBundleAttest"},
    {"CertificateSubjectRestriction", true},
    {"DefaultIngressClass", true},
    {"DenyServiceExternalIPs"},
    {"PodTopologyLabels", true},
    {"PodGroupWorkloadExists"},
    {"NodeDeclaredFeatureValidator"},
    {"JobValidation"},
    {"PodResizeValidator"},
    {"MutatingAdmissionPolicy"},
    {"MutatingAdmissionWebhook", true},
    {"ValidatingAdmissionPolicy"},
    {"ValidatingAdmissionWebhook", true},
    {"ResourceQuota"},
    {"AlwaysDeny"},
};

struct Mode {
  std::string_view name;
  bool is_built = false;
};
constexpr Mode kModes[] = {{"AlwaysAllow", true}, {"AlwaysDeny", true}, {"ABAC"},
                           {"Webhook"},           {"RBAC", true},       {"Node", true}};

std::optional<int> PortOf(std::string_view text) {
  int port = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (code != std::errc() || end != text.data() + text.size() || port < 0 || port > 65535) {
    return std::nullopt;
  }
  return port;
}

}  // namespace

sim::Result<std::pair<int, int>> ParsePortRange(const std::string& text) {
  const sim::Error error{"want a range of ports such as 30000-32767, got \"" + text + "\""};
  const std::size_t mark = text.find_first_of("-+");
  const auto first = PortOf(std::string_view(text).substr(0, mark));
  if (!first) return error;
  if (mark == std::string::npos) return std::pair(*first, *first);
  const auto second = PortOf(std::string_view(text).substr(mark + 1));
  if (!second) return error;
  const int last = text[mark] == '+' ? *first + *second : *second;
  if (last < *first || last > 65535) return error;
  return std::pair(*first, last);
}

sim::Result<void> CheckAdmissionPlugins(const std::vector<std::string>& names) {
  std::vector<std::string_view> known;
  for (const Plugin& plugin : kPlugins) known.push_back(plugin.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return sim::Error{"unknown admission plug-in \"" + name + "\"" + DidYouMean(name, known)};
  }
  return {};
}

std::vector<std::string> UnbuiltAdmissionPlugins(const std::vector<std::string>& names) {
  std::vector<std::string> unbuilt;
  for (const Plugin& plugin : kPlugins) {
    const bool is_named = std::find(names.begin(), names.end(), plugin.name) != names.end();
    if (is_named && !plugin.is_built) unbuilt.emplace_back(plugin.name);
  }
  return unbuilt;
}

sim::Result<std::vector<std::string>> ReadRuntimeConfig(const std::vector<std::string>& entries) {
  std::vector<std::string> switched_off;
  for (const std::string& entry : entries) {
    const std::size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    const std::string value = equals == std::string::npos ? "true" : entry.substr(equals + 1);
    const bool is_on = value == "true" || value == "1" || value.empty();
    if (name.empty() || (!is_on && value != "false" && value != "0")) {
      return sim::Error{"want entries such as api/all=true, got \"" + entry + "\""};
    }
    if (!is_on) switched_off.push_back(name);
  }
  return switched_off;
}

sim::Result<void> CheckAuthorizationModes(const std::vector<std::string>& modes) {
  std::vector<std::string_view> known;
  for (const Mode& mode : kModes) known.push_back(mode.name);
  if (modes.empty()) return sim::Error{"want at least one mode"};
  for (const std::string& name : modes) {
    const auto* const mode = std::find_if(std::begin(kModes), std::end(kModes),
                                          [&](const Mode& row) { return row.name == name; });
    if (mode == std::end(kModes)) {
      return sim::Error{"unknown authorization mode \"" + name + "\"" + DidYouMean(name, known)};
    }
    if (!mode->is_built) return sim::Error{"the mode " + name + " is not built yet"};
    if (std::count(modes.begin(), modes.end(), name) > 1) {
      return sim::Error{"the mode " + name + " is there twice"};
    }
  }
  return {};
}

}  // namespace scenarios
