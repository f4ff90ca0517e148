// Create, read, update and delete of plain objects, end to end through the pipeline.

#include <gtest/gtest.h>

#include "tests/apiserver/registry/test_server.h"

namespace apiserver {
namespace {

class Objects : public ::testing::Test {
 protected:
  Objects() {
    EXPECT_EQ(server_.Do("POST", "/api/v1/namespaces", R"({"metadata":{"name":"ns"}})").status,
              201);
  }
  TestServer::Answer Make(const std::string& body) { return server_.Do("POST", kMaps, body); }

  const std::string kMaps = "/api/v1/namespaces/ns/configmaps";
  TestServer server_;
};

std::string Message(const TestServer::Answer& answer) {
  return std::string(TextAt(answer.body, {"message"}));
}

TEST_F(Objects, CreateFillsInMetadata) {
  const auto answer = Make(R"({"metadata":{"name":"a","uid":"mine"},"data":{"k":"v"}})");
  ASSERT_EQ(answer.status, 201);
  EXPECT_EQ(TextAt(answer.body, {"kind"}), "ConfigMap");
  EXPECT_EQ(TextAt(answer.body, {"apiVersion"}), "v1");
  EXPECT_EQ(TextAt(answer.body, {"metadata", "namespace"}), "ns");
  EXPECT_EQ(TextAt(answer.body, {"metadata", "uid"}).size(), 36U);
  EXPECT_EQ(TextAt(answer.body, {"metadata", "creationTimestamp"}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(TextAt(answer.body, {"data", "k"}), "v");
}

TEST_F(Objects, CreateRefusesWhatUpstreamRefuses) {
  EXPECT_EQ(Make(R"({"metadata":{"name":"a"}})").status, 201);
  EXPECT_EQ(Message(Make(R"({"metadata":{"name":"a"}})")), R"(configmaps "a" already exists)");
  EXPECT_EQ(
      Message(Make(R"({"metadata":{}})")),
      R"(ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required)");
  const auto versioned = Make(R"({"metadata":{"name":"m","resourceVersion":"1"}})");
  EXPECT_EQ(versioned.status, 500);
  EXPECT_EQ(Message(versioned), "resourceVersion should not be set on objects to be created");
  EXPECT_EQ(Make(R"({"metadata":{"name":"m","namespace":"other"}})").status, 400);
  EXPECT_EQ(Make(R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"m"}})").status, 400);
  EXPECT_EQ(Message(server_.Do("POST", "/api/v1/namespaces/none/configmaps",
                               R"({"metadata":{"name":"a"}})")),
            R"(namespaces "none" not found)");
}

TEST_F(Objects, ADryRunDoesNotReachTheStore) {
  const std::string dry = kMaps + "?dryRun=All";
  EXPECT_EQ(server_.Do("POST", dry, R"({"metadata":{"name":"m","resourceVersion":"1"}})").status,
            201);
  ASSERT_EQ(Make(R"({"metadata":{"name":"a"}})").status, 201);
  const std::string other = R"({"metadata":{"name":"a","uid":"other"}})";
  ASSERT_EQ(server_.Do("POST", "/api/v1/nodes", R"({"metadata":{"name":"n"}})").status, 201);
  EXPECT_NE(Message(server_.Do("PUT", "/api/v1/nodes/n", R"({"metadata":{"name":"n","uid":"o"}})"))
                .find("Key: /registry/minions/n, "),
            std::string::npos);
  const std::string place = "/configmaps/ns/a, ResourceVersion";
  EXPECT_NE(Message(server_.Do("PUT", kMaps + "/a?dryRun=All", other)).find("Key: " + place),
            std::string::npos);
  EXPECT_NE(Message(server_.Do("PUT", kMaps + "/a", other)).find("Key: /registry" + place),
            std::string::npos);
}

TEST_F(Objects, OnlyWhatIsShownNeedsTheRightView) {
  ASSERT_EQ(Make(R"({"metadata":{"name":"a"}})").status, 201);
  const std::string one = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
  const std::string many = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  struct Case {
    const char* method;
    const char* target;
    const std::string& accept;
    int status;
  };
  const Case cases[] = {{"GET", "/a", one, 200},     {"GET", "", one, 406},
                        {"GET", "/a", many, 406},    {"GET", "", many, 200},
                        {"GET", "/none", many, 404}, {"GET", "?limit=x", one, 400},
                        {"DELETE", "/a", many, 200}};
  for (const Case& test : cases) {
    const auto answer =
        server_.Do(test.method, kMaps + test.target, "", "application/json", test.accept);
    EXPECT_EQ(answer.status, test.status) << test.method << " " << test.target;
    if (test.status != 406) continue;
    const bool is_list = test.target[0] == '\0';
    EXPECT_EQ(Message(answer),
              is_list ? "you requested PartialObjectMetadata, but the requested object is a list "
                        "(*core.ConfigMapList)"
                      : "you requested PartialObjectMetadataList, but the requested object is not "
                        "a list (*core.ConfigMap)");
  }
}

TEST_F(Objects, EmptyListsAndMapsAreNeitherStoredNorOwned) {
  const auto made = Make(R"({"metadata":{"name":"e","labels":{},"finalizers":[]},"data":{}})");
  ASSERT_EQ(made.status, 201);
  EXPECT_EQ(FindPath(made.body, {"metadata", "labels"}), nullptr);
  EXPECT_EQ(FindPath(made.body, {"data"}), nullptr);
  EXPECT_EQ(FindPath(made.body, {"metadata", "managedFields"}), nullptr);
  const auto patched = server_.Do("PATCH", kMaps + "/e", R"({"data":{},"binaryData":{}})",
                                  "application/merge-patch+json");
  EXPECT_EQ(TextAt(patched.body, {"metadata", "resourceVersion"}),
            TextAt(made.body, {"metadata", "resourceVersion"}));
}

TEST_F(Objects, StrictErrorsComeAsTheTextHasThem) {
  const auto message = [this](const std::string& body) {
    const std::string text = Message(server_.Do("POST", kMaps + "?fieldValidation=Strict", body));
    const std::string head = "strict decoding error: ";
    return text.substr(text.find(head) + head.size());
  };
  EXPECT_EQ(message(R"({"metadata":{"name":"a","name":"b","nosuch":1},"zip":2,)"
                    R"("data":{"k":"1","k":"2"},"Data":{}})"),
            R"(duplicate field "metadata.name", unknown field "metadata.nosuch", )"
            R"(unknown field "zip", duplicate field "data.k", unknown field "Data")");
}

TEST_F(Objects, UpdatesNameFinalizersByDomain) {
  ASSERT_EQ(server_
                .Do("POST", "/apis/networking.k8s.io/v1/namespaces/ns/networkpolicies",
                    R"({"metadata":{"name":"p"},"spec":{"podSelector":{}}})")
                .status,
            201);
  ASSERT_EQ(server_
                .Do("POST", "/apis/coordination.k8s.io/v1/namespaces/ns/leases",
                    R"({"metadata":{"name":"l"}})")
                .status,
            201);
  const std::string patch = R"({"metadata":{"finalizers":["bad"]}})";
  const auto refused =
      server_.Do("PATCH", "/apis/networking.k8s.io/v1/namespaces/ns/networkpolicies/p", patch,
                 "application/merge-patch+json");
  EXPECT_NE(Message(refused).find("metadata.finalizers[0]: Invalid value: \"bad\": name is "
                                  "neither a standard finalizer name nor is it fully qualified"),
            std::string::npos);
  // Leases are validated by the machinery alone.
  EXPECT_EQ(server_
                .Do("PATCH", "/apis/coordination.k8s.io/v1/namespaces/ns/leases/l", patch,
                    "application/merge-patch+json")
                .status,
            200);
}

TEST_F(Objects, GenerateNameAppendsFiveCharacters) {
  const auto answer = Make(R"({"metadata":{"generateName":"g-"}})");
  ASSERT_EQ(answer.status, 201);
  EXPECT_EQ(TextAt(answer.body, {"metadata", "name"}).size(), 7U);
}

TEST_F(Objects, UnknownFieldsAreWarnedOfOrRefused) {
  const std::string body = R"({"metadata":{"name":"a","nosuch":1},"colour":"red"})";
  const auto strict = server_.Do("POST", kMaps + "?fieldValidation=Strict", body);
  EXPECT_EQ(strict.status, 400);
  EXPECT_EQ(Message(strict),
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: "
            "unknown field "
            "\"metadata.nosuch\", unknown field \"colour\"");
  const auto warned = Make(body);
  EXPECT_EQ(warned.status, 201);
  EXPECT_EQ(warned.warnings.size(), 2U);
}

TEST_F(Objects, UpdateComparesRevisions) {
  const auto made = Make(R"({"metadata":{"name":"a"},"data":{"k":"1"}})");
  const std::string old(TextAt(made.body, {"metadata", "resourceVersion"}));
  EXPECT_EQ(server_.Do("PUT", kMaps + "/a", R"({"metadata":{"name":"a"},"data":{"k":"2"}})").status,
            200);
  const auto late = server_.Do(
      "PUT", kMaps + "/a",
      R"({"metadata":{"name":"a","resourceVersion":")" + old + R"("},"data":{"k":"3"}})");
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(server_.Do("PUT", kMaps + "/b", R"({"metadata":{"name":"b"}})").status, 404);
  EXPECT_EQ(server_.Do("PUT", kMaps + "/a", R"({"metadata":{"name":"b"}})").status, 400);
}

TEST_F(Objects, UpdateWithoutChangeKeepsTheRevision) {
  Make(R"({"metadata":{"name":"a"},"data":{"k":"1"}})");
  const auto before = server_.Do("GET", kMaps + "/a");
  const auto after =
      server_.Do("PUT", kMaps + "/a", R"({"metadata":{"name":"a"},"data":{"k":"1"}})");
  EXPECT_EQ(after.body, before.body);
}

TEST_F(Objects, PatchesOfThreeKinds) {
  Make(R"({"metadata":{"name":"a"},"data":{"k":"1"}})");
  const auto merged =
      server_.Do("PATCH", kMaps + "/a", R"({"data":{"l":"2"}})", "application/merge-patch+json");
  EXPECT_EQ(TextAt(merged.body, {"data", "l"}), "2");
  const auto edited = server_.Do("PATCH", kMaps + "/a", R"([{"op":"remove","path":"/data/k"}])",
                                 "application/json-patch+json");
  EXPECT_EQ(TextAt(edited.body, {"data", "k"}), "");
  const auto strategic = server_.Do("PATCH", kMaps + "/a", R"({"data":{"m":"3"}})",
                                    "application/strategic-merge-patch+json");
  EXPECT_EQ(TextAt(strategic.body, {"data", "m"}), "3");
  EXPECT_EQ(server_.Do("PATCH", kMaps + "/none", "{}", "application/merge-patch+json").status, 404);
  EXPECT_EQ(server_.Do("PATCH", kMaps + "/a", "{}", "application/json").status, 415);
}

TEST_F(Objects, FinalizersHoldADeletion) {
  Make(R"({"metadata":{"name":"a","finalizers":["example.com/f"]}})");
  const auto marked = server_.Do("DELETE", kMaps + "/a");
  EXPECT_EQ(marked.status, 200);
  EXPECT_NE(TextAt(marked.body, {"metadata", "deletionTimestamp"}), "");
  EXPECT_EQ(server_.Do("GET", kMaps + "/a").status, 200);
  const auto last = server_.Do("PATCH", kMaps + "/a", R"({"metadata":{"finalizers":null}})",
                               "application/merge-patch+json");
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(server_.Do("GET", kMaps + "/a").status, 404);
}

TEST_F(Objects, DeletionsAnswerAStatus) {
  Make(R"({"metadata":{"name":"a"}})");
  const auto refused = server_.Do("DELETE", kMaps + "/a", R"({"preconditions":{"uid":"x"}})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(server_.Do("DELETE", kMaps + "/a?dryRun=All").status, 200);
  EXPECT_EQ(server_.Do("DELETE", kMaps + "/a?propagationPolicy=Foreground").status, 200);
  EXPECT_EQ(server_.Do("GET", kMaps + "/a").status, 200);
  const auto gone = server_.Do("DELETE", kMaps + "/a?propagationPolicy=Background");
  EXPECT_EQ(TextAt(gone.body, {"status"}), "Success");
  EXPECT_EQ(TextAt(gone.body, {"details", "kind"}), "configmaps");
}

TEST_F(Objects, RoutesAnswerAsUpstreams) {
  EXPECT_EQ(server_.Do("GET", "/api/v1/namespaces/ns/widgets").status, 404);
  EXPECT_EQ(server_.Do("PUT", kMaps, "{}").status, 405);
  EXPECT_EQ(server_.Do("DELETE", "/api/v1/namespaces").status, 405);
  EXPECT_EQ(server_.Do("POST", "/api/v1/configmaps", "{}").status, 405);
  EXPECT_EQ(server_.Do("GET", "/api/v1/namespaces/ns/nodes").status, 404);
  EXPECT_EQ(server_.Do("GET", "/apis/nosuch.example.com/v1/things").status, 404);
}

TEST_F(Objects, EveryAnswerSaysWhichRevisionItShows) {
  const Revision first = server_.server().store().revision();
  EXPECT_EQ(Make(R"({"metadata":{"name":"a"}})").shown_revision, first + 1);
  // That it is there already, and later that it is gone, is as little to be shown before it is
  // durable.
  EXPECT_EQ(Make(R"({"metadata":{"name":"a"}})").shown_revision, first + 1);
  EXPECT_EQ(server_.Do("GET", kMaps + "/a").shown_revision, first + 1);
  EXPECT_EQ(server_.Do("DELETE", kMaps + "/a").shown_revision, first + 2);
  EXPECT_EQ(server_.Do("GET", kMaps + "/a").shown_revision, first + 2);
  EXPECT_EQ(server_.Do("GET", kMaps).shown_revision, first + 2);
}

TEST_F(Objects, AnonymousUsersSeeNothing) {
  const auto refused = server_.DoAs("system:anonymous", "GET", "/api/v1/namespaces/default/pods");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(
      Message(refused),
      R"(pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the )"
      R"(namespace "default")");
  EXPECT_EQ(Message(server_.DoAs("system:anonymous", "GET", "/api")),
            R"(forbidden: User "system:anonymous" cannot get path "/api")");
  EXPECT_EQ(server_.DoAs("jane", "GET", "/api/v1/pods").status, 200);
}

}  // namespace
}  // namespace apiserver
