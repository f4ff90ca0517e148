#include "nodes/pod_spec.h"

namespace nodes {
namespace {

using apiserver::Array;
using apiserver::Find;
using apiserver::FindPath;
using apiserver::IntAt;
using apiserver::TextAt;
using apiserver::Value;
using Environment = std::map<std::string, std::string>;

const Array* ArrayAt(const Value& value, std::initializer_list<std::string_view> path) {
  const Value* found = FindPath(value, path);
  return found != nullptr ? found->if_array() : nullptr;
}

// $(NAME) of a known variable is its value, $$(NAME) is $(NAME).
std::string Expand(std::string_view text, const Environment& environment) {
  std::string result;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const std::string_view rest = text.substr(index);
    if (rest.starts_with("$$")) {
      result += '$';
      ++index;
      continue;
    }
    const std::size_t end = rest.starts_with("$(") ? rest.find(')') : std::string_view::npos;
    if (end == std::string_view::npos) {
      result += text[index];
      continue;
    }
    const auto found = environment.find(std::string(rest.substr(2, end - 2)));
    result += found != environment.end() ? found->second : std::string(rest.substr(0, end + 1));
    index += end;
  }
  return result;
}

std::string FieldValue(const Value& pod, std::string_view path, const std::string& node_name) {
  if (path == "metadata.name") return std::string(TextAt(pod, {"metadata", "name"}));
  if (path == "metadata.namespace") return std::string(TextAt(pod, {"metadata", "namespace"}));
  if (path == "metadata.uid") return std::string(TextAt(pod, {"metadata", "uid"}));
  if (path == "spec.nodeName") return node_name;
  if (path == "spec.serviceAccountName")
    return std::string(TextAt(pod, {"spec", "serviceAccountName"}));
  if (path == "status.podIP") return std::string(TextAt(pod, {"status", "podIP"}));
  if (path == "status.hostIP") return std::string(TextAt(pod, {"status", "hostIP"}));
  return {};
}

Environment ReadEnvironment(const Value& container, const Value& pod,
                            const std::string& node_name) {
  Environment environment;
  const Array* variables = ArrayAt(container, {"env"});
  if (variables == nullptr) return environment;
  for (const Value& variable : *variables) {
    const std::string name(TextAt(variable, {"name"}));
    const std::string_view field = TextAt(variable, {"valueFrom", "fieldRef", "fieldPath"});
    environment[name] = field.empty() ? Expand(TextAt(variable, {"value"}), environment)
                                      : FieldValue(pod, field, node_name);
  }
  return environment;
}

std::vector<std::string> ReadWords(const Value& container, std::string_view list,
                                   const Environment& environment) {
  std::vector<std::string> words;
  if (const Array* items = ArrayAt(container, {list})) {
    for (const Value& item : *items) words.push_back(Expand(TextAt(item, {}), environment));
  }
  return words;
}

sim::Duration Seconds(const Value& value, std::string_view field, std::int64_t fallback) {
  return std::chrono::seconds(IntAt(value, {field}, fallback));
}

std::optional<ProbeSpec> ReadProbe(const Value& container, std::string_view name) {
  const Value* probe = Find(container, name);
  if (probe == nullptr || !probe->is_object()) return std::nullopt;
  ProbeSpec spec;
  spec.handler = Find(*probe, "httpGet") != nullptr     ? "HTTP"
                 : Find(*probe, "tcpSocket") != nullptr ? "TCP"
                 : Find(*probe, "grpc") != nullptr      ? "gRPC"
                                                        : "exec";
  spec.initial_delay = Seconds(*probe, "initialDelaySeconds", 0);
  spec.period =
      std::max<sim::Duration>(Seconds(*probe, "periodSeconds", 10), std::chrono::seconds(1));
  spec.success_threshold = static_cast<int>(IntAt(*probe, {"successThreshold"}, 1));
  spec.failure_threshold = static_cast<int>(IntAt(*probe, {"failureThreshold"}, 3));
  if (Find(*probe, "terminationGracePeriodSeconds") != nullptr) {
    spec.grace = Seconds(*probe, "terminationGracePeriodSeconds", 30);
  }
  return spec;
}

PullPolicy ReadPullPolicy(const Value& container) {
  const std::string_view text = TextAt(container, {"imagePullPolicy"});
  if (text == "Always") return PullPolicy::kAlways;
  return text == "Never" ? PullPolicy::kNever : PullPolicy::kIfNotPresent;
}

ContainerSpec ReadContainer(const Value& container, const Value& pod,
                            const std::string& node_name) {
  ContainerSpec spec;
  spec.facts.name = TextAt(container, {"name"});
  spec.facts.image = TextAt(container, {"image"});
  spec.facts.environment = ReadEnvironment(container, pod, node_name);
  spec.facts.command = ReadWords(container, "command", spec.facts.environment);
  spec.facts.args = ReadWords(container, "args", spec.facts.environment);
  const std::string_view hostname = TextAt(pod, {"spec", "hostname"});
  spec.facts.hostname = hostname.empty() ? TextAt(pod, {"metadata", "name"}) : hostname;
  spec.pull_policy = ReadPullPolicy(container);
  spec.startup_probe = ReadProbe(container, "startupProbe");
  spec.readiness_probe = ReadProbe(container, "readinessProbe");
  spec.liveness_probe = ReadProbe(container, "livenessProbe");
  spec.pre_stop_sleep =
      std::chrono::seconds(IntAt(container, {"lifecycle", "preStop", "sleep", "seconds"}));
  if (const Value* resources = Find(container, "resources")) spec.resources = *resources;
  return spec;
}

RestartPolicy ReadRestartPolicy(const Value& pod) {
  const std::string_view text = TextAt(pod, {"spec", "restartPolicy"});
  if (text == "Never") return RestartPolicy::kNever;
  return text == "OnFailure" ? RestartPolicy::kOnFailure : RestartPolicy::kAlways;
}

}  // namespace

PodSpec ReadPodSpec(const Value& pod, const apiserver::ObjectMeta& meta,
                    const std::string& node_name) {
  PodSpec spec;
  spec.key = meta.key();
  spec.uid = meta.uid;
  spec.generation = meta.generation;
  if (const Array* containers = ArrayAt(pod, {"spec", "initContainers"})) {
    for (const Value& container : *containers) {
      spec.init_containers.push_back(ReadContainer(container, pod, node_name));
      spec.init_containers.back().is_sidecar = TextAt(container, {"restartPolicy"}) == "Always";
    }
  }
  if (const Array* containers = ArrayAt(pod, {"spec", "containers"})) {
    for (const Value& container : *containers)
      spec.containers.push_back(ReadContainer(container, pod, node_name));
  }
  spec.restart_policy = ReadRestartPolicy(pod);
  spec.grace = std::chrono::seconds(IntAt(pod, {"spec", "terminationGracePeriodSeconds"}, 30));
  if (FindPath(pod, {"spec", "activeDeadlineSeconds"}) != nullptr) {
    spec.deadline = std::chrono::seconds(IntAt(pod, {"spec", "activeDeadlineSeconds"}));
  }
  spec.is_host_network = apiserver::BoolAt(pod, {"spec", "hostNetwork"});
  if (const Array* gates = ArrayAt(pod, {"spec", "readinessGates"})) {
    for (const Value& gate : *gates)
      spec.readiness_gates.emplace_back(TextAt(gate, {"conditionType"}));
  }
  spec.behaviour = TextAt(pod, {"metadata", "annotations", kBehaviourAnnotation});
  return spec;
}

}  // namespace nodes
