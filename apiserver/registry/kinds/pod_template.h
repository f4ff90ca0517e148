// Rules of pod templates that the workload kinds share.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// Validates the template at `path`.
void CheckPodTemplate(const Object& pod_template, const FieldPath& path, Violations& out);
// The template of a workload whose pods are restarted for ever: selector, template, restartPolicy
// Always and no activeDeadlineSeconds. `kind` completes "activeDeadlineSeconds in KIND is not
// Supported".
void CheckServiceTemplate(const Object& spec, const FieldPath& path, std::string_view kind,
                          Violations& out);
// The last two of these rules.
void CheckServicePods(const Object& spec, const FieldPath& path, std::string_view kind,
                      Violations& out);
// "Required", its syntax, and "empty selector is invalid for KIND". False: the selector can't be
// used.
bool CheckWorkloadSelector(const Object& spec, const FieldPath& path, std::string_view kind,
                           Violations& out);
// "metadata.name: this is used in Pod names and hostnames, ..." for names that are no DNS label.
void WarnOfPodHostName(const Object& object, std::vector<std::string>& out);
// The warnings about the template at `path`, e.g. "spec.template".
void WarnOfPodTemplate(const Object& pod_template, std::string_view path,
                       std::vector<std::string>& out);

}  // namespace apiserver
