// Pods made from a workload's template.
#pragma once

#include "controllers/framework/names.h"

namespace controllers {

// The pod that `pod_template` describes: labels, annotations and finalizers of the template, a
// controllerRef, and the parent's name as prefix of a generated name.
Value PodFromTemplate(const Value& pod_template, const ObjectMeta& parent,
                      Value controller_reference);

}  // namespace controllers
