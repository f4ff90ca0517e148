#include "apiserver/registry/kinds/pod_warnings.h"

#include <map>
#include <set>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/container_checks.h"
#include "apiserver/registry/kinds/node_label_warnings.h"

namespace apiserver {
namespace {

struct Message {
  std::string_view key;
  std::string_view text;
};

constexpr Message kAnnotations[] = {
    {"scheduler.alpha.kubernetes.io/critical-pod",
     "non-functional in v1.16+; use the \"priorityClassName\" field instead"},
    {"security.alpha.kubernetes.io/sysctls",
     "non-functional in v1.11+; use the \"sysctls\" field instead"},
    {"security.alpha.kubernetes.io/unsafe-sysctls",
     "non-functional in v1.11+; use the \"sysctls\" field instead"}};

constexpr Message kVolumes[] = {
    {"photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"},
    {"gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"},
    {"scaleIO", "deprecated in v1.16, non-functional in v1.22+"},
    {"flocker", "deprecated in v1.22, non-functional in v1.25+"},
    {"storageOS", "deprecated in v1.22, non-functional in v1.25+"},
    {"quobyte", "deprecated in v1.22, non-functional in v1.25+"},
    {"glusterfs", "deprecated in v1.25, non-functional in v1.26+"},
    {"cephfs", "deprecated in v1.28, non-functional in v1.31+"},
    {"rbd", "deprecated in v1.28, non-functional in v1.31+"}};

// Collects warnings under one pod or template.
class PodWarnings {
 public:
  PodWarnings(const PodWarnings&) = delete;  // The paths point into it.
  PodWarnings(std::string_view path, std::vector<std::string>& out)
      : root_(path),
        spec_(root_.Child("spec")),
        meta_(root_.Child("metadata.annotations")),
        out_(out) {}

  void NodeSelector(const Object& spec) {
    const FieldPath path = spec_.Child("nodeSelector");
    for (const auto& label : ObjectOf(spec, "nodeSelector")) {
      const std::string_view text = DeprecatedNodeLabel(label.key());
      if (!text.empty()) Add(path.Key(label.key()), text);
    }
  }

  void TopologySpread(const Object& spec) {
    const FieldPath path = spec_.Child("topologySpreadConstraints");
    std::size_t index = 0;
    for (const Value& constraint : ArrayOf(spec, "topologySpreadConstraints")) {
      const FieldPath item = path.Index(index++);
      const std::string_view key = TextOf(constraint, "topologyKey");
      const std::string_view text = DeprecatedNodeLabel(key);
      if (!text.empty()) {
        Add(item.Child("topologyKey"), std::string(key) + " is " + std::string(text));
      }
      NullSelector(AsObject(constraint), item);
    }
  }

  void Annotations(const Object& annotations) {
    for (const Message& message : kAnnotations) {
      if (annotations.contains(message.key)) Add(meta_.Key(message.key), message.text);
    }
  }

  void Volumes(const Object& spec) {
    const FieldPath path = spec_.Child("volumes");
    std::size_t index = 0;
    for (const Value& volume : ArrayOf(spec, "volumes")) {
      const FieldPath item = path.Index(index++);
      for (const Message& message : kVolumes) {
        const std::string_view field = message.key == "storageOS" ? "storageos" : message.key;
        if (IsSet(volume, field)) Add(item.Child(message.key), message.text);
      }
    }
  }

  void PullSecrets(const Object& spec) {
    const FieldPath path = spec_.Child("imagePullSecrets");
    std::set<std::string_view> names;
    std::vector<std::size_t> empty;
    const Array& secrets = ArrayOf(spec, "imagePullSecrets");
    for (std::size_t i = 0; i < secrets.size(); ++i) {
      const std::string_view name = TextOf(secrets[i], "name");
      const FieldPath item = path.Index(i);
      if (secrets.size() > 1 && !names.insert(name).second) {
        Add(item.Child("name"), "duplicate name " + Quoted(name));
      }
      if (name.empty()) empty.push_back(i);
    }
    for (std::size_t i : empty) {
      const FieldPath item = path.Index(i);
      Add(item.Child("name"), "invalid empty name \"\"");
    }
  }

  void HostAliases(const Object& spec) {
    const FieldPath path = spec_.Child("hostAliases");
    std::set<std::string_view> ips;
    std::size_t index = 0;
    for (const Value& alias : ArrayOf(spec, "hostAliases")) {
      const FieldPath item = path.Index(index++);
      const std::string_view ip = TextOf(alias, "ip");
      if (!ips.insert(ip).second) Add(item.Child("ip"), "duplicate ip " + Quoted(ip));
    }
  }

  void Containers(const Object& spec, const Object& annotations, bool is_template) {
    const bool pod_seccomp = IsSet(ObjectOf(spec, "securityContext"), "seccompProfile");
    constexpr std::string_view kSeccomp = "seccomp.security.alpha.kubernetes.io/pod";
    constexpr std::string_view kSeccompText =
        "non-functional in v1.27+; use the \"seccompProfile\" field instead";
    if (!pod_seccomp && annotations.contains(kSeccomp)) Add(meta_.Key(kSeccomp), kSeccompText);
    VisitContainers(spec, spec_, [&](const Object& container, const FieldPath& path) {
      const std::string name(TextOf(container, "name"));
      const Object& context = ObjectOf(container, "securityContext");
      const std::string seccomp = "container.seccomp.security.alpha.kubernetes.io/" + name;
      if (!IsSet(context, "seccompProfile") && annotations.contains(seccomp)) {
        Add(meta_.Key(seccomp), kSeccompText);
      }
      const std::string app_armor = "container.apparmor.security.beta.kubernetes.io/" + name;
      const bool has_field = IsSet(context, "appArmorProfile");
      if (annotations.contains(app_armor) && (!is_template || !has_field)) {
        Add(meta_.Key(app_armor),
            "deprecated since v1.30; use the \"appArmorProfile\" field instead");
      }
      Fractions(ObjectOf(container, "resources"), path.Child("resources"));
      HiddenVariables(container, path.Child("env"));
    });
  }

  void Ports(const Object& spec) {
    struct Seen {
      std::string path;
      std::string host_ip;
      std::int64_t host_port;
    };
    std::map<std::string, std::vector<Seen>> by_port;
    VisitContainers(spec, spec_, [&](const Object& container, const FieldPath& path) {
      const FieldPath ports_path = path.Child("ports");
      std::size_t index = 0;
      for (const Value& value : ArrayOf(container, "ports")) {
        const FieldPath item = ports_path.Index(index++);
        const Object& port = AsObject(value);
        const Seen now{item.Text(), std::string(TextOf(port, "hostIP")), IntOf(port, "hostPort")};
        std::string key = std::to_string(IntOf(port, "containerPort")) + "/";
        key += TextOf(port, "protocol");
        for (const Seen& other : by_port[key]) {
          if (now.host_ip == other.host_ip && now.host_port == other.host_port) {
            Add(item, "duplicate port definition with " + other.path);
          } else if (now.host_port == 0 || other.host_port == 0) {
            Add(item, "overlapping port definition with " + other.path);
          } else if (now.host_port == other.host_port &&
                     now.host_ip.empty() != other.host_ip.empty()) {
            Add(item, "dangerously ambiguous port definition with " + other.path);
          }
        }
        by_port[key].push_back(now);
      }
    });
    std::map<std::string_view, std::string> by_name;
    VisitContainers(spec, spec_, [&](const Object& container, const FieldPath& path) {
      const FieldPath ports_path = path.Child("ports");
      std::size_t index = 0;
      for (const Value& port : ArrayOf(container, "ports")) {
        const FieldPath item = ports_path.Index(index++);
        const std::string_view name = TextOf(port, "name");
        if (name.empty()) continue;
        const auto [other, added] = by_name.emplace(name, item.Text());
        if (added) continue;
        Add(item, "duplicate port name " + Quoted(name) + " with " + other->second +
                      ", services and probes that select ports by name will use " + other->second);
      }
    });
  }

  void GraceAndAffinity(const Object& spec) {
    if (IntOf(spec, "terminationGracePeriodSeconds") < 0) {
      Add(spec_.Child("terminationGracePeriodSeconds"),
          "must be >= 0; negative values are invalid and will be treated as 1");
    }
    const FieldPath affinity_path = spec_.Child("affinity");
    for (std::string_view kind : {"podAffinity", "podAntiAffinity"}) {
      const Object& affinity = ObjectOf(ObjectOf(spec, "affinity"), kind);
      const FieldPath kind_path = affinity_path.Child(kind);
      const FieldPath required = kind_path.Child("requiredDuringSchedulingIgnoredDuringExecution");
      std::size_t index = 0;
      for (const Value& term :
           ArrayOf(affinity, "requiredDuringSchedulingIgnoredDuringExecution")) {
        NullSelector(AsObject(term), required.Index(index++));
      }
      const FieldPath preferred =
          kind_path.Child("preferredDuringSchedulingIgnoredDuringExecution");
      index = 0;
      for (const Value& term :
           ArrayOf(affinity, "preferredDuringSchedulingIgnoredDuringExecution")) {
        const FieldPath item = preferred.Index(index++);
        NullSelector(ObjectOf(term, "podAffinityTerm"), item.Child("podAffinityTerm"));
      }
    }
  }

 private:
  static std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

  void Add(const FieldPath& path, std::string_view text) {
    out_.push_back(path.Text() + ": " + std::string(text));
  }

  void NullSelector(const Object& holder, const FieldPath& path) {
    if (IsSet(holder, "labelSelector")) return;
    Add(path.Child("labelSelector"), "a null labelSelector results in matching no pod");
  }

  void Fractions(const Object& resources, const FieldPath& path) {
    for (std::string_view name : {"memory", "ephemeral-storage"}) {
      for (std::string_view list : {"limits", "requests"}) {
        const Value* value = ObjectOf(resources, list).if_contains(name);
        if (value == nullptr) continue;
        const auto amount = Quantity::FromJson(*value);
        if (!amount.ok() || amount->milli_value() % 1000 == 0) continue;
        const FieldPath list_path = path.Child(list);
        Add(list_path.Key(name),
            "fractional byte value " + Quoted(amount->Text()) + " is invalid, must be an integer");
      }
    }
  }

  void HiddenVariables(const Object& container, const FieldPath& path) {
    std::set<std::string_view> names;
    std::size_t index = 0;
    for (const Value& variable : ArrayOf(container, "env")) {
      const FieldPath item = path.Index(index++);
      const std::string_view name = TextOf(variable, "name");
      if (names.insert(name).second) continue;
      const std::string reference = "$(" + std::string(name) + ")";
      const std::string_view value = TextOf(variable, "value");
      const bool extends = !IsSet(variable, "valueFrom") && value != reference &&
                           value.find(reference) != std::string_view::npos;
      if (extends) continue;
      Add(item, "hides previous definition of " + Quoted(name) +
                    ", which may be dropped when using apply");
    }
  }

  FieldPath root_;
  FieldPath spec_;
  FieldPath meta_;
  std::vector<std::string>& out_;
};

}  // namespace

void WarnOfPod(const Object& metadata, const Object& spec, std::string_view path, bool is_template,
               std::vector<std::string>& out) {
  const Object& annotations = ObjectOf(metadata, "annotations");
  PodWarnings warnings(path, out);
  warnings.NodeSelector(spec);
  warnings.TopologySpread(spec);
  warnings.Annotations(annotations);
  warnings.Volumes(spec);
  WarnOfVolumePaths(spec, out);
  warnings.HostAliases(spec);
  warnings.PullSecrets(spec);
  warnings.Containers(spec, annotations, is_template);
  warnings.Ports(spec);
  warnings.GraceAndAffinity(spec);
}

}  // namespace apiserver
