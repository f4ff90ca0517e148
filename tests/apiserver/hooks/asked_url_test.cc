#include "apiserver/hooks/asked_url.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

TEST(AskedUrl, HasACleanPathAndTheTimeout) {
  const struct {
    const char* url;
    const char* asked;
  } kRows[] = {
      {"https://h", "https://h/?timeout=5s"},
      {"https://h:1/", "https://h:1/?timeout=5s"},
      {"https://h/a/b", "https://h/a/b?timeout=5s"},
      {"https://h/a/", "https://h/a?timeout=5s"},
      {"https://h//mutate", "https://h/mutate?timeout=5s"},
      {"https://h/a/./../b", "https://h/b?timeout=5s"},
      {"https://h/..", "https://h/?timeout=5s"},
      {"https://h?q=/x//", "https://h/?q=/x//&timeout=5s"},
  };
  for (const auto& row : kRows) EXPECT_EQ(AskedUrl(row.url, 5), row.asked) << row.url;
}

}  // namespace
}  // namespace apiserver
