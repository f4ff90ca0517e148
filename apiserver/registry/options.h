// The options of requests (CreateOptions, ListOptions, ...) from query or body, checked with
// upstream's words.
//
// Source: k8s.io/apimachinery/pkg/apis/meta/v1/validation and
// pkg/apis/meta/internalversion/validation. Errors: 400 for what can't be read, 422 Invalid of the
// options' kind for what is not allowed.
#pragma once

#include <optional>
#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/api/request.h"

namespace apiserver {

enum class FieldValidation : std::uint8_t { kIgnore, kWarn, kStrict };

struct WriteOptions {
  bool is_dry_run = false;
  std::string field_manager;  // as asked for, "" when not
  FieldValidation field_validation = FieldValidation::kWarn;
  std::optional<bool> force;  // of patches
};

struct ListOptions {
  LabelSelector labels;
  std::string field_selector;  // raw; registry/field_selector.h reads it
  bool is_watch = false;
  bool allow_watch_bookmarks = false;
  std::string resource_version;
  std::string resource_version_match;
  std::optional<bool> send_initial_events;
  std::optional<std::int64_t> timeout_seconds;
  std::int64_t limit = 0;
  std::string continue_token;
};

enum class PropagationPolicy : std::uint8_t { kNone, kBackground, kForeground, kOrphan };

struct DeleteRequestOptions {
  bool is_dry_run = false;
  std::optional<std::int64_t> grace_period_seconds;
  PropagationPolicy propagation = PropagationPolicy::kNone;
  std::optional<bool> orphan_dependents;
  std::optional<std::string> uid;               // precondition
  std::optional<std::string> resource_version;  // precondition
};

// `kind` is "CreateOptions", "UpdateOptions" or "PatchOptions". `is_apply` for apply patches.
ApiResult<WriteOptions> ReadWriteOptions(const Request& request, std::string_view kind,
                                         bool is_apply = false);
// `force_watch` for the verb watch, however it came about.
ApiResult<ListOptions> ReadListOptions(const Request& request, bool force_watch);
// From the body when there is one, else from the query.
ApiResult<DeleteRequestOptions> ReadDeleteOptions(const Request& request);

// From a DeleteOptions object that is part of another body (evictions).
ApiResult<DeleteRequestOptions> ReadDeleteOptionsFrom(const Value& object);

// Go's strconv.ParseInt(text, 10, 64) of a query parameter, its error text included.
ApiResult<std::int64_t> ParseGoInteger(const std::string& text);

FieldErrors ValidateFieldManager(std::string_view manager, const std::string& path);

// Who is named in managedFields: the option, or the user agent up to the first "/".
std::string ManagerName(const WriteOptions& options, const Request& request);

}  // namespace apiserver
