#include "scenarios/runner/scenario_session.h"

#include "controllers/controller_manager.h"
#include "scenarios/runner/account_identity.h"

namespace scenarios {
namespace {

// Watchers inside and outside see changes after 0 to 5 ms, drawn from the seed: so seeds explore
// interleavings.
constexpr sim::Duration kWatchLatencyMax = std::chrono::milliseconds(5);
// kube-apiserver's --event-ttl when not given.
constexpr sim::Duration kEventTtl = std::chrono::hours(1);
constexpr char kServerAddress[] = "127.0.0.1:6443";
constexpr char kFirstServiceAddress[] = "10.96.0.1";

ClusterIdentity IdentityFrom(sim::Random& random) {
  auto identity = MakeIdentity([&random](std::size_t count) { return random.Bytes(count); },
                               NamesOfApiServer("127.0.0.1", kFirstServiceAddress));
  SIM_CHECK(identity.ok());
  return std::move(identity).value();
}

ClusterOptions OptionsOf(const ClusterSpec& spec, const ClusterIdentity& identity) {
  ClusterOptions options;
  options.authority_pem = identity.authority.certificate_pem;
  options.authenticator = std::make_shared<const apiserver::Authenticator>(apiserver::TokenTable(),
                                                                           identity.token_signer);
  options.server_address = kServerAddress;
  options.watch_latency_max = kWatchLatencyMax;
  options.event_ttl = kEventTtl;
  options.controllers = spec.controllers;
  options.node_behaviour =
      spec.is_instant ? nodes::NodeBehaviour::kInstant : nodes::NodeBehaviour::kModelled;
  return options;
}

apiserver::TaintEffect EffectOf(const std::string& text) {
  if (text == "NoSchedule") return apiserver::TaintEffect::kNoSchedule;
  if (text == "NoExecute") return apiserver::TaintEffect::kNoExecute;
  return apiserver::TaintEffect::kPreferNoSchedule;
}

}  // namespace

ScenarioNames KnownNames() {
  ScenarioNames names;
  names.machines = hardware_models::MachineCatalogue::Builtin().names();
  for (const std::string_view name : controllers::ControllerNames()) {
    names.controllers.emplace_back(name);
  }
  for (const std::string_view name : controllers::UnbuiltControllerNames()) {
    names.controllers.emplace_back(name);
  }
  names.controllers.emplace_back("scheduler");
  names.controllers.emplace_back("nodes");
  return names;
}

std::vector<nodes::NodeTemplate> NodeTemplatesOf(const ClusterSpec& spec) {
  std::vector<nodes::NodeTemplate> templates;
  for (std::size_t index = 0; index < spec.nodes.size(); ++index) {
    const NodeGroup& group = spec.nodes[index];
    for (const std::string& name : NodeNames(spec.nodes, index)) {
      nodes::NodeTemplate node;
      node.name = name;
      node.machine = group.model;
      node.labels.insert(group.labels.begin(), group.labels.end());
      for (const TaintSpec& taint : group.taints) {
        node.taints.push_back(
            {.key = taint.key, .value = taint.value, .effect = EffectOf(taint.effect)});
      }
      templates.push_back(std::move(node));
    }
  }
  return templates;
}

ScenarioSession::ScenarioSession(const Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario),
      kernel_({.seed = seed, .incarnation = 0, .start = scenario.cluster.start}),
      identity_(IdentityFrom(kernel_.Stream("identity"))),
      cluster_(std::make_unique<Cluster>(kernel_, OptionsOf(scenario.cluster, identity_))) {
  kernel_.SetGuardHandler([this](std::string_view name, std::string_view key) {
    if (runner_ != nullptr) {
      runner_->Fail("the event " + std::string(name) + " on " + std::string(key) +
                        " ran more than " + std::to_string(sim::Guard::kEventsMax) +
                        " times at one instant: two that undo each other's work?",
                    std::string(key));
    }
    return sim::Duration(1);
  });
}

sim::Result<void> ScenarioSession::Begin(Outside* outside) {
  if (auto started = cluster_->Start(); !started.ok()) return started;
  if (!scenario_.cluster.nodes.empty()) {
    if (!controllers::IsControllerEnabled("nodes", scenario_.cluster.controllers)) {
      return sim::Error{scenario_.file + ": cluster.nodes wants the controller \"nodes\""};
    }
    for (const nodes::NodeTemplate& node : NodeTemplatesOf(scenario_.cluster)) {
      if (auto made = cluster_->node_pool().Create(node); !made.ok()) {
        return sim::Error{scenario_.file + ": cluster.nodes: " + made.error().message};
      }
    }
  }
  if (auto made = MakeProgramAccounts(*cluster_, scenario_); !made.ok()) return made;
  runner_ = std::make_unique<ScenarioRunner>(kernel_, *cluster_, scenario_, outside);
  runner_->Start();
  return {};
}

}  // namespace scenarios
