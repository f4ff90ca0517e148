#include "apiserver/api/go_text.h"
#include "apiserver/api/time_format.h"
#include "apiserver/pipeline/token_endpoints.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/endpoints/review_body.h"
#include "apiserver/registry/write.h"
#include "sim/random.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "authentication.k8s.io";
constexpr std::string_view kKind = "TokenRequest";
constexpr std::int64_t kDefaultSeconds = 3600;
constexpr std::int64_t kSecondsMin = 600;
constexpr std::int64_t kSecondsMax = std::int64_t{1} << 32;
// What the pods' own volumes ask for. Such tokens last a year, so that programs which read theirs
// only once go on working; after this time their use is only noted.
constexpr std::int64_t kPodTokenSeconds = 3607;
constexpr std::int64_t kExtendedSeconds = 365 * 24 * 60 * 60;

std::int64_t NowSeconds(const Call& call) {
  return std::chrono::duration_cast<std::chrono::seconds>(call.context.now.time_since_epoch())
      .count();
}

std::vector<std::string> TextsAt(const Value& value, std::initializer_list<std::string_view> path) {
  std::vector<std::string> texts;
  const Value* list = FindPath(value, path);
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& text : list->get_array()) {
    if (text.is_string()) texts.emplace_back(std::string_view(text.get_string()));
  }
  return texts;
}

ApiError InvalidRequest(std::string_view name, FieldError error) {
  return InvalidError(kGroup, kKind, name, {std::move(error)});
}

// Checks what names the account in the body, and fills it in from the account.
std::optional<ApiError> MatchAccount(const Call& call, const ObjectMeta& account, Value& body) {
  const std::string_view name = TextAt(body, {"metadata", "name"});
  if (!name.empty() && name != account.name) {
    return InvalidRequest(
        account.name,
        FieldInvalid("metadata.name", name, "must match the service account name if specified"));
  }
  const std::string_view uid = TextAt(body, {"metadata", "uid"});
  if (!uid.empty() && uid != account.uid) {
    return ConflictError({std::string(kGroup), std::string(kKind)}, account.name,
                         "the UID in the token request (" + std::string(uid) +
                             ") does not match the UID of the service account (" + account.uid +
                             ")");
  }
  Object& metadata = MetadataOf(body);
  metadata["name"] = account.name;
  metadata["namespace"] = account.namespace_;
  metadata["uid"] = account.uid;
  metadata["creationTimestamp"] = FormatTime(call.context.now);
  return std::nullopt;
}

std::optional<ApiError> CheckSeconds(std::int64_t seconds) {
  const char* problem = nullptr;
  if (seconds < kSecondsMin) problem = "may not specify a duration less than 10 minutes";
  if (seconds > kSecondsMax) problem = "may not specify a duration larger than 2^32 seconds";
  if (problem == nullptr) return std::nullopt;
  return InvalidRequest("", FieldInvalid("spec.expirationSeconds", Value(seconds), problem));
}

TokenReference ReferenceTo(const StoredObject& object) {
  return {object.meta().name, object.meta().uid};
}

// Binds the token to the object that the request names.
class Binder {
 public:
  Binder(const Call& call, const Value& reference, TokenClaims& claims)
      : store_(call.parts.store), reference_(reference), claims_(claims) {}

  std::optional<ApiError> Bind() {
    const std::string_view version = TextAt(reference_, {"apiVersion"});
    const std::string kind(TextAt(reference_, {"kind"}));
    const std::string_view group = SplitApiVersion(version).first;
    if (group.empty() && kind == "Pod") return BindPod();
    if (group.empty() && kind == "Secret") return BindTo("secrets", kind, claims_.secret);
    if (group.empty() && kind == "Node") return BindTo("nodes", kind, claims_.node);
    return BadRequestError("cannot bind token to object of type " + std::string(group) + "/" +
                           std::string(SplitApiVersion(version).second) + ", Kind=" + kind);
  }

 private:
  std::optional<ApiError> BindTo(const std::string& resource, const std::string& kind,
                                 std::optional<TokenReference>& place) {
    const std::string name(TextAt(reference_, {"name"}));
    if (name.empty()) return BadRequestError("Name parameter required.");
    object_ = store_.Find({"", resource}, {resource == "nodes" ? "" : claims_.namespace_, name});
    if (object_ == nullptr) return NotFoundError({"", resource}, name);
    const std::string_view uid = TextAt(reference_, {"uid"});
    if (kind == "Pod") {
      if (auto refused = CheckPodAccount()) return refused;
    }
    if (!uid.empty() && uid != object_->meta().uid) {
      return ConflictError({"", kind}, name,
                           "the UID in the bound object reference (" + std::string(uid) +
                               ") does not match the UID in record. The object might have been "
                               "deleted and then recreated");
    }
    place = ReferenceTo(*object_);
    return std::nullopt;
  }

  std::optional<ApiError> CheckPodAccount() const {
    if (TextAt(*object_->Peek(), {"spec", "serviceAccountName"}) == claims_.account.name) {
      return std::nullopt;
    }
    return BadRequestError("cannot bind token for serviceaccount " + GoQuote(claims_.account.name) +
                           " to pod running with different serviceaccount name.");
  }

  std::optional<ApiError> BindPod() {
    if (auto refused = BindTo("pods", "Pod", claims_.pod)) return refused;
    const std::string node(TextAt(*object_->Peek(), {"spec", "nodeName"}));
    if (node.empty()) return std::nullopt;
    const ObjectPtr found = store_.Find({"", "nodes"}, {"", node});
    claims_.node = found == nullptr ? TokenReference{node, {}} : ReferenceTo(*found);
    return std::nullopt;
  }

  const Store& store_;
  const Value& reference_;
  TokenClaims& claims_;
  ObjectPtr object_;
};

class TokenRequestEndpoint final : public Endpoint {
 public:
  explicit TokenRequestEndpoint(std::shared_ptr<const Authenticator> authenticator)
      : authenticator_(std::move(authenticator)) {}

  Response Handle(Call& call, Verb) override {
    ApiResult<Value> body = ReadReview(call, [](Value& request) {
      Object& spec = EnsureObject(request, "spec");
      const Value* seconds = spec.if_contains("expirationSeconds");
      if (seconds == nullptr || seconds->is_null()) spec["expirationSeconds"] = kDefaultSeconds;
    });
    if (!body) return ErrorResponse(body.error());
    Value request = std::move(*body);
    AdmissionRequest admission =
        Admission(call, Operation::kCreate, call.request.info.name, nullptr);
    admission.kind = kKind;
    if (auto refused = call.parts.admission.Admit(admission, &request)) {
      return ErrorResponse(*refused);
    }
    if (auto refused = Answer(call, request)) return ErrorResponse(*refused);
    const ApiSubresource* token = call.resource.FindSubresource("token");
    NormalizeObject(token->type, request, nullptr);
    Response response = ValueResponse(201, request);
    response.warnings = std::move(call.warnings);
    return response;
  }

 private:
  std::optional<ApiError> Answer(Call& call, Value& request) const {
    const std::string& name = call.request.info.name;
    const ObjectPtr account = call.FindStored(name);
    if (account == nullptr) return NotFoundError(call.group_resource(), name);
    if (auto refused = MatchAccount(call, account->meta(), request)) return refused;
    TokenClaims claims;
    claims.audiences = TextsAt(request, {"spec", "audiences"});
    const TokenTerms& terms = authenticator_->terms();
    claims.issuer = terms.issuers.front();
    if (claims.audiences.empty()) {
      claims.audiences = terms.audiences;
      request.get_object()["spec"].get_object()["audiences"] =
          Array(terms.audiences.begin(), terms.audiences.end());
    }
    const std::int64_t seconds = IntAt(request, {"spec", "expirationSeconds"});
    if (auto refused = CheckSeconds(seconds)) return refused;
    claims.namespace_ = account->meta().namespace_;
    claims.account = ReferenceTo(*account);
    const Value* reference = FindPath(request, {"spec", "boundObjectRef"});
    if (reference != nullptr && reference->is_object()) {
      if (auto refused = Binder(call, *reference, claims).Bind()) return refused;
    }
    SetTimes(call, seconds, claims);
    // What the token holds is known before its expiry is shown: the two agree to the second.
    Object status;
    const auto expires = std::chrono::seconds(claims.issued_at + seconds);
    status["expirationTimestamp"] = FormatTime(WallTime{expires.count(), 0});
    // A token is kept nowhere: a dry run makes one like any other request.
    claims.id = call.parts.kernel.Stream("tokens").Uuid();
    status["token"] = SignToken(claims, *authenticator_->signer());
    request.get_object()["status"] = std::move(status);
    return std::nullopt;
  }

  void SetTimes(const Call& call, std::int64_t seconds, TokenClaims& claims) const {
    const bool is_for_us = claims.audiences == authenticator_->terms().audiences;
    const bool is_extended = claims.pod && seconds == kPodTokenSeconds && is_for_us;
    claims.issued_at = claims.not_before = NowSeconds(call);
    claims.expires_at = claims.issued_at + (is_extended ? kExtendedSeconds : seconds);
    if (is_extended) claims.warn_after = claims.issued_at + seconds;
  }

  const std::shared_ptr<const Authenticator> authenticator_;
};

}  // namespace

std::unique_ptr<Endpoint> MakeTokenRequestEndpoint(
    std::shared_ptr<const Authenticator> authenticator) {
  return std::make_unique<TokenRequestEndpoint>(std::move(authenticator));
}

}  // namespace apiserver
