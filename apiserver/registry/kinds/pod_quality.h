// A pod's class of service, from what its containers ask for. Source:
// kubernetes/pkg/apis/core/helper/qos, 1.36.
#pragma once

#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

// "Guaranteed", "Burstable" or "BestEffort".
std::string_view PodQualityOfService(const Object& pod_spec);

}  // namespace apiserver
