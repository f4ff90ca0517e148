#include "apiserver/api/yaml.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

TEST(Yaml, ScalarsResolveAsYaml11) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "null"},
      {"a: yes\nb: off\nc: y\n", R"({"a":true,"b":false,"c":true})"},
      {"y: 1\nNo: 2\n3: x\n1.5: z\n", R"({"true":1,"false":2,"3":"x","1.5":"z"})"},
      {"[010, 0x1F, 0b11, 0o17, 1_000, +5, -3]", "[8,31,3,15,1000,5,-3]"},
      {"[1e3, .5, 1., 1.5e-3, -0.5]", "[1000,0.5,1,0.0015,-0.5]"},
      {"['1', \"true\", !!str 5, !!float 3]", R"(["1","true","5",3])"},
      {"[~, null, , Null]", "[null,null,null,null]"},
      {"[1:30, 2026-01-01, 1.2.3, 08, 0x, '']", R"(["1:30","2026-01-01","1.2.3",8,"0x",""])"},
      {"a: |\n  x\n  y\n", R"({"a":"x\ny\n"})"},
      {"{\"json\": [1, {\"x\": null}]}", R"({"json":[1,{"x":null}]})"},
      {"a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\n",
       R"({"a":{"b":1},"c":{"b":1},"d":{"e":2,"b":1}})"},
      {"a: 1\n---\nb: 2\n", R"({"a":1})"},
      {"18446744073709551615", "18446744073709552000"},
  };
  for (const auto& [text, want] : rows) {
    const JsonParseResult got = ParseYaml(text);
    EXPECT_EQ(got.error, "") << text;
    EXPECT_EQ(ToJson(got.value), want) << text;
  }
}

TEST(Yaml, CountsLinesAsGoDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"a: [", "yaml: line 1: did not find expected node content"},
      {"a: {b", "yaml: line 1: did not find expected ',' or '}'"},
      {"a: [1,", "yaml: line 1: did not find expected node content"},
      {"\t", "yaml: found character that cannot start any token"},
      {"\n\t{}", "yaml: line 2: found character that cannot start any token"},
      {"a: [ }", "yaml: did not find expected node content"},
      {"a: [1 }", "yaml: did not find expected ',' or ']'"},
      {"a: {b: 1 ]", "yaml: did not find expected ',' or '}'"},
      {"a: ]", "yaml: did not find expected node content"},
      {"a:\n  - b\n c: d", "yaml: line 2: did not find expected key"},
      {"a: b\n- c", "yaml: line 1: did not find expected key"},
      {"a: b\n  c: d", "yaml: line 2: mapping values are not allowed in this context"},
      {"a:\n\tb: c", "yaml: line 2: found character that cannot start any token"},
      {"a: @x", "yaml: found character that cannot start any token"},
      {"a: \"x", "yaml: found unexpected end of stream"},
      {"a: *x", "yaml: unknown anchor 'x' referenced"},
      {"a: \"\\q\"", "yaml: found unknown escape character"},
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(ParseYaml(text).error, want) << text;
}

TEST(Yaml, RefusesWithGosWords) {
  EXPECT_EQ(ParseYaml("a: [1").error, "yaml: line 1: did not find expected ',' or ']'");
  EXPECT_EQ(ParseYaml("a: b: c").error, "yaml: mapping values are not allowed in this context");
  EXPECT_FALSE(ParseYaml("a: .inf").ok());
  EXPECT_FALSE(ParseYaml("~: 1").ok());
  EXPECT_FALSE(ParseYaml("&a [*a]").ok());
  EXPECT_FALSE(ParseYaml(std::string(5000, '[')).ok());
}

TEST(Yaml, RepeatedKeysAreReported) {
  const JsonParseResult got = ParseYaml("data:\n  x: 1\n  x: 2\n");
  EXPECT_EQ(ToJson(got.value), R"({"data":{"x":2}})");
  EXPECT_EQ(got.strict_errors, std::vector<std::string>{"line 3: key \"x\" already set in map"});
  // The line is that of the value.
  EXPECT_EQ(ParseYaml("x:\nx:\n  y: 1\n").strict_errors,
            std::vector<std::string>{"line 3: key \"x\" already set in map"});
}

TEST(Yaml, AliasesCannotGrowWithoutLimit) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string previous = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) text += previous + ",";
    text += "]\n";
  }
  EXPECT_EQ(ParseYaml(text).error, "yaml: document contains excessive aliasing");
}

TEST(Yaml, StreamsGiveEachDocumentItsLine) {
  const YamlStream got = ParseYamlStream("# comment\na: 1\n---\n---\n# x\nb: 2\n");
  ASSERT_TRUE(got.ok());
  ASSERT_EQ(got.documents.size(), 2u);
  EXPECT_EQ(got.documents[0].line, 2);
  EXPECT_EQ(got.documents[1].line, 6);
  EXPECT_EQ(ToJson(got.documents[1].value), R"({"b":2})");
  EXPECT_EQ(ParseYamlStream("a: 1\na: 2\n").error, "yaml: line 2: key \"a\" already set in map");
}

TEST(Yaml, StreamsEndAtWhatBeginsNoDocument) {
  EXPECT_EQ(ParseYamlStream("[a], b").error,
            "yaml: line 1: did not find expected <document start>");
}

TEST(Yaml, WritesAsGoYaml) {
  const Value value = ParseJson(R"({"b":[1,{"y":"x","a":[]}],"a":{"k10":"yes","k9":"1","e":{},
      "t":"2026-01-01T00:00:00Z","m":"l1\nl2\n","n":"x\ny","q":"a: b","s":"","d":1.5,"z":null,"p":"plain text"}})")
                          .value;
  EXPECT_EQ(ToYaml(value),
            "a:\n"
            "  d: 1.5\n"
            "  e: {}\n"
            "  k9: \"1\"\n"
            "  k10: \"yes\"\n"
            "  m: |\n"
            "    l1\n"
            "    l2\n"
            "  \"n\": |-\n"
            "    x\n"
            "    y\n"
            "  p: plain text\n"
            "  q: 'a: b'\n"
            "  s: \"\"\n"
            "  t: \"2026-01-01T00:00:00Z\"\n"
            "  z: null\n"
            "b:\n"
            "- 1\n"
            "- a: []\n"
            "  \"y\": x\n");
  EXPECT_EQ(ToJson(ParseYaml(ToYaml(value)).value.at("b")), R"([1,{"a":[],"y":"x"}])");
}

TEST(Yaml, LongTextFoldsAndReadsBack) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "word" + std::to_string(i) + " ";
  text += "end";
  Object object;
  object["text"] = text;
  const std::string yaml = ToYaml(Value(object));
  EXPECT_GT(std::count(yaml.begin(), yaml.end(), '\n'), 3);
  EXPECT_EQ(ParseYaml(yaml).value.at("text").as_string(), text);
}

}  // namespace
}  // namespace apiserver
