// The default FlowSchemas and PriorityLevelConfigurations.
//
// Source of names and numbers: k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap.

#include "apiserver/bootstrap/bootstrap_object.h"

namespace apiserver {
namespace {

constexpr const char* kGroup = "/apis/flowcontrol.apiserver.k8s.io/v1/";
constexpr const char* kManager = "api-priority-and-fairness-config-producer-v1";

struct Level {
  const char* name;
  int shares;
  int lendable_percent;
  int queues;  // 0: requests beyond the limit are rejected
  int hand_size;
};

constexpr Level kLevels[] = {{"catch-all", 5, 0, 0, 0},         {"system", 30, 33, 64, 6},
                             {"node-high", 40, 25, 64, 6},      {"leader-election", 10, 0, 16, 4},
                             {"workload-high", 40, 50, 128, 6}, {"workload-low", 100, 90, 128, 6},
                             {"global-default", 20, 50, 128, 6}};

// Rules that many schemas share.
constexpr const char* kEverything =
    R"("resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"clusterScope":true,"namespaces":["*"]}],)"
    R"("nonResourceRules":[{"verbs":["*"],"nonResourceURLs":["*"]}])";
constexpr const char* kEverybody =
    R"({"kind":"Group","group":{"name":"system:unauthenticated"}},{"kind":"Group","group":{"name":"system:authenticated"}})";
constexpr const char* kNodes = R"({"kind":"Group","group":{"name":"system:nodes"}})";
constexpr const char* kSystemAccounts =
    R"({"kind":"ServiceAccount","serviceAccount":{"namespace":"kube-system","name":"*"}})";
constexpr const char* kLeases =
    R"({"verbs":["*"],"apiGroups":["coordination.k8s.io"],"resources":["leases"],"namespaces":["*"]})";

struct Schema {
  const char* name;
  const char* level;
  int precedence;
  const char* distinguisher;  // "" for none
  std::string subjects;
  std::string rules;
};

std::vector<Schema> Schemas() {
  const std::string managers =
      R"({"kind":"User","user":{"name":"system:kube-controller-manager"}},)"
      R"({"kind":"User","user":{"name":"system:kube-scheduler"}},)" +
      std::string(kSystemAccounts);
  return {
      {"exempt", "exempt", 1, "", R"({"kind":"Group","group":{"name":"system:masters"}})",
       kEverything},
      {"probes", "exempt", 2, "", kEverybody,
       R"("nonResourceRules":[{"verbs":["get"],"nonResourceURLs":["/healthz","/readyz","/livez"]}])"},
      {"system-leader-election", "leader-election", 100, "ByUser", managers,
       R"("resourceRules":[{"verbs":["get","create","update"],"apiGroups":["coordination.k8s.io"],)"
       R"("resources":["leases"],"namespaces":["*"]}])"},
      {"system-node-high", "node-high", 400, "ByUser", kNodes,
       R"("resourceRules":[{"verbs":["*"],"apiGroups":[""],"resources":["nodes","nodes/status"],)"
       R"("clusterScope":true,"namespaces":["*"]},)" +
           std::string(kLeases) + "]"},
      {"system-nodes", "system", 500, "ByUser", kNodes, kEverything},
      {"kube-controller-manager", "workload-high", 800, "ByNamespace",
       R"({"kind":"User","user":{"name":"system:kube-controller-manager"}})", kEverything},
      {"kube-scheduler", "workload-high", 800, "ByNamespace",
       R"({"kind":"User","user":{"name":"system:kube-scheduler"}})", kEverything},
      {"kube-system-service-accounts", "workload-high", 900, "ByNamespace", kSystemAccounts,
       kEverything},
      {"service-accounts", "workload-low", 9000, "ByUser",
       R"({"kind":"Group","group":{"name":"system:serviceaccounts"}})", kEverything},
      {"global-default", "global-default", 9900, "ByUser", kEverybody, kEverything},
      {"catch-all", "catch-all", 10000, "ByUser", kEverybody, kEverything}};
}

std::string Metadata(const std::string& name) {
  return R"({"metadata":{"name":")" + name +
         R"(","annotations":{"apf.kubernetes.io/autoupdate-spec":"true"}},"spec":)";
}

std::string LevelSpec(const Level& level) {
  std::string response = R"({"type":"Reject"})";
  if (level.queues > 0) {
    response = R"({"type":"Queue","queuing":{"queues":)" + std::to_string(level.queues) +
               R"(,"handSize":)" + std::to_string(level.hand_size) + R"(,"queueLengthLimit":50}})";
  }
  return R"({"type":"Limited","limited":{"nominalConcurrencyShares":)" +
         std::to_string(level.shares) + R"(,"lendablePercent":)" +
         std::to_string(level.lendable_percent) + R"(,"limitResponse":)" + response + "}}}";
}

std::string SchemaSpec(const Schema& schema) {
  std::string spec = R"({"priorityLevelConfiguration":{"name":")" + std::string(schema.level) +
                     R"("},"matchingPrecedence":)" + std::to_string(schema.precedence);
  if (*schema.distinguisher != '\0') {
    spec += R"(,"distinguisherMethod":{"type":")" + std::string(schema.distinguisher) + R"("})";
  }
  return spec + R"(,"rules":[{"subjects":[)" + schema.subjects + "]," + schema.rules + "}]}}";
}

std::string DanglingStatus(const std::string& level) {
  return R"({"conditions":[{"type":"Dangling","status":"False","lastTransitionTime":"NOW","reason":"Found",)"
         R"("message":"This FlowSchema references the PriorityLevelConfiguration object named \")" +
         level + R"(\" and it exists"}]})";
}

}  // namespace

std::vector<BootstrapObject> FlowControlObjects() {
  std::vector<BootstrapObject> objects;
  const std::string group = kGroup;
  objects.push_back(
      {group + "prioritylevelconfigurations", "exempt",
       Metadata("exempt") +
           R"({"type":"Exempt","exempt":{"nominalConcurrencyShares":0,"lendablePercent":0}}})",
       kManager, ""});
  for (const Level& level : kLevels) {
    objects.push_back({group + "prioritylevelconfigurations", level.name,
                       Metadata(level.name) + LevelSpec(level), kManager, ""});
  }
  for (const Schema& schema : Schemas()) {
    objects.push_back({group + "flowschemas", schema.name,
                       Metadata(schema.name) + SchemaSpec(schema), kManager,
                       DanglingStatus(schema.level)});
  }
  return objects;
}

}  // namespace apiserver
