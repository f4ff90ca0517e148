#include "apiserver/encoding/media_type.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

TEST(ParseAccept, OrdersByQualityAndKeepsParameters) {
  const auto clauses =
      ParseAccept("text/html;q=0.5, application/json;as=Table;v=v1;g=meta.k8s.io, */*;q=0.1");
  ASSERT_EQ(clauses.size(), 3u);
  EXPECT_EQ(clauses[0].Name(), "application/json");
  EXPECT_EQ(clauses[0].Parameter("as"), "Table");
  EXPECT_EQ(clauses[0].Parameter("g"), "meta.k8s.io");
  EXPECT_EQ(clauses[1].Name(), "text/html");
  EXPECT_EQ(clauses[2].Name(), "*/*");
}

TEST(ParseAccept, LeavesOutWhatDoesNotParse) {
  EXPECT_TRUE(ParseAccept("bad/type/x, nothing").empty());
  EXPECT_EQ(ParseAccept("").size(), 1u);
}

TEST(ParseAccept, ReadsABoundedNumberOfClauses) {
  std::string header;
  for (int i = 0; i < 1000; ++i) header += "a/b,";
  EXPECT_EQ(ParseAccept(header).size(), kAcceptClausesMax);
}

TEST(ParseContentType, IsLowerCaseWithoutParameters) {
  const struct {
    const char* header;
    const char* want;
  } kRows[] = {{"application/json", "application/json"},
               {"Application/JSON; charset=utf-8", "application/json"},
               {"bad/type/x", ""},
               {"json", ""},
               {"", ""}};
  for (const auto& row : kRows) EXPECT_EQ(ParseContentType(row.header), row.want) << row.header;
}

}  // namespace
}  // namespace apiserver
