#include "sim/host/line_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sim {
namespace {

TEST(LineSplitter, GivesLinesWhateverThePieces) {
  const struct {
    std::string output;
    std::vector<std::string> want;
  } cases[] = {
      {"", {}},
      {"one", {"one"}},
      {"one\n", {"one"}},
      {"one\r\ntwo\n\nthree", {"one", "two", "", "three"}},
      {"12345678", {"12345678"}},
      {"12345678\n", {"12345678"}},
      {"123456789abcdefghi\nx\n", {"12345678", "9abcdefg", "hi", "x"}},
  };
  for (const auto& [output, want] : cases) {
    for (std::size_t piece = 1; piece <= output.size() + 1; ++piece) {
      std::vector<std::string> got;
      LineSplitter splitter([&got](std::string_view line) { got.emplace_back(line); }, 8);
      for (std::size_t at = 0; at < output.size(); at += piece) {
        splitter.Add(std::string_view(output).substr(at, piece));
      }
      splitter.Finish();
      EXPECT_EQ(got, want) << output << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace sim
