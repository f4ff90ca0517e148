// The text of an expression by code point, and what is wrong with it, shown as cel-go shows it.
//
// Positions are offsets in code points; kNoPosition is shown as line -1 without a snippet.
// Source: cel-go common/{source,error,errors}.go. Threads: any, each its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace apiserver::cel {

inline constexpr std::int32_t kNoPosition = -1;
inline constexpr std::size_t kIssueCountMax = 100;

class Source {
 public:
  // `text` is UTF-8.
  explicit Source(std::string_view text);

  std::int32_t size() const { return static_cast<std::int32_t>(points_.size()); }
  char32_t at(std::int32_t offset) const {
    return offset < size() ? points_[static_cast<std::size_t>(offset)] : kEnd;
  }
  // As UTF-8. Requires: start <= end <= size().
  std::string Slice(std::int32_t start, std::int32_t end) const;

  struct Location {
    int line = -1;    // from 1
    int column = -1;  // from 0
  };
  Location LocationOf(std::int32_t offset) const;
  // Requires: the line exists.
  std::string Line(int line) const;

  static constexpr char32_t kEnd = 0xFFFFFFFF;

 private:
  std::u32string points_;
  std::vector<std::int32_t> line_starts_;
};

// Sorted by position when shown; at most kIssueCountMax are kept, the rest are counted.
class Issues {
 public:
  void Report(std::int32_t position, std::string message);
  bool empty() const { return count_ == 0; }
  void Append(const Issues& other);
  std::string Text(const Source& source) const;

 private:
  struct Issue {
    std::int32_t position;
    std::string message;
  };
  std::vector<Issue> issues_;
  std::size_t count_ = 0;
};

}  // namespace apiserver::cel
