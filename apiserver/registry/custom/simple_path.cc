#include "apiserver/registry/custom/simple_path.h"

namespace apiserver {

const Value* FindBySimplePath(const Value& object, std::string_view path) {
  const Value* at = &object;
  while (at != nullptr && !path.empty()) {
    if (path.front() == '.') path.remove_prefix(1);
    const auto dot = path.find('.');
    at = Find(*at, path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot);
  }
  return at;
}

}  // namespace apiserver
