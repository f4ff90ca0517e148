// What an access review may say, and the question that it asks.
//
// Source: kubernetes/pkg/apis/authorization/validation and pkg/registry/authorization/util. Pure.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/api/policy_rule.h"
#include "apiserver/api/request.h"

namespace apiserver {

enum class ReviewScope : std::uint8_t { kSelf, kAny, kLocal };

FieldErrors CheckAccessReview(const Value& review, ReviewScope scope);

// The question of a checked review. The texts lie in `review` and in `field_selector`.
struct ReviewQuestion {
  AccessAttributes access;
  std::string field_selector;
  std::string evaluation_error;  // selectors that could not be read widen the question
};
// Fills `question`, which stays where it is: its attributes point into it.
void ReadReviewQuestion(const Value& review, ReviewQuestion& question);

// Whom a review that is not about the asker itself is about.
UserInfo ReviewedUser(const Value& review);

}  // namespace apiserver
