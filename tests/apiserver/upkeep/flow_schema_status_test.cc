// Which condition a flow schema lacks.
#include "apiserver/upkeep/flow_schema_status.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

Value Schema(const std::string& conditions) {
  return ParseJson(
             R"({"spec":{"priorityLevelConfiguration":{"name":"p"}},"status":{"conditions":)" +
             conditions + "}}")
      .value;
}

TEST(MissingDanglingCondition, SaysWhetherTheLevelIsThere) {
  const auto found = MissingDanglingCondition(Schema("[]"), true);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->at("status"), "False");
  EXPECT_EQ(found->at("reason"), "Found");
  const auto missing = MissingDanglingCondition(Schema("[]"), false);
  ASSERT_TRUE(missing.has_value());
  EXPECT_EQ(missing->at("status"), "True");
  EXPECT_EQ(
      missing->at("message"),
      "This FlowSchema references the PriorityLevelConfiguration object named \"p\" but there "
      "is no such object");
}

TEST(MissingDanglingCondition, IsNothingWhenItIsSaidAlready) {
  const Value schema =
      Schema(R"([{"type":"Dangling","status":"False","reason":"Found","message":"This FlowSchema )"
             R"(references the PriorityLevelConfiguration object named \"p\" and it exists"}])");
  EXPECT_FALSE(MissingDanglingCondition(schema, true).has_value());
  EXPECT_TRUE(MissingDanglingCondition(schema, false).has_value());
}

}  // namespace
}  // namespace apiserver
