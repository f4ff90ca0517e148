// Pods and workloads: what is filled in, and what is refused.
#include <gtest/gtest.h>

#include "tests/apiserver/registry/kinds/kind_case.h"

namespace apiserver {
namespace {

constexpr std::string_view kMinimalDeployment =
    "{'metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'app':'a'}},'template':{'metadata'"
    ":{'labels':"
    "{'app':'a'}},'spec':{'containers':[{'name':'c','image':'i:1'}]}}}}";

std::string WithReplaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string replaced(text);
  replaced.replace(replaced.find(from), from.size(), to);
  return replaced;
}

TEST(Deployments, AreFilledInAsTheReferenceFillsThem) {
  const Value object = boost::json::parse(Defaulted(kDeploymentRules, kMinimalDeployment));
  const Value& spec = object.at("spec");
  EXPECT_EQ(spec.at("replicas"), 1);
  EXPECT_EQ(
      spec.at("strategy"),
      Json("{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':'25%','maxSurge':'25%'}}"));
  EXPECT_EQ(spec.at("revisionHistoryLimit"), 10);
  EXPECT_EQ(spec.at("progressDeadlineSeconds"), 600);
  const Value& pod = spec.at("template").at("spec");
  EXPECT_EQ(pod.at("containers").at(0),
            Json("{'name':'c','image':'i:1','terminationMessagePath':'/dev/termination-log',"
                 "'terminationMessagePolicy':'File','imagePullPolicy':'IfNotPresent'}"));
  EXPECT_EQ(pod.at("restartPolicy"), "Always");
  EXPECT_EQ(pod.at("terminationGracePeriodSeconds"), 30);
  EXPECT_FALSE(pod.as_object().contains("enableServiceLinks"));
}

TEST(Deployments, RefuseWithUpstreamsWords) {
  EXPECT_EQ(Problems(kDeploymentRules, kMinimalDeployment), "");
  EXPECT_EQ(
      Problems(kDeploymentRules, WithReplaced(kMinimalDeployment, "'matchLabels':{'app':'a'}",
                                              "'matchLabels':{'app':'b'}")),
      "spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match "
      "template `labels`\n");
  EXPECT_EQ(Problems(kDeploymentRules, WithReplaced(kMinimalDeployment, "'spec':{'selector'",
                                                    "'spec':{'replicas':-1,'selector'")),
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0\n");
  EXPECT_EQ(Problems(kDeploymentRules,
                     WithReplaced(kMinimalDeployment, "[{'name':'c','image':'i:1'}]", "[]")),
            "spec.template.spec.containers: Required value\n");
}

TEST(Deployments, KeepTheirSelector) {
  const std::string changed =
      WithReplaced(kMinimalDeployment, "'matchLabels':{'app':'a'}",
                   "'matchExpressions':[{'key':'app','operator':'Exists'}]");
  EXPECT_EQ(UpdateProblems(kDeploymentRules, kMinimalDeployment, changed),
            "spec.selector: Invalid value: "
            "{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Exists\"}]}: "
            "field is immutable\n");
}

struct PodCase {
  std::string_view name;
  std::string_view spec;  // added to one container c of image i
  std::string_view problems;
};

class PodProblems : public testing::TestWithParam<PodCase> {};

TEST_P(PodProblems, AreNamedAtTheirField) {
  const std::string pod = "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'" +
                          std::string(GetParam().spec) + "}}";
  EXPECT_EQ(Problems(kPodRules, pod), GetParam().problems);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PodProblems,
    testing::Values(
        PodCase{"none", "}]", ""},
        PodCase{"port", ",'ports':[{'containerPort':70000}]}]",
                "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between "
                "1 and 65535, "
                "inclusive\n"},
        PodCase{"mount", ",'volumeMounts':[{'name':'v','mountPath':'/m'}]}]",
                "spec.containers[0].volumeMounts[0].name: Not found: \"v\"\n"},
        PodCase{"request", ",'resources':{'limits':{'cpu':'1'},'requests':{'cpu':'2'}}}]",
                "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or "
                "equal to cpu "
                "limit of 1\n"},
        PodCase{"probe", ",'livenessProbe':{'exec':{'command':['a']},'successThreshold':2}}]",
                "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1\n"},
        PodCase{
            "volume", "}],'volumes':[{'name':'v','hostPath':{'path':'/a/../b'}}]",
            "spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'\n"},
        PodCase{"policy", "}],'restartPolicy':'Maybe'",
                "spec.restartPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", "
                "\"OnFailure\", "
                "\"Never\"\n"},
        PodCase{"toleration", "}],'tolerations':[{'effect':'NoSchedule'}]",
                "spec.tolerations[0].operator: Invalid value: \"\": operator must be Exists when "
                "`key` is empty, "
                "which means \"match all values and all keys\"\n"}),
    [](const auto& given) { return std::string(given.param.name); });

TEST(Pods, MayChangeOnlyTheirImages) {
  constexpr std::string_view kOld = "{'spec':{'containers':[{'name':'c','image':'i:1'}]}}";
  EXPECT_EQ(
      UpdateProblems(
          kPodRules, kOld,
          "{'spec':{'containers':[{'name':'c','image':'i:2','imagePullPolicy':'IfNotPresent'}]}}"),
      "");
  EXPECT_NE(UpdateProblems(kPodRules, kOld,
                           "{'spec':{'containers':[{'name':'c','image':'i:1','command':['x']}]}}")
                .find("spec: Forbidden: pod updates may not change fields other than"),
            std::string::npos);
}

TEST(Pods, GetRequestsFromLimits) {
  const Value pod = boost::json::parse(Defaulted(kPodRules,
                                                 "{'spec':{'containers':[{'name':'c','image':'i','"
                                                 "resources':{'limits':{'cpu':'2','memory':'1Gi'},"
                                                 "'requests':{'cpu':'1'}}}]}}"));
  EXPECT_EQ(pod.at("spec").at("containers").at(0).at("resources").at("requests"),
            Json("{'cpu':'1','memory':'1Gi'}"));
}

TEST(Jobs, SuspendedOnesChangeWhatTheirPodsAskFor) {
  const auto job = [](const std::string& status, const std::string& image, const std::string& cpu) {
    return "{'spec':{'suspend':true,'manualSelector':true,'selector':{'matchLabels':{'a':'b'}},"
           "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'restartPolicy':'Never',"
           "'containers':[{'name':'c','image':'" +
           image + "','resources':{'requests':{'cpu':'" + cpu + "'}}}]}}},'status':" + status + "}";
  };
  struct Case {
    const char* status;
    const char* image;
    const char* cpu;
    std::string_view field;  // of the only problem
  };
  const Case cases[] = {
      {"{}", "i", "2", ""},
      {"{}", "j", "1", "spec.template.spec: Invalid value: {\"Volumes\""},
      {"{'active':1}", "i", "2", "spec.template: Invalid value: {"},
  };
  for (const Case& test : cases) {
    const std::string problems = UpdateProblems(kJobRules, job(test.status, "i", "1"),
                                                job(test.status, test.image, test.cpu));
    EXPECT_EQ(problems.substr(0, test.field.size()), test.field);
    EXPECT_EQ(problems.empty(), test.field.empty()) << problems;
  }
}

}  // namespace
}  // namespace apiserver
