// What client-go makes of the answers of webhooks that are no success.
#pragma once

#include <string>

#include "apiserver/ports/outside_caller.h"

namespace apiserver {

// The error text of an answer with a failing status; "" for one of success.
std::string FailureText(const OutsideAnswer& answer);
// "apiextensions.k8s.io/v1, Kind=ConversionReview".
std::string KindText(const std::string& api_version, const std::string& kind);

}  // namespace apiserver
