#include "apiserver/api/errors.h"

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

Object DetailsObject(const StatusDetails& details, const JsonStorage& storage) {
  Object object(storage);
  if (!details.name.empty()) object["name"] = details.name;
  if (!details.group.empty()) object["group"] = details.group;
  if (!details.kind.empty()) object["kind"] = details.kind;
  if (!details.uid.empty()) object["uid"] = details.uid;
  if (!details.causes.empty()) {
    Array& causes = object["causes"].emplace_array();
    for (const StatusCause& cause : details.causes) {
      Object& member = causes.emplace_back(Object(storage)).get_object();
      if (!cause.reason.empty()) member["reason"] = cause.reason;
      if (!cause.message.empty()) member["message"] = cause.message;
      if (!cause.field.empty()) member["field"] = cause.field;
    }
  }
  if (details.retry_after_seconds != 0) object["retryAfterSeconds"] = details.retry_after_seconds;
  return object;
}

StatusDetails About(const GroupResource& resource, std::string_view name) {
  StatusDetails details;
  details.name = name;
  details.group = resource.group;
  details.kind = resource.resource;
  return details;
}

ApiError Plain(int code, std::string_view reason, std::string message) {
  ApiError error;
  error.code = code;
  error.reason = reason;
  error.message = std::move(message);
  return error;
}

ApiError With(ApiError error, StatusDetails details) {
  error.details = std::move(details);
  return error;
}

FieldError WithDetail(std::string_view reason, std::string field, std::string text,
                      std::string_view detail) {
  if (!detail.empty()) {
    text += ": ";
    text += detail;
  }
  return {std::string(reason), std::move(field), std::move(text)};
}

// Equal messages are shown once, several in brackets, as upstream's aggregates are.
std::string Aggregate(const FieldErrors& errors) {
  std::vector<std::string> messages;
  for (const FieldError& error : errors) {
    std::string message = error.field + ": " + error.text;
    if (std::find(messages.begin(), messages.end(), message) == messages.end()) {
      messages.push_back(std::move(message));
    }
  }
  if (messages.size() == 1) return messages.front();
  std::string all = "[";
  for (const std::string& message : messages) {
    if (all.size() > 1) all += ", ";
    all += message;
  }
  return all + "]";
}

}  // namespace

Value ApiError::ToStatus(JsonStorage storage) const {
  Object status(storage);
  status["kind"] = "Status";
  status["apiVersion"] = "v1";
  Object& metadata = status["metadata"].emplace_object();
  if (!continue_token.empty()) metadata["continue"] = continue_token;
  status["status"] = "Failure";
  if (!message.empty()) status["message"] = message;
  if (!reason.empty()) status["reason"] = reason;
  if (details) status["details"] = DetailsObject(*details, storage);
  status["code"] = code;
  return status;
}

FieldError FieldRequired(std::string field, std::string_view detail) {
  return WithDetail("FieldValueRequired", std::move(field), "Required value", detail);
}

FieldError FieldInvalid(std::string field, const Value& value, std::string_view detail) {
  return WithDetail("FieldValueInvalid", std::move(field), "Invalid value: " + GoBadValue(value),
                    detail);
}

FieldError FieldInvalid(std::string field, std::string_view value, std::string_view detail) {
  return WithDetail("FieldValueInvalid", std::move(field), "Invalid value: " + GoQuote(value),
                    detail);
}

FieldError FieldNotSupported(std::string field, const Value& value,
                             std::vector<std::string_view> supported) {
  std::string detail;
  for (std::string_view name : supported) {
    detail += detail.empty() ? "supported values: " : ", ";
    detail += GoQuote(name);
  }
  return WithDetail("FieldValueNotSupported", std::move(field),
                    "Unsupported value: " + GoBadValue(value), detail);
}

FieldError FieldForbidden(std::string field, std::string_view detail) {
  return WithDetail("FieldValueForbidden", std::move(field), "Forbidden", detail);
}

FieldError FieldDuplicate(std::string field, const Value& value) {
  return {"FieldValueDuplicate", std::move(field), "Duplicate value: " + GoBadValue(value)};
}

FieldError FieldNotFound(std::string field, const Value& value) {
  return {"FieldValueNotFound", std::move(field), "Not found: " + GoBadValue(value)};
}

FieldError FieldTooLong(std::string field, int max_length) {
  if (max_length < 0) return {"FieldValueTooLong", std::move(field), "Too long: value is too long"};
  return {"FieldValueTooLong", std::move(field),
          "Too long: may not be more than " + std::to_string(max_length) +
              (max_length == 1 ? " byte" : " bytes")};
}

FieldError FieldTooMany(std::string field, int count, int max_count) {
  return {"FieldValueTooMany", std::move(field),
          "Too many: " + std::to_string(count) + ": must have at most " +
              std::to_string(max_count) + (max_count == 1 ? " item" : " items")};
}

FieldError FieldTypeInvalid(std::string field, const Value& value, std::string_view detail) {
  return WithDetail("FieldValueTypeInvalid", std::move(field),
                    "Invalid value: " + GoBadValue(value), detail);
}

FieldError FieldInternal(std::string field, std::string_view detail) {
  return WithDetail("InternalError", std::move(field), "Internal error", detail);
}

ApiError NotFoundError(const GroupResource& resource, std::string_view name) {
  return With(Plain(404, "NotFound", resource.Text() + " " + GoQuote(name) + " not found"),
              About(resource, name));
}

ApiError AlreadyExistsError(const GroupResource& resource, std::string_view name) {
  return With(
      Plain(409, "AlreadyExists", resource.Text() + " " + GoQuote(name) + " already exists"),
      About(resource, name));
}

ApiError ConflictError(const GroupResource& resource, std::string_view name,
                       std::string_view reason) {
  std::string message =
      "Operation cannot be fulfilled on " + resource.Text() + " " + GoQuote(name) + ": ";
  message += reason;
  return With(Plain(409, "Conflict", std::move(message)), About(resource, name));
}

ApiError InvalidError(std::string_view group, std::string_view kind, std::string_view name,
                      const FieldErrors& errors) {
  std::string message(kind);
  if (!group.empty()) {
    message += ".";
    message += group;
  }
  message += " " + GoQuote(name) + " is invalid";
  if (!errors.empty()) message += ": " + Aggregate(errors);
  StatusDetails details;
  details.name = name;
  details.group = group;
  details.kind = kind;
  for (const FieldError& error : errors) {
    details.causes.push_back({error.reason, error.text, error.field});
  }
  return With(Plain(422, "Invalid", std::move(message)), std::move(details));
}

ApiError BadRequestError(std::string_view message) {
  return Plain(400, "BadRequest", std::string(message));
}

ApiError UnauthorizedError() { return Plain(401, "Unauthorized", "Unauthorized"); }

ApiError ForbiddenError(const GroupResource& resource, std::string_view name,
                        std::string_view reason) {
  std::string message = resource.Text();
  if (!resource.resource.empty() && !name.empty()) message += " " + GoQuote(name);
  message += resource.resource.empty() ? "forbidden: " : " is forbidden: ";
  message += reason;
  return With(Plain(403, "Forbidden", std::move(message)), About(resource, name));
}

ApiError MethodNotSupportedError(const GroupResource& resource, std::string_view action) {
  std::string message(action);
  message += " is not supported on resources of kind " + GoQuote(resource.Text());
  return With(Plain(405, "MethodNotAllowed", std::move(message)), About(resource, {}));
}

ApiError ExpiredError(std::string_view message) {
  return Plain(410, "Expired", std::string(message));
}

ApiError TooManyRequestsError(std::string_view message, int retry_after_seconds) {
  StatusDetails details;
  details.retry_after_seconds = retry_after_seconds;
  return With(Plain(429, "TooManyRequests", std::string(message)), std::move(details));
}

ApiError InternalError(std::string_view message) {
  StatusDetails details;
  details.causes.push_back({"", std::string(message), ""});
  return With(Plain(500, "InternalError", "Internal error occurred: " + std::string(message)),
              std::move(details));
}

ApiError TimeoutError(std::string_view message, int retry_after_seconds) {
  StatusDetails details;
  details.retry_after_seconds = retry_after_seconds;
  return With(Plain(504, "Timeout", "Timeout: " + std::string(message)), std::move(details));
}

ApiError RequestEntityTooLargeError(std::string_view message) {
  return Plain(413, "RequestEntityTooLarge", "Request entity too large: " + std::string(message));
}

ApiError UnsupportedMediaTypeError(std::string_view message) {
  return Plain(415, "UnsupportedMediaType", std::string(message));
}

ApiError NotAcceptableError(std::string_view message) {
  return Plain(406, "NotAcceptable", std::string(message));
}

}  // namespace apiserver
