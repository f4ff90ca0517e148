// What all reviews share: their body is read as a create's, and answered without being stored.
#pragma once

#include "apiserver/registry/call.h"

namespace apiserver {

// The decoded review with the fields that its sender manages. `fill_defaults` comes before those
// are taken down, as everywhere; null: there are none.
ApiResult<Value> ReadReview(Call& call, void (*fill_defaults)(Value& review) = nullptr);
// 201 with the review as its type shows it.
Response ReviewResponse(Call& call, Value& review);

// The user as reviews show it.
Value UserValue(const UserInfo& user);

}  // namespace apiserver
