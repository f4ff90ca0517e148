#include "apiserver/hooks/asked_url.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace apiserver {
namespace {

// Go's path.Join("/", path).
std::string CleanPath(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string clean;
  for (const std::string_view part : parts) clean.append("/").append(part);
  return clean.empty() ? "/" : clean;
}

}  // namespace

std::string AskedUrl(const std::string& url, int timeout_seconds) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t path = std::min(url.find_first_of("/?", host), url.size());
  const std::size_t query = std::min(url.find('?', path), url.size());
  const std::string parameters = url.substr(query);
  return url.substr(0, path) + CleanPath(std::string_view(url).substr(path, query - path)) +
         parameters + (parameters.empty() ? "?timeout=" : "&timeout=") +
         std::to_string(timeout_seconds) + "s";
}

}  // namespace apiserver
