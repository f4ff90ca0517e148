// What a run did, line by line, so that two runs of one seed can be compared and the place shown
// where they part.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/observer.h"

namespace scenarios {

class History final : public sim::Observer {
 public:
  // Beyond these nothing is kept: a difference there is seen in the digest alone.
  static constexpr std::size_t kLinesMax = 400'000;

  void OnEvent(const sim::EventRecord& event) override;
  void OnInput(std::string_view kind, std::string_view bytes) override;

  std::vector<std::string> TakeLines() { return std::move(lines_); }

 private:
  void Add(std::string line);
  std::vector<std::string> lines_;
};

// The last lines that both have, and how each goes on. Empty if they are equal.
std::vector<std::string> DescribeParting(const std::vector<std::string>& first,
                                         const std::vector<std::string>& other);

}  // namespace scenarios
