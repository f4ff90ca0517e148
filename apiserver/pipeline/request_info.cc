#include "apiserver/pipeline/request_info.h"

#include <algorithm>
#include <optional>

#include "apiserver/api/letter_case.h"

namespace apiserver {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string_view> SplitPath(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  std::vector<std::string_view> parts;
  if (path.empty()) return parts;
  for (;;) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

const std::string* FindParameter(const Query& query, std::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string VerbOfMethod(std::string_view method) {
  if (method == "POST") return "create";
  if (method == "GET" || method == "HEAD") return "get";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return "delete";
  return {};
}

// The name that a field selector pins with metadata.name=..., when it is one path segment.
std::string PinnedName(const std::string& selector) {
  constexpr std::string_view kLabel = "metadata.name=";
  for (std::size_t at = 0; at <= selector.size();) {
    const std::size_t comma = std::min(selector.find(',', at), selector.size());
    std::string_view term(selector.data() + at, comma - at);
    if (term.substr(0, kLabel.size()) == kLabel) {
      term.remove_prefix(kLabel.size());
      if (!term.empty() && term.front() == '=') term.remove_prefix(1);
      const bool is_segment =
          term != "." && term != ".." && term.find_first_of("/%\\") == std::string_view::npos;
      return is_segment ? std::string(term) : std::string();
    }
    at = comma + 1;
  }
  return {};
}

// A get without a name is a list or a watch.
void ReadCollectionVerb(const Query& query, RequestInfo& info) {
  info.verb = IsTrueParameter(FindParameter(query, "watch")) ? "watch" : "list";
  const std::string* selector = FindParameter(query, "fieldSelector");
  if (selector != nullptr) info.name = PinnedName(*selector);
}

void ReadResource(std::span<const std::string_view> parts, RequestInfo& info) {
  if (parts[0] == "namespaces" && parts.size() > 1) {
    info.namespace_ = parts[1];
    const bool is_subresource =
        parts.size() > 2 && (parts[2] == "status" || parts[2] == "finalize");
    if (parts.size() > 2 && !is_subresource) parts = parts.subspan(2);
  }
  info.resource = parts[0];
  if (parts.size() > 1) info.name = parts[1];
  if (parts.size() > 2 && info.verb != "proxy") info.subresource = parts[2];
  for (std::size_t index = 3; index < parts.size(); ++index) {
    info.tail += "/";
    info.tail += parts[index];
  }
}

}  // namespace

RequestInfo ReadRequestInfo(std::string_view method, std::string_view path, const Query& query) {
  RequestInfo info;
  info.verb = LowerCase(method);
  const std::vector<std::string_view> all = SplitPath(path);
  std::span<const std::string_view> parts(all);
  if (parts.size() < 3 || (parts[0] != "api" && parts[0] != "apis")) return info;
  const bool has_group = parts[0] == "apis";
  parts = parts.subspan(1);
  if (has_group) {
    if (parts.size() < 3) return info;
    info.group = parts[0];
    parts = parts.subspan(1);
  }
  info.is_resource = true;
  info.version = parts[0];
  parts = parts.subspan(1);
  if (parts[0] == "watch" || parts[0] == "proxy") {
    if (parts.size() < 2) return info;
    info.verb = parts[0];
    parts = parts.subspan(1);
  } else {
    info.verb = VerbOfMethod(method);
  }
  ReadResource(parts, info);
  if (info.name.empty() && info.verb == "get") ReadCollectionVerb(query, info);
  if (info.name.empty() && info.verb == "delete") info.verb = "deletecollection";
  return info;
}

}  // namespace apiserver
