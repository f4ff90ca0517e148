// The step that gives Services their addresses, for BuiltinStrategies.
#pragma once

#include <memory>

#include "apiserver/registry/allocation/service_allocator.h"
#include "apiserver/registry/kinds/kind_rules.h"

namespace apiserver {

// `random` outlives the step.
std::shared_ptr<const BeginStep> MakeServiceStep(sim::Random& random, ServiceRanges ranges = {});

}  // namespace apiserver
