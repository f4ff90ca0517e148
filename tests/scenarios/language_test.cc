// Reading: names, lines, shapes.
#include <gtest/gtest.h>

#include "scenarios/language/nearest_name.h"
#include "scenarios/language/shape.h"
#include "scenarios/language/source_tree.h"
#include "scenarios/language/values.h"
#include "scenarios/seed_range.h"

namespace scenarios {
namespace {

TEST(NearestName, CountsEdits) {
  EXPECT_EQ(EditDistance("eventually", "eventually"), 0);
  EXPECT_EQ(EditDistance("evntually", "eventually"), 1);
  EXPECT_EQ(EditDistance("form", "from"), 1);
  EXPECT_EQ(EditDistance("", "abc"), 3);
}

TEST(NearestName, GivesOnlyWhatIsNear) {
  const std::string_view known[] = {"apply", "delete", "patch"};
  EXPECT_EQ(NearestName("aply", known), "apply");
  EXPECT_EQ(NearestName("remove", known), "");
  EXPECT_EQ(DidYouMean("pacth", known), "; did you mean \"patch\"?");
  EXPECT_EQ(DidYouMean("zzzzzz", known), "");
}

TEST(SourceTree, KeepsLines) {
  const auto documents = ParseSource("a: 1\nb:\n- x\n- {c: yes}\n---\nz: \"1\"\n");
  ASSERT_TRUE(documents.ok());
  ASSERT_EQ(documents->size(), 2u);
  const SourceNode& first = documents->front();
  EXPECT_EQ(first.Find("a")->line, 1);
  EXPECT_EQ(first.Find("b")->items[1].Find("c")->line, 4);
  EXPECT_TRUE(first.Find("b")->items[1].Find("c")->scalar.get_bool());
  EXPECT_TRUE((*documents)[1].Find("z")->scalar.is_string());
}

TEST(SourceTree, RefusesWithTheLine) {
  struct Case {
    const char* text;
    int line;
    const char* message;
  };
  const Case cases[] = {{"a: 1\na: 2\n", 2, "the key \"a\" is there twice"},
                        {"a: {<<: {}}\n", 1, "merge keys (<<) are not supported"},
                        {"[a], b", 1, "want the start of a document (---)"}};
  for (const Case& test : cases) {
    const auto documents = ParseSource(test.text);
    ASSERT_FALSE(documents.ok()) << test.text;
    EXPECT_EQ(documents.error().line, test.line) << test.text;
    EXPECT_EQ(documents.error().message, test.message);
  }
}

TEST(SourceTree, BoundsWhatAliasesCopy) {
  std::string text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'i'; ++name) {
    text += std::string(1, name) + ": &" + name + " [";
    for (int count = 0; count < 10; ++count) {
      text += std::string(count == 0 ? "*" : ",*") + static_cast<char>(name - 1) + " ";
    }
    text += "]\n";
  }
  EXPECT_FALSE(ParseSource(text).ok());
}

TEST(Shape, NamesFieldAndNearestName) {
  static const Shape inner{.kind = Shape::Kind::kObject,
                           .fields = {{"timeout", &kDurationShape}, {"count", &kIntegerShape}}};
  static const Shape shape{.kind = Shape::Kind::kObject, .fields = {{"wait", &inner, "", true}}};
  const auto check = [](const std::string& text) {
    const auto documents = ParseSource(text);
    Problems problems("f.yaml");
    CheckShape(documents->front(), shape, "", problems);
    return problems.empty() ? std::string() : problems.all().front().Text();
  };
  EXPECT_EQ(check("wait: {timeout: 5m, count: 3}"), "");
  EXPECT_EQ(check("wait:\n  timout: 5m"),
            "f.yaml:2: wait.timout: unknown field; did you mean \"timeout\"?");
  EXPECT_EQ(check("wait: {count: many}"),
            "f.yaml:1: wait.count: want a whole number, got \"many\"");
  EXPECT_EQ(check("wait: [a]"), "f.yaml:1: wait: want a map, got a list");
  EXPECT_EQ(check("wait: {timeout: 5 minutes}"),
            "f.yaml:1: wait.timeout: want a duration such as 90s, 5m or 1h30m, got \"5 minutes\"");
  EXPECT_EQ(check("wat: {}"), "f.yaml:1: wat: unknown field; did you mean \"wait\"?");
  EXPECT_EQ(check("{}"), "f.yaml:1: wait: is missing");
}

TEST(SeedRange, Parses) {
  EXPECT_EQ(ParseSeedRange("7")->count(), 1u);
  EXPECT_EQ(ParseSeedRange("1..20")->last, 20u);
  for (const char* text : {"", "a", "3..1", "1..", "..2", "-1", "0..99999999"}) {
    EXPECT_FALSE(ParseSeedRange(text).ok()) << text;
  }
}

TEST(Values, ReadsMoments) {
  SourceNode node;
  node.text = "+10s";
  EXPECT_TRUE(ReadMoment(node).is_relative);
  EXPECT_EQ(ReadMoment(node).offset, std::chrono::seconds(10));
  node.text = "2m";
  EXPECT_FALSE(ReadMoment(node).is_relative);
}

}  // namespace
}  // namespace scenarios
