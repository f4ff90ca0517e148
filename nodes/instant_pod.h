// What `--node-behaviour instant` does with a pod, and the status that it writes: kwok's fast
// stages.
//
// Pure. A pod that is bound becomes Running and Ready; one that a Job owns then succeeds; one that
// is marked for deletion goes. Status shapes as kwok's stages pod-ready and pod-complete write
// them.
#pragma once

#include <string>

#include "apiserver/api/json.h"
#include "apiserver/api/object.h"
#include "sim/time.h"

namespace nodes {

enum class InstantStep : std::uint8_t { kNothing, kRun, kSucceed, kDelete };

InstantStep NextInstantStep(const apiserver::Value& pod, const apiserver::ObjectMeta& meta);

// The status of a pod that runs (of one that succeeded), from `pod` and its status so far.
apiserver::Object InstantRunningStatus(const apiserver::Value& pod, const std::string& host_ip,
                                       const std::string& pod_ip, sim::Time now);
apiserver::Object InstantSucceededStatus(const apiserver::Value& pod, sim::Time now);

}  // namespace nodes
