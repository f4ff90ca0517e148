// What the status of a pod may report, and how core kinds show what they refuse.
#include "apiserver/registry/kinds/pod_status.h"

#include <gtest/gtest.h>

#include "apiserver/registry/kinds/conditions.h"
#include "tests/apiserver/registry/kinds/kind_case.h"

namespace apiserver {
namespace {

using Check = void (*)(const Object& spec, const Object& status, const FieldPath& path,
                       Violations& out);

// The fields that `check` finds wrong, one a line.
std::string Fields(Check check, std::string_view spec, std::string_view status) {
  Violations out;
  check(Json(spec).get_object(), Json(status).get_object(), FieldPath("status"), out);
  std::string text;
  for (const FieldError& error : out.Take()) text += error.field + "\n";
  return text;
}

constexpr std::string_view kSpec =
    "{'containers':[{'name':'c','resources':{'requests':{'example.com/gpu':'1'},"
    "'claims':[{'name':'k','request':'r'}]}}]}";

TEST(PodStatus, DevicesOfContainersAreThoseTheyAskFor) {
  const auto fields = [](std::string_view list, std::string_view allocated) {
    return Fields(CheckContainerStatuses, kSpec,
                  "{'" + std::string(list) + "':[{'name':'c','allocatedResourcesStatus':[" +
                      std::string(allocated) + "]}]}");
  };
  EXPECT_EQ(fields("containerStatuses", "{'name':'example.com/gpu'},{'name':'claim:k/r'}"), "");
  EXPECT_EQ(fields("containerStatuses", "{'name':'cpu'},{'name':'claim:k'}"),
            "status.containerStatuses[0].allocatedResourcesStatus[0].name\n"
            "status.containerStatuses[0].allocatedResourcesStatus[1].name\n");
  EXPECT_EQ(fields("containerStatuses",
                   "{'name':'example.com/gpu','resources':[{'resourceID':'a','health':'Well'},"
                   "{'resourceID':'a','health':'Healthy','message':''}]}"),
            "status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health\n"
            "status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].message\n"
            "status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID\n");
  EXPECT_EQ(fields("ephemeralContainerStatuses", "{'name':'example.com/gpu'}"),
            "status.ephemeralContainerStatuses[0].allocatedResourcesStatus\n");
}

TEST(PodStatus, UsersOfContainersHaveIdsOfLinux) {
  constexpr std::string_view kStatus =
      "{'containerStatuses':[{'name':'c','user':{'linux':{'uid':-1,'gid':0,"
      "'supplementalGroups':[1,2147483648]}}}]}";
  EXPECT_EQ(Fields(CheckContainerStatuses, "{}", kStatus),
            "status.containerStatuses[0].user.linux.uid\n"
            "status.containerStatuses[0].user.linux.supplementalGroups[1]\n");
  EXPECT_EQ(Fields(CheckContainerStatuses, "{'os':{'name':'windows'}}", kStatus),
            "status.containerStatuses[0].user.linux\n");
}

TEST(PodStatus, TheClaimOfExtendedResourcesMapsRequestsOfContainers) {
  const auto fields = [](std::string_view claim) {
    return Fields(CheckExtendedClaimStatus, kSpec,
                  "{'extendedResourceClaimStatus':" + std::string(claim) + "}");
  };
  constexpr std::string_view kMapping =
      "{'containerName':'c','resourceName':'example.com/gpu','requestName':'r'}";
  const std::string well(kMapping);
  EXPECT_EQ(fields("{'resourceClaimName':'x','requestMappings':[" + well + "]}"), "");
  EXPECT_EQ(fields("{'resourceClaimName':'','requestMappings':[]}"),
            "status.extendedResourceClaimStatus.requestMappings\n"
            "status.extendedResourceClaimStatus.resourceClaimName\n");
  EXPECT_EQ(fields("{'resourceClaimName':'x','requestMappings':[" + well + "," + well + "]}"),
            "status.extendedResourceClaimStatus.requestMappings[1].containerName\n"
            "status.extendedResourceClaimStatus.requestMappings[1].resourceName\n"
            "status.extendedResourceClaimStatus.requestMappings[1].requestName\n");
}

TEST(Conditions, HaveOneOfThreeStatuses) {
  Violations out;
  const Value status = Json(
      "{'conditions':[{'type':'A','reason':'R','lastTransitionTime':'2020-01-01T00:00:00Z'}]}");
  CheckConditions(status.get_object(), FieldPath("status"), out);
  const FieldErrors errors = out.Take();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].field + ": " + errors[0].text,
            "status.conditions[0].status: Unsupported value: \"\": supported values: \"False\", "
            "\"True\", \"Unknown\"");
}

TEST(CoreKinds, AnswerAsTheReference) {
  EXPECT_EQ(Problems(kNamespaceRules, "{'spec':{'finalizers':['x']}}"),
            "spec.finalizers: Invalid value: \"x\": name is neither a standard finalizer name nor "
            "is it fully qualified\n");
  EXPECT_EQ(Problems(kPriorityClassRules, "{'metadata':{'name':'a'},'preemptionPolicy':''}"),
            "preemptionPolicy: Required value\n");
}

}  // namespace
}  // namespace apiserver
