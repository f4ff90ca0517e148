#include "apiserver/api/names.h"

#include <gtest/gtest.h>

#include "apiserver/api/hash.h"
#include "apiserver/api/int_or_string.h"
#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

TEST(Names, WellFormedOnesHaveNoMessage) {
  EXPECT_TRUE(CheckDns1123Label("a-1").empty());
  EXPECT_TRUE(CheckDns1123Subdomain("a.b-c.d").empty());
  EXPECT_TRUE(CheckDns1035Label("a1").empty());
  EXPECT_TRUE(CheckQualifiedName("example.com/A_b.c").empty());
  EXPECT_TRUE(CheckLabelValue("").empty());
  EXPECT_TRUE(CheckWildcardDns1123Subdomain("*.a.b").empty());
  EXPECT_TRUE(CheckConfigMapKey("..a").size() == 1);
}

TEST(Names, MessagesAreUpstreams) {
  EXPECT_EQ(CheckDns1123Label("a.b"), NameMessages{"must not contain dots"});
  EXPECT_EQ(CheckDns1123Label("A"),
            NameMessages{"a lowercase RFC 1123 label must consist of lower case alphanumeric "
                         "characters or '-', and must start and end with an alphanumeric character "
                         "(e.g. 'my-name',  or '123-abc', regex used for validation is "
                         "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"});
  EXPECT_EQ(CheckQualifiedName("/a").front(), "prefix part must be non-empty");
  EXPECT_EQ(CheckQualifiedName(std::string(64, 'a')),
            NameMessages{"name part must be no more than 63 bytes"});
  EXPECT_EQ(CheckQualifiedName("").size(), 2u);
  EXPECT_EQ(CheckDns1123Subdomain(std::string(254, 'a')),
            NameMessages{"must be no more than 253 characters"});
  EXPECT_EQ(CheckPortNumber(0), NameMessages{"must be between 1 and 65535, inclusive"});
  EXPECT_EQ(CheckPathSegmentName("a/b%"),
            (NameMessages{"may not contain '/'", "may not contain '%'"}));
}

TEST(Names, PredicatesAgreeWithMessages) {
  for (std::string_view name : {"a", "", "-a", "a-", "a.b", "a..b", "A", "x/y", "a/b/c", "/", "a_b",
                                "example.com/", "_", "a.", "1"}) {
    EXPECT_EQ(IsDns1123Label(name), CheckDns1123Label(name).empty()) << name;
    EXPECT_EQ(IsDns1123Subdomain(name), CheckDns1123Subdomain(name).empty()) << name;
    EXPECT_EQ(IsQualifiedName(name), CheckQualifiedName(name).empty()) << name;
    EXPECT_EQ(IsLabelValue(name), CheckLabelValue(name).empty()) << name;
  }
}

TEST(Hash, KnownValues) {
  EXPECT_EQ(Fnv1a32(""), 0x811c9dc5u);
  EXPECT_EQ(Fnv1a32("foobar"), 0xbf9cf968u);
  // '0' is 48, and 48 % 27 is 21.
  EXPECT_EQ(SafeEncodeString("0"), "4");
}

TEST(IntOrString, PercentagesScale) {
  const auto scaled = [](std::string_view json, Rounding rounding) {
    const Value value = ParseJson(json).value;
    return ScaledIntOrPercent(&value, 10, rounding);
  };
  EXPECT_EQ(scaled("3", Rounding::kUp).value(), 3);
  EXPECT_EQ(scaled("\"25%\"", Rounding::kUp).value(), 3);
  EXPECT_EQ(scaled("\"25%\"", Rounding::kDown).value(), 2);
  EXPECT_FALSE(scaled("\"25\"", Rounding::kUp).ok());
  EXPECT_FALSE(scaled("\"x%\"", Rounding::kUp).ok());
}

}  // namespace
}  // namespace apiserver
