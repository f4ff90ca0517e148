// Regular expressions of matches(), find() and findAll(), in RE2's syntax, which is Go's.
//
// A constant pattern is compiled when its program is planned; others each time. Threads: RE2 is
// safe to share.
#pragma once

#include <memory>
#include <string>

#include "apiserver/cel/containers.h"
#include "sim/result.h"

namespace re2 {
class RE2;
}

namespace apiserver::cel {

class Pattern final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "string";

  Pattern(std::unique_ptr<re2::RE2> compiled, std::size_t code_points);
  ~Pattern();
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override { return this == &other; }
  // Of the text, which costs count.
  std::optional<std::int64_t> size() const override { return code_points_; }
  const re2::RE2& regex() const { return *compiled_; }

 private:
  std::unique_ptr<re2::RE2> compiled_;
  std::int64_t code_points_;
};

// Errors: the words of Go's regexp.Compile.
sim::Result<std::unique_ptr<re2::RE2>> CompileRegex(std::string_view text);
// A Pattern as a value, or the error as one.
Value CompilePattern(std::string_view text, Arena& arena);

}  // namespace apiserver::cel
