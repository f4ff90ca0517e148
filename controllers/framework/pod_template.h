// Pods made from a workload's template.
#pragma once

#include "controllers/framework/names.h"

namespace controllers {

// `spec.template` of a workload; an empty object if it has none, which validation refuses but a
// store from elsewhere may hold.
const Value& PodTemplateOf(const Value& workload);

// The pod that `pod_template` describes: labels, annotations and finalizers of the template, a
// controllerRef, and the parent's name as prefix of a generated name.
Value PodFromTemplate(const Value& pod_template, const ObjectMeta& parent,
                      Value controller_reference);

}  // namespace controllers
