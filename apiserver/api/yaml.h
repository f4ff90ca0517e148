// YAML 1.1 to and from JSON values, with the rules of sigs.k8s.io/yaml.
//
// Invariants:
// (1) Plain scalars resolve as in YAML 1.1: y, yes, on and their like are booleans, also as keys;
// 010 is 8. (2) Keys become text; of equal keys the last wins and the others are reported. (3) What
// aliases and merge keys copy is bounded, so a small text cannot become a large value. Errors begin
// with "yaml: " as Go's do, with the line. Threads: any, no shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/api/json_parse.h"

namespace apiserver {

// How many values aliases may add to a document.
inline constexpr std::size_t kYamlAliasedValuesMax = 100'000;
// Nesting, below the parser's own guard against deep recursion.
inline constexpr std::size_t kYamlDepthMax = 400;

// The first document of `text`; null when there is none. Repeated keys are in `strict_errors`
// ("line 7: key \"x\" already set in map").
JsonParseResult ParseYaml(std::string_view text, JsonStorage storage = {});

struct YamlDocument {
  Value value;
  int line = 1;  // where the document's content begins, from 1
};
struct YamlStream {
  std::vector<YamlDocument> documents;  // documents without content are left out
  std::string error;
  bool ok() const { return error.empty(); }
};
// All documents of `text`: manifests and scenario files. Repeated keys are an error.
YamlStream ParseYamlStream(std::string_view text, JsonStorage storage = {});

// Appends `value` as sigs.k8s.io/yaml prints it: keys sorted, sequences not indented, final
// newline.
void AppendYaml(const Value& value, std::string& out);
std::string ToYaml(const Value& value);

}  // namespace apiserver
