#include "apiserver/api/resource.h"

namespace apiserver {

std::pair<std::string_view, std::string_view> SplitApiVersion(std::string_view api_version) {
  const auto slash = api_version.find('/');
  if (slash == std::string_view::npos) return {{}, api_version};
  return {api_version.substr(0, slash), api_version.substr(slash + 1)};
}

}  // namespace apiserver
