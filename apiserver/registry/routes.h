// Which endpoint a request reaches, or why none: 404 and 405 as go-restful's routes give them.
#pragma once

#include "apiserver/registry/api_resource.h"

namespace apiserver {

enum class Verb : std::uint8_t {
  kGet,
  kList,
  kWatch,
  kCreate,
  kUpdate,
  kPatch,
  kDelete,
  kDeleteCollection,
  kConnect
};

struct Route {
  const ApiResource* resource = nullptr;
  const ApiSubresource* subresource = nullptr;  // null for the object itself
  Verb verb = Verb::kGet;
};

// Errors: 404 with empty details; 405; code 0 for an unknown group, whose answer is plain text.
ApiResult<Route> FindRoute(const ResourceTable& resources, const Request& request);

ApiError NoSuchMethodError();
// What a group that exists says of what it does not serve.
ApiError NoSuchResourceError();
// "404 page not found\n", as Go's ServeMux answers.
Response PageNotFoundResponse();

}  // namespace apiserver
