#include "apiserver/registry/options.h"

#include <charconv>

#include "apiserver/api/field_selector.h"
#include "apiserver/api/go_text.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/normalize.h"

namespace apiserver {
namespace {

constexpr int kFieldManagerMax = 128;
constexpr std::string_view kMetaGroup = "meta.k8s.io";

std::string Text(const Request& request, std::string_view name) {
  const std::string* value = request.Query(name);
  return value == nullptr ? std::string() : *value;
}

std::optional<ApiError> ReadInteger(const Request& request, std::string_view name,
                                    std::optional<std::int64_t>& into) {
  const std::string* text = request.Query(name);
  if (text == nullptr || text->empty()) return std::nullopt;
  ApiResult<std::int64_t> number = ParseGoInteger(*text);
  if (!number) return std::move(number.error());
  into = *number;
  return std::nullopt;
}

std::optional<bool> ReadBoolean(const Request& request, std::string_view name) {
  const std::string* text = request.Query(name);
  if (text == nullptr) return std::nullopt;
  return IsTrueParameter(text);
}

void ReadDryRun(const std::vector<std::string>& values, bool& is_dry_run, FieldErrors& errors) {
  Array shown;
  bool has_others = false;
  for (const std::string& value : values) {
    shown.emplace_back(value);
    if (value != "All") has_others = true;
    is_dry_run = true;
  }
  if (has_others) errors.push_back(FieldNotSupported("dryRun", shown, {"All"}));
}

std::vector<std::string> AllOf(const Request& request, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : request.query) {
    if (key == name) values.push_back(value);
  }
  return values;
}

void ReadFieldValidation(const std::string& text, FieldValidation& into, FieldErrors& errors) {
  if (text.empty() || text == "Warn") {
    into = FieldValidation::kWarn;
  } else if (text == "Strict") {
    into = FieldValidation::kStrict;
  } else if (text == "Ignore") {
    into = FieldValidation::kIgnore;
  } else {
    errors.push_back(
        FieldNotSupported("fieldValidation", Value(text), {"", "Ignore", "Strict", "Warn"}));
  }
}

void ValidateWatch(const ListOptions& options, FieldErrors& errors) {
  const std::string path = "resourceVersionMatch";
  const std::string& match = options.resource_version_match;
  if (options.send_initial_events && match != "NotOlderThan") {
    errors.push_back(FieldForbidden(
        path, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  }
  if (match.empty()) return;
  if (!options.send_initial_events) {
    errors.push_back(FieldForbidden(
        path, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  }
  if (match != "NotOlderThan")
    errors.push_back(FieldNotSupported(path, Value(match), {"NotOlderThan"}));
  if (!options.continue_token.empty()) {
    errors.push_back(
        FieldForbidden(path, "resourceVersionMatch is forbidden when continue is provided"));
  }
}

void ValidateList(const ListOptions& options, FieldErrors& errors) {
  const std::string path = "resourceVersionMatch";
  const std::string& match = options.resource_version_match;
  if (!match.empty()) {
    if (options.resource_version.empty()) {
      errors.push_back(FieldForbidden(
          path, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    }
    if (!options.continue_token.empty()) {
      errors.push_back(
          FieldForbidden(path, "resourceVersionMatch is forbidden when continue is provided"));
    }
    if (match != "Exact" && match != "NotOlderThan") {
      errors.push_back(FieldNotSupported(path, Value(match), {"Exact", "NotOlderThan", ""}));
    }
    if (match == "Exact" && options.resource_version == "0") {
      errors.push_back(FieldForbidden(
          path, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
    }
  }
  if (options.send_initial_events) {
    errors.push_back(
        FieldForbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  }
}

// The options as a client may give them in either form, before they are checked.
struct RawDeleteOptions {
  std::vector<std::string> dry_run;
  std::optional<std::string> propagation;
  DeleteRequestOptions options;
};

RawDeleteOptions FromBody(const Value& body) {
  RawDeleteOptions raw;
  if (const Value* grace = Find(body, "gracePeriodSeconds");
      grace != nullptr && grace->is_number()) {
    raw.options.grace_period_seconds = IntAt(body, {"gracePeriodSeconds"});
  }
  if (const Value* orphan = Find(body, "orphanDependents");
      orphan != nullptr && orphan->is_bool()) {
    raw.options.orphan_dependents = orphan->get_bool();
  }
  if (const Value* policy = Find(body, "propagationPolicy");
      policy != nullptr && policy->is_string()) {
    raw.propagation = std::string(std::string_view(policy->get_string()));
  }
  // Given but empty is a condition that nothing meets.
  const Value* uid = FindPath(body, {"preconditions", "uid"});
  if (uid != nullptr && uid->is_string()) raw.options.uid = std::string(uid->get_string());
  const Value* version = FindPath(body, {"preconditions", "resourceVersion"});
  if (version != nullptr && version->is_string()) {
    raw.options.resource_version = std::string(version->get_string());
  }
  const Value* dry_run = Find(body, "dryRun");
  if (dry_run != nullptr && dry_run->is_array()) {
    for (const Value& value : dry_run->get_array()) {
      raw.dry_run.emplace_back(value.is_string() ? std::string_view(value.get_string()) : "");
    }
  }
  return raw;
}

ApiResult<RawDeleteOptions> FromQuery(const Request& request) {
  RawDeleteOptions raw;
  if (auto error = ReadInteger(request, "gracePeriodSeconds", raw.options.grace_period_seconds)) {
    return std::move(*error);
  }
  raw.options.orphan_dependents = ReadBoolean(request, "orphanDependents");
  if (const std::string* policy = request.Query("propagationPolicy")) raw.propagation = *policy;
  raw.dry_run = AllOf(request, "dryRun");
  return raw;
}

ApiResult<DeleteRequestOptions> Check(RawDeleteOptions raw) {
  FieldErrors errors;
  if (raw.options.orphan_dependents && raw.propagation) {
    errors.push_back(FieldInvalid("propagationPolicy", *raw.propagation,
                                  "orphanDependents and deletionPropagation cannot be both set"));
  }
  if (raw.propagation) {
    if (*raw.propagation == "Foreground") {
      raw.options.propagation = PropagationPolicy::kForeground;
    } else if (*raw.propagation == "Background") {
      raw.options.propagation = PropagationPolicy::kBackground;
    } else if (*raw.propagation == "Orphan") {
      raw.options.propagation = PropagationPolicy::kOrphan;
    } else {
      errors.push_back(FieldNotSupported("propagationPolicy", Value(*raw.propagation),
                                         {"Foreground", "Background", "Orphan", "nil"}));
    }
  }
  ReadDryRun(raw.dry_run, raw.options.is_dry_run, errors);
  if (!errors.empty()) return InvalidError(kMetaGroup, "DeleteOptions", "", errors);
  return std::move(raw.options);
}

}  // namespace

ApiResult<WriteOptions> ReadWriteOptions(const Request& request, std::string_view kind,
                                         bool is_apply) {
  WriteOptions options;
  FieldErrors errors;
  options.field_manager = Text(request, "fieldManager");
  if (kind == "PatchOptions") {
    options.force = ReadBoolean(request, "force");
    if (is_apply && options.field_manager.empty()) {
      errors.push_back(FieldRequired("fieldManager", "is required for apply patch"));
    }
    if (!is_apply && options.force) {
      errors.push_back(FieldForbidden("force", "may not be specified for non-apply patch"));
    }
  }
  for (FieldError& error : ValidateFieldManager(options.field_manager, "fieldManager")) {
    errors.push_back(std::move(error));
  }
  ReadDryRun(AllOf(request, "dryRun"), options.is_dry_run, errors);
  ReadFieldValidation(Text(request, "fieldValidation"), options.field_validation, errors);
  if (!errors.empty()) return InvalidError(kMetaGroup, kind, "", errors);
  return options;
}

ApiResult<ListOptions> ReadListOptions(const Request& request, bool force_watch) {
  ListOptions options;
  options.is_watch = force_watch || IsTrueParameter(request.Query("watch"));
  options.allow_watch_bookmarks = IsTrueParameter(request.Query("allowWatchBookmarks"));
  options.resource_version = Text(request, "resourceVersion");
  options.resource_version_match = Text(request, "resourceVersionMatch");
  options.send_initial_events = ReadBoolean(request, "sendInitialEvents");
  options.continue_token = Text(request, "continue");
  if (auto error = ReadInteger(request, "timeoutSeconds", options.timeout_seconds))
    return std::move(*error);
  std::optional<std::int64_t> limit;
  if (auto error = ReadInteger(request, "limit", limit)) return std::move(*error);
  options.limit = limit.value_or(0);
  // Upstream reads the numbers of its own type first, then makes selectors of the texts.
  sim::Result<LabelSelector> labels = LabelSelector::Parse(Text(request, "labelSelector"));
  if (!labels) return BadRequestError(labels.error().message);
  options.labels = std::move(*labels);
  options.field_selector = Text(request, "fieldSelector");
  const auto fields = FieldSelector::Parse(options.field_selector);
  if (!fields) return BadRequestError(fields.error().message);

  const bool is_from_start = options.resource_version.empty() || options.resource_version == "0";
  if (options.is_watch && is_from_start && !options.send_initial_events &&
      options.resource_version_match.empty()) {
    options.send_initial_events = true;
    options.resource_version_match = "NotOlderThan";
  }
  FieldErrors errors;
  if (options.is_watch) {
    ValidateWatch(options, errors);
  } else {
    ValidateList(options, errors);
  }
  if (!errors.empty()) return InvalidError(kMetaGroup, "ListOptions", "", errors);
  return options;
}

ApiResult<DeleteRequestOptions> ReadDeleteOptions(const Request& request) {
  if (!request.body.empty() || request.object) {
    if (request.decode_error) return *request.decode_error;
    if (!request.object)
      return BadRequestError("decoded object cannot be converted to DeleteOptions");
    const std::string_view kind = TextAt(*request.object, {"kind"});
    if (!kind.empty() && kind != "DeleteOptions") {
      const std::string_view version = TextAt(*request.object, {"apiVersion"});
      return BadRequestError("no kind " + GoQuote(kind) + " is registered for version " +
                             GoQuote(version.empty() ? "meta.k8s.io/v1" : version) +
                             " in scheme \"pkg/runtime/scheme.go:111\"");
    }
    Value body(*request.object);
    const NormalizeResult normal =
        Normalize(*FindType("", "v1", "DeleteOptions"), body, UnknownFields::kIgnore);
    if (!normal.ok()) return BadRequestError(normal.error);
    return Check(FromBody(body));
  }
  ApiResult<RawDeleteOptions> raw = FromQuery(request);
  if (!raw) return std::move(raw.error());
  return Check(std::move(*raw));
}

ApiResult<std::int64_t> ParseGoInteger(const std::string& text) {
  std::string_view digits(text);
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_whole = end == digits.data() + digits.size();
  if (error == std::errc() && is_whole) return number;
  const bool is_out_of_range = error == std::errc::result_out_of_range && is_whole;
  return BadRequestError("strconv.ParseInt: parsing " + GoQuote(text) +
                         (is_out_of_range ? ": value out of range" : ": invalid syntax"));
}

ApiResult<DeleteRequestOptions> ReadDeleteOptionsFrom(const Value& object) {
  return Check(FromBody(object));
}

FieldErrors ValidateFieldManager(std::string_view manager, const std::string& path) {
  FieldErrors errors;
  if (manager.size() > kFieldManagerMax) errors.push_back(FieldTooLong(path, kFieldManagerMax));
  for (std::size_t index = 0; index < manager.size(); ++index) {
    const auto byte = static_cast<unsigned char>(manager[index]);
    if (byte >= 0x20 && byte != 0x7F) continue;
    char text[16];
    std::snprintf(text, sizeof text, "U+%04X", byte);
    errors.push_back(FieldInvalid(
        path, manager,
        "invalid character " + std::string(text) + " (at position " + std::to_string(index) + ")"));
  }
  return errors;
}

std::string ManagerName(const WriteOptions& options, const Request& request) {
  if (!options.field_manager.empty()) return options.field_manager;
  const std::string agent = request.user_agent.substr(0, request.user_agent.find('/'));
  std::string printable;
  for (const char c : agent) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) printable += c;
    if (printable.size() == kFieldManagerMax) break;
  }
  return printable;
}

}  // namespace apiserver
