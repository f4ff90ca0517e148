#include "apiserver/http/answer.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

TEST(BuildAnswer, HasLengthTypeAndWarnings) {
  Response response;
  response.status = 201;
  response.warnings = {"say \"no\""};
  response.headers = {{"Retry-After", "1"}};
  EXPECT_EQ(BuildAnswer(response, {"application/json", "{}"}, {}),
            "HTTP/1.1 201 Created\r\nCache-Control: no-cache, private\r\nContent-Type: "
            "application/json\r\n"
            "Retry-After: 1\r\nWarning: 299 - \"say \\\"no\\\"\"\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(BuildAnswer, CompressesLargeBodiesForThoseWhoTakeIt) {
  const std::string large(kGzipThresholdBytes + 1, 'x');
  const Response response;
  EXPECT_LT(BuildAnswer(response, {"text/plain", large}, {.accepts_gzip = true}).size(), 2000u);
  EXPECT_GT(BuildAnswer(response, {"text/plain", large}, {}).size(), large.size());
}

TEST(BuildAnswer, WarningsThatAreNoLineAreDropped) {
  Response response;
  response.warnings = {"a\r\nX-Evil: 1", "good"};
  const std::string answer = BuildAnswer(response, {"text/plain", ""}, {});
  EXPECT_EQ(answer.find("Evil"), std::string::npos);
  EXPECT_NE(answer.find("299 - \"good\""), std::string::npos);
}

TEST(BuildAnswer, NoContentHasNoBody) {
  Response response;
  response.status = 204;
  const std::string answer = BuildAnswer(response, {"application/json", "{}"}, {});
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(ChunkHead, IsHexadecimal) { EXPECT_EQ(ChunkHead(255), "ff\r\n"); }

}  // namespace
}  // namespace apiserver
