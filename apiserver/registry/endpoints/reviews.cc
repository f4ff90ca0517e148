// Reviews: objects that are answered and never stored. Everybody who is authenticated may do
// everything.
//
// Source: k8s.io/kubernetes/pkg/registry/{authorization,authentication} and
// pkg/apis/authorization/validation.

#include "apiserver/api/json_write.h"
#include "apiserver/api/time_format.h"
#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/field_owners.h"
#include "apiserver/registry/verbs.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "authorization.k8s.io";

bool IsAuthenticated(const std::vector<std::string>& groups) {
  for (const std::string& group : groups) {
    if (group == "system:authenticated" || group == "system:masters") return true;
  }
  return false;
}

bool IsPresent(const Value& object, std::string_view name) {
  const Value* found = FindPath(object, {"spec", name});
  return found != nullptr && found->is_object();
}

// Go prints internal types with their field names.
std::string GoAttributes(const Value& object, std::string_view name) {
  const Value* found = FindPath(object, {"spec", name});
  return "{\"Path\":" + ToJson(Value(TextAt(*found, {"path"}))) +
         ",\"Verb\":" + ToJson(Value(TextAt(*found, {"verb"}))) + "}";
}

FieldErrors ValidateSpec(const Value& review) {
  FieldErrors errors;
  const bool has_resource = IsPresent(review, "resourceAttributes");
  const bool has_path = IsPresent(review, "nonResourceAttributes");
  if (has_resource && has_path) {
    errors.push_back({"FieldValueInvalid", "spec.nonResourceAttributes",
                      "Invalid value: " + GoAttributes(review, "nonResourceAttributes") +
                          ": cannot be specified in combination with resourceAttributes"});
  }
  if (!has_resource && !has_path) {
    errors.push_back(FieldInvalid(
        "spec.resourceAttributes", Value(nullptr),
        "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
  }
  return errors;
}

// Who a SubjectAccessReview is about must be said.
void ValidateSubject(const Value& review, FieldErrors& errors) {
  const Value* groups = FindPath(review, {"spec", "groups"});
  const bool has_groups = groups != nullptr && groups->is_array() && !groups->get_array().empty();
  if (!has_groups && TextAt(review, {"spec", "user"}).empty()) {
    errors.push_back(FieldInvalid("spec.user", std::string_view(),
                                  "at least one of user or group must be specified"));
  }
}

void ValidateMetadata(const Value& review, FieldErrors& errors) {
  const Value* metadata = Find(review, "metadata");
  if (metadata == nullptr || !metadata->is_object()) return;
  for (const auto& member : metadata->get_object()) {
    if (member.key() == "managedFields" || member.key() == "namespace" ||
        member.key() == "creationTimestamp")
      continue;
    errors.push_back(FieldInvalid("metadata", *metadata, "must be empty"));
    return;
  }
}

Value UserValue(const UserInfo& user) {
  Object info;
  info["username"] = user.name;
  if (!user.uid.empty()) info["uid"] = user.uid;
  Array& groups = info["groups"].emplace_array();
  for (const std::string& group : user.groups) groups.emplace_back(group);
  if (groups.empty()) info.erase("groups");
  if (!user.extra.empty()) {
    Object& extra = info["extra"].emplace_object();
    for (const auto& [key, values] : user.extra) {
      Array& array = extra[key].emplace_array();
      for (const std::string& value : values) array.emplace_back(value);
    }
  }
  return info;
}

std::vector<std::string> Texts(const Value* list) {
  std::vector<std::string> texts;
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& text : list->get_array()) {
    if (text.is_string()) texts.emplace_back(std::string_view(text.get_string()));
  }
  return texts;
}

Value AllRules() {
  Object rules;
  Object resource;
  resource["verbs"] = Array{"*"};
  resource["apiGroups"] = Array{"*"};
  resource["resources"] = Array{"*"};
  Object path;
  path["verbs"] = Array{"*"};
  path["nonResourceURLs"] = Array{"*"};
  rules["resourceRules"] = Array{std::move(resource)};
  rules["nonResourceRules"] = Array{std::move(path)};
  rules["incomplete"] = false;
  return rules;
}

class ReviewEndpoint final : public Endpoint {
 public:
  explicit ReviewEndpoint(std::string_view resource) : resource_(resource) {}

  Response Handle(Call& call, Verb) override {
    if (auto refused = EarlyBodyError(call.request)) return ErrorResponse(*refused);
    ApiResult<WriteOptions> options = ReadWriteOptions(call.request, "CreateOptions");
    if (!options) return ErrorResponse(options.error());
    ApiResult<Value> decoded = DecodeBody(call, ExpectedKindOf(call), options->field_validation);
    if (!decoded) return ErrorResponse(decoded.error());
    Value review = std::move(*decoded);
    RecordUpdate(call, *options, nullptr, review);
    if (auto refused = Answer(call, review)) return ErrorResponse(*refused);
    NormalizeObject(call.resource.type, review, nullptr);
    Response response = ValueResponse(201, review);
    response.warnings = std::move(call.warnings);
    return response;
  }

 private:
  std::optional<ApiError> Answer(Call& call, Value& review) const {
    if (resource_ == "selfsubjectreviews") return AnswerWhoAmI(call, review);
    if (resource_ == "tokenreviews") return AnswerToken(review);
    if (resource_ == "selfsubjectrulesreviews") return AnswerRules(review);
    FieldErrors errors = ValidateSpec(review);
    const bool is_self = resource_ == "selfsubjectaccessreviews";
    if (!is_self) ValidateSubject(review, errors);
    ValidateMetadata(review, errors);
    if (!errors.empty()) return InvalidError(kGroup, "", "", errors);
    const std::vector<std::string> groups =
        is_self ? call.request.user.groups : Texts(FindPath(review, {"spec", "groups"}));
    // A named user without groups is somebody who has authenticated.
    const bool is_allowed = IsAuthenticated(groups) ||
                            (!is_self && TextAt(review, {"spec", "user"}) != "system:anonymous");
    Object& object = review.get_object();
    object["status"].emplace_object()["allowed"] = is_allowed;
    return std::nullopt;
  }

  static std::optional<ApiError> AnswerWhoAmI(const Call& call, Value& review) {
    Object& object = review.get_object();
    object["metadata"].emplace_object()["creationTimestamp"] = FormatTime(call.context.now);
    object["status"].emplace_object()["userInfo"] = UserValue(call.request.user);
    return std::nullopt;
  }

  // Tokens are known only where connections are accepted: none is known here.
  static std::optional<ApiError> AnswerToken(Value& review) {
    if (TextAt(review, {"spec", "token"}).empty())
      return BadRequestError("token is required for TokenReview in authentication");
    Object& status = review.get_object()["status"].emplace_object();
    status["user"].emplace_object();
    status["error"] = "invalid bearer token";
    return std::nullopt;
  }

  static std::optional<ApiError> AnswerRules(Value& review) {
    if (TextAt(review, {"spec", "namespace"}).empty())
      return BadRequestError("no namespace on request");
    review.get_object()["status"] = AllRules();
    return std::nullopt;
  }

  const std::string resource_;
};

}  // namespace

std::unique_ptr<Endpoint> MakeReviewEndpoint(std::string_view resource) {
  return std::make_unique<ReviewEndpoint>(resource);
}

}  // namespace apiserver
