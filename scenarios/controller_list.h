// Which loops run: the list that --controllers takes, in kube-controller-manager's syntax.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scenarios {

// '*' all that are on by default, 'name' on, '-name' off, '' none. The first of name and -name
// decides, then '*'.
class ControllerList {
 public:
  explicit ControllerList(std::string_view text);
  bool IsEnabled(std::string_view name) const;
  // Names in the list that are none of `known`.
  std::vector<std::string> UnknownNames(const std::vector<std::string>& known) const;

 private:
  std::vector<std::string> entries_;
};

}  // namespace scenarios
