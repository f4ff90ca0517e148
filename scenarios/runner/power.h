// The power of a node goes and comes back: the one thing that is done to a cluster from outside of
// its API.
#pragma once

#include <string>

#include "nodes/node_pool.h"
#include "scenarios/language/step.h"
#include "sim/kernel.h"

namespace scenarios {

// Why that is impossible, or "". Both outlive what undoes it.
std::string ChangePower(sim::Kernel& kernel, nodes::NodePool& pool, const PowerChange& change);

}  // namespace scenarios
