#include "apiserver/api/request.h"

#include "apiserver/api/json_write.h"

namespace apiserver {

bool UserInfo::Is(std::string_view group) const {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

const std::string* Request::Query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

bool IsTrueParameter(const std::string* value) {
  if (value == nullptr) return false;
  std::string lower = *value;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower != "false" && lower != "0";
}

Response ErrorResponse(const ApiError& error) {
  Response response = ValueResponse(error.code, error.ToStatus());
  if (error.details && error.details->retry_after_seconds > 0) {
    response.headers.emplace_back("Retry-After",
                                  std::to_string(error.details->retry_after_seconds));
  }
  return response;
}

Response ValueResponse(int status, const Value& value) {
  Response response;
  response.status = status;
  response.body = std::make_shared<const std::string>(ToJson(value));
  return response;
}

}  // namespace apiserver
