#include "apiserver/schema/conversion_problem.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/schema/builtin.h"

namespace apiserver {
namespace {

std::string Problem(std::string_view group, std::string_view kind, std::string_view json) {
  return ConversionProblem(*FindType(group, "v1", kind), ParseJson(json).value);
}

TEST(ConversionProblems, NameTheKindsOfGo) {
  EXPECT_EQ(Problem("apps", "Deployment", R"({"spec":{"replicas":"two"}})"),
            "unrecognized type: int32");
  EXPECT_EQ(Problem("apps", "Deployment", R"({"spec":"word"})"),
            "cannot restore struct from: string");
  EXPECT_EQ(Problem("", "ConfigMap", R"({"metadata":{"labels":{"a":1}}})"),
            "cannot convert int64 to string");
  EXPECT_EQ(Problem("", "ConfigMap", R"({"data":["x"]})"), "cannot restore map from slice");
  EXPECT_EQ(Problem("", "Secret", R"({"data":{"c":"%%%"}})"),
            "error decoding from json: illegal base64 data at input byte 0");
}

TEST(ConversionProblems, AreNoneOfWhatFits) {
  EXPECT_EQ(Problem("apps", "Deployment", R"({"spec":{"replicas":2,"paused":null}})"), "");
  EXPECT_EQ(Problem("", "Pod", R"({"spec":{"containers":[{"resources":{"limits":{"cpu":1}}}]}})"),
            "");
}

}  // namespace
}  // namespace apiserver
