#include "apiserver/schema/normalize.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/limits.h"
#include "apiserver/schema/table/kinds.h"

namespace apiserver {
namespace {

struct Normalized {
  std::string json;
  NormalizeResult result;
};

Normalized Normal(const Type* type, std::string_view json) {
  Value value = ParseJson(json).value;
  NormalizeResult result = Normalize(*type, value);
  return {ToJson(value), std::move(result)};
}

const Type* Pod() { return FindType("", "v1", "Pod"); }
const Type* ConfigMap() { return FindType("", "v1", "ConfigMap"); }
const Type* Deployment() { return FindType("apps", "v1", "Deployment"); }
const Type* Service() { return FindType("", "v1", "Service"); }

TEST(Normalize, WritesTheZeroValuesThatGoWrites) {
  EXPECT_EQ(Normal(Pod(), R"({"metadata":{"name":"a"}})").json,
            R"({"metadata":{"name":"a"},"spec":{"containers":null},"status":{}})");
  EXPECT_EQ(
      Normal(Deployment(), "{}").json,
      R"({"metadata":{},"spec":{"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}},"status":{}})");
  EXPECT_EQ(Normal(FindType("apps", "v1", "ControllerRevision"), "{}").json,
            R"({"metadata":{},"data":null,"revision":0})");
}

TEST(Normalize, DropsWhatGoOmits) {
  EXPECT_EQ(
      Normal(
          ConfigMap(),
          R"({"data":{},"immutable":null,"metadata":{"name":"a","labels":null,"creationTimestamp":null}})")
          .json,
      R"({"metadata":{"name":"a"}})");
  EXPECT_EQ(Normal(ConfigMap(), R"({"immutable":false,"metadata":{}})").json,
            R"({"metadata":{},"immutable":false})");
  EXPECT_EQ(
      Normal(Deployment()->FindField("spec")->type,
             R"({"replicas":0,"paused":false,"selector":{},"template":{}})")
          .json,
      R"({"replicas":0,"selector":{},"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}})");
}

TEST(Normalize, KeepsEmptyListsAndMapsOnRequest) {
  struct Case {
    const Type* type;
    std::string_view given;
    std::string_view kept;
    bool has_empties;
  };
  const Case cases[] = {
      {ConfigMap(), R"({"metadata":{"labels":{}},"data":{}})",
       R"({"metadata":{"labels":{}},"data":{}})", true},
      {Pod(), R"({"metadata":{},"spec":{"volumes":[],"containers":[]},"status":{}})",
       R"({"metadata":{},"spec":{"volumes":[],"containers":[]},"status":{}})", true},
      // Written anyway, or a pointer: nothing that would be left out.
      {Pod(), R"({"metadata":{},"spec":{"containers":[],"securityContext":{}},"status":{}})",
       R"({"metadata":{},"spec":{"containers":[],"securityContext":{}},"status":{}})", false},
      {Deployment()->FindField("spec")->type->FindField("selector")->type,
       R"({"matchLabels":{},"matchExpressions":[]})", "{}", false},
      // Empty texts and zeros are none in Go, too.
      {ConfigMap(), R"({"metadata":{"name":""},"data":null})", R"({"metadata":{}})", false},
  };
  for (const Case& test : cases) {
    Value value = ParseJson(test.given).value;
    const NormalizeResult result =
        Normalize(*test.type, value, UnknownFields::kIgnore, EmptyLists::kKept);
    EXPECT_EQ(ToJson(value), test.kept);
    EXPECT_EQ(result.has_empties, test.has_empties) << test.given;
  }
}

TEST(Normalize, SortsMapsAndFillsTheirNulls) {
  EXPECT_EQ(Normal(ConfigMap(), R"({"metadata":{},"data":{"b":"1","a":null}})").json,
            R"({"metadata":{},"data":{"a":"","b":"1"}})");
}

TEST(Normalize, WhatIsStoredTellsNoEmptyListFromNone) {
  const auto stored = [](const char* kind, std::string_view json) {
    Value value = ParseJson(json).value;
    Normalize(*FindType("", "v1", kind), value, UnknownFields::kIgnore, EmptyLists::kAsStored);
    return ToJson(value);
  };
  const std::string_view range = R"({"metadata":{},"spec":{"limits":[]}})";
  EXPECT_EQ(stored("LimitRange", range), R"({"metadata":{},"spec":{"limits":null}})");
  EXPECT_EQ(Normal(FindType("", "v1", "LimitRange"), range).json, range);
  EXPECT_EQ(stored("Secret", R"({"metadata":{},"data":{"a":null}})"),
            R"({"metadata":{},"data":{"a":""}})");
}

TEST(Normalize, ReportsUnknownFieldsInTheirOrder) {
  const Normalized got = Normal(
      Deployment(),
      R"({"Spec":1,"spec":{"template":{"spec":{"containers":[{"name":"a"},{"imag":1,"ports":[{"p":1}]}]}},"replica":2},"extra":true})");
  EXPECT_EQ(got.result.error, "");
  EXPECT_EQ(got.result.unknown_fields,
            (std::vector<std::string>{"Spec", "spec.template.spec.containers[1].imag",
                                      "spec.template.spec.containers[1].ports[0].p", "spec.replica",
                                      "extra"}));
}

TEST(Normalize, CanonicalisesTimesQuantitiesAndBytes) {
  EXPECT_EQ(
      Normal(
          Pod(),
          R"({"metadata":{"creationTimestamp":"2026-01-01T01:00:00.5+01:00"},"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":0.5,"memory":"1024Ki"}}}]}})")
          .json,
      R"({"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"500m","memory":"1Mi"}}}]},"status":{}})");
  EXPECT_EQ(Normal(FindType("", "v1", "Secret"), R"({"metadata":{},"data":{"a":"YQ\n=="}})").json,
            R"({"metadata":{},"data":{"a":"YQ=="}})");
}

struct ErrorCase {
  const Type* type;
  std::string_view json;
  std::string_view error;
};

TEST(Normalize, RefusesWrongTypesInGosWords) {
  const ErrorCase cases[] = {
      {ConfigMap(), R"({"data":{"x":1},"other":1})",
       "json: cannot unmarshal number into Go struct field ConfigMap.data of type string"},
      {ConfigMap(), R"({"data":[]})",
       "json: cannot unmarshal array into Go struct field ConfigMap.data of type "
       "map[string]string"},
      {ConfigMap(), R"({"metadata":"a"})",
       "json: cannot unmarshal string into Go struct field ConfigMap.metadata of type "
       "v1.ObjectMeta"},
      {ConfigMap(), R"({"metadata":{"name":1}})",
       "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type "
       "string"},
      {ConfigMap(), R"({"immutable":"true"})",
       "json: cannot unmarshal string into Go struct field ConfigMap.immutable of type bool"},
      {ConfigMap(), R"("x")", "json: cannot unmarshal string into Go value of type v1.ConfigMap"},
      {Deployment(), R"({"spec":{"replicas":"1"}})",
       "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type "
       "int32"},
      {Deployment(), R"({"spec":{"selector":"app=d"}})",
       "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.selector of type "
       "v1.LabelSelector"},
      {Service(), R"({"spec":{"ports":{}}})",
       "json: cannot unmarshal object into Go struct field ServiceSpec.spec.ports of type "
       "[]v1.ServicePort"},
      {Service(), R"({"spec":{"ports":[{"port":80.5}]}})",
       "json: cannot unmarshal number 80.5 into Go struct field ServicePort.spec.ports.port of "
       "type int32"},
      {Service(), R"({"spec":{"ports":[{"port":99999999999}]}})",
       "json: cannot unmarshal number 99999999999 into Go struct field ServicePort.spec.ports.port "
       "of type int32"},
      {Service(), R"({"spec":{"ports":[{"targetPort":true}]}})",
       "json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type "
       "int32"},
      {FindType("", "v1", "Pod"),
       R"({"spec":{"containers":[{"livenessProbe":{"httpGet":{"port":{}}}}]}})",
       "json: cannot unmarshal object into Go struct field "
       "HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32"},
      {Service(), R"({"spec":{"type":1}})",
       "json: cannot unmarshal number into Go struct field ServiceSpec.spec.type of type "
       "v1.ServiceType"},
      {FindType("", "v1", "Secret"), R"({"data":{"k":"!!"}})",
       "illegal base64 data at input byte 0"},
      {ConfigMap(), R"({"metadata":{"creationTimestamp":"yesterday"}})",
       R"(parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006")"},
      {FindType("", "v1", "ResourceQuota"), R"({"spec":{"hard":{"pods":"many"}}})",
       "quantities must match the regular expression "
       "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"},
  };
  for (const ErrorCase& c : cases)
    EXPECT_EQ(Normal(c.type, c.json).result.error, c.error) << c.json;
}

TEST(Normalize, NormalisingTwiceChangesNothing) {
  Value value =
      ParseJson(
          R"({"spec":{"containers":[{"resources":{"requests":{"cpu":1}}}]},"metadata":{"labels":{"b":"","a":""}}})")
          .value;
  ASSERT_TRUE(Normalize(*Pod(), value).ok());
  const std::string once = ToJson(value);
  ASSERT_TRUE(Normalize(*Pod(), value).ok());
  EXPECT_EQ(ToJson(value), once);
}

TEST(Normalize, SchemasOfCustomResourcesKeepTheirLooseParts) {
  const Type* schema = FindType("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
                           ->FindField("spec")
                           ->type->FindField("versions")
                           ->type->element->FindField("schema")
                           ->type;
  EXPECT_EQ(
      Normal(
          schema,
          R"({"openAPIV3Schema":{"type":"object","properties":{"a":{"items":{"type":"string"},"type":"array"},"b":{"additionalProperties":true,"default":{"z":1,"a":null}}}}})")
          .json,
      R"({"openAPIV3Schema":{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}},"b":{"default":{"z":1,"a":null},"additionalProperties":true}}}})");
}

TEST(Table, NoStructHasMoreFieldsThanTheWalksHold) {
  for (const KindRow& row : KindRows()) EXPECT_LE(row.type->fields.size(), kFieldsMax);
  const Type* schema = FindType("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
                           ->FindField("spec")
                           ->type->FindField("versions")
                           ->type->element->FindField("schema")
                           ->type->FindField("openAPIV3Schema")
                           ->type;
  EXPECT_LE(schema->fields.size(), kFieldsMax);
  EXPECT_LE(Pod()->FindField("spec")->type->fields.size(), kFieldsMax);
}

}  // namespace
}  // namespace apiserver
