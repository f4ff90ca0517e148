// The pod of a DaemonSet on one node: pinned by affinity, tolerating what daemons tolerate.
#pragma once

#include <string>

#include "controllers/framework/names.h"

namespace controllers {

// The template as a Pod with the daemons' tolerations, for no node yet.
Value DaemonPodTemplate(const Value& daemon_set);

// `pod` with labels of its revision and pinned to `node_name`.
Value PinDaemonPod(Value pod, const std::string& node_name, const std::string& hash,
                   const std::string& generation);

}  // namespace controllers
