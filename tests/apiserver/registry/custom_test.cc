// Custom resources: from a definition to objects that follow its schema, end to end through the
// pipeline.

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "tests/apiserver/registry/test_server.h"

namespace apiserver {
namespace {

constexpr const char* kDefinition =
    R"({"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com",
"scope":"Namespaced","names":{"plural":"widgets","kind":"Widget"},"versions":[{"name":"v1","served":true,
"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.size","statusReplicasPath":".status.size"}},
"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","required":["size"],"properties":{
"size":{"type":"integer","minimum":1},"color":{"type":"string","default":"red","enum":["red","blue"]},
"tags":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}}},
"status":{"type":"object","properties":{"size":{"type":"integer"}}}}}}}]}})";

class Custom : public ::testing::Test {
 protected:
  Custom() {
    server_.Do("POST", "/api/v1/namespaces", R"({"metadata":{"name":"ns"}})");
    EXPECT_EQ(server_.Do("POST", kDefinitions, kDefinition).status, 201);
    Settle();
  }
  void Settle() {
    while (server_.kernel().NextDue() && *server_.kernel().NextDue() <= server_.kernel().now()) {
      server_.kernel().RunNext();
    }
  }

  static std::string Widget(const std::string& members) {
    return R"({"apiVersion":"example.com/v1","kind":"Widget",)" + members + "}";
  }

  const std::string kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const std::string kWidgets = "/apis/example.com/v1/namespaces/ns/widgets";
  TestServer server_;
};

TEST_F(Custom, DefinitionIsEstablishedAndServed) {
  const auto definition = server_.Do("GET", kDefinitions + "/widgets.example.com");
  EXPECT_EQ(TextAt(definition.body, {"status", "acceptedNames", "listKind"}), "WidgetList");
  const auto list = server_.Do("GET", kWidgets);
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(TextAt(list.body, {"kind"}), "WidgetList");
}

TEST_F(Custom, TheServerOwnsWhatItSaysOfDefinitions) {
  const auto definition = server_.Do("GET", kDefinitions + "/widgets.example.com");
  const Value* owners = FindPath(definition.body, {"metadata", "managedFields"});
  ASSERT_NE(owners, nullptr);
  ASSERT_EQ(owners->get_array().size(), 2U);
  const Value& server = owners->get_array()[0];
  EXPECT_EQ(TextAt(server, {"manager"}), "kube-apiserver");
  EXPECT_EQ(TextAt(server, {"subresource"}), "status");
  EXPECT_NE(FindPath(server, {"fieldsV1", "f:status", "f:acceptedNames", "f:plural"}), nullptr);
}

TEST_F(Custom, ObjectsAreDefaultedPrunedAndChecked) {
  const auto made = server_.Do(
      "POST", kWidgets,
      Widget(R"("metadata":{"name":"a"},"spec":{"size":2,"nosuch":1},"status":{"size":9})"));
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(TextAt(made.body, {"spec", "color"}), "red");
  EXPECT_EQ(FindPath(made.body, {"spec", "nosuch"}), nullptr);
  EXPECT_EQ(Find(made.body, "status"), nullptr);
  EXPECT_EQ(IntAt(made.body, {"metadata", "generation"}), 1);
  EXPECT_EQ(made.warnings.size(), 1U);

  const auto bad = server_.Do(
      "POST", kWidgets,
      Widget(R"("metadata":{"name":"b"},"spec":{"size":0,"color":"green","tags":["x","x"]})"));
  EXPECT_EQ(bad.status, 422);
  EXPECT_EQ(FindPath(bad.body, {"details", "causes"})->as_array().size(), 3U);
  EXPECT_EQ(server_.Do("POST", kWidgets, Widget(R"("metadata":{"name":"c"},"spec":{})")).status,
            422);
}

TEST_F(Custom, StatusAndScaleHaveTheirOwnEndpoints) {
  server_.Do("POST", kWidgets, Widget(R"("metadata":{"name":"a"},"spec":{"size":2})"));
  const auto status =
      server_.Do("PATCH", kWidgets + "/a/status", R"({"spec":{"size":5},"status":{"size":1}})",
                 "application/merge-patch+json");
  EXPECT_EQ(IntAt(status.body, {"status", "size"}), 1);
  EXPECT_EQ(IntAt(status.body, {"spec", "size"}), 2);
  const auto scale = server_.Do("PATCH", kWidgets + "/a/scale", R"({"spec":{"replicas":4}})",
                                "application/merge-patch+json");
  EXPECT_EQ(IntAt(scale.body, {"spec", "replicas"}), 4);
  EXPECT_EQ(IntAt(server_.Do("GET", kWidgets + "/a").body, {"spec", "size"}), 4);
}

TEST_F(Custom, AnAppliedNullIsNotDropped) {
  const std::string target = kWidgets + "/a?fieldManager=m";
  const auto apply = [&](const std::string& spec) {
    return server_.Do("PATCH", target, Widget(R"("metadata":{"name":"a"},"spec":)" + spec),
                      "application/apply-patch+yaml");
  };
  const auto refused = apply(R"({"size":1,"tags":null})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(TextAt(refused.body, {"message"}),
            "Widget.example.com \"a\" is invalid: spec.tags: Invalid value: \"null\": spec.tags in "
            "body must be of type array: \"null\"");
  // YAML passes through JSON, where 2.0 is 2.
  EXPECT_EQ(apply(R"({"size":2.0})").status, 201);
}

TEST_F(Custom, WhatIsNotOfItsTypeHasNoRecordOfOwners) {
  const auto made =
      server_.Do("POST", kWidgets,
                 Widget(R"("metadata":{"name":"a"},"spec":{"size":1},"status":{"size":"x"})"));
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(FindPath(made.body, {"metadata", "managedFields"}), nullptr);
}

TEST_F(Custom, APatchedKindIsReadAgain) {
  server_.Do("POST", kWidgets, Widget(R"("metadata":{"name":"a"},"spec":{"size":1})"));
  const auto patch = [&](const std::string& body) {
    return server_.Do("PATCH", kWidgets + "/a", body, "application/merge-patch+json");
  };
  const auto other = patch(R"({"kind":"Gadget"})");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(TextAt(other.body, {"message"}),
            "Gadget.example.com \"a\" is invalid: kind: Invalid value: \"Gadget\": must be Widget");
  EXPECT_EQ(patch(R"({"kind":null})").status, 422);
  const auto unversioned = patch(R"({"apiVersion":null})");
  EXPECT_EQ(unversioned.status, 500);
  EXPECT_EQ(TextAt(unversioned.body, {"message"}),
            "Internal error occurred: Object 'apiVersion' is missing in 'object has no apiVersion "
            "field'");
}

TEST_F(Custom, DefaultsAreThoseOfTheVersionInWhichAnObjectLies) {
  Value definition = server_.Do("GET", kDefinitions + "/widgets.example.com").body;
  Value second =
      ParseJson(R"({"name":"v2","served":true,"storage":false,"schema":{"openAPIV3Schema":{
      "type":"object","x-kubernetes-preserve-unknown-fields":true}}})")
          .value;
  FindPath(definition, {"spec", "versions"})->get_array().push_back(std::move(second));
  ASSERT_EQ(server_.Do("PUT", kDefinitions + "/widgets.example.com", ToJson(definition)).status,
            200);
  Settle();
  const std::string widgets = "/apis/example.com/v2/namespaces/ns/widgets";
  const auto made = server_.Do(
      "POST", widgets,
      R"({"apiVersion":"example.com/v2","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"more":2}})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(TextAt(made.body, {"spec", "color"}), "red");
  EXPECT_EQ(FindPath(made.body, {"spec", "more"}), nullptr);
}

TEST_F(Custom, DeletionOfTheDefinitionEmptiesIt) {
  server_.Do("POST", kWidgets, Widget(R"("metadata":{"name":"a"},"spec":{"size":2})"));
  EXPECT_EQ(server_.Do("DELETE", kDefinitions + "/widgets.example.com").status, 200);
  Settle();
  EXPECT_EQ(server_.Do("GET", kDefinitions + "/widgets.example.com").status, 404);
  EXPECT_EQ(server_.Do("GET", kWidgets).status, 404);
}

TEST_F(Custom, DefinitionsAreChecked) {
  const auto bad =
      server_.Do("POST", kDefinitions, R"({"metadata":{"name":"x"},"spec":{"group":"nodot"}})");
  EXPECT_EQ(bad.status, 422);
  const auto message = [this](const std::string& version) {
    const auto answer =
        server_.Do("POST", kDefinitions,
                   R"({"metadata":{"name":"gears.example.com"},"spec":{"group":"example.com",)"
                   R"("scope":"Cluster","names":{"plural":"gears","kind":"Gear"},"versions":[)" +
                       version + "]}}");
    return std::string(TextAt(answer.body, {"message"}));
  };
  EXPECT_NE(
      message(R"({"name":"v1","served":true,"schema":{"openAPIV3Schema":{"type":"object"}}})")
          .find(R"(spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,)"
                R"("Deprecated":false,"DeprecationWarning":null,"Schema":null,)"
                R"("Subresources":null,"AdditionalPrinterColumns":null,)"
                R"("SelectableFields":null}]: must have exactly one version)"),
      std::string::npos);
  EXPECT_NE(message(R"({"name":"v1","served":true,"storage":true,"schema":{}})")
                .find("spec.versions[0].schema.openAPIV3Schema: Required value"),
            std::string::npos);
}

}  // namespace
}  // namespace apiserver
