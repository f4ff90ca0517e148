#include "apiserver/registry/endpoints/pod_containers.h"

#include <algorithm>
#include <vector>

namespace apiserver {
namespace {

std::vector<std::string> Names(const Value& pod, std::string_view list) {
  std::vector<std::string> names;
  const Value* containers = FindPath(pod, {"spec", list});
  if (containers == nullptr || !containers->is_array()) return names;
  for (const Value& container : containers->get_array())
    names.emplace_back(TextAt(container, {"name"}));
  return names;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace

ApiResult<std::string> ChooseContainer(const Value& pod, const std::string& asked) {
  const std::string name(TextAt(pod, {"metadata", "name"}));
  std::vector<std::string> all = Names(pod, "initContainers");
  const std::vector<std::string> main = Names(pod, "containers");
  all.insert(all.end(), main.begin(), main.end());
  if (asked.empty()) {
    if (main.size() == 1) return main.front();
    if (main.empty()) return BadRequestError("a container name must be specified for pod " + name);
    return BadRequestError("a container name must be specified for pod " + name +
                           ", choose one of: [" + Joined(all) + "]");
  }
  for (const std::string& ephemeral : Names(pod, "ephemeralContainers")) all.push_back(ephemeral);
  if (std::find(all.begin(), all.end(), asked) != all.end()) return asked;
  return BadRequestError("container " + asked + " is not valid for pod " + name);
}

}  // namespace apiserver
