// The defaults of pods and pod templates.
//
// Source: kubernetes/pkg/apis/core/v1 defaults.go and zz_generated.defaults.go, 1.36.
#pragma once

#include "apiserver/api/json.h"

namespace apiserver {

// What every PodSpec gets, in pods and in templates.
void DefaultPodSpec(Object& pod_spec);
// What a template's PodSpec gets: `holder` is the object that has `template`.
void DefaultPodTemplate(Object& holder);
// What pods alone get beyond DefaultPodSpec: requests from limits, enableServiceLinks, host ports.
void DefaultPod(Object& pod);
// A PersistentVolumeClaimSpec, also inside claim templates.
void DefaultClaimSpec(Object& claim_spec);
// The `gitRepo`... sources that volumes of pods and PersistentVolumes share.
void DefaultSharedVolumeSource(Object& source);
// Rounds quantities up to thousandths, as a ResourceList is rounded.
void DefaultResourceList(Object& holder, std::string_view name);
// "Always" for the tag latest (or none and no digest), else "IfNotPresent".
std::string_view DefaultPullPolicy(std::string_view image);

}  // namespace apiserver
