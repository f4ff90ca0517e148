// A plain-HTTP endpoint that says that all is well, as etcd's does: what waits for an etcd asks it
// and nothing else.
//
// GET /health, /livez, /readyz and /version answer 200, all else 404. One thread, a bounded number
// of connections, each ended after a time-out.
#pragma once

#include <cstdint>
#include <string>

#include "sim/result.h"

namespace apiserver {

// Serves until SIGTERM or SIGINT. Errors: the address can't be listened on.
sim::Result<void> ServePlainHealth(const std::string& address, std::uint16_t port);

}  // namespace apiserver
