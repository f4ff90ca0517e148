// What a client did wrong, as the Status object that Kubernetes answers.
//
// Source of codes, reasons and texts: k8s.io/apimachinery/pkg/api/errors and
// pkg/util/validation/field.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/api/resource.h"
#include "sim/result.h"

namespace apiserver {

struct StatusCause {
  std::string reason;  // "FieldValueInvalid"
  std::string message;
  std::string field;
};

struct StatusDetails {
  std::string name;
  std::string group;
  std::string kind;  // in errors mostly the resource's plural name
  std::string uid;
  std::vector<StatusCause> causes;
  int retry_after_seconds = 0;
};

struct ApiError {
  int code = 500;
  std::string reason;  // "NotFound"; "" is left out
  std::string message;
  std::optional<StatusDetails> details;
  std::string continue_token;  // metadata.continue of an expired list

  // The Status object (kind Status, apiVersion v1, status Failure).
  Value ToStatus(JsonStorage storage = {}) const;
};

template <class T>
using ApiResult = sim::Result<T, ApiError>;

// One rule that a field breaks. The makers below give upstream's words.
struct FieldError {
  std::string reason;  // "FieldValueRequired", ...
  std::string field;   // "spec.containers[0].name"
  std::string text;    // what follows "FIELD: ", bad value included
};
using FieldErrors = std::vector<FieldError>;

FieldError FieldRequired(std::string field, std::string_view detail);
FieldError FieldInvalid(std::string field, const Value& value, std::string_view detail);
FieldError FieldInvalid(std::string field, std::string_view value, std::string_view detail);
FieldError FieldNotSupported(std::string field, const Value& value,
                             std::vector<std::string_view> supported);
FieldError FieldForbidden(std::string field, std::string_view detail);
FieldError FieldDuplicate(std::string field, const Value& value);
FieldError FieldNotFound(std::string field, const Value& value);
FieldError FieldTooLong(std::string field, int max_length);  // "may not be more than N bytes"
FieldError FieldTooMany(std::string field, int count, int max_count);
FieldError FieldTypeInvalid(std::string field, const Value& value, std::string_view detail);
FieldError FieldInternal(std::string field, std::string_view detail);

ApiError NotFoundError(const GroupResource& resource, std::string_view name);
ApiError AlreadyExistsError(const GroupResource& resource, std::string_view name);
// `reason` is the sentence after "Operation cannot be fulfilled on RESOURCE \"NAME\": ".
ApiError ConflictError(const GroupResource& resource, std::string_view name,
                       std::string_view reason);
ApiError InvalidError(std::string_view group, std::string_view kind, std::string_view name,
                      const FieldErrors& errors);
ApiError BadRequestError(std::string_view message);
ApiError UnauthorizedError();
// `reason` is the sentence after `RESOURCE "NAME" is forbidden: `.
ApiError ForbiddenError(const GroupResource& resource, std::string_view name,
                        std::string_view reason);
ApiError MethodNotSupportedError(const GroupResource& resource, std::string_view action);
ApiError ExpiredError(std::string_view message);
ApiError TooManyRequestsError(std::string_view message, int retry_after_seconds);
ApiError InternalError(std::string_view message);  // "Internal error occurred: MESSAGE"
ApiError TimeoutError(std::string_view message, int retry_after_seconds);
ApiError RequestEntityTooLargeError(std::string_view message);
ApiError UnsupportedMediaTypeError(std::string_view message);
ApiError NotAcceptableError(std::string_view message);

}  // namespace apiserver
