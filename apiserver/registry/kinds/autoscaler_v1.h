// HorizontalPodAutoscalers in autoscaling/v1: the CPU metric is a field, all else sits in
// annotations.
//
// Source: kubernetes/pkg/apis/autoscaling/v1/conversion.go, 1.36.
#pragma once

#include "apiserver/api/json.h"

namespace apiserver {

// spec.behavior's rules, when it is set; autoscaling/v2's defaults.
void DefaultAutoscalerBehavior(Object& spec);

// autoscaling/v1's default: 80 percent of the CPU, when no metric is asked for.
void DefaultAutoscalerPercent(Object& object);

// What v1 shows as annotations; no other version keeps it.
void DropAutoscalerAnnotations(Object& object);

void AutoscalerToV2(std::string_view group, std::string_view version, Object& object);
void AutoscalerFromV2(std::string_view group, std::string_view version, Object& object);

}  // namespace apiserver
