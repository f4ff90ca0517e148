// The outside of a live run: an HTTPS server on loopback, the programs and commands of the
// scenario, and the rounds in which their requests are executed.
#pragma once

#include "scenarios/runner/role_collector.h"
#include "scenarios/runner/scenario_run.h"
#include "scenarios/runner/scenario_session.h"

namespace scenarios {

// Begins the session and drives it until its runner is done; `roles` may be null. All programs are
// gone when it returns. Errors: the server or a directory for kubeconfigs can't be made, a signal
// came.
sim::Result<void> RunWithPrograms(const Scenario& scenario, ScenarioSession& session,
                                  const ScenarioRunOptions& options, RoleCollector* roles);

}  // namespace scenarios
