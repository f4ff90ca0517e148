// Sends a list of manifests to the API, one after the other: what apply and create have in common.
#pragma once

#include <memory>
#include <vector>

#include "scenarios/language/manifests.h"
#include "scenarios/language/step.h"

namespace scenarios {

// How long a kind that is not served yet is waited for: a CustomResourceDefinition takes a moment
// to be established.
inline constexpr sim::Duration kServedWaitMax = std::chrono::seconds(10);

// `manifests` outlive the run.
std::unique_ptr<StepRun> SendManifests(CallVerb verb, const std::vector<Manifest>& manifests);

// The failure of a manifest whose kind the cluster does not serve.
StepFailure UnservedKind(const Manifest& manifest);

}  // namespace scenarios
