// Reviews of identity: objects that are answered and never stored.
//
// Source: kubernetes/pkg/registry/authentication.

#include "apiserver/api/time_format.h"
#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/endpoints/review_body.h"
#include "apiserver/registry/field_owners.h"
#include "apiserver/registry/verbs.h"
#include "apiserver/registry/write.h"

namespace apiserver {
namespace {

Array ArrayOf(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

class SelfSubjectReviewEndpoint final : public Endpoint {
 public:
  Response Handle(Call& call, Verb) override {
    ApiResult<Value> body = ReadReview(call);
    if (!body) return ErrorResponse(body.error());
    Value review = std::move(*body);
    Object& object = review.get_object();
    object["metadata"] = {{"creationTimestamp", FormatTime(call.context.now)}};
    object["status"] = {{"userInfo", UserValue(call.request.user)}};
    return ReviewResponse(call, review);
  }
};

}  // namespace

Value UserValue(const UserInfo& user) {
  Object info;
  if (!user.name.empty()) info["username"] = user.name;
  if (!user.uid.empty()) info["uid"] = user.uid;
  if (!user.groups.empty()) info["groups"] = ArrayOf(user.groups);
  if (!user.extra.empty()) {
    Object& extra = info["extra"].emplace_object();
    for (const auto& [key, values] : user.extra) extra[key] = ArrayOf(values);
  }
  return info;
}

ApiResult<Value> ReadReview(Call& call, void (*fill_defaults)(Value& review)) {
  if (auto refused = EarlyBodyError(call.request)) return std::move(*refused);
  ApiResult<WriteOptions> options = ReadWriteOptions(call.request, "CreateOptions");
  if (!options) return std::move(options.error());
  call.context.is_dry_run = options->is_dry_run;
  const ExpectedKind expected = ExpectedKindOf(call);
  ApiResult<Value> decoded = DecodeBody(call, expected, options->field_validation);
  if (!decoded) return std::move(decoded.error());
  Value review = std::move(*decoded);
  if (auto refused = MatchNamespace(call, review)) return std::move(*refused);
  if (fill_defaults != nullptr) fill_defaults(review);
  // A review below an object is of another kind than the object.
  FieldManagerContext context = ManagerContext(call, ManagerName(*options, call.request));
  context.api_version = expected.kind.api_version();
  context.kind = expected.kind.kind;
  context.type = expected.type;
  context.type_in = [type = expected.type](std::string_view) { return type; };
  UpdateManagedFields(nullptr, review, context);
  AdmissionRequest admission = Admission(call, Operation::kCreate, "", nullptr);
  admission.kind = expected.kind.kind;
  const bool is_below = !call.request.info.subresource.empty();
  // What lies below an object asks for itself, because its name is known.
  if (is_below) return review;
  if (auto refused = call.parts.admission.Admit(admission, &review)) return std::move(*refused);
  if (auto refused = call.parts.admission.Validate(admission, &review)) return std::move(*refused);
  return review;
}

Response ReviewResponse(Call& call, Value& review) {
  NormalizeObject(call.resource.type, review, nullptr);
  Response response = ValueResponse(201, review);
  response.warnings = std::move(call.warnings);
  return response;
}

std::unique_ptr<Endpoint> MakeSelfSubjectReviewEndpoint() {
  return std::make_unique<SelfSubjectReviewEndpoint>();
}

}  // namespace apiserver
