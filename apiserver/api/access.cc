#include "apiserver/api/access.h"

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

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

std::string ForbiddenText(const UserInfo& who, const AccessAttributes& access) {
  const std::string user =
      "User " + GoQuote(who.name) + " cannot " + std::string(access.verb) + " ";
  if (!access.is_resource) return user + "path " + GoQuote(access.path);
  std::string resource(access.resource);
  if (!access.subresource.empty()) resource += "/" + std::string(access.subresource);
  const std::string what =
      user + "resource " + GoQuote(resource) + " in API group " + GoQuote(access.group);
  if (access.namespace_.empty()) return what + " at the cluster scope";
  return what + " in the namespace " + GoQuote(access.namespace_);
}

}  // namespace

AccessAttributes AccessOf(const Request& request) {
  const RequestInfo& info = request.info;
  AccessAttributes access;
  access.verb = info.verb;
  access.is_resource = info.is_resource;
  if (!info.is_resource) {
    access.path = request.path;
    return access;
  }
  access.group = info.group;
  access.resource = info.resource;
  access.subresource = info.subresource;
  access.namespace_ = info.namespace_;
  access.name = info.name;
  if (const std::string* selector = request.Query("fieldSelector")) {
    access.field_selector = *selector;
  }
  return access;
}

ApiError ForbiddenAccessError(const UserInfo& user, const AccessAttributes& access,
                              std::string_view reason) {
  std::string text = Sanitize(ForbiddenText(user, access));
  if (!reason.empty()) text += ": " + std::string(reason);
  return ForbiddenError({std::string(access.group), std::string(access.resource)}, access.name,
                        text);
}

}  // namespace apiserver
