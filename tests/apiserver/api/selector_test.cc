#include <gtest/gtest.h>

#include "apiserver/api/field_selector.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/label_selector.h"

namespace apiserver {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

TEST(LabelSelector, PrintsSortedAndNormalised) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", ""},
      {"b=1,a==2", "a==2,b=1"},
      {"x in (b, a,,)", "x in (,a,b)"},
      {"y notin ()", "y notin ()"},
      {"!a,b", "!a,b"},
      {"in in (in,notin)", "in in (in,notin)"},
      {"a=", "a="},
      {"a!=b", "a!=b"},
      {"a>1,b<2", "a>1,b<2"},
  };
  for (const auto& [text, want] : rows) EXPECT_EQ(LabelSelector::Parse(text)->Text(), want) << text;
}

TEST(LabelSelector, RefusesWithUpstreamsWords) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a=b,", "found '', expected: identifier after ','"},
      {"=a", "found '=', expected: !, identifier, or 'end of string'"},
      {"a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"},
      {"a in b", "unable to parse requirement: found 'b' expected: '('"},
      {"a in (b", "unable to parse requirement: found '', expected: ',' or ')'"},
      {"a=b c", "found 'c', expected: ',' or 'end of string'"},
      {"a>x",
       "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, "
       "the "
       "value must be an integer"},
      {"a=b!c", "found '!', expected: ',' or 'end of string'"},
  };
  for (const auto& [text, want] : rows) {
    const auto got = LabelSelector::Parse(text);
    ASSERT_FALSE(got.ok()) << text;
    EXPECT_EQ(got.error().message, want) << text;
  }
  EXPECT_TRUE(LabelSelector::Parse("-a=b").error().message.starts_with(
      "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of"));
  EXPECT_TRUE(LabelSelector::Parse("a=-b").error().message.starts_with(
      "unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be"));
}

TEST(LabelSelector, Matches) {
  const Labels labels = {{"app", "web"}, {"n", "5"}};
  const std::vector<std::pair<std::string, bool>> rows = {
      {"", true},        {"app=web", true}, {"app!=web", false},       {"other!=x", true},
      {"app", true},     {"!app", false},   {"app in (db,web)", true}, {"app notin (web)", false},
      {"n>4,n<6", true}, {"app>1", false},  {"missing in (a)", false}, {"missing notin (a)", true},
  };
  for (const auto& [text, want] : rows) {
    EXPECT_EQ(LabelSelector::Parse(text)->Matches(LabelSpan(labels)), want) << text;
  }
}

TEST(LabelSelector, ReadsObjects) {
  const Value selector = ParseJson(R"({"matchLabels":{"app":"web"},"matchExpressions":[
      {"key":"tier","operator":"In","values":["b","a"]},{"key":"x","operator":"DoesNotExist"}]})")
                             .value;
  EXPECT_EQ(LabelSelector::FromObject(&selector)->Text(), "app=web,tier in (a,b),!x");
  const Value labels = ParseJson(R"({"app":"web","tier":"a"})").value;
  EXPECT_TRUE(LabelSelector::FromObject(&selector)->Matches(&labels));
  const Value empty = ParseJson("{}").value;
  EXPECT_TRUE(LabelSelector::FromObject(&empty)->is_empty());
  EXPECT_FALSE(LabelSelector::FromObject(nullptr)->Matches(&labels));
  const Value bad = ParseJson(R"({"matchExpressions":[{"key":"a","operator":"Is"}]})").value;
  EXPECT_EQ(LabelSelector::FromObject(&bad).error().message,
            "\"Is\" is not a valid label selector operator");
  EXPECT_EQ(ValidateLabelSelector(bad, "spec.selector").at(0).field,
            "spec.selector.matchExpressions[0].operator");
}

TEST(FieldSelector, ParsesAndPrints) {
  EXPECT_EQ(FieldSelector::Parse("b!=2,a==1,,c=x\\,y")->Text(), "a=1,b!=2,c=x\\,y");
  EXPECT_EQ(FieldSelector::Parse("c=x\\,y")->requirements()[0].value, "x,y");
  EXPECT_EQ(FieldSelector::Parse("abc").error().message,
            "invalid selector: 'abc'; can't understand 'abc'");
  EXPECT_EQ(FieldSelector::Parse("a=\\x").error().message,
            "invalid field selector: invalid escape sequence: \\x");
  EXPECT_EQ(FieldSelector::Parse("a=b=c").error().message,
            "invalid field selector: unescaped character in value: 61");
}

TEST(FieldSelector, Matches) {
  const auto get = [](std::string_view field) {
    return field == "spec.nodeName" ? std::string_view("n1") : std::string_view();
  };
  EXPECT_TRUE(FieldSelector::Parse("spec.nodeName=n1")->Matches(get));
  EXPECT_FALSE(FieldSelector::Parse("spec.nodeName!=n1")->Matches(get));
  EXPECT_TRUE(FieldSelector::Parse("other=")->Matches(get));
  EXPECT_EQ(*FieldSelector::Parse("spec.nodeName=n1")->RequiredValue("spec.nodeName"), "n1");
}

}  // namespace
}  // namespace apiserver
