// Completion indexes of an Indexed Job, as ranges: "0-2,5".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace controllers {

class IndexSet {
 public:
  struct Range {
    int first = 0;
    int last = 0;
    bool operator==(const Range&) const = default;
  };

  // From a status text; indexes at or above `limit` are left out, what can't be read too.
  static IndexSet Parse(std::string_view text, int limit);

  void Add(int index);
  bool Contains(int index) const;
  int count() const;
  bool empty() const { return ranges_.empty(); }
  // Two in a row are written "0,1", three "0-2".
  std::string Text() const;
  bool operator==(const IndexSet&) const = default;

 private:
  std::vector<Range> ranges_;  // ascending, never adjacent
};

}  // namespace controllers
