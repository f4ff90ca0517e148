// The rules of APIServices (apiregistration.k8s.io).
//
// Source: k8s.io/kube-aggregator/pkg/registry/apiservice and pkg/apis/apiregistration/validation.
#pragma once

#include "apiserver/registry/strategy.h"

namespace apiserver {

std::unique_ptr<const Strategy> MakeApiServiceStrategy();

}  // namespace apiserver
