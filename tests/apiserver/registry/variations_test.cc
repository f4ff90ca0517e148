// Requests a little beside the usual: other readings, other forms of answers, bodies of other
// kinds. Each row's words are the reference's.

#include <gtest/gtest.h>

#include "apiserver/registry/object_meta.h"
#include "tests/apiserver/registry/test_server.h"

namespace apiserver {
namespace {

constexpr const char* kDefinition =
    R"({"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com",
"scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},"versions":[{"name":"v1","served":true,
"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.size","statusReplicasPath":".status.size"}},
"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}})";
constexpr const char* kTable = "application/json;as=Table;v=v1;g=meta.k8s.io";
constexpr const char* kMetadata = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
constexpr const char* kMetadataList =
    "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
constexpr const char* kMerge = "application/merge-patch+json";
constexpr const char* kApply = "application/apply-patch+yaml";

class Variations : public ::testing::Test {
 protected:
  Variations() {
    server_.Do("POST", "/api/v1/namespaces", R"({"metadata":{"name":"ns"}})");
    EXPECT_EQ(server_.Do("POST", kDefinitions, kDefinition).status, 201);
    while (server_.kernel().NextDue() && *server_.kernel().NextDue() <= server_.kernel().now()) {
      server_.kernel().RunNext();
    }
  }
  void MakeWidget() {
    const auto made = server_.Do(
        "POST", kWidgets,
        R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1}})");
    EXPECT_EQ(made.status, 201);
  }
  std::string Message(const TestServer::Answer& answer) {
    return std::to_string(answer.status) + " " + std::string(TextAt(answer.body, {"message"}));
  }

  const std::string kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const std::string kWidgets = "/apis/example.com/v1/namespaces/ns/widgets";
  const std::string kMaps = "/api/v1/namespaces/ns/configmaps";
  TestServer server_;
};

TEST_F(Variations, BodiesOfCustomObjectsThatAreOfNoKind) {
  struct Row {
    std::string validation, body, want;
  };
  const std::string unrecognized =
      "400 the object provided is unrecognized (must be of type Widget): ";
  const std::vector<Row> rows = {
      {"Strict", R"({"metadata":{}})",
       unrecognized + R"(Object 'Kind' is missing in '{"metadata":{}}' ({"metadata":{}}))"},
      {"Ignore", R"({"metadata":{}})",
       R"(400 Widget in version "v1" cannot be handled as a Widget: Object 'Kind' is missing in '{"metadata":{}}')"},
      {"Ignore", R"({"Kind":"X","apiVersion":"a/v2"})",
       R"(400 X in version "v2" cannot be handled as a Widget: Object 'Kind' is missing in '{"Kind":"X","apiVersion":"a/v2"}')"},
      {"Warn", R"({"kind":"Widget","apiVersion":null})",
       R"(400 Widget in version "" cannot be handled as a Widget: .apiVersion accessor error: <nil> is of the type <nil>, expected string)"},
      {"Strict", R"({"kind":"Pod","apiVersion":"v1","metadata":{"x":1}})",
       R"(400 Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "metadata.x")"},
      {"Ignore", R"({"kind":"Pod","apiVersion":"v1","metadata":{"x":1}})",
       "400 the API version in the data (v1) does not match the expected API version "
       "(example.com/v1)"},
      {"Ignore", R"({"kind":"Widget","apiVersion":"v2","metadata":"x"})",
       R"(400 Widget in version "v2" cannot be handled as a Widget: json: cannot unmarshal string into Go value of type v1.ObjectMeta)"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(
        Message(server_.Do("POST", kWidgets + "?fieldValidation=" + row.validation, row.body)),
        row.want)
        << row.validation << " " << row.body;
  }
}

TEST_F(Variations, BodiesOfOtherBuiltInKindsAreReadAsThemselvesFirst) {
  const std::string deployments = "/apis/apps/v1/namespaces/ns/deployments";
  const std::string handled =
      "400 ReplicaSet in version \"v1\" cannot be handled as a Deployment: ";
  EXPECT_EQ(Message(server_.Do(
                "POST", deployments,
                R"({"apiVersion":"apps/v1","kind":"ReplicaSet","spec":{"replicas":"x"}})")),
            handled +
                "json: cannot unmarshal string into Go struct field "
                "ReplicaSetSpec.spec.replicas of type int32");
  EXPECT_EQ(Message(server_.Do("POST", deployments + "?fieldValidation=Strict",
                               R"({"apiVersion":"apps/v1","kind":"ReplicaSet","x":1})")),
            handled + "converting (v1.ReplicaSet) to (apps.Deployment): unknown conversion");
}

TEST_F(Variations, TheKindOfABuiltInBodyIsFoundWhateverItsCase) {
  EXPECT_EQ(Message(server_.Do("POST", kMaps, R"({"ApiVersion":"v9","kind":"ConfigMap"})")),
            "400 ConfigMap in version \"v9\" cannot be handled as a ConfigMap: no kind "
            "\"ConfigMap\" is registered for version \"v9\" in scheme "
            "\"pkg/runtime/scheme.go:111\"");
}

TEST_F(Variations, EventsHaveNoDependents) {
  const std::string events = "/api/v1/namespaces/ns/events";
  EXPECT_EQ(server_.Do("POST", events, R"({"metadata":{"name":"e"}})").status, 201);
  EXPECT_EQ(server_.Do("DELETE", events + "/e?propagationPolicy=Foreground").status, 200);
  EXPECT_EQ(server_.Do("GET", events + "/e").status, 404);
}

TEST_F(Variations, ViewsThatDoNotFit) {
  EXPECT_EQ(server_.Do("POST", kMaps, R"({"metadata":{"name":"a"}})").status, 201);
  MakeWidget();
  struct Row {
    std::string target, accept, want;
  };
  const std::string not_a_list =
      "406 you requested PartialObjectMetadataList, but the requested object is not a list (";
  const std::string only =
      "406 only the following media types are accepted: application/json, application/yaml, "
      "application/vnd.kubernetes.protobuf";
  const std::vector<Row> rows = {
      {kWidgets + "/a", kMetadataList, "500 content is not a list"},
      {kMaps + "/a", kMetadataList, not_a_list + "*core.ConfigMap)"},
      {kWidgets + "/a/scale", kMetadataList, not_a_list + "*v1.Scale)"},
      {kDefinitions + "/widgets.example.com/status", kTable, only},
      {kDefinitions + "/widgets.example.com", kTable, "200 "},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Message(server_.Do("GET", row.target, "", "", row.accept)), row.want) << row.target;
  }
  // Nothing collected is null, and a list of metadata is no list of objects.
  const auto none = server_.Do("GET", "/apis/apps/v1/deployments", "", "", kMetadataList);
  ASSERT_NE(Find(none.body, "items"), nullptr);
  EXPECT_TRUE(Find(none.body, "items")->is_null());
}

// The router refuses before any handler that would warn.
TEST_F(Variations, AnswersThatNobodyTakesWarnOfOldVersions) {
  const std::string old = "/api/v1/namespaces/ns/endpoints";
  const auto refused = server_.Do("GET", old, "", "", "application/json;as=Foo;v=v1;g=meta.k8s.io");
  EXPECT_EQ(refused.status, 406);
  EXPECT_EQ(refused.warnings.size(), 1U);
  const auto unrouted = server_.Do("GET", old, "", "", "text/plain");
  EXPECT_EQ(unrouted.status, 406);
  EXPECT_TRUE(unrouted.warnings.empty());
}

TEST_F(Variations, MetadataIsThatBeforeTheConversion) {
  const auto made = server_.Do(
      "POST", "/apis/apps/v1/namespaces/ns/daemonsets?dryRun=All",
      R"({"metadata":{"name":"d","annotations":{"deprecated.daemonset.template.generation":"1"}},"spec":{"selector":{"matchLabels":{"a":"b"}},
"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})",
      "application/json", kMetadata);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(FindPath(made.body, {"metadata", "annotations"}), nullptr);
}

TEST_F(Variations, ScalesOfCustomObjects) {
  MakeWidget();
  EXPECT_EQ(Message(server_.Do("PATCH", kWidgets + "/a/scale",
                               R"({"metadata":{"namespace":"other"}})", kMerge)),
            "400 the namespace of the provided object does not match the namespace sent on the "
            "request");
  EXPECT_EQ(server_.Do("GET", kWidgets + "/a/scale?resourceVersion=99999").status, 504);
}

TEST_F(Variations, ScalesNameTheObjectThatIsThere) {
  const std::string target = "/apis/apps/v1/namespaces/ns/deployments";
  const auto made =
      server_.Do("POST", target, R"({"metadata":{"name":"d"},"spec":{"replicas":1}})");
  const std::string uid(TextAt(made.body, {"metadata", "uid"}));
  EXPECT_EQ(
      Message(server_.Do("PATCH", target + "/d/scale", R"({"metadata":{"uid":"x"}})", kMerge)),
      "409 Operation cannot be fulfilled on deployments/scale.apps \"d\": Precondition failed: "
      "UID in precondition: x, UID in object meta: " +
          uid);
  EXPECT_EQ(
      Message(server_.Do("PUT", target + "/d/scale",
                         R"({"metadata":{"name":"d","namespace":"ns","uid":"x"}})")),
      "409 Operation cannot be fulfilled on deployments.apps \"d\": StorageError: invalid "
      "object, Code: 4, Key: /registry/deployments/ns/d, ResourceVersion: 0, "
      "AdditionalErrorMsg: Precondition failed: UID in precondition: x, UID in object meta: " +
          uid);
  EXPECT_EQ(server_.Do("PATCH", target + "/d/scale", R"({"spec":{"replicas":2}})", kMerge).status,
            200);
}

TEST_F(Variations, EndpointsWithoutTables) {
  for (const std::string below : {"binding", "eviction"}) {
    EXPECT_EQ(
        server_
            .Do("POST", "/api/v1/namespaces/ns/pods/p/" + below, "{}", "application/json", kTable)
            .status,
        406)
        << below;
  }
}

TEST_F(Variations, DryRunsShowWhatTheStoreWouldHaveTaken) {
  const auto made = server_.Do("POST", kMaps + "?dryRun=All",
                               R"({"metadata":{"name":"x","resourceVersion":"5"}})");
  EXPECT_EQ(TextAt(made.body, {"metadata", "resourceVersion"}), "5");
  EXPECT_EQ(server_.Do("POST", kMaps, R"({"metadata":{"name":"x","resourceVersion":"5"}})").status,
            500);
}

TEST_F(Variations, RepeatedKeysOfAConfigurationComeAfterWhatApplyRefuses) {
  const std::string target = kMaps + "/a?fieldManager=m&fieldValidation=Strict";
  EXPECT_EQ(
      Message(server_.Do("PATCH", target,
                         R"({"apiVersion":"apps/v1","kind":"X","kind":"ConfigMap"})", kApply)),
      "400 invalid object type: apps/v1, Kind=ConfigMap");
  EXPECT_EQ(
      Message(server_.Do(
          "PATCH", target,
          R"({"apiVersion":"v1","kind":"X","kind":"ConfigMap","metadata":{"name":"a"}})", kApply)),
      "400 error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal "
      "errors:\n  line 1: key \"kind\" already set in map");
}

TEST(MetadataNames, ThatAreTooLong) {
  const std::string name(254, 'a');
  EXPECT_EQ(NameMessagesFor(NameRule::kLongName, name, false),
            std::vector<std::string>{"must be no more than 253 bytes"});
  EXPECT_EQ(NameMessagesFor(NameRule::kDnsSubdomain, name, false),
            std::vector<std::string>{"must be no more than 253 characters"});
}

TEST_F(Variations, NumbersOfAListAreReadBeforeItsSelectors) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"labelSelector=a%20in%20b&limit=x", "400 strconv.ParseInt: parsing \"x\": invalid syntax"},
      {"resourceVersionMatch=Exact&fieldSelector=a",
       "400 invalid selector: 'a'; can't understand 'a'"},
      {"resourceVersionMatch=Exact&fieldSelector=a%3Db",
       "422 ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
       "resourceVersionMatch is forbidden unless resourceVersion is provided"},
  };
  for (const auto& [query, want] : rows) {
    EXPECT_EQ(Message(server_.Do("GET", kMaps + "?" + query)), want) << query;
  }
}

TEST_F(Variations, FinalizersOfThreeGroupsNeedNoDomain) {
  const std::string body = R"({"metadata":{"name":"a","finalizers":["x"]},"handler":"h"})";
  EXPECT_EQ(server_.Do("POST", "/apis/node.k8s.io/v1/runtimeclasses", body).status, 201);
  EXPECT_EQ(server_.Do("POST", "/apis/coordination.k8s.io/v1/namespaces/ns/leases", body).status,
            201);
  EXPECT_EQ(server_.Do("POST", kMaps, body).status, 422);
}

TEST_F(Variations, RepetitionsOfUnknownFieldsAreNotTold) {
  EXPECT_EQ(Message(server_.Do("POST", kMaps + "?fieldValidation=Strict",
                               R"({"metadata":{"name":"a","name":"b"},"x":1,"x":2})")),
            "400 ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding "
            "error: duplicate field \"metadata.name\", unknown field \"x\"");
}

TEST_F(Variations, NamesOfDefinitions) {
  const std::string text = kDefinition;
  const std::string named = R"("name":"widgets.example.com")";
  std::string both = text;
  both.replace(both.find(named), named.size(), named + R"(,"generateName":"g-")");
  const auto refused = server_.Do("POST", kDefinitions, both);
  EXPECT_NE(
      Message(refused).find(
          R"(metadata.generateName: Invalid value: "g-": must be spec.names.plural+"."+spec.group)"),
      std::string::npos);
  // Those stored are the storage version again once nobody says so.
  auto definition = server_.Do("GET", kDefinitions + "/widgets.example.com").body;
  definition.get_object()["status"].get_object()["storedVersions"] = nullptr;
  const auto put = server_.Do("PATCH", kDefinitions + "/widgets.example.com/status",
                              R"({"status":{"storedVersions":null}})", kMerge);
  const Value* stored = FindPath(put.body, {"status", "storedVersions"});
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(*stored, Value({"v1"}));
}

}  // namespace
}  // namespace apiserver
