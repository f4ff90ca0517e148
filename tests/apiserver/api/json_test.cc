#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

TEST(JsonParse, MalformedTextHasGosWords) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "unexpected end of JSON input"},
      {"{", "unexpected end of JSON input"},
      {"x", "invalid character 'x' looking for beginning of value"},
      {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
      {"{a:1}", "invalid character 'a' looking for beginning of object key string"},
      {"{\"a\" 1}", "invalid character '1' after object key"},
      {"{\"a\":1 2}", "invalid character '2' after object key:value pair"},
      {"[1 2]", "invalid character '2' after array element"},
      {"{} x", "invalid character 'x' after top-level value"},
      {"\"a\nb\"", "invalid character '\\n' in string literal"},
      {"\"\\q\"", "invalid character 'q' in string escape code"},
      {"\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape"},
      {"-x", "invalid character 'x' in numeric literal"},
      {"1.x", "invalid character 'x' after decimal point in numeric literal"},
      {"1ex", "invalid character 'x' in exponent of numeric literal"},
      {"nulx", "invalid character 'x' in literal null (expecting 'l')"},
      {"'a'", "invalid character '\\'' looking for beginning of value"},
      {"{\"p\": tru", "invalid character ' ' in literal true (expecting 'e')"},
      {"-", "invalid character ' ' in numeric literal"},
      {"1.", "invalid character ' ' after decimal point in numeric literal"},
      {"1e", "invalid character ' ' in exponent of numeric literal"},
      {"\"\\", "invalid character ' ' in string escape code"},
      {"\"\\u1", "invalid character ' ' in \\u hexadecimal character escape"},
      {"[1", "unexpected end of JSON input"},
      {"\"a", "unexpected end of JSON input"},
      {"01", "invalid character '1' after top-level value"},
      {"\xff", "invalid character '\xc3\xbf' looking for beginning of value"},
      {"1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"},
  };
  for (const auto& [text, want] : rows) EXPECT_EQ(ParseJson(text).error, want) << text;
}

TEST(JsonParse, ValuesRoundTripAsGoWritesThem) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {" { } ", "{}"},
      {"[1, -2, 0, true, null]", "[1,-2,0,true,null]"},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "9223372036854776000"},
      {"123456789012345678901234567890", "1.2345678901234568e+29"},
      {"1.0", "1"},
      {"0.1", "0.1"},
      {"1e-7", "1e-7"},
      {"1e21", "1e+21"},
      {"123456789.125", "123456789.125"},
      {"1e-400", "0"},
      {"1e-99999999999", "0"},
      {"4.35", "4.35"},
      {R"("<a&b>")", R"("\u003ca\u0026b\u003e")"},
      {R"("\u2028\ud83d\ude00\u00e9")", "\"\\u2028\xf0\x9f\x98\x80\xc3\xa9\""},
      {R"("\ud800x\udc00")", "\"\xef\xbf\xbdx\xef\xbf\xbd\""},
      {"\"a\xff\xc3(\"", "\"a\xef\xbf\xbd\xef\xbf\xbd(\""},
      {R"("\u0001\b\f\n\r\t\"\\\/")", R"("\u0001\b\f\n\r\t\"\\/")"},
      {R"({"b":1,"a":[{}, []]})", R"({"b":1,"a":[{},[]]})"},
  };
  for (const auto& [text, want] : rows) {
    const JsonParseResult got = ParseJson(text);
    ASSERT_TRUE(got.ok()) << text << ": " << got.error;
    EXPECT_EQ(ToJson(got.value), want) << text;
  }
}

TEST(JsonParse, IntegersStayIntegersWithin64Bits) {
  EXPECT_TRUE(ParseJson("9223372036854775807").value.is_int64());
  EXPECT_TRUE(ParseJson("9223372036854775808").value.is_double());
  EXPECT_TRUE(ParseJson("1.0").value.is_double());
}

TEST(JsonParse, ZeroHasNoSign) { EXPECT_EQ(ToJson(ParseJson("[-0.0,-0e5,-0]").value), "[0,0,0]"); }

TEST(JsonParse, RepeatedKeysAreNamedAndTheLastWins) {
  const JsonParseResult got = ParseJson(
      R"({"metadata":{"labels":{"a":"1","a":"2","a":"3"}},"x":[{"b":1},{"b":1,"b":2}],"x":null})");
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(ToJson(got.value), R"({"metadata":{"labels":{"a":"3"}},"x":null})");
  EXPECT_EQ(got.duplicate_fields, (std::vector<std::string>{"metadata.labels.a", "x[1].b", "x"}));
  EXPECT_TRUE(ParseJson(R"({"a":{"b":1},"c":{"b":1}})").duplicate_fields.empty());
}

TEST(JsonParse, DepthIsLimited) {
  const std::string deep(kJsonDepthMax, '[');
  EXPECT_TRUE(ParseJson(deep + std::string(kJsonDepthMax, ']')).ok());
  EXPECT_EQ(ParseJson("[" + deep + std::string(kJsonDepthMax + 1, ']')).error,
            "invalid character '[' exceeded max depth");
}

TEST(JsonWrite, PrettyIsGosMarshalIndent) {
  std::string out;
  AppendJsonPretty(ParseJson(R"({"a":[1,{}],"b":{"c":[]}})").value, out);
  EXPECT_EQ(out, "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": []\n  }\n}");
}

}  // namespace
}  // namespace apiserver
