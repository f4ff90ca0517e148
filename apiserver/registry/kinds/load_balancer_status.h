// status.loadBalancer of Services and Ingresses.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// `has_ip_mode`: Services say how traffic arrives, Ingresses don't.
void CheckLoadBalancerStatus(const Object& balancer, bool has_ip_mode, const FieldPath& path,
                             Violations& out);

}  // namespace apiserver
