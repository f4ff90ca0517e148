// A YAML text as a tree that still knows its lines.
//
// Invariants:
// (1) Scalars resolve by YAML 1.1, as in manifests (apiserver/api/yaml.h).
// (2) What aliases copy is bounded, and so is nesting. Merge keys (`<<`) are refused: what a file
// says lies where it is read. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/api/json.h"
#include "sim/result.h"

namespace scenarios {

struct SourceNode {
  enum class Kind : std::uint8_t { kScalar, kMap, kList };
  struct Member;

  Kind kind = Kind::kScalar;
  int line = 1;
  std::string text;         // of a scalar, as written
  apiserver::Value scalar;  // what it resolves to
  std::vector<Member> members;
  std::vector<SourceNode> items;

  bool is_null() const { return kind == Kind::kScalar && scalar.is_null(); }
  // The member `name`, or nullptr.
  const SourceNode* Find(std::string_view name) const;
  // The text of the scalar member `name`, or "".
  std::string TextAt(std::string_view name) const;
};

struct SourceNode::Member {
  std::string name;
  int line = 1;
  SourceNode value;
};

struct SourceError {
  int line = 1;
  std::string message;
};

inline constexpr std::size_t kSourceNodesMax = 200'000;
inline constexpr std::size_t kSourceDepthMax = 100;

// The documents of `text`; empty ones are left out.
sim::Result<std::vector<SourceNode>, SourceError> ParseSource(const std::string& text);

// The plain value of a tree.
apiserver::Value ToValue(const SourceNode& node);

}  // namespace scenarios
