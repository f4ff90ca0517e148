// What updates of less common kinds may not change, and the words for it.

#include <gtest/gtest.h>

#include "apiserver/api/json_write.h"
#include "tests/apiserver/registry/kinds/kind_case.h"

namespace apiserver {
namespace {

struct Update {
  const char* name;
  const KindRules* rules;
  const char* before;
  const char* after;
  const char* problems;
};

class Updates : public ::testing::TestWithParam<Update> {};

TEST_P(Updates, AreRefusedInTheReferencesWords) {
  EXPECT_EQ(UpdateProblems(*GetParam().rules, GetParam().before, GetParam().after),
            GetParam().problems);
}

constexpr char kVolume[] =
    "{'spec':{'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],"
    "'hostPath':{'path':'/a'},'nodeAffinity':{'required':{'nodeSelectorTerms':["
    "{'matchExpressions':[{'key':'failure-domain.beta.kubernetes.io/zone','operator':'Exists'}]}]"
    "}}}}";
constexpr char kVolumeOfStableLabel[] =
    "{'spec':{'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],"
    "'hostPath':{'path':'/a'},'nodeAffinity':{'required':{'nodeSelectorTerms':["
    "{'matchExpressions':[{'key':'topology.kubernetes.io/zone','operator':'Exists'}]}]}}}}";
constexpr char kVolumeOfOtherLabel[] =
    "{'spec':{'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],"
    "'hostPath':{'path':'/a'},'nodeAffinity':{'required':{'nodeSelectorTerms':["
    "{'matchExpressions':[{'key':'q','operator':'Exists'}]}]}}}}";

INSTANTIATE_TEST_SUITE_P(
    Kinds, Updates,
    ::testing::Values(
        Update{"StableLabels", &kPersistentVolumeRules, kVolume, kVolumeOfStableLabel, ""},
        Update{"OtherLabels", &kPersistentVolumeRules, kVolume, kVolumeOfOtherLabel,
               "nodeAffinity: Invalid value: {\"Required\":{\"NodeSelectorTerms\":["
               "{\"MatchExpressions\":[{\"Key\":\"q\",\"Operator\":\"Exists\",\"Values\":null}],"
               "\"MatchFields\":null}]}}: field is immutable, except for updating from beta label "
               "to GA\n"},
        Update{"AttributesClass", &kVolumeAttributesClassRules,
               "{'driverName':'a','parameters':{'a':'b'}}", "{'parameters':{'a':'b'}}",
               "driverName: Forbidden: updates to driverName are forbidden.\n"
               "driverName: Required value\n"},
        Update{"IngressClass", &kIngressClassRules, "{'spec':{'controller':'a/b'}}", "{'spec':{}}",
               "spec.controller: Invalid value: \"\": field is immutable\n"
               "spec.controller: Required value\n"},
        Update{"BalancerClass", &kServiceRules,
               "{'spec':{'type':'LoadBalancer','ports':[{'port':80}],'loadBalancerClass':'a'}}",
               "{'spec':{'type':'LoadBalancer','ports':[{'port':80}],'loadBalancerClass':'-'}}",
               "spec.loadBalancerClass: Invalid value: \"-\": may not change once set\n"
               "spec.loadBalancerClass: Invalid value: \"-\": name part must consist of "
               "alphanumeric characters, '-', '_' or '.', and must start and end with an "
               "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
               "for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\n"
               "spec.loadBalancerClass: Invalid value: \"-\": name part must consist of "
               "alphanumeric characters, '-', '_' or '.', and must start and end with an "
               "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
               "for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\n"}),
    [](const auto& row) { return row.param.name; });

TEST(PodTemplates, MayNameClaimsOfTheirPodOnly) {
  const auto problems = [](const std::string& members) {
    return Problems(
        kPodTemplateRules,
        "{'template':{'spec':{'containers':[{'name':'c','image':'i'}]," + members + "}}}");
  };
  EXPECT_EQ(problems("'resources':{'claims':[{'name':'n'}]},"
                     "'resourceClaims':[{'name':'n','resourceClaimName':'a'}]"),
            "template.spec.resources.claims: Forbidden: claims may not be set for Resources at "
            "pod-level\n");
  EXPECT_EQ(problems("'preemptionPolicy':''"), "template.spec.preemptionPolicy: Required value\n");
}

TEST(ServiceCidrs, MayOnlyGainAFamily) {
  const auto problems = [](const std::string& cidrs) {
    return UpdateProblems(kServiceCidrRules, "{'spec':{'cidrs':['10.0.0.0/24']}}",
                          "{'spec':{'cidrs':[" + cidrs + "]}}");
  };
  EXPECT_EQ(problems("'10.0.0.0/24','fd00::/64'"), "");
  EXPECT_EQ(problems("'10.0.0.0/24','10.1.0.0/24'"),
            "spec.cidrs: Invalid value: [\"10.0.0.0/24\",\"10.1.0.0/24\"]: may specify no more "
            "than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64\n");
  EXPECT_EQ(problems("'10.2.0.0/24'"),
            "spec.cidrs[0]: Invalid value: \"10.2.0.0/24\": field is immutable\n");
}

TEST(PriorityLevels, DealHandsThatAHashCanTell) {
  const auto problems = [](const std::string& queues) {
    return Problems(kPriorityLevelConfigurationRules,
                    "{'spec':{'type':'Limited','limited':{'limitResponse':{'type':'Queue',"
                    "'queuing':{'queueLengthLimit':1,'handSize':8,'queues':" +
                        queues + "}}}}}");
  };
  EXPECT_EQ(problems("128"), "");
  EXPECT_EQ(problems("65536"),
            "spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits "
            "of deckSize 65536 and handSize 8 should not be greater than 60\n");
}

TEST(PersistentVolumes, LookIntoEachSource) {
  const auto problems = [](const std::string& source) {
    return Problems(
        kPersistentVolumeRules,
        "{'spec':{'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce']," + source + "}}");
  };
  EXPECT_EQ(problems("'flocker':{'datasetName':'a/b','datasetUUID':'u'}"),
            "spec.flocker: Invalid value: \"resource\": datasetName and datasetUUID can not be "
            "specified simultaneously\n"
            "spec.flocker.datasetName: Invalid value: \"a/b\": must not contain '/'\n");
  EXPECT_EQ(problems("'glusterfs':{'endpoints':'e','path':'p','endpointsNamespace':''}"),
            "spec.glusterfs.endpointsNamespace: Invalid value: \"\": if the endpointnamespace is "
            "set, it must be a valid namespace name\n");
  EXPECT_NE(problems("'csi':{'driver':'d','volumeHandle':'h','nodeStageSecretRef':{},"
                     "'nodePublishSecretRef':{'name':'A','namespace':'n'}}")
                .find("spec.csi.nodePublishSecretRef.name: Invalid value: \"A\""),
            std::string::npos);
}

TEST(WebhookConfigurations, NameWhatIsMissingAsUpstreamDoes) {
  const auto problems = [](const std::string& members) {
    return Problems(kValidatingWebhookConfigurationRules,
                    "{'webhooks':[{'name':'a.b.c','sideEffects':'None',"
                    "'admissionReviewVersions':['v1']," +
                        members + "}]}");
  };
  const std::string service = "'clientConfig':{'service':{'name':'s'}}";
  EXPECT_EQ(problems(service), "webhooks[0].clientConfig.service.name: Required value\n");
  const auto of_resources = [&](const std::string& resources) {
    return problems(
        "'clientConfig':{'service':{'name':'s','namespace':'n'}},'rules':[{'operations':['*'],"
        "'apiGroups':['*'],'apiVersions':['*'],'resources':[" +
        resources + "]}]");
  };
  EXPECT_EQ(of_resources("'*',''"), "webhooks[0].rules[0].resources[1]: Required value\n");
  EXPECT_EQ(of_resources("'pods','*'"), "");
  EXPECT_EQ(of_resources("'*','pods'"),
            "webhooks[0].rules[0].resources: Invalid value: [\"*\",\"pods\"]: if '*' is present, "
            "must not specify other resources without subresources\n");
}

std::vector<std::string> WarningsOf(const KindRules& rules, std::string_view text) {
  const Value object = Json(text);
  std::vector<std::string> warnings;
  rules.warn(object.get_object(), nullptr, warnings);
  return warnings;
}

using Texts = std::vector<std::string>;

TEST(Warnings, TellWhatIsAllowedAndOdd) {
  EXPECT_EQ(WarningsOf(kResourceQuotaRules,
                       "{'spec':{'hard':{'requests.cpu':'5','limits.cpu':'2','memory':'1',"
                       "'limits.memory':'1'}}}"),
            Texts{"ResourceQuota requests.cpu (5) should be less than limits.cpu (2)"});
  EXPECT_EQ(WarningsOf(kStatefulSetRules, "{'spec':{'revisionHistoryLimit':-1}}"),
            Texts{"spec.revisionHistoryLimit: a negative value retains all historical revisions; "
                  "a value >= 0 is recommended"});
  const std::string volumes =
      "{'metadata':{'name':'p'},'spec':{'volumes':[{'name':'c','configMap':{'name':'m','items':[{'"
      "path':'a'},"
      "{'path':'a/b'},{'path':'ab'}]}},{'name':'p','projected':{'sources':[{},"
      "{'secret':{'name':'s','items':[{'path':'x/'}]}},{'serviceAccountToken':{'path':'x'}}]}}]}}";
  EXPECT_EQ(WarningsOf(kPodRules, volumes),
            (Texts{"volume \"c\" (ConfigMap \"m\"): overlapping paths: \"a/b\" with \"a\"",
                   "volume \"p\" (Projected) has no sources provided",
                   "volume \"p\" (Projected): overlapping paths: \"x\" (ServiceAccountToken) "
                   "with \"x\" (Secret \"s\")"}));
}

TEST(StatefulSets, HaveOneVolumeForClaimsOfOneName) {
  const std::string claim =
      "{'metadata':{'name':'d'},'spec':{'accessModes':['ReadWriteOnce'],"
      "'resources':{'requests':{'storage':'1Gi'}}}}";
  EXPECT_EQ(Problems(kStatefulSetRules,
                     "{'spec':{'selector':{'matchLabels':{'a':'b'}},'serviceName':'s','template':"
                     "{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c',"
                     "'image':'i'}]}},'volumeClaimTemplates':[" +
                         claim + "," + claim + "]}}"),
            "");
}

// An autoscaling/v1 object in the version that is stored.
Value InV2(std::string_view text) {
  Value object = Json(text);
  kHorizontalPodAutoscalerRules.to_storage("autoscaling", "v1", object.get_object());
  return object;
}

TEST(ConfigMaps, ImmutableOnesTakeNoEmptyMapForNone) {
  const auto problems = [](std::string_view text) {
    const Value old = Json("{'immutable':true}");
    const Value object = Json(text);
    Violations out;
    kConfigMapRules.validate_change(object.get_object(), old.get_object(), out);
    std::string fields;
    for (const FieldError& error : out.Take()) fields += error.field + " ";
    return fields;
  };
  EXPECT_EQ(problems("{'immutable':true}"), "");
  EXPECT_EQ(problems("{'immutable':true,'data':{}}"), "data ");
  EXPECT_EQ(problems("{'binaryData':{'a':''}}"), "immutable binaryData ");
}

TEST(AutoscalersOfV1, KeepTheirStatus) {
  const Value plain = InV2("{'spec':{},'status':{'currentCPUUtilizationPercentage':5}}");
  EXPECT_EQ(ToJson(*Find(plain, "status")),
            R"({"currentMetrics":[{"type":"Resource","resource":{"name":"cpu",)"
            R"("current":{"averageUtilization":5}}}]})");
  Value object = InV2(
      "{'metadata':{'annotations':{'autoscaling.alpha.kubernetes.io/current-metrics':"
      "'[{\\'type\\':\\'Pods\\',\\'pods\\':{\\'metricName\\':\\'m\\'}}]'}},'spec':{}}");
  EXPECT_EQ(ToJson(*Find(object, "status")),
            R"({"currentMetrics":[{"type":"Pods","pods":{"metric":{"name":"m"},)"
            R"("current":{"averageValue":"0"}}}]})");
  EXPECT_EQ(FindPath(object, {"metadata", "annotations"}), nullptr);
}

}  // namespace
}  // namespace apiserver
