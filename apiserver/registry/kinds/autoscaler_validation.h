// What a HorizontalPodAutoscaler may say. Source: kubernetes/pkg/apis/autoscaling/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void ValidateAutoscaler(const Object& object, Violations& out);
void ValidateAutoscalerUpdate(const Object& object, const Object& old, Violations& out);

}  // namespace apiserver
