#include "apiserver/pipeline/authorization.h"

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

constexpr std::string_view kAuthenticated = "system:authenticated";
constexpr std::string_view kMasters = "system:masters";

bool IsPublicPath(std::string_view path) {
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path == "/healthz" || path == "/livez" || path == "/readyz" || path == "/version";
}

// HTML characters would look like markup in a browser.
std::string Sanitize(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string ForbiddenText(const Request& request) {
  const RequestInfo& info = request.info;
  const std::string user = "User " + GoQuote(request.user.name) + " cannot " + info.verb + " ";
  if (!info.is_resource) return user + "path " + GoQuote(request.path);
  std::string resource = info.resource;
  if (!info.subresource.empty()) resource += "/" + info.subresource;
  const std::string what =
      user + "resource " + GoQuote(resource) + " in API group " + GoQuote(info.group);
  if (info.namespace_.empty()) return what + " at the cluster scope";
  return what + " in the namespace " + GoQuote(info.namespace_);
}

}  // namespace

bool IsAllowed(const UserInfo& user) { return user.Is(kAuthenticated) || user.Is(kMasters); }

std::optional<ApiError> Authorize(const Request& request) {
  if (request.is_internal || IsAllowed(request.user)) return std::nullopt;
  if (!request.info.is_resource && request.info.verb == "get" && IsPublicPath(request.path))
    return std::nullopt;
  return ForbiddenError(request.info.group_resource(), request.info.name,
                        Sanitize(ForbiddenText(request)));
}

}  // namespace apiserver
