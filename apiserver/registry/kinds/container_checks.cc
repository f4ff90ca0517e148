#include "apiserver/registry/kinds/container_checks.h"

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/security_checks.h"

namespace apiserver {
namespace {

constexpr int kRestartRulesMax = 20;
constexpr int kExitCodesMax = 255;

void CheckPorts(const Object& container, const FieldPath& path, Violations& out) {
  const Array& ports = ArrayOf(container, "ports");
  if (ports.empty()) return;
  const FieldPath ports_path = path.Child("ports");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const FieldPath port_path = ports_path.Index(i);
    const Object& port = AsObject(ports[i]);
    if (const std::string_view name = TextOf(port, "name"); !name.empty()) {
      const NameMessages messages = CheckPortName(name);
      out.InvalidEach(port_path.Child("name"), name, messages);
      if (messages.empty() && !names.insert(name).second) {
        out.Duplicate(port_path.Child("name"), name);
      }
    }
    const std::int64_t number = IntOf(port, "containerPort");
    if (number == 0) {
      out.Required(port_path.Child("containerPort"));
    } else {
      out.InvalidEach(port_path.Child("containerPort"), number, CheckPortNumber(number));
    }
    if (const std::int64_t host = IntOf(port, "hostPort")) {
      out.InvalidEach(port_path.Child("hostPort"), host, CheckPortNumber(host));
    }
    CheckRequiredOneOf(port, "protocol", {"SCTP", "TCP", "UDP"}, port_path, out);
  }
}

void CheckResizePolicy(const Object& container, const PodFacts& pod, const FieldPath& path,
                       Violations& out) {
  const FieldPath policy_path = path.Child("resizePolicy");
  std::set<std::string_view> seen;
  std::size_t index = 0;
  for (const Value& item : ArrayOf(container, "resizePolicy")) {
    const std::string_view resource = TextOf(item, "resourceName");
    const std::string_view policy = TextOf(item, "restartPolicy");
    if (!seen.insert(resource).second) out.Duplicate(policy_path.Index(index), resource);
    ++index;
    if (resource.empty()) {
      out.Required(policy_path);
    } else {
      CheckOneOf(resource, {"cpu", "memory"}, policy_path, out);
    }
    if (policy.empty()) {
      out.Required(policy_path);
    } else {
      CheckOneOf(policy, {"NotRequired", "RestartContainer"}, policy_path, out);
    }
    if (pod.restart_policy == "Never" && policy != "NotRequired") {
      out.Invalid(policy_path, policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
    }
  }
}

void CheckRestartRule(const Object& rule, const FieldPath& path, Violations& out) {
  CheckOneOf(TextOf(rule, "action"), {"Restart", "RestartAllContainers"}, path.Child("action"),
             out);
  if (!IsSet(rule, "exitCodes")) {
    out.Required(path.Child("exitCodes"), "must be specified");
    return;
  }
  const Object& codes = ObjectOf(rule, "exitCodes");
  const FieldPath codes_path = path.Child("exitCodes");
  CheckOneOf(TextOf(codes, "operator"), {"In", "NotIn"}, codes_path.Child("operator"), out);
  const std::size_t count = ArrayOf(codes, "values").size();
  if (count > kExitCodesMax) out.TooMany(codes_path.Child("values"), count, kExitCodesMax);
}

void CheckRestartPolicy(const Object& container, const FieldPath& path, Violations& out) {
  const Array& rules = ArrayOf(container, "restartPolicyRules");
  if (!IsSet(container, "restartPolicy")) {
    if (rules.empty()) return;
    out.Required(path.Child("restartPolicy"),
                 "must specify restartPolicy when restart rules are used");
  } else {
    CheckOneOf(TextOf(container, "restartPolicy"), {"Always", "Never", "OnFailure"},
               path.Child("restartPolicy"), out);
  }
  const FieldPath rules_path = path.Child("restartPolicyRules");
  if (rules.size() > kRestartRulesMax) out.TooMany(rules_path, rules.size(), kRestartRulesMax);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    CheckRestartRule(AsObject(rules[i]), rules_path.Index(i), out);
  }
}

// What containers of all three lists share.
void CheckCommon(const Object& container, const PodFacts& pod, const FieldPath& path,
                 Violations& out) {
  const std::string_view name = TextOf(container, "name");
  if (name.empty()) {
    out.Required(path.Child("name"));
  } else {
    CheckDnsLabel(name, path.Child("name"), out);
  }
  if (TextOf(container, "image").empty()) out.Required(path.Child("image"));
  CheckRequiredOneOf(container, "terminationMessagePolicy", {"File", "FallbackToLogsOnError"}, path,
                     out);
  CheckPorts(container, path, out);
  CheckEnv(container, path, out);
  CheckMounts(container, pod, path, out);
  CheckRequiredOneOf(container, "imagePullPolicy", {"Always", "IfNotPresent", "Never"}, path, out);
  if (IsSet(container, "resources")) {
    CheckResourceRequirements(ObjectOf(container, "resources"), &pod, path.Child("resources"), out);
  }
  CheckResizePolicy(container, pod, path, out);
  if (IsSet(container, "securityContext")) {
    CheckSecurityContext(ObjectOf(container, "securityContext"), pod.host_users,
                         path.Child("securityContext"), out);
  }
}

void CheckHostPorts(const Object& container, std::set<std::string>& taken, const FieldPath& path,
                    Violations& out) {
  std::size_t index = 0;
  for (const Value& port : ArrayOf(container, "ports")) {
    const std::size_t i = index++;
    const std::int64_t number = IntOf(AsObject(port), "hostPort");
    if (number == 0) continue;
    std::string key(TextOf(port, "protocol"));
    key.append("/").append(TextOf(port, "hostIP")).append("/").append(std::to_string(number));
    if (!taken.insert(key).second) {
      const FieldPath ports_path = path.Child("ports");
      out.Duplicate(ports_path.Index(i).Child("hostPort"), key);
    }
  }
}

}  // namespace

void CheckContainers(const Object& spec, const PodFacts& pod, const FieldPath& path,
                     Violations& out) {
  const Array& containers = ArrayOf(spec, "containers");
  const FieldPath list_path = path.Child("containers");
  if (containers.empty()) {
    out.Required(list_path);
    return;
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const FieldPath container_path = list_path.Index(i);
    const Object& container = AsObject(containers[i]);
    CheckCommon(container, pod, container_path, out);
    const std::string_view name = TextOf(container, "name");
    if (!names.insert(name).second) out.Duplicate(container_path.Child("name"), name);
    if (IsSet(container, "lifecycle")) {
      CheckLifecycle(ObjectOf(container, "lifecycle"), pod, container_path.Child("lifecycle"), out);
    }
    CheckProbes(container, pod, container_path, out);
    CheckRestartPolicy(container, container_path, out);
  }
  std::set<std::string> taken;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    CheckHostPorts(AsObject(containers[i]), taken, list_path.Index(i), out);
  }
}

void CheckInitContainers(const Object& spec, const PodFacts& pod, const FieldPath& path,
                         Violations& out) {
  const Array& containers = ArrayOf(spec, "initContainers");
  if (containers.empty()) return;
  const FieldPath list_path = path.Child("initContainers");
  std::set<std::string_view> names;
  for (const Value& container : ArrayOf(spec, "containers"))
    names.insert(TextOf(container, "name"));
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const FieldPath container_path = list_path.Index(i);
    const Object& container = AsObject(containers[i]);
    CheckCommon(container, pod, container_path, out);
    CheckRestartPolicy(container, container_path, out);
    const bool is_sidecar = TextOf(container, "restartPolicy") == "Always";
    const std::string_view name = TextOf(container, "name");
    if (!name.empty() && !names.insert(name).second) {
      out.Duplicate(container_path.Child("name"), name);
    }
    std::set<std::string> taken;
    CheckHostPorts(container, taken, container_path, out);
    if (is_sidecar) {
      if (IsSet(container, "lifecycle")) {
        CheckLifecycle(ObjectOf(container, "lifecycle"), pod, container_path.Child("lifecycle"),
                       out);
      }
      CheckProbes(container, pod, container_path, out);
      continue;
    }
    for (std::string_view field :
         {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
      if (IsSet(container, field)) {
        out.Forbidden(container_path.Child(field),
                      "may not be set for init containers without restartPolicy=Always");
      }
    }
    const FieldPath policy_path = container_path.Child("resizePolicy");
    std::size_t index = 0;
    for (const Value& policy : ArrayOf(container, "resizePolicy")) {
      const FieldPath item_path = policy_path.Index(index++);
      if (TextOf(policy, "restartPolicy") == "RestartContainer") {
        out.Invalid(item_path.Child("restartPolicy"), "RestartContainer",
                    "must not be set to 'RestartContainer' for non-sidecar initContainers");
      }
    }
  }
}

void CheckEphemeralContainers(const Object& spec, const PodFacts& pod, const FieldPath& path,
                              Violations& out) {
  const Array& containers = ArrayOf(spec, "ephemeralContainers");
  if (containers.empty()) return;
  const FieldPath list_path = path.Child("ephemeralContainers");
  constexpr std::string_view kRefusal = "cannot be set for an Ephemeral Container";
  std::set<std::string_view> others;
  for (std::string_view list : {"containers", "initContainers"}) {
    for (const Value& container : ArrayOf(spec, list)) others.insert(TextOf(container, "name"));
  }
  std::set<std::string_view> names = others;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const FieldPath container_path = list_path.Index(i);
    const Object& container = AsObject(containers[i]);
    CheckCommon(container, pod, container_path, out);
    const std::string_view name = TextOf(container, "name");
    if (!names.insert(name).second) out.Duplicate(container_path.Child("name"), name);
    const std::string_view target = TextOf(container, "targetContainerName");
    if (!target.empty() && !others.contains(target)) {
      out.NotFound(container_path.Child("targetContainerName"), target);
    }
    for (std::string_view field :
         {"ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules",
          "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"}) {
      if (!IsSet(container, field)) continue;
      const Value& value = container.at(field);
      const bool is_empty = (value.is_object() && value.get_object().empty()) ||
                            (value.is_array() && value.get_array().empty());
      if (!is_empty) out.Forbidden(container_path.Child(field), kRefusal);
    }
    const FieldPath mounts_path = container_path.Child("volumeMounts");
    std::size_t index = 0;
    for (const Value& mount : ArrayOf(container, "volumeMounts")) {
      const FieldPath mount_path = mounts_path.Index(index++);
      for (std::string_view field : {"subPath", "subPathExpr"}) {
        if (!TextOf(mount, field).empty()) out.Forbidden(mount_path.Child(field), kRefusal);
      }
    }
  }
}

}  // namespace apiserver
