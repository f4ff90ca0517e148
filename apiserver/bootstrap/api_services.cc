// APIServices of the built-in group-versions.
//
// Source of the numbers: k8s.io/kubernetes/pkg/controlplane/apiserver/aggregator.go.

#include "apiserver/bootstrap/bootstrap_object.h"

namespace apiserver {
namespace {

struct Priority {
  const char* group;
  const char* version;
  int group_priority;
  int version_priority;
};

constexpr Priority kPriorities[] = {{"", "v1", 18000, 1},
                                    {"admissionregistration.k8s.io", "v1", 16700, 15},
                                    {"apiextensions.k8s.io", "v1", 16700, 15},
                                    {"apps", "v1", 17800, 15},
                                    {"authentication.k8s.io", "v1", 17700, 15},
                                    {"authorization.k8s.io", "v1", 17600, 15},
                                    {"autoscaling", "v1", 17500, 15},
                                    {"autoscaling", "v2", 17500, 30},
                                    {"batch", "v1", 17400, 15},
                                    {"certificates.k8s.io", "v1", 17300, 15},
                                    {"coordination.k8s.io", "v1", 16500, 15},
                                    {"discovery.k8s.io", "v1", 16200, 15},
                                    {"events.k8s.io", "v1", 17750, 15},
                                    {"flowcontrol.apiserver.k8s.io", "v1", 16100, 21},
                                    {"networking.k8s.io", "v1", 17200, 15},
                                    {"node.k8s.io", "v1", 16300, 15},
                                    {"policy", "v1", 17100, 15},
                                    {"rbac.authorization.k8s.io", "v1", 17000, 15},
                                    {"resource.k8s.io", "v1", 16200, 21},
                                    {"scheduling.k8s.io", "v1", 16600, 15},
                                    {"storage.k8s.io", "v1", 16800, 15}};

}  // namespace

std::vector<BootstrapObject> ApiServiceObjects() {
  std::vector<BootstrapObject> objects;
  for (const Priority& priority : kPriorities) {
    const std::string group = priority.group;
    const std::string name = std::string(priority.version) + "." + group;
    std::string spec = R"({"version":")" + std::string(priority.version) + "\"";
    if (!group.empty()) spec += R"(,"group":")" + group + "\"";
    spec += R"(,"groupPriorityMinimum":)" + std::to_string(priority.group_priority) +
            R"(,"versionPriority":)" + std::to_string(priority.version_priority) + "}";
    objects.push_back(
        {"/apis/apiregistration.k8s.io/v1/apiservices", name,
         R"({"metadata":{"name":")" + name +
             R"(","labels":{"kube-aggregator.kubernetes.io/automanaged":"onstart"}},"spec":)" +
             spec + "}",
         "kube-apiserver", ""});
  }
  return objects;
}

}  // namespace apiserver
