// What a replay makes of the inputs that programs gave.
#pragma once

#include "scenarios/runner/scenario_session.h"
#include "sim/replay.h"

namespace scenarios {

// `session` outlives the decoders.
void AddProgramDecoders(sim::InputDecoders& decoders, ScenarioSession& session);

}  // namespace scenarios
