#include "apiserver/hooks/conversion_review.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

constexpr const char* kObject =
    R"({"apiVersion":"e.com/v1","kind":"K","metadata":{"name":"a","namespace":"ns","uid":"u","generation":3,
    "labels":{"x":"1"}},"spec":1})";

ConversionQuestion Question(std::size_t count) {
  ConversionQuestion question{"r", "v1", "e.com/v2", {}};
  for (std::size_t i = 0; i < count; ++i) question.objects.push_back(ParseJson(kObject).value);
  return question;
}

std::string Review(const std::string& response) {
  return R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","response":)" +
         response + "}";
}

std::string Converted(const std::string& objects) {
  return Review(R"({"uid":"r","result":{"status":"Success"},"convertedObjects":[)" + objects +
                "]}");
}

// The first failure of `answer` to a question about `count` objects, or "".
std::string ProblemOf(const std::string& answer, std::size_t count = 1, int status = 200) {
  const auto results = ReadConversion(Question(count), OutsideAnswer{status, {}, answer});
  if (!results) return results.error().message;
  for (const ApiResult<Value>& result : *results) {
    if (!result) return result.error().message;
  }
  return {};
}

TEST(ConversionReview, AsksWithEverythingThatUpstreamSends) {
  EXPECT_EQ(
      ConversionText({"r", "v1", "e.com/v2", {ParseJson(R"({"a":1})").value}}),
      R"({"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v1","request":{"uid":"r",)"
      R"("desiredAPIVersion":"e.com/v2","objects":[{"a":1}]},"response":{"uid":"",)"
      R"("convertedObjects":null,"result":{"metadata":{}}}})"
      "\n");
}

TEST(ConversionReview, OnlyLabelsAndAnnotationsOfMetadataChange) {
  const auto results = ReadConversion(
      Question(1),
      OutsideAnswer{
          200, {}, Converted(R"({"apiVersion":"e.com/v2","kind":"K","metadata":{"name":"a",
                    "namespace":"ns","uid":"u","generation":9,"annotations":{"y":"2"}},"spec":2})")});
  ASSERT_TRUE(results.ok());
  const Value want = ParseJson(
                         R"({"apiVersion":"e.com/v2","kind":"K","metadata":{"name":"a",
      "namespace":"ns","uid":"u","generation":3,"annotations":{"y":"2"}},"spec":2})")
                         .value;
  EXPECT_EQ(*(*results)[0], want);
}

TEST(ConversionReview, WhatBreaksTheRulesFailsInUpstreamsWords) {
  const std::string who = "conversion webhook for e.com/v1, Kind=K";
  const auto object = [](const std::string& version, const std::string& metadata) {
    return R"({"apiVersion":")" + version + R"(","kind":"K","metadata":)" + metadata + "}";
  };
  const std::string good = R"({"name":"a","namespace":"ns","uid":"u"})";
  EXPECT_EQ(ProblemOf(Review(R"({"uid":"other"})")),
            who + R"( failed: expected response.uid="r", got "other")");
  EXPECT_EQ(ProblemOf("{}"), who +
                                 " failed: expected webhook response of apiextensions.k8s.io/v1, "
                                 "Kind=ConversionReview, got /, Kind=");
  EXPECT_EQ(ProblemOf(Review("null")), who + " failed: no response provided");
  EXPECT_EQ(ProblemOf(Review(R"({"uid":"r","result":{"status":"Failure","message":"no"}})")),
            who + " failed: no");
  EXPECT_EQ(ProblemOf(Review(R"({"uid":"r"})")),
            who + " failed: response.result.status was '', not 'Success'");
  EXPECT_EQ(ProblemOf("", 1, 404),
            who + " failed: the server could not find the requested resource");
  EXPECT_EQ(ProblemOf(Converted("")), who + " returned 0 objects, expected 1");
  EXPECT_EQ(ProblemOf(Converted(object("e.com/v1", good))),
            who +
                " returned invalid object at index 0: invalid groupVersion (expected e.com/v2, "
                "received e.com/v1)");
  EXPECT_EQ(ProblemOf(Converted(object("e.com/v2", R"({"name":"b","namespace":"ns","uid":"u"})"))),
            who + " returned invalid object: must have the same name: a != b");
  EXPECT_EQ(ProblemOf(Converted(object("e.com/v2", R"({"name":"a","namespace":"ns"})"))),
            who + " returned invalid object: must have the same UID: u != ");
  EXPECT_EQ(ProblemOf(Converted(
                object("e.com/v2", R"({"name":"a","namespace":"ns","uid":"u","labels":{"x":1}})"))),
            who +
                " returned invalid metadata: metadata.labels[x] must be a string, but is int64 in "
                "converted object");
  EXPECT_EQ(ProblemOf(Converted(object("e.com/v2", good) + "," + object("e.com/v1", good)), 2),
            who +
                " returned invalid converted object at index 1: invalid groupVersion (expected "
                "e.com/v2, received e.com/v1)");
}

}  // namespace
}  // namespace apiserver
