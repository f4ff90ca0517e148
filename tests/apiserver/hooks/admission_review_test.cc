#include "apiserver/hooks/admission_review.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

ReviewAnswer Read(const std::string& response, WebhookKind kind = WebhookKind::kMutating) {
  OutsideAnswer answer;
  answer.status = 200;
  answer.body = R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":)" +
                response + "}";
  return ReadReviewAnswer(answer, kind, "hook.example.com", "u1", "v1");
}

TEST(ReadReviewAnswer, DenialsSayWhoAndWhy) {
  const struct {
    const char* response;
    int code;
    const char* message;
  } kRows[] = {
      {R"({"uid":"u1","allowed":false})", 400,
       R"(admission webhook "hook.example.com" denied the request without explanation)"},
      {R"({"uid":"u1","allowed":false,"status":{"code":403,"message":"no"}})", 403,
       R"(admission webhook "hook.example.com" denied the request: no)"},
      {R"({"uid":"u1","allowed":false,"status":{"code":200,"reason":"Quota"}})", 400,
       R"(admission webhook "hook.example.com" denied the request: Quota)"},
  };
  for (const auto& row : kRows) {
    const ReviewAnswer answer = Read(row.response);
    ASSERT_TRUE(answer.denial) << row.response;
    EXPECT_EQ(answer.denial->code, row.code);
    EXPECT_EQ(answer.denial->message, row.message);
  }
}

TEST(ReadReviewAnswer, WhatIsMalformedIsAFailureOfTheCall) {
  const struct {
    const char* response;
    WebhookKind kind;
    const char* failure;
  } kRows[] = {
      {"null", WebhookKind::kMutating,
       "received invalid webhook response: webhook response was absent"},
      {R"({"uid":"u2","allowed":true})", WebhookKind::kMutating,
       R"(received invalid webhook response: expected response.uid="u1", got "u2")"},
      {R"({"uid":"u1","allowed":true,"patch":"W10="})", WebhookKind::kMutating,
       "received invalid webhook response: webhook returned response.patch but not "
       "response.patchType"},
      {R"({"uid":"u1","allowed":true,"patch":"W10=","patchType":"JSONPatch"})",
       WebhookKind::kValidating,
       "received invalid webhook response: validating webhook may not return response.patch"},
  };
  for (const auto& row : kRows) EXPECT_EQ(Read(row.response, row.kind).failure, row.failure);
  const sim::Result<OutsideAnswer> refused = sim::Error{"connection refused"};
  EXPECT_EQ(ReadReviewAnswer(refused, WebhookKind::kMutating, "h", "u", "v1").failure,
            "failed to call webhook: connection refused");
  OutsideAnswer missing;
  missing.status = 404;
  EXPECT_EQ(ReadReviewAnswer(missing, WebhookKind::kMutating, "h", "u", "v1").failure,
            "failed to call webhook: the server could not find the requested resource");
}

TEST(ReadReviewAnswer, PatchAndWarningsComeOut) {
  const ReviewAnswer answer = Read(
      R"({"uid":"u1","allowed":true,"patch":"W10=","patchType":"JSONPatch","warnings":["w"]})");
  EXPECT_EQ(answer.failure, "");
  EXPECT_EQ(answer.patch, "[]");
  EXPECT_EQ(answer.warnings, std::vector<std::string>{"w"});
}

}  // namespace
}  // namespace apiserver
