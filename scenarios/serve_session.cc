#include "scenarios/serve_session.h"

#include "apiserver/http/token_key.h"
#include "controllers/controller_manager.h"
#include "scenarios/language/scenario.h"
#include "scenarios/runner/power.h"
#include "scenarios/runner/scenario_session.h"
#include "scenarios/store_snapshot.h"

namespace scenarios {
namespace {

// Two that undo each other's work at one instant are slowed down so far.
constexpr sim::Duration kGuardDelay = std::chrono::seconds(1);

ClusterOptions OptionsOf(const ServeSetup& setup,
                         std::shared_ptr<const apiserver::Authenticator> authenticator) {
  ClusterOptions options;
  // A replay signs too, if only with any key: what is drawn for a token is drawn again.
  options.authenticator =
      authenticator != nullptr
          ? std::move(authenticator)
          : std::make_shared<const apiserver::Authenticator>(
                apiserver::TokenTable(), apiserver::MakeTokenKey("replay"), setup.token_terms);
  options.authorization = apiserver::AuthorizationModeOf(setup.authorization_modes);
  options.authority_pem = setup.authority_pem;
  options.server_address = setup.server_address;
  options.service_cluster_ip_range = setup.service_cluster_ip_range;
  options.service_node_ports = setup.service_node_ports;
  options.disabled_admission = setup.disabled_admission;
  options.event_ttl = setup.event_ttl;
  options.store_limits.history_count_max = setup.history_count_max;
  options.store_limits.history_age_max = setup.history_age_max;
  options.controllers = setup.controllers;
  options.node_count = setup.cluster_file.empty() ? setup.node_count : 0;
  options.node_behaviour =
      setup.is_instant ? nodes::NodeBehaviour::kInstant : nodes::NodeBehaviour::kModelled;
  return options;
}

}  // namespace

ServeSession::ServeSession(ServeSetup setup,
                           std::shared_ptr<const apiserver::Authenticator> authenticator,
                           std::function<void(const std::string&)> warn)
    : setup_(std::move(setup)),
      warn_(std::move(warn)),
      kernel_({.seed = setup_.seed, .incarnation = setup_.incarnation, .start = setup_.start}),
      cluster_(kernel_, OptionsOf(setup_, std::move(authenticator))),
      clock_(kernel_, cluster_.api(), cluster_.handler(), setup_.pacing) {
  kernel_.SetGuardHandler([this](std::string_view name, std::string_view key) {
    if (warn_) {
      warn_("the event " + std::string(name) + " on " + std::string(key) + " ran more than " +
            std::to_string(sim::Guard::kEventsMax) +
            " times at one instant (two that undo each other's work?) and is slowed down");
    }
    return kGuardDelay;
  });
}

ServeSession::~ServeSession() = default;

sim::Result<void> ServeSession::Begin() {
  if (!setup_.snapshot.empty() && cluster_.api().store().revision() == 0) {
    if (auto restored = RestoreStore(setup_.snapshot, cluster_.api().store()); !restored.ok()) {
      return restored;
    }
  }
  if (controllers::IsControllerEnabled("nodes", setup_.controllers)) {
    clock_.SetPower([this](const PowerChange& change) {
      return ChangePower(kernel_, cluster_.node_pool(), change);
    });
  }
  const bool is_restored = cluster_.api().store().revision() > 0;
  if (auto started = cluster_.Start(); !started.ok()) return started;
  if (setup_.cluster_file.empty() || is_restored) return {};
  const auto spec = ReadClusterFile(setup_.cluster_file, setup_.cluster_text, KnownNames());
  if (!spec.ok()) return sim::Error{spec.error().front().Text()};
  return MakeNodes(*spec);
}

sim::Result<void> ServeSession::MakeNodes(const ClusterSpec& spec) {
  const std::vector<nodes::NodeTemplate> templates = NodeTemplatesOf(spec);
  if (templates.empty()) return {};
  if (!controllers::IsControllerEnabled("nodes", setup_.controllers)) {
    return sim::Error{setup_.cluster_file + ": cluster.nodes wants the controller \"nodes\""};
  }
  for (const nodes::NodeTemplate& node : templates) {
    if (auto made = cluster_.node_pool().Create(node); !made.ok()) {
      return sim::Error{setup_.cluster_file + ": cluster.nodes: " + made.error().message};
    }
  }
  return {};
}

}  // namespace scenarios
