#include "apiserver/hooks/conversion_review.h"

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/hooks/answer_text.h"
#include "apiserver/registry/object_meta.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "apiextensions.k8s.io";

std::string ApiVersionOf(const Value& object) {
  return std::string(TextAt(object, {"apiVersion"}));
}

std::string GoTypeOf(const Value& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_bool()) return "bool";
  if (value.is_string()) return "string";
  if (value.is_array()) return "[]interface {}";
  if (value.is_object()) return "map[string]interface {}";
  return value.is_double() ? "float64" : "int64";
}

std::string Aggregate(const FieldErrors& errors) {
  std::string all;
  for (const FieldError& error : errors) {
    all += (all.empty() ? "" : ", ") + error.field + ": " + error.text;
  }
  return errors.size() == 1 ? all : "[" + all + "]";
}

// Why the answer as a whole is none, or "". `response` may be null.
std::string FormProblem(const ConversionQuestion& question, const Value& review,
                        const Value* response) {
  const bool is_first_version = question.review_version == "v1";
  const std::string wanted = std::string(kGroup) + "/v1";
  const std::string kind(TextAt(review, {"kind"}));
  if (is_first_version && (ApiVersionOf(review) != wanted || kind != "ConversionReview")) {
    return "expected webhook response of " + KindText(wanted, "ConversionReview") + ", got " +
           KindText(ApiVersionOf(review), kind);
  }
  if (response == nullptr || !response->is_object()) return "no response provided";
  const std::string_view uid = TextAt(*response, {"uid"});
  if (is_first_version && uid != question.uid) {
    return "expected response.uid=" + GoQuote(question.uid) + ", got " + GoQuote(uid);
  }
  const std::string_view status = TextAt(*response, {"result", "status"});
  if (status == "Success") return {};
  const std::string_view message = TextAt(*response, {"result", "message"});
  if (!message.empty()) return std::string(message);
  return "response.result.status was '" + std::string(status) + "', not 'Success'";
}

// What no webhook may change, or "".
std::string IdentityProblem(const Value& before, const Value& after) {
  struct Member {
    std::string_view shown;
    std::string_view name;
  };
  for (const Member& member :
       {Member{"name", "name"}, {"namespace", "namespace"}, {"UID", "uid"}}) {
    const std::string_view had = TextAt(before, {"metadata", member.name});
    const std::string_view has = TextAt(after, {"metadata", member.name});
    if (had != has) {
      return "must have the same " + std::string(member.shown) + ": " + std::string(had) +
             " != " + std::string(has);
    }
  }
  return {};
}

// What is wrong with the webhook's labels or annotations, or "".
std::string MapProblem(std::string_view name, const Value* before, const Value& after) {
  const std::string field = "metadata." + std::string(name);
  if (!after.is_object()) {
    return "invalid " + field + " of type " + GoTypeOf(after) + " in converted object";
  }
  for (const auto& [key, value] : after.get_object()) {
    if (value.is_string()) continue;
    return field + "[" + std::string(key) + "] must be a string, but is " + GoTypeOf(value) +
           " in converted object";
  }
  if (before != nullptr && *before == after) return {};
  const FieldErrors errors = name == "labels" ? ValidateLabels(after, "metadata.labels")
                                              : ValidateAnnotations(after, "metadata.annotation");
  return errors.empty() ? std::string() : Aggregate(errors);
}

// Gives `after` the metadata of `before` but for labels and annotations. The problem, or "".
std::string RestoreMetadata(const Value& before, Value& after) {
  const Value* sent = Find(after, "metadata");
  if (sent == nullptr) return "missing metadata in converted object";
  if (!sent->is_object()) {
    return "invalid metadata of type " + GoTypeOf(*sent) + " in converted object";
  }
  Value restored = Value(*Find(before, "metadata"), JsonStorage());
  for (std::string_view name : {"labels", "annotations"}) {
    const Value* changed = Find(*sent, name);
    if (changed == nullptr || changed->is_null()) {
      restored.get_object().erase(name);
      continue;
    }
    if (std::string problem = MapProblem(name, Find(restored, name), *changed); !problem.empty()) {
      return problem;
    }
    restored.get_object()[name] = *changed;
  }
  after.get_object()["metadata"] = std::move(restored);
  return {};
}

// The words for one object, which differ between a question about one and about several.
struct Place {
  std::size_t index;
  bool is_alone;
  std::string OfObject() const {
    return is_alone ? " returned invalid object at index 0: "
                    : " returned invalid converted object at index " + std::to_string(index) + ": ";
  }
  std::string OfContent() const { return is_alone ? " returned invalid object: " : OfObject(); }
  std::string OfMetadata() const {
    return is_alone
               ? " returned invalid metadata: "
               : " returned invalid metadata in object at index " + std::to_string(index) + ": ";
  }
};

ApiResult<Value> Judge(const ConversionQuestion& question, const Value& before, const Value& sent,
                       const Place& place) {
  if (!sent.is_object() || TextAt(sent, {"kind"}).empty()) {
    return ConversionFailure(
        before, place.OfObject() + "Object 'Kind' is missing in '" + ToJson(sent) + "'");
  }
  if (ApiVersionOf(sent) != question.api_version) {
    return ConversionFailure(before, place.OfObject() + "invalid groupVersion (expected " +
                                         question.api_version + ", received " + ApiVersionOf(sent) +
                                         ")");
  }
  if (TextAt(before, {"kind"}) != TextAt(sent, {"kind"})) {
    return ConversionFailure(before, place.OfObject() + "invalid kind (expected " +
                                         std::string(TextAt(before, {"kind"})) + ", received " +
                                         std::string(TextAt(sent, {"kind"})) + ")");
  }
  if (const std::string problem = IdentityProblem(before, sent); !problem.empty()) {
    return ConversionFailure(before, place.OfContent() + problem);
  }
  Value after(sent, JsonStorage());
  if (const std::string problem = RestoreMetadata(before, after); !problem.empty()) {
    return ConversionFailure(before, place.OfMetadata() + problem);
  }
  return after;
}

}  // namespace

ApiError ConversionFailure(const Value& object, const std::string& what) {
  ApiError error;
  error.message = "conversion webhook for " +
                  KindText(ApiVersionOf(object), std::string(TextAt(object, {"kind"}))) + what;
  return error;
}

std::string ConversionText(const ConversionQuestion& question) {
  Array objects;
  for (const Value& object : question.objects) objects.push_back(object);
  const Value review = {
      {"kind", "ConversionReview"},
      {"apiVersion", std::string(kGroup) + "/" + question.review_version},
      {"request",
       {{"uid", question.uid},
        {"desiredAPIVersion", question.api_version},
        {"objects", std::move(objects)}}},
      {"response",
       {{"uid", ""}, {"convertedObjects", nullptr}, {"result", {{"metadata", Object()}}}}}};
  return ToJson(review) + "\n";
}

ApiResult<std::vector<ApiResult<Value>>> ReadConversion(const ConversionQuestion& question,
                                                        const sim::Result<OutsideAnswer>& answer) {
  const Value& first = question.objects.front();
  const auto failed = [&](const std::string& why) {
    return ConversionFailure(first, " failed: " + why);
  };
  if (!answer.ok()) return failed(answer.error().message);
  if (const std::string problem = FailureText(*answer); !problem.empty()) return failed(problem);
  const JsonParseResult review = ParseJson(answer->body);
  if (!review.ok() || !review.value.is_object()) {
    return failed("couldn't get version/kind; json parse error: " +
                  (review.ok() ? "json: cannot unmarshal into Go value" : review.error));
  }
  const Value* response = Find(review.value, "response");
  const std::string problem = FormProblem(question, review.value, response);
  if (!problem.empty()) return failed(problem);
  const Value* converted = Find(*response, "convertedObjects");
  const Array none;
  const Array& sent = converted != nullptr && converted->is_array() ? converted->get_array() : none;
  if (sent.size() != question.objects.size()) {
    return ConversionFailure(first, " returned " + std::to_string(sent.size()) +
                                        " objects, expected " +
                                        std::to_string(question.objects.size()));
  }
  std::vector<ApiResult<Value>> results;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    results.push_back(Judge(question, question.objects[i], sent[i], {i, sent.size() == 1}));
  }
  return results;
}

}  // namespace apiserver
