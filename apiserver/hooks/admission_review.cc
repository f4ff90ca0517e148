#include "apiserver/hooks/admission_review.h"

#include "apiserver/api/base64.h"
#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/hooks/answer_text.h"
#include "apiserver/registry/endpoints/review_body.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "admission.k8s.io";

Value KindValue(const GroupVersionKind& kind) {
  return {{"group", kind.group}, {"version", kind.version}, {"kind", kind.kind}};
}

Value ResourceValue(const GroupVersionResource& resource) {
  return {
      {"group", resource.group}, {"version", resource.version}, {"resource", resource.resource}};
}

Value CopyOf(const Value* value) {
  return value == nullptr ? Value() : Value(*value, JsonStorage());
}

// What is wrong with the answer's form, or "".
std::string FormProblem(const Value& review, const Value* response, WebhookKind kind,
                        const std::string& uid, const std::string& version) {
  if (response == nullptr || !response->is_object()) return "webhook response was absent";
  if (version == "v1beta1") return {};
  const std::string_view got = TextAt(*response, {"uid"});
  if (got != uid) return "expected response.uid=" + GoQuote(uid) + ", got " + GoQuote(got);
  const std::string wanted_version = std::string(kGroup) + "/v1";
  const std::string api_version(TextAt(review, {"apiVersion"}));
  const std::string review_kind(TextAt(review, {"kind"}));
  if (api_version != wanted_version || review_kind != "AdmissionReview") {
    return "expected webhook response of " + KindText(wanted_version, "AdmissionReview") +
           ", got " + KindText(api_version, review_kind);
  }
  const bool has_patch = !TextAt(*response, {"patch"}).empty();
  const Value* type = Find(*response, "patchType");
  const bool has_type = type != nullptr && !type->is_null();
  if (kind == WebhookKind::kValidating) {
    if (has_patch) return "validating webhook may not return response.patch";
    return has_type ? "validating webhook may not return response.patchType" : "";
  }
  if (has_patch && !has_type) {
    return "webhook returned response.patch but not response.patchType";
  }
  if (!has_patch && has_type) {
    return "webhook returned response.patchType but not response.patch";
  }
  if (has_type && TextAt(*response, {"patchType"}).empty()) {
    return "webhook returned invalid response.patchType of \"\"";
  }
  return {};
}

// The refusal, whatever the webhook's own status says.
ApiError DenialOf(const Value& response, const std::string& name) {
  const std::string denied = "admission webhook " + GoQuote(name) + " denied the request";
  ApiError error;
  error.code = 400;
  error.message = denied + " without explanation";
  const Value* status = Find(response, "status");
  if (status == nullptr || !status->is_object()) return error;
  error.code = std::max<int>(400, static_cast<int>(IntAt(*status, {"code"})));
  error.reason = TextAt(*status, {"reason"});
  const std::string message(TextAt(*status, {"message"}));
  if (!message.empty()) {
    error.message = denied + ": " + message;
  } else if (!error.reason.empty()) {
    error.message = denied + ": " + error.reason;
  }
  const Value* details = Find(*status, "details");
  if (details == nullptr || !details->is_object()) return error;
  StatusDetails& shown = error.details.emplace();
  shown.name = TextAt(*details, {"name"});
  shown.group = TextAt(*details, {"group"});
  shown.kind = TextAt(*details, {"kind"});
  shown.uid = TextAt(*details, {"uid"});
  const Value* causes = Find(*details, "causes");
  if (causes != nullptr && causes->is_array()) {
    for (const Value& cause : causes->get_array()) {
      shown.causes.push_back({std::string(TextAt(cause, {"reason"})),
                              std::string(TextAt(cause, {"message"})),
                              std::string(TextAt(cause, {"field"}))});
    }
  }
  return error;
}

std::vector<std::string> WarningsOf(const Value& response) {
  std::vector<std::string> warnings;
  const Value* list = Find(response, "warnings");
  if (list == nullptr || !list->is_array()) return warnings;
  for (const Value& warning : list->get_array()) {
    if (warning.is_string()) warnings.emplace_back(std::string_view(warning.get_string()));
  }
  return warnings;
}

ReviewAnswer Failed(std::string text) {
  ReviewAnswer answer;
  answer.failure = std::move(text);
  return answer;
}

}  // namespace

Value RequestValue(const ReviewedObjects& objects) {
  const HookAttributes& attributes = objects.attributes;
  const HookTarget& target = attributes.target();
  const HookAttributes::Match own = attributes.own();
  Object request{{"kind", KindValue(objects.match.kind)},
                 {"resource", ResourceValue(objects.match.resource)}};
  if (!target.subresource.empty()) request["subResource"] = target.subresource;
  request["requestKind"] = KindValue(own.kind);
  request["requestResource"] = ResourceValue(own.resource);
  if (!target.subresource.empty()) request["requestSubResource"] = target.subresource;
  if (!target.name.empty()) request["name"] = target.name;
  if (!target.namespace_.empty()) request["namespace"] = target.namespace_;
  request["operation"] = target.operation;
  request["userInfo"] = UserValue(attributes.request().context.user);
  request["dryRun"] = attributes.request().context.is_dry_run;
  request["options"] = attributes.Options();
  return request;
}

std::string ReviewText(const ReviewedObjects& objects, const std::string& uid,
                       const std::string& version) {
  Object request{{"uid", uid}};
  const Value about = RequestValue(objects);
  for (const auto& [name, value] : about.get_object()) {
    // In upstream's order the objects come before how the request is made.
    if (name == "dryRun") {
      request["object"] = CopyOf(objects.object);
      request["oldObject"] = CopyOf(objects.old_object);
    }
    request[name] = value;
  }
  const Value review = {{"kind", "AdmissionReview"},
                        {"apiVersion", std::string(kGroup) + "/" + version},
                        {"request", std::move(request)}};
  return ToJson(review) + "\n";
}

std::string ReviewVersionFor(const std::vector<std::string>& accepted) {
  for (const std::string& version : accepted) {
    if (version == "v1" || version == "v1beta1") return version;
  }
  return {};
}

ReviewAnswer ReadReviewAnswer(const sim::Result<OutsideAnswer>& answer, WebhookKind kind,
                              const std::string& name, const std::string& uid,
                              const std::string& version) {
  constexpr const char* kCall = "failed to call webhook: ";
  constexpr const char* kInvalid = "received invalid webhook response: ";
  if (!answer.ok()) return Failed(kCall + answer.error().message);
  if (const std::string problem = FailureText(*answer); !problem.empty()) {
    return Failed(kCall + problem);
  }
  const JsonParseResult parsed = ParseJson(answer->body);
  if (!parsed.ok() || !parsed.value.is_object()) {
    return Failed(kCall + std::string("couldn't get version/kind; json parse error: ") +
                  (parsed.ok() ? "json: cannot unmarshal into Go value" : parsed.error));
  }
  const Value* response = Find(parsed.value, "response");
  if (const std::string problem = FormProblem(parsed.value, response, kind, uid, version);
      !problem.empty()) {
    return Failed(kInvalid + problem);
  }
  ReviewAnswer read;
  read.warnings = WarningsOf(*response);
  if (!BoolAt(*response, {"allowed"})) {
    read.denial = DenialOf(*response, name);
    return read;
  }
  const std::string_view encoded = TextAt(*response, {"patch"});
  if (kind == WebhookKind::kValidating || encoded.empty()) return read;
  const std::string_view type = TextAt(*response, {"patchType"});
  if (!type.empty() && type != "JSONPatch") {
    return Failed("unsupported patch type " + GoQuote(type));
  }
  auto patch = DecodeBase64(encoded);
  if (!patch.ok()) {
    return Failed(kCall + patch.error().message);
  }
  read.patch = std::move(patch).value();
  return read;
}

}  // namespace apiserver
