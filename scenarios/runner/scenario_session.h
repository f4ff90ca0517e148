// A scenario on its kernel: identity, cluster, nodes, runner. A live run and a replay differ in who
// drives it, never in what it is.
#pragma once

#include <memory>

#include "scenarios/cluster.h"
#include "scenarios/identity_files.h"
#include "scenarios/language/scenario.h"
#include "scenarios/runner/scenario_runner.h"
#include "sim/kernel.h"

namespace scenarios {

// What scenarios may name: the machine models and controllers of this build.
ScenarioNames KnownNames();

// A node of the spec's `group` for each of its names.
std::vector<nodes::NodeTemplate> NodeTemplatesOf(const ClusterSpec& spec);

class ScenarioSession {
 public:
  // `scenario` outlives the session.
  ScenarioSession(const Scenario& scenario, std::uint64_t seed);
  ScenarioSession(const ScenarioSession&) = delete;
  ScenarioSession& operator=(const ScenarioSession&) = delete;

  // Makes the cluster and begins the scenario. `outside` is null in a replay. Errors: what the
  // scenario asks for can't be made.
  sim::Result<void> Begin(Outside* outside);

  sim::Kernel& kernel() { return kernel_; }
  // Made with the session, from its seed.
  const ClusterIdentity& identity() const { return identity_; }
  Cluster& cluster() { return *cluster_; }
  // Requires: Begin was called.
  ScenarioRunner& runner() { return *runner_; }
  bool has_runner() const { return runner_ != nullptr; }

 private:
  const Scenario& scenario_;
  sim::Kernel kernel_;
  ClusterIdentity identity_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<ScenarioRunner> runner_;
};

}  // namespace scenarios
