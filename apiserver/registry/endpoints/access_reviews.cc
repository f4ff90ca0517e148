// Access reviews: what a user may do, answered by whoever decides it for requests, never stored.
//
// Source: kubernetes/pkg/registry/authorization.

#include "apiserver/ports/authorizer.h"
#include "apiserver/registry/endpoints/access_review_checks.h"
#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/endpoints/review_body.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "authorization.k8s.io";

ReviewScope ScopeOf(std::string_view resource) {
  if (resource == "selfsubjectaccessreviews") return ReviewScope::kSelf;
  return resource == "localsubjectaccessreviews" ? ReviewScope::kLocal : ReviewScope::kAny;
}

Array ArrayOf(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

Value StatusOf(const HeldRules& held) {
  Array resources;
  Array paths;
  for (const PolicyRule& rule : held.rules) {
    Object shown{{"verbs", ArrayOf(rule.verbs)}};
    if (!rule.resources.empty()) {
      shown["apiGroups"] = ArrayOf(rule.api_groups);
      shown["resources"] = ArrayOf(rule.resources);
      if (!rule.resource_names.empty()) shown["resourceNames"] = ArrayOf(rule.resource_names);
      resources.push_back(std::move(shown));
    } else {
      shown["nonResourceURLs"] = ArrayOf(rule.non_resource_urls);
      paths.push_back(std::move(shown));
    }
  }
  Object status{{"resourceRules", std::move(resources)},
                {"nonResourceRules", std::move(paths)},
                {"incomplete", held.is_incomplete}};
  std::string text;
  for (const std::string& error : held.errors) text += (text.empty() ? "" : ", ") + error;
  if (held.errors.size() > 1) text = "[" + text + "]";
  if (!text.empty()) status["evaluationError"] = text;
  return status;
}

class AccessReviewEndpoint final : public Endpoint {
 public:
  explicit AccessReviewEndpoint(std::string_view resource) : resource_(resource) {}

  Response Handle(Call& call, Verb) override {
    ApiResult<Value> body = ReadReview(call);
    if (!body) return ErrorResponse(body.error());
    Value review = std::move(*body);
    const auto refused = resource_ == "selfsubjectrulesreviews" ? AnswerRules(call, review)
                                                                : AnswerAccess(call, review);
    return refused ? ErrorResponse(*refused) : ReviewResponse(call, review);
  }

 private:
  std::optional<ApiError> AnswerAccess(Call& call, Value& review) const {
    const ReviewScope scope = ScopeOf(resource_);
    const FieldErrors errors = CheckAccessReview(review, scope);
    if (!errors.empty()) return InvalidError(kGroup, "", "", errors);
    const std::string& namespace_ = call.request.info.namespace_;
    if (scope == ReviewScope::kLocal && TextAt(review, {"metadata", "namespace"}) != namespace_) {
      return BadRequestError("spec.resourceAttributes.namespace must match namespace: " +
                             namespace_);
    }
    ReviewQuestion question;
    ReadReviewQuestion(review, question);
    const UserInfo user = scope == ReviewScope::kSelf ? call.request.user : ReviewedUser(review);
    const Decision decision = call.parts.authorizer == nullptr
                                  ? Decision{true, {}}
                                  : call.parts.authorizer->Decide(user, question.access);
    Object status{{"allowed", decision.is_allowed}};
    if (!decision.reason.empty()) status["reason"] = decision.reason;
    if (!question.evaluation_error.empty()) status["evaluationError"] = question.evaluation_error;
    review.get_object()["status"] = std::move(status);
    return std::nullopt;
  }

  // The answer shows nothing of what was sent.
  static std::optional<ApiError> AnswerRules(Call& call, Value& review) {
    const std::string namespace_(TextAt(review, {"spec", "namespace"}));
    if (namespace_.empty()) return BadRequestError("no namespace on request");
    HeldRules held;
    if (call.parts.authorizer != nullptr) {
      held = call.parts.authorizer->RulesOf(call.request.user, namespace_);
    }
    Object& object = review.get_object();
    object["metadata"].emplace_object();
    object["spec"].emplace_object();
    object["status"] = StatusOf(held);
    return std::nullopt;
  }

  const std::string resource_;
};

}  // namespace

std::unique_ptr<Endpoint> MakeAccessReviewEndpoint(std::string_view resource) {
  return std::make_unique<AccessReviewEndpoint>(resource);
}

}  // namespace apiserver
