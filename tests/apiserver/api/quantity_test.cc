#include "apiserver/api/quantity.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

Quantity Q(std::string_view text) { return Quantity::Parse(text).value(); }

TEST(Quantity, TextIsCanonical) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"0", "0"},
      {"0m", "0"},
      {"1", "1"},
      {"1000", "1k"},
      {"1000m", "1"},
      {"1500m", "1500m"},
      {"1.5", "1500m"},
      {"0.5", "500m"},
      {"0.1", "100m"},
      {"1e3", "1e3"},
      {"1E3", "1E3"},
      {"1000e0", "1e3"},
      {"1.5Gi", "1536Mi"},
      {"1024Mi", "1Gi"},
      {"1Gi", "1Gi"},
      {"512Ki", "512Ki"},
      {"1024", "1024"},
      {"100Ki", "100Ki"},
      {"1.1Ki", "1126400m"},
      {"0.5Ki", "512"},
      {"1000000", "1M"},
      {"12345678", "12345678"},
      {"-1000", "-1k"},
      {"+5", "+5"},
      {"0.0000000001", "1n"},
      {"1.500", "1.500"},
      {"100000000000000000000", "100E"},
      {"9999999Ei", "9223372036854775807"},
      {".", "0"},
      {"2000Ki", "2000Ki"},
      {"2048Ki", "2Mi"},
      {"1e-3", "1e-3"},
      {".5", "500m"}};
  for (const auto& [text, want] : rows) EXPECT_EQ(Q(text).Text(), want) << text;
}

TEST(Quantity, RefusesWithUpstreamsSentences) {
  EXPECT_EQ(Quantity::Parse("").error().message,
            "quantities must match the regular expression "
            "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  EXPECT_EQ(Quantity::Parse("1x").error().message, Quantity::Parse("").error().message);
  EXPECT_EQ(Quantity::Parse("1KB").error().message, Quantity::Parse("").error().message);
  EXPECT_EQ(Quantity::Parse("1K").error().message, "unable to parse quantity's suffix");
  EXPECT_EQ(Quantity::Parse("1e").error().message, "unable to parse quantity's suffix");
}

TEST(Quantity, ComparesByAmount) {
  EXPECT_EQ(Q("1"), Q("1000m"));
  EXPECT_EQ(Q("1Ki"), Q("1024"));
  EXPECT_LT(Q("999m"), Q("1"));
  EXPECT_LT(Q("-1"), Q("0"));
  EXPECT_LT(Q("1e100"), Q("1e200"));
  EXPECT_LT(Q("-1e200"), Q("-1e100"));
}

TEST(Quantity, ScalesRoundingUp) {
  EXPECT_EQ(Q("1500m").value(), 2);
  EXPECT_EQ(Q("-1500m").value(), -2);
  EXPECT_EQ(Q("1n").milli_value(), 1);
  EXPECT_EQ(Q("250m").milli_value(), 250);
  EXPECT_EQ(Q("1Gi").value(), 1073741824);
  EXPECT_EQ(Q("1e300").value(), INT64_MAX);
  EXPECT_DOUBLE_EQ(Q("250m").AsDouble(), 0.25);
}

TEST(Quantity, AddsAndSubtractsExactly) {
  EXPECT_EQ((Q("100m") + Q("1")).Text(), "1100m");
  EXPECT_EQ((Q("1Gi") - Q("512Mi")).Text(), "512Mi");
  EXPECT_EQ((Quantity() + Q("1Gi")).Text(), "1Gi");
  EXPECT_EQ((Q("1") - Q("1")).Text(), "0");
  Quantity many = Q("150m");
  many *= 10;
  EXPECT_EQ(many.Text(), "1500m");
}

TEST(Quantity, ReadsNumbersAndSpacedText) {
  EXPECT_EQ(CanonicalQuantity(ParseJson("0.5").value).value(), "500m");
  EXPECT_EQ(CanonicalQuantity(ParseJson("1000").value).value(), "1k");
  EXPECT_EQ(CanonicalQuantity(ParseJson("\" 1 \"").value).value(), "1");
  EXPECT_FALSE(CanonicalQuantity(ParseJson("true").value).ok());
}

}  // namespace
}  // namespace apiserver
