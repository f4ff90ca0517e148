// Makes lines of a program's output, whatever pieces it comes in.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sim {

class LineSplitter {
 public:
  // A longer line is given in pieces of this size.
  static constexpr std::size_t kLineBytesMax = 64u << 10;

  using Consumer = std::function<void(std::string_view line)>;  // Without its end of line.

  explicit LineSplitter(Consumer consumer, std::size_t line_bytes_max = kLineBytesMax)
      : consumer_(std::move(consumer)), line_bytes_max_(line_bytes_max) {}

  void Add(std::string_view bytes);
  // The last line, if it has no end.
  void Finish();

 private:
  Consumer consumer_;
  std::size_t line_bytes_max_;
  std::string line_;
};

}  // namespace sim
