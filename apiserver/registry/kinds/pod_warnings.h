// Warnings about pods and templates. Source: kubernetes/pkg/api/pod/warnings.go, 1.36.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"

namespace apiserver {

// `path` is "" for pods and "spec.template" for templates.
void WarnOfPod(const Object& metadata, const Object& spec, std::string_view path, bool is_template,
               std::vector<std::string>& out);

// Volumes whose files overlap: a part of the above.
void WarnOfVolumePaths(const Object& spec, std::vector<std::string>& out);

}  // namespace apiserver
