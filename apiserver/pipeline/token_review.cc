#include "apiserver/pipeline/token_endpoints.h"
#include "apiserver/pipeline/token_liveness.h"
#include "apiserver/registry/endpoints/review_body.h"

namespace apiserver {
namespace {

struct Reviewed {
  std::optional<UserInfo> user;
  std::vector<std::string> audiences;
  std::string error;
};

Array ArrayOf(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::vector<std::string> AskedAudiences(const Value& review, const TokenTerms& terms) {
  std::vector<std::string> asked;
  const Value* list = FindPath(review, {"spec", "audiences"});
  if (list != nullptr && list->is_array()) {
    for (const Value& audience : list->get_array()) {
      if (audience.is_string()) asked.emplace_back(std::string_view(audience.get_string()));
    }
  }
  return asked.empty() ? terms.audiences : asked;
}

class TokenReviewEndpoint final : public Endpoint {
 public:
  explicit TokenReviewEndpoint(std::shared_ptr<const Authenticator> authenticator)
      : authenticator_(std::move(authenticator)) {}

  Response Handle(Call& call, Verb) override {
    ApiResult<Value> body = ReadReview(call);
    if (!body) return ErrorResponse(body.error());
    Value review = std::move(*body);
    const std::string token(TextAt(review, {"spec", "token"}));
    if (token.empty()) {
      return ErrorResponse(BadRequestError("token is required for TokenReview in authentication"));
    }
    const Reviewed reviewed = Review(call, token, AskedAudiences(review, authenticator_->terms()));
    Object status;
    if (reviewed.user) {
      status["authenticated"] = true;
      status["user"] = UserValue(*reviewed.user);
      status["audiences"] = ArrayOf(reviewed.audiences);
    } else {
      status["user"].emplace_object();
      status["error"] = reviewed.error;
    }
    review.get_object()["status"] = std::move(status);
    return ReviewResponse(call, review);
  }

 private:
  Reviewed Review(const Call& call, const std::string& token,
                  const std::vector<std::string>& asked) const {
    constexpr const char* kInvalid = "invalid bearer token";
    // Tokens of a file hold for the API server itself.
    if (const UserInfo* user = authenticator_->FindStatic(token)) {
      std::vector<std::string> common = CommonAudiences(authenticator_->terms().audiences, asked);
      if (common.empty()) return {std::nullopt, {}, kInvalid};
      return {WithAuthenticated(*user), std::move(common), {}};
    }
    const TokenSigner* signer = authenticator_->signer();
    const VerifiedToken verified =
        signer == nullptr ? VerifiedToken()
                          : VerifyToken(token, *signer, authenticator_->terms().issuers);
    if (!verified.is_ours) return {std::nullopt, {}, kInvalid};
    std::string problem = verified.error;
    const std::optional<TokenClaims> claims = ReadPayload(verified.payload);
    if (claims) problem = TokenProblem(*claims, asked, call.parts.store, call.context.now);
    if (!claims || !problem.empty()) {
      return {std::nullopt, {}, "[" + std::string(kInvalid) + ", " + problem + "]"};
    }
    return {UserOf(*claims), CommonAudiences(claims->audiences, asked), {}};
  }

  const std::shared_ptr<const Authenticator> authenticator_;
};

}  // namespace

std::unique_ptr<Endpoint> MakeTokenReviewEndpoint(
    std::shared_ptr<const Authenticator> authenticator) {
  return std::make_unique<TokenReviewEndpoint>(std::move(authenticator));
}

}  // namespace apiserver
