#include "apiserver/registry/kinds/security_checks.h"

#include <algorithm>
#include <limits>
#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/container_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::int64_t kIdMax = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kSysctlMax = 253;
constexpr int kProfileMax = 4095;

void CheckId(const Object& context, std::string_view name, const FieldPath& path, Violations& out) {
  if (!IsSet(context, name)) return;
  const std::int64_t id = IntOf(context, name);
  if (id < 0 || id > kIdMax) {
    out.Invalid(path.Child(name), id, "must be between 0 and 2147483647, inclusive");
  }
}

void CheckSeccomp(const Object& context, const FieldPath& path, Violations& out) {
  if (!IsSet(context, "seccompProfile")) return;
  const Object& profile = ObjectOf(context, "seccompProfile");
  const FieldPath profile_path = path.Child("seccompProfile");
  const std::string_view type = TextOf(profile, "type");
  if (type.empty()) {
    out.Required(profile_path.Child("type"), "type is required when seccompProfile is set");
  } else {
    CheckOneOf(type, {"Localhost", "RuntimeDefault", "Unconfined"}, profile_path.Child("type"),
               out);
  }
  const FieldPath local_path = profile_path.Child("localhostProfile");
  if (type != "Localhost") {
    if (IsSet(profile, "localhostProfile")) {
      out.Invalid(local_path, InternalForm("core.SeccompProfile", profile),
                  "can only be set when seccomp type is Localhost");
    }
  } else if (!IsSet(profile, "localhostProfile")) {
    out.Required(local_path, "must be set when seccomp type is Localhost");
  } else {
    CheckDescendingPath(TextOf(profile, "localhostProfile"), local_path, out);
  }
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1);
}

void CheckAppArmor(const Object& context, const FieldPath& path, Violations& out) {
  if (!IsSet(context, "appArmorProfile")) return;
  const Object& profile = ObjectOf(context, "appArmorProfile");
  const FieldPath profile_path = path.Child("appArmorProfile");
  const std::string_view type = TextOf(profile, "type");
  const FieldPath local_path = profile_path.Child("localhostProfile");
  const std::string_view local = TextOf(profile, "localhostProfile");
  if (type == "Localhost") {
    if (!IsSet(profile, "localhostProfile")) {
      out.Required(local_path, "must be set when AppArmor type is Localhost");
    } else if (Trimmed(local) != local) {
      out.Invalid(local_path, local, "must not be padded with whitespace");
    } else if (local.empty()) {
      out.Required(local_path, "must be set when AppArmor type is Localhost");
    }
    if (local.size() > kProfileMax) out.TooLong(local_path, kProfileMax);
  } else if (type == "RuntimeDefault" || type == "Unconfined") {
    if (IsSet(profile, "localhostProfile")) {
      out.Invalid(local_path, local, "can only be set when AppArmor type is Localhost");
    }
  } else if (type.empty()) {
    out.Required(profile_path.Child("type"), "type is required when appArmorProfile is set");
  } else {
    out.NotSupported(profile_path.Child("type"), type,
                     {"Localhost", "RuntimeDefault", "Unconfined"});
  }
}

void CheckWindowsOptions(const Object& context, const FieldPath& path, Violations& out) {
  if (!IsSet(context, "windowsOptions")) return;
  const Object& options = ObjectOf(context, "windowsOptions");
  const FieldPath options_path = path.Child("windowsOptions");
  if (IsSet(options, "gmsaCredentialSpecName")) {
    CheckDnsSubdomain(TextOf(options, "gmsaCredentialSpecName"),
                      options_path.Child("gmsaCredentialSpecName"), out);
  }
  if (IsSet(options, "gmsaCredentialSpec") && TextOf(options, "gmsaCredentialSpec").empty()) {
    out.Invalid(options_path.Child("gmsaCredentialSpec"), "",
                "gmsaCredentialSpec cannot be an empty string");
  }
  if (!IsSet(options, "runAsUserName")) return;
  const std::string_view user = TextOf(options, "runAsUserName");
  const FieldPath user_path = options_path.Child("runAsUserName");
  if (user.empty()) {
    out.Invalid(user_path, user, "runAsUserName cannot be an empty string");
  } else if (user.find_first_of(std::string_view("\0\t\n\v\f\r\x7f", 7)) != user.npos) {
    out.Invalid(user_path, user, "runAsUserName cannot contain control characters");
  } else if (std::count(user.begin(), user.end(), '\\') > 1) {
    out.Invalid(user_path, user, "runAsUserName cannot contain more than one backslash");
  }
}

bool IsSysctlName(std::string_view name) {
  if (name.empty() || name.size() > kSysctlMax) return false;
  bool after_separator = true;
  for (char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (c == '.' || c == '/' || c == '-' || c == '_') {
      if (after_separator) return false;
      after_separator = c == '.' || c == '/';
    } else if (plain) {
      after_separator = false;
    } else {
      return false;
    }
  }
  return !after_separator && name.back() != '-' && name.back() != '_';
}

void CheckSysctls(const Object& context, const FieldPath& path, Violations& out) {
  const FieldPath sysctls_path = path.Child("sysctls");
  std::set<std::string_view> names;
  std::size_t index = 0;
  for (const Value& sysctl : ArrayOf(context, "sysctls")) {
    const FieldPath item_path = sysctls_path.Index(index++);
    const std::string_view name = TextOf(sysctl, "name");
    if (name.empty()) {
      out.Required(item_path.Child("name"));
    } else if (!IsSysctlName(name)) {
      out.Invalid(item_path.Child("name"), name,
                  "must have at most 253 characters and match regex "
                  "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
    } else if (!names.insert(name).second) {
      out.Duplicate(item_path.Child("name"), name);
    }
  }
}

constexpr std::string_view kPodWindowsRefused[] = {"securityContext.appArmorProfile",
                                                   "securityContext.seLinuxOptions",
                                                   "hostUsers",
                                                   "hostPID",
                                                   "hostIPC",
                                                   "securityContext.seccompProfile",
                                                   "securityContext.fsGroup",
                                                   "securityContext.fsGroupChangePolicy",
                                                   "securityContext.sysctls",
                                                   "shareProcessNamespace",
                                                   "securityContext.runAsUser",
                                                   "securityContext.runAsGroup",
                                                   "securityContext.supplementalGroups",
                                                   "securityContext.supplementalGroupsPolicy",
                                                   "securityContext.seLinuxChangePolicy"};
constexpr std::string_view kContainerWindowsRefused[] = {"appArmorProfile",
                                                         "seLinuxOptions",
                                                         "seccompProfile",
                                                         "capabilities",
                                                         "readOnlyRootFilesystem",
                                                         "privileged",
                                                         "allowPrivilegeEscalation",
                                                         "procMount",
                                                         "runAsUser",
                                                         "runAsGroup"};

void CheckWindows(const Object& spec, const FieldPath& path, Violations& out) {
  constexpr std::string_view kRefusal = "cannot be set for a windows pod";
  constexpr std::string_view kPrefix = "securityContext.";
  const Object& context = ObjectOf(spec, "securityContext");
  for (std::string_view field : kPodWindowsRefused) {
    const bool inner = field.starts_with(kPrefix);
    const std::string_view name = inner ? field.substr(kPrefix.size()) : field;
    const Object& holder = inner ? context : spec;
    const bool is_flag = name == "hostPID" || name == "hostIPC";
    const bool set = is_flag ? FlagOf(holder, name) : IsSet(holder, name);
    if (set) out.Forbidden(path.Child(field), kRefusal);
  }
  VisitContainers(spec, path, [&](const Object& container, const FieldPath& container_path) {
    const Object& own = ObjectOf(container, "securityContext");
    const FieldPath own_path = container_path.Child("securityContext");
    for (std::string_view name : kContainerWindowsRefused) {
      if (IsSet(own, name)) out.Forbidden(own_path.Child(name), kRefusal);
    }
  });
}

void CheckLinux(const Object& spec, const FieldPath& path, Violations& out) {
  constexpr std::string_view kRefusal = "windows options cannot be set for a linux pod";
  if (IsSet(ObjectOf(spec, "securityContext"), "windowsOptions")) {
    out.Forbidden(path.Child("securityContext.windowsOptions"), kRefusal);
  }
  VisitContainers(spec, path, [&](const Object& container, const FieldPath& container_path) {
    if (IsSet(ObjectOf(container, "securityContext"), "windowsOptions")) {
      out.Forbidden(container_path.Child("securityContext.windowsOptions"), kRefusal);
    }
  });
}

}  // namespace

void CheckSecurityContext(const Object& context, bool host_users, const FieldPath& path,
                          Violations& out) {
  CheckId(context, "runAsUser", path, out);
  CheckId(context, "runAsGroup", path, out);
  if (IsSet(context, "procMount")) {
    CheckOneOf(TextOf(context, "procMount"), {"Default", "Unmasked"}, path.Child("procMount"), out);
    if (host_users && TextOf(context, "procMount") == "Unmasked") {
      out.Invalid(path.Child("procMount"), context.at("procMount"),
                  "`hostUsers` must be false to use `Unmasked`");
    }
  }
  CheckSeccomp(context, path, out);
  if (IsSet(context, "allowPrivilegeEscalation") && !FlagOf(context, "allowPrivilegeEscalation")) {
    if (FlagOf(context, "privileged")) {
      out.Invalid(path, context,
                  "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    }
    for (const Value& capability : ArrayOf(ObjectOf(context, "capabilities"), "add")) {
      if (AsText(capability) == "CAP_SYS_ADMIN") {
        out.Invalid(path, context,
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` "
                    "CAP_SYS_ADMIN");
      }
    }
  }
  CheckWindowsOptions(context, path, out);
  CheckAppArmor(context, path, out);
}

void CheckPodSecurityContext(const Object& spec, const FieldPath& path, Violations& out) {
  const Object& context = ObjectOf(spec, "securityContext");
  const FieldPath context_path = path.Child("securityContext");
  if (FlagOf(spec, "hostPID") && FlagOf(spec, "shareProcessNamespace")) {
    out.Invalid(context_path.Child("shareProcessNamespace"), true,
                "ShareProcessNamespace and HostPID cannot both be enabled");
  }
  if (context.empty()) return;
  for (std::string_view name : {"fsGroup", "runAsUser", "runAsGroup"}) {
    CheckId(context, name, context_path, out);
  }
  const FieldPath groups_path = context_path.Child("supplementalGroups");
  std::size_t index = 0;
  for (const Value& group : ArrayOf(context, "supplementalGroups")) {
    const FieldPath group_path = groups_path.Index(index++);
    const std::int64_t id = group.is_int64() ? group.get_int64() : 0;
    if (id < 0 || id > kIdMax) {
      out.Invalid(group_path, id, "must be between 0 and 2147483647, inclusive");
    }
  }
  CheckSysctls(context, context_path, out);
  CheckOptionalOneOf(context, "fsGroupChangePolicy", {"Always", "OnRootMismatch"}, context_path,
                     out);
  CheckSeccomp(context, context_path, out);
  CheckWindowsOptions(context, context_path, out);
  CheckAppArmor(context, context_path, out);
  CheckOptionalOneOf(context, "supplementalGroupsPolicy", {"Merge", "Strict"}, context_path, out);
  CheckOptionalOneOf(context, "seLinuxChangePolicy", {"Recursive"}, context_path, out);
}

void CheckOperatingSystem(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "os")) return;
  const std::string_view name = TextOf(ObjectOf(spec, "os"), "name");
  if (name.empty()) {
    out.Required(path.Child("os.name"));
  } else if (name == "linux") {
    CheckLinux(spec, path, out);
  } else if (name == "windows") {
    CheckWindows(spec, path, out);
  } else {
    out.NotSupported(path.Child("os"), name, {"linux", "windows"});
  }
}

void CheckHostProcesses(const Object& spec, const FieldPath& path, Violations& out) {
  const Object& pod_options = ObjectOf(ObjectOf(spec, "securityContext"), "windowsOptions");
  const bool pod_sets = IsSet(pod_options, "hostProcess");
  const bool pod_value = FlagOf(pod_options, "hostProcess");
  int count = 0;
  int host_count = 0;
  VisitContainers(spec, path, [&](const Object& container, const FieldPath& container_path) {
    ++count;
    const Object& context = ObjectOf(container, "securityContext");
    const Object& options = ObjectOf(context, "windowsOptions");
    const bool sets = IsSet(options, "hostProcess");
    const bool value = FlagOf(options, "hostProcess");
    if (pod_sets && sets && value != pod_value) {
      out.Invalid(
          container_path.Child("securityContext.windowsOptions.hostProcess"), value,
          std::string("pod hostProcess value must be identical if both are specified, was ") +
              (pod_value ? "true" : "false"));
    }
    if (sets ? value : pod_value) ++host_count;
  });
  if (host_count == 0) return;
  if (host_count != count) {
    out.Invalid(
        path, "",
        "If pod contains any hostProcess containers then all containers must be HostProcess "
        "containers");
  }
  if (!FlagOf(spec, "hostNetwork")) {
    out.Invalid(path.Child("hostNetwork"), false,
                "hostNetwork must be true if pod contains any hostProcess containers");
  }
}

void CheckHostUsers(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "hostUsers") || FlagOf(spec, "hostUsers")) return;
  constexpr std::string_view kRefusal = "when `hostUsers` is false";
  if (FlagOf(spec, "hostNetwork")) out.Forbidden(path.Child("hostNetwork"), kRefusal);
  if (FlagOf(spec, "hostPID")) out.Forbidden(path.Child("HostPID"), kRefusal);
  if (FlagOf(spec, "hostIPC")) out.Forbidden(path.Child("HostIPC"), kRefusal);
  VisitContainers(spec, path, [&](const Object& container, const FieldPath& container_path) {
    if (!ArrayOf(container, "volumeDevices").empty()) {
      out.Forbidden(container_path.Child("volumeDevices"), kRefusal);
    }
  });
}

}  // namespace apiserver
