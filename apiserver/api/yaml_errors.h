// What is wrong with a YAML text, as Go's YAML library says it.
//
// Source: sigs.k8s.io/yaml's goyaml (yaml.go `fail`, parserc.go, scannerc.go). Pure; threads: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace apiserver {

// Where our library gave up: an offset, and a line and a column that begin at 0.
struct YamlPlace {
  std::size_t offset = 0;
  int line = 0;
  int column = 0;
};

// `what` is our library's message about `text`.
std::string YamlErrorText(std::string_view text, const std::string& what, const YamlPlace& place);

}  // namespace apiserver
