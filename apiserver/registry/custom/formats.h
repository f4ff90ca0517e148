// The string formats that schemas of custom resources may name.
//
// Source: k8s.io/kube-openapi/pkg/validation/strfmt and apiextensions-apiserver/pkg/apiserver/
// validation/formats.go. Threads: any, no shared state.
#pragma once

#include <string_view>

namespace apiserver {

// Whether texts are checked against `format`; hyphens do not count: "date-time" is "datetime".
bool IsStringFormat(std::string_view format);
// True for what has the format, and for formats that nobody knows.
bool MatchesFormat(std::string_view format, std::string_view text);

}  // namespace apiserver
