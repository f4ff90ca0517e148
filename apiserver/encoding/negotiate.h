// Chooses the form of an answer from the Accept header, as kube-apiserver does in its two steps.
//
// Source: go-restful's route matching (first 406 wording) and
// k8s.io/apiserver/pkg/endpoints/handlers/negotiation (second).
#pragma once

#include <optional>
#include <string_view>

#include "apiserver/api/errors.h"
#include "apiserver/api/request.h"

namespace apiserver {

// What the addressed endpoint can offer.
struct Offer {
  bool has_protobuf = true;  // custom resources have none
  bool has_views = true;     // Table and PartialObjectMetadata; create-only kinds have none
  bool has_tables = true;    // some endpoints under an object have none
  bool is_watch = false;
  bool is_list = false;   // its route offers watches too
  bool is_routed = true;  // custom resources and connections skip the first step
  bool is_json_only = false;
};

// What the first step says against `accept_header`, if anything.
std::optional<ApiError> RefusedByRoute(std::string_view accept_header, const Offer& offer);

// Whether it is the first step's: upstream's router answers it, before any handler.
bool IsRouteRefusal(const ApiError& error);

// `user_agent` decides pretty-printing with `pretty_parameter` (the query's `pretty`, or null).
ApiResult<Accepted> NegotiateAnswer(std::string_view accept_header, const Offer& offer,
                                    std::string_view user_agent,
                                    const std::string* pretty_parameter);

// Errors are never views: the first clause that asks for none decides. Without such a clause they
// are indented JSON.
ErrorForm NegotiateErrors(std::string_view accept_header, std::string_view user_agent,
                          const std::string* pretty_parameter);

}  // namespace apiserver
