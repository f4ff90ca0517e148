// Devices, flow schemas, quotas and volumes: rules that look at several members at once.
#include <gtest/gtest.h>

#include "tests/apiserver/registry/kinds/kind_case.h"

namespace apiserver {
namespace {

std::string Claim(std::string_view devices) {
  return "{'metadata':{'name':'c'},'spec':{'devices':" + std::string(devices) + "}}";
}

TEST(ResourceClaims, AskForDevicesInOneWay) {
  EXPECT_EQ(Problems(kResourceClaimRules, Claim("{'requests':[{'name':'r'}]}")),
            "spec.devices.requests[0]: Required value: exactly one of `exactly` or "
            "`firstAvailable` is required\n");
  EXPECT_EQ(Problems(kResourceClaimRules,
                     Claim("{'requests':[{'name':'r','exactly':{'deviceClassName':'gpu'}}],"
                           "'constraints':[{'requests':['x/y'],'matchAttribute':'a.b/c'}]}")),
            "spec.devices.constraints[0].requests[0]: Invalid value: \"x/y\": must be the name of "
            "a request in the claim or the name of a request and a subrequest separated by '/'\n");
}

TEST(ResourceClaims, KeepTheirSpec) {
  const std::string old = Claim("{'requests':[{'name':'r','exactly':{'deviceClassName':'a'}}]}");
  const std::string now = Claim("{'requests':[{'name':'r','exactly':{'deviceClassName':'b'}}]}");
  EXPECT_EQ(UpdateProblems(kResourceClaimRules, old, old), "");
  EXPECT_EQ(UpdateProblems(kResourceClaimRules, old, now).substr(0, 50),
            "spec: Invalid value: {\"Devices\":{\"Requests\":[{\"Nam");
}

std::string Slice(std::string_view rest) {
  return "{'metadata':{'name':'s'},'spec':{'driver':'d.example.com','pool':{'name':'p','generation'"
         ":1,'resourceSliceCount':1}," +
         std::string(rest) + "}}";
}

TEST(ResourceSlices, AreInOnePlace) {
  EXPECT_EQ(Problems(kResourceSliceRules, Slice("'nodeName':'n'")), "");
  EXPECT_EQ(Problems(kResourceSliceRules, Slice("'nodeName':'n','allNodes':true")),
            "spec: Invalid value: \"{`nodeName`, `allNodes`}\": exactly one of `nodeName`, "
            "`nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields "
            "are set\n");
}

TEST(ResourceSlices, HaveVersionsThatAreSemantic) {
  const auto with = [](std::string_view version) {
    return Slice("'nodeName':'n','devices':[{'name':'d','attributes':{'v':{'version':'" +
                 std::string(version) + "'}}}]");
  };
  EXPECT_EQ(Problems(kResourceSliceRules, with("1.2.3-rc.1+b")), "");
  EXPECT_EQ(Problems(kResourceSliceRules, with("1.02.3")),
            "spec.devices[0].attributes[v].version: Invalid value: \"1.02.3\": must be a string "
            "compatible with semver.org spec 2.0.0\n");
}

TEST(ResourceQuotas, ShowAllScopesTheyWereGiven) {
  EXPECT_EQ(Problems(kResourceQuotaRules,
                     "{'spec':{'hard':{'cpu':'1','pods':'1','count/jobs.batch':'1'},"
                     "'scopes':['BestEffort','Terminating']}}"),
            "spec.scopes: Invalid value: [\"BestEffort\",\"Terminating\"]: unsupported scope "
            "applied to resource\n");
}

TEST(LimitRanges, OfPodsHaveNoDefaults) {
  EXPECT_EQ(
      Problems(kLimitRangeRules, "{'spec':{'limits':[{'type':'Pod','default':{'nonsense':'1'}}]}}"),
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'\n");
}

TEST(FlowSchemas, HaveTwoThatStayAsTheyAre) {
  const std::string problems =
      Problems(kFlowSchemaRules,
               "{'metadata':{'name':'exempt'},'spec':{'matchingPrecedence':1,"
               "'priorityLevelConfiguration':{'name':'exempt'}}}");
  EXPECT_NE(problems.find("spec of 'exempt' must equal the fixed value"), std::string::npos)
      << problems;
}

TEST(FlowSchemas, MatchSubjectsOfTheirKind) {
  EXPECT_EQ(Problems(kFlowSchemaRules,
                     "{'metadata':{'name':'f'},'spec':{'priorityLevelConfiguration':{'name':'l'},"
                     "'rules':[{'subjects':[{'kind':'User','group':{'name':'g'}}],"
                     "'nonResourceRules':[{'verbs':['get'],'nonResourceURLs':['/a*']}]}]}}"),
            "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is "
            "'User'\n"
            "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is "
            "not 'Group'\n"
            "spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: \"/a*\": "
            "wildcard can only do suffix matching\n");
}

TEST(PersistentVolumes, SayWhatChangedInTheirSource) {
  const auto volume = [](std::string_view path) {
    return "{'spec':{'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],"
           "'hostPath':{'path':'" +
           std::string(path) + "'}}}";
  };
  const std::string problems = UpdateProblems(kPersistentVolumeRules, volume("/a"), volume("/b"));
  EXPECT_NE(problems.find("-  \"Path\": \"/a\",\n+  \"Path\": \"/b\",\n"), std::string::npos)
      << problems;
}

}  // namespace
}  // namespace apiserver
