#include "apiserver/api/unified_diff.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

TEST(UnifiedDiffs, ShowWhatChangedWithThreeLinesOfContext) {
  const Value before = Object{{"a", 1}, {"b", 2}, {"c", nullptr}, {"d", "x"},
                              {"e", 5}, {"f", 6}, {"g", 7},       {"h", 8}};
  Value after = before;
  after.get_object()["d"] = "y";
  EXPECT_EQ(UnifiedDiff(before, after),
            "@@ -2,7 +2,7 @@\n"
            "  \"a\": 1,\n"
            "  \"b\": 2,\n"
            "  \"c\": null,\n"
            "- \"d\": \"x\",\n"
            "+ \"d\": \"y\",\n"
            "  \"e\": 5,\n"
            "  \"f\": 6,\n"
            "  \"g\": 7,\n");
}

TEST(UnifiedDiffs, AreEmptyForEqualValues) {
  EXPECT_EQ(UnifiedDiff(Object{{"a", 1}}, Object{{"a", 1}}), "");
}

TEST(UnifiedDiffs, PartDistantChangesIntoGroups) {
  Value before, after;
  Array& a = before.emplace_array();
  for (int i = 0; i < 20; ++i) a.push_back(i);
  after = before;
  after.get_array()[1] = 100;
  after.get_array()[18] = 200;
  const std::string diff = UnifiedDiff(before, after);
  EXPECT_NE(diff.find("@@ -1,6 +1,6 @@\n"), std::string::npos) << diff;
  EXPECT_NE(diff.find("@@ -17,6 +17,6 @@\n"), std::string::npos) << diff;
}

}  // namespace
}  // namespace apiserver
