#include "apiserver/registry/decode.h"

#include <algorithm>
#include <utility>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/letter_case.h"
#include "apiserver/registry/custom/prune.h"
#include "apiserver/schema/normalize.h"

namespace apiserver {
namespace {

constexpr std::size_t kSummaryBytesMax = 30;

std::string Summary(std::string_view body) {
  if (body.empty()) return "<empty>";
  const std::string_view tail = body.size() > kSummaryBytesMax ? " ..." : "";
  const std::string_view head = body.substr(0, kSummaryBytesMax);
  if (head.front() == '{') return std::string(head) + std::string(tail);
  std::string hex;
  for (const char c : head) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    hex += digits;
  }
  return hex + std::string(tail);
}

std::string_view JsonKindName(const Value& value) {
  if (value.is_array()) return "array";
  if (value.is_object()) return "object";
  if (value.is_string()) return "string";
  if (value.is_bool()) return "bool";
  return "number";
}

// What the body says it is, completed by what is expected.
GroupVersionKind KindOf(std::string_view api_version, std::string_view kind_name,
                        const GroupVersionKind& expected) {
  const auto [group, version] = SplitApiVersion(api_version);
  GroupVersionKind kind{std::string(group), std::string(version), std::string(kind_name)};
  if (kind.kind.empty()) kind.kind = expected.kind;
  if (kind.group.empty() && kind.version.empty()) {
    kind.group = expected.group;
    kind.version = expected.version;
  }
  return kind;
}

// The member whose name is `name` but for case, the last one given, as Go's decoder reads structs.
std::string_view FoldedText(const Value& object, std::string_view name) {
  std::string_view text;
  for (const auto& [key, value] : object.get_object()) {
    if (value.is_string() && EqualsButForCase(key, name)) text = value.get_string();
  }
  return text;
}

GroupVersionKind FoldedKindOf(const Value& object, const GroupVersionKind& expected) {
  return KindOf(FoldedText(object, "apiVersion"), FoldedText(object, "kind"), expected);
}

ApiError CannotHandle(const GroupVersionKind& got, const ExpectedKind& expected,
                      std::string_view reason) {
  return BadRequestError(got.kind + " in version " + GoQuote(got.version) +
                         " cannot be handled as a " + expected.kind.kind + ": " +
                         std::string(reason));
}

bool IsSameKindElsewhere(const Call& call, const GroupVersionKind& got,
                         const ExpectedKind& expected) {
  if (got.kind != expected.kind.kind) return false;
  // Scales of old groups are one kind inside.
  if (got.group == expected.kind.group || got.kind == "Scale") return true;
  return got.kind == "Event" && call.resource.storage == GroupResource{"", "events"};
}

std::optional<ApiError> CheckKind(const Call& call, std::string_view name,
                                  const GroupVersionKind& got, const ExpectedKind& expected) {
  if (got == expected.kind) return std::nullopt;
  const std::string api_version = got.api_version();
  if (call.resource.is_custom() && expected.kind.group == call.resource.resource.group) {
    if (api_version != expected.kind.api_version()) {
      return BadRequestError("the API version in the data (" + api_version +
                             ") does not match the expected API version (" +
                             expected.kind.api_version() + ")");
    }
    return InvalidError(got.group, got.kind, name,
                        {FieldInvalid("kind", got.kind, "must be " + expected.kind.kind)});
  }
  if (FindType(got.group, got.version, got.kind) == nullptr) {
    return CannotHandle(got, expected,
                        "no kind " + GoQuote(got.kind) + " is registered for version " +
                            GoQuote(api_version) + " in scheme \"pkg/runtime/scheme.go:111\"");
  }
  if (IsSameKindElsewhere(call, got, expected)) {
    return BadRequestError("the API version in the data (" + api_version +
                           ") does not match the expected API version (" +
                           expected.kind.api_version() + ")");
  }
  return CannotHandle(got, expected,
                      "converting (" + got.version + "." + got.kind + ") to (" +
                          InternalPackage(expected.kind.group) + "." + expected.kind.kind +
                          "): unknown conversion");
}

// What the way in says of a body that it could not read; it does not know the kinds of custom
// resources.
ApiError DecodeError(const Call& call, const ExpectedKind& expected) {
  const ApiError& error = *call.request.decode_error;
  const std::string& message = error.message;
  if (!call.resource.is_custom() || error.reason != "BadRequest") return error;
  constexpr std::string_view kParsing = "couldn't get version/kind; json parse error: ";
  const bool is_number = message.find("cannot unmarshal number ") != std::string::npos &&
                         message.ends_with("of type float64");
  if (is_number && message.starts_with(kParsing)) {
    return CannotHandle(expected.kind, expected, std::string_view(message).substr(kParsing.size()));
  }
  return UnrecognizedBodyError(expected.kind.kind, message, call.request.body);
}

// The body as a value: decoded on the way in, or here for requests that bring bytes only.
ApiResult<Value> BodyValue(Call& call, const ExpectedKind& expected) {
  Request& request = call.request;
  if (request.decode_error) return DecodeError(call, expected);
  if (request.object) return std::move(*request.object);
  JsonParseResult parsed = ParseJson(request.body, call.storage());
  if (!parsed.ok()) {
    return UnrecognizedBodyError(expected.kind.kind,
                                 "couldn't get version/kind; json parse error: " + parsed.error,
                                 request.body);
  }
  for (const std::string& path : parsed.duplicate_fields) {
    request.duplicate_fields.push_back("duplicate field \"" + path + "\"");
  }
  return std::move(parsed.value);
}

std::optional<ApiError> TreatStrictErrors(Call& call, const GroupVersionKind& got,
                                          const ExpectedKind& expected, FieldValidation validation,
                                          std::vector<std::string> errors) {
  if (errors.empty() || validation == FieldValidation::kIgnore || call.request.is_protobuf)
    return std::nullopt;
  if (validation == FieldValidation::kStrict)
    return CannotHandle(got, expected, StrictErrorText(errors));
  for (std::string& error : errors) call.warnings.push_back(std::move(error));
  return std::nullopt;
}

// The place that a strict error names: what stands between its outermost quotes.
std::vector<std::string> PlacesOf(const std::vector<std::string>& errors) {
  std::vector<std::string> places;
  for (const std::string& error : errors) {
    const std::size_t first = error.find('"');
    const std::size_t last = error.rfind('"');
    places.push_back(first == last ? error : error.substr(first + 1, last - first - 1));
  }
  return places;
}

// Puts `repeated` among the errors in `strict`, as the text `body` has their members.
void MergeInOrder(std::string_view body, std::vector<std::string> repeated,
                  std::vector<std::string>& strict) {
  if (repeated.empty()) return;
  if (strict.empty()) {
    strict = std::move(repeated);
    return;
  }
  const MemberPositions at = FindMembers(body, PlacesOf(strict), PlacesOf(repeated));
  std::vector<std::pair<std::size_t, std::string>> all;
  for (std::size_t i = 0; i < strict.size(); ++i) {
    all.emplace_back(at.paths[i], std::move(strict[i]));
  }
  for (std::size_t i = 0; i < repeated.size(); ++i) {
    all.emplace_back(at.duplicate_paths[i], std::move(repeated[i]));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& one, const auto& other) { return one.first < other.first; });
  strict.clear();
  for (auto& [position, error] : all) strict.push_back(std::move(error));
}

// Takes those out of `repeated` that are at or below one of `places`.
void DropBelow(const std::vector<std::string>& places, std::vector<std::string>& repeated) {
  const std::vector<std::string> at = PlacesOf(repeated);
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < repeated.size(); ++i) {
    const bool is_below = std::any_of(places.begin(), places.end(), [&](const std::string& place) {
      if (!at[i].starts_with(place)) return false;
      return at[i].size() == place.size() || at[i][place.size()] == '.' ||
             at[i][place.size()] == '[';
    });
    if (!is_below) kept.push_back(std::move(repeated[i]));
  }
  repeated = std::move(kept);
}

// Objects without a Go type are searched for repetitions before unknown fields, as is all YAML.
void AddRepeated(Call& call, std::vector<std::string>& strict) {
  std::vector<std::string>& repeated = call.request.duplicate_fields;
  const bool is_yaml = call.request.content_type == "application/yaml";
  if (!is_yaml && !call.resource.is_custom()) {
    // Those of a Go type are told as they are met; what it does not know is passed over.
    DropBelow(PlacesOf(strict), repeated);
    return MergeInOrder(call.request.body, std::exchange(repeated, {}), strict);
  }
  const auto place = strict.begin();
  strict.insert(place, std::make_move_iterator(repeated.begin()),
                std::make_move_iterator(repeated.end()));
  repeated.clear();
}

}  // namespace

std::string InternalPackage(const std::string& group) {
  if (group.empty()) return "core";
  return group.substr(0, group.find('.'));
}

ApiError UnrecognizedBodyError(std::string_view kind, std::string_view reason,
                               std::string_view body) {
  return BadRequestError("the object provided is unrecognized (must be of type " +
                         std::string(kind) + "): " + std::string(reason) + " (" + Summary(body) +
                         ")");
}

std::string StrictErrorText(const std::vector<std::string>& errors) {
  std::string text = "strict decoding error: ";
  bool is_yaml = false;
  for (std::size_t index = 0; index < errors.size(); ++index) {
    // The YAML reader has one error for all its lines.
    const bool is_line = errors[index].starts_with("line ");
    if (index > 0 && !(is_line && is_yaml)) text += ", ";
    if (is_line) text += is_yaml ? "\n  " : "yaml: unmarshal errors:\n  ";
    is_yaml = is_line;
    text += errors[index];
  }
  return text;
}

namespace {

std::string NormalizeAny(const Type* type, Value& object, std::vector<std::string>* unknown,
                         EmptyLists empty_lists, bool* has_empties) {
  if (type == nullptr) return {};
  // `managedFields: []` asks for an empty record, but decoding drops empty lists: its other
  // spelling stays. Of custom objects upstream drops the empty list as well.
  Value* entries = IsCustomRoot(*type) ? nullptr : FindPath(object, {"metadata", "managedFields"});
  if (entries != nullptr && entries->is_array() && entries->get_array().empty()) {
    entries->get_array().emplace_back(Object());
  }
  if (IsCustomRoot(*type)) {
    std::vector<std::string> fields;
    std::string error = NormalizeCustom(*type, object, &fields);
    for (const std::string& field : fields) {
      if (unknown != nullptr) unknown->push_back("unknown field " + GoQuote(field));
    }
    return error;
  }
  const UnknownFields report = unknown == nullptr ? UnknownFields::kIgnore : UnknownFields::kReport;
  NormalizeResult result = Normalize(*type, object, report, empty_lists);
  if (has_empties != nullptr) *has_empties = *has_empties || result.has_empties;
  if (unknown != nullptr) {
    for (const std::string& field : result.unknown_fields)
      unknown->push_back("unknown field " + GoQuote(field));
  }
  return std::move(result.error);
}

}  // namespace

std::string NormalizeObject(const Type* type, Value& object, std::vector<std::string>* unknown,
                            EmptyLists empty_lists) {
  return NormalizeAny(type, object, unknown, empty_lists, nullptr);
}

std::string NormalizeDecoded(Call& call, const Type* type, Value& object,
                             std::vector<std::string>* unknown) {
  return NormalizeAny(type, object, unknown, EmptyLists::kKept, &call.has_empties);
}

std::string NormalizeApplied(Call& call, const Type* type, Value& object) {
  if (type == nullptr || !IsCustomRoot(*type)) return NormalizeDecoded(call, type, object, nullptr);
  std::string error = NormalizeCustomMeta(*type, object, nullptr);
  SortAllMembers(object);
  return error;
}

namespace {

// A free-form object must say what it is. Upstream's reader words a missing kind in two ways: with
// a strict look at the text before it, the kind is searched in the object, else in the text, where
// case does not count.
std::optional<ApiError> CheckFreeForm(const Call& call, const Value& object,
                                      const ExpectedKind& expected, FieldValidation validation) {
  if (TextAt(object, {"kind"}).empty()) {
    const std::string missing = "Object 'Kind' is missing in '" + call.request.body + "'";
    if (validation != FieldValidation::kIgnore || call.request.is_protobuf) {
      return UnrecognizedBodyError(expected.kind.kind, missing, call.request.body);
    }
    return CannotHandle(FoldedKindOf(object, expected.kind), expected, missing);
  }
  const Value* api_version = Find(object, "apiVersion");
  if (api_version == nullptr || !api_version->is_null()) return std::nullopt;
  return CannotHandle({"", "", std::string(TextAt(object, {"kind"}))}, expected,
                      ".apiVersion accessor error: <nil> is of the type <nil>, expected string");
}

// What is wrong with the metadata of an object of another kind, and strictly wrong with the rest,
// is told before its kind is; its own schema is not asked.
std::optional<ApiError> CheckStrayKind(Call& call, const Value& object, const GroupVersionKind& got,
                                       const ExpectedKind& expected, FieldValidation validation) {
  if (got == expected.kind || call.request.is_protobuf) return std::nullopt;
  // What is strictly wrong is told of an object that upstream has made one of that kind by then.
  ExpectedKind stray = expected;
  stray.kind = got;
  Value copy = object;
  std::vector<std::string> fields;
  std::vector<std::string> strict;
  const std::string error = NormalizeCustomMeta(*expected.type, copy, &fields);
  if (!error.empty()) return CannotHandle(got, expected, error);
  for (const std::string& field : fields) strict.push_back("unknown field " + GoQuote(field));
  AddRepeated(call, strict);
  return TreatStrictErrors(call, got, stray, validation, std::move(strict));
}

// An object of another built-in kind is read as one of that kind first. Of the same kind in another
// version, what is strictly wrong is told as well.
std::optional<ApiError> CheckOtherKind(Call& call, const Value& object, const GroupVersionKind& got,
                                       const ExpectedKind& expected, FieldValidation validation) {
  if (got == expected.kind || call.request.is_protobuf) return std::nullopt;
  const Type* type = FindType(got.group, got.version, got.kind);
  if (type == nullptr) return std::nullopt;
  Value copy = object;
  std::vector<std::string> strict;
  const std::string error = NormalizeObject(type, copy, &strict, EmptyLists::kKept);
  if (!error.empty()) return CannotHandle(got, expected, error);
  if (!IsSameKindElsewhere(call, got, expected)) return std::nullopt;
  return TreatStrictErrors(call, got, expected, validation, std::move(strict));
}

}  // namespace

ApiResult<Value> DecodeBody(Call& call, const ExpectedKind& expected, FieldValidation validation) {
  ApiResult<Value> body = BodyValue(call, expected);
  if (!body) return body;
  Value object = std::move(*body);
  if (object.is_null()) object.emplace_object();
  if (!object.is_object()) {
    return UnrecognizedBodyError(
        expected.kind.kind,
        "couldn't get version/kind; json parse error: json: cannot unmarshal " +
            std::string(JsonKindName(object)) + " into Go value of type " +
            std::string(kTypeMetaStruct),
        call.request.body);
  }
  for (const auto& [name, value] : object.get_object()) {
    if ((name != "kind" && name != "apiVersion") || value.is_string() || value.is_null()) continue;
    return UnrecognizedBodyError(
        expected.kind.kind,
        "couldn't get version/kind; json parse error: json: cannot unmarshal " +
            std::string(JsonKindName(value)) + " into Go struct field ." + std::string(name) +
            " of type string",
        call.request.body);
  }
  const bool is_free_form = call.resource.is_custom() && call.request.info.subresource != "scale";
  GroupVersionKind got =
      is_free_form ? KindOf(TextAt(object, {"apiVersion"}), TextAt(object, {"kind"}), expected.kind)
                   : FoldedKindOf(object, expected.kind);
  if (is_free_form) {
    if (auto refused = CheckFreeForm(call, object, expected, validation)) {
      return std::move(*refused);
    }
    if (TextAt(object, {"apiVersion"}).empty()) got.group = got.version = "";
    if (auto refused = CheckStrayKind(call, object, got, expected, validation)) {
      return std::move(*refused);
    }
  } else if (auto refused = CheckOtherKind(call, object, got, expected, validation)) {
    return std::move(*refused);
  }
  if (auto refused = CheckKind(call, TextAt(object, {"metadata", "name"}), got, expected))
    return std::move(*refused);
  if (const Value* items = Find(object, "items"); is_free_form && items != nullptr) {
    if (items->is_array())
      return PlainError("*unstructured.Unstructured is not a list: no Items field in this object");
  }
  object.get_object()["apiVersion"] = got.api_version();
  object.get_object()["kind"] = got.kind;
  std::vector<std::string> strict;
  const bool wants_unknown = validation != FieldValidation::kIgnore && !call.request.is_protobuf;
  std::string error =
      NormalizeDecoded(call, expected.type, object, wants_unknown ? &strict : nullptr);
  if (!error.empty()) return CannotHandle(got, expected, error);
  AddRepeated(call, strict);
  if (auto refused = TreatStrictErrors(call, got, expected, validation, std::move(strict))) {
    return std::move(*refused);
  }
  return object;
}

}  // namespace apiserver
