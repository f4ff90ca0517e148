#include "apiserver/encoding/negotiate.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

constexpr char kKubectlGet[] =
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/"
    "json;as=Table;v=v1beta1;g=meta.k8s.io,"
    "application/json";

TEST(NegotiateAnswer, ChoosesTheFirstClauseThatCanBeMet) {
  const struct {
    const char* name;
    const char* accept;
    Offer offer;
    Encoding encoding;
    View view;
  } kRows[] = {
      {"nothing asked", "", {}, Encoding::kJson, View::kObject},
      {"anything", "*/*", {}, Encoding::kJson, View::kObject},
      {"kubectl get", kKubectlGet, {}, Encoding::kJson, View::kTable},
      {"no table for reviews", kKubectlGet, {.has_views = false}, Encoding::kJson, View::kObject},
      {"client-go",
       "application/vnd.kubernetes.protobuf,application/json",
       {},
       Encoding::kProtobuf,
       View::kObject},
      {"custom resources have no protobuf",
       "application/vnd.kubernetes.protobuf,application/json",
       {.has_protobuf = false},
       Encoding::kJson,
       View::kObject},
      {"yaml", "application/yaml", {}, Encoding::kYaml, View::kObject},
      {"metadata client",
       "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
       {},
       Encoding::kJson,
       View::kPartialObjectMetadata},
      {"unknown view falls through",
       "application/json;as=Thing;g=meta.k8s.io;v=v1,application/yaml",
       {},
       Encoding::kYaml,
       View::kObject},
  };
  for (const auto& row : kRows) {
    const auto accepted = NegotiateAnswer(row.accept, row.offer, "test", nullptr);
    ASSERT_TRUE(accepted.ok()) << row.name;
    EXPECT_EQ(accepted->encoding, row.encoding) << row.name;
    EXPECT_EQ(accepted->view, row.view) << row.name;
  }
}

TEST(NegotiateAnswer, RefusesInTwoWordings) {
  const Offer watch{.is_watch = true};
  const auto route = NegotiateAnswer("text/html", watch, "test", nullptr);
  ASSERT_FALSE(route.ok());
  EXPECT_EQ(route.error().code, 406);
  EXPECT_EQ(route.error().message,
            "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
            "application/vnd.kubernetes.protobuf, application/json;stream=watch, "
            "application/vnd.kubernetes.protobuf;stream=watch");
  const auto serialisation = NegotiateAnswer("application/yaml", watch, "test", nullptr);
  ASSERT_FALSE(serialisation.ok());
  EXPECT_EQ(serialisation.error().message,
            "only the following media types are accepted: application/json;stream=watch, "
            "application/vnd.kubernetes.protobuf;stream=watch");
  const auto view = NegotiateAnswer("application/json;as=Table", watch, "test", nullptr);
  ASSERT_FALSE(view.ok());
  EXPECT_EQ(view.error().message,
            "only the following media types are accepted: application/json, application/yaml, "
            "application/vnd.kubernetes.protobuf");
  EXPECT_FALSE(NegotiateAnswer("application/*", {}, "test", nullptr).ok());
  EXPECT_FALSE(NegotiateAnswer("APPLICATION/JSON", {}, "test", nullptr).ok());
  const auto list = NegotiateAnswer("text/html", {.is_list = true}, "test", nullptr);
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().message, route.error().message);
}

TEST(NegotiateAnswer, CustomResourcesHaveNoRoutes) {
  const Offer custom{.has_protobuf = false, .is_routed = false};
  EXPECT_TRUE(NegotiateAnswer("application/*", custom, "test", nullptr).ok());
  for (const char* accept : {"text/html", "application/vnd.kubernetes.protobuf"}) {
    const auto refused = NegotiateAnswer(accept, custom, "test", nullptr);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().message,
              "only the following media types are accepted: application/json, application/yaml, "
              "application/vnd.kubernetes.protobuf");
  }
}

TEST(NegotiateAnswer, TablesHaveNoProtobuf) {
  EXPECT_FALSE(NegotiateAnswer("application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io",
                               {}, "test", nullptr)
                   .ok());
}

TEST(NegotiateAnswer, PrintsPrettilyForPeople) {
  const std::string yes = "true";
  const std::string no = "false";
  EXPECT_TRUE(NegotiateAnswer("", {}, "curl/8.0", nullptr)->pretty);
  EXPECT_FALSE(NegotiateAnswer("", {}, "curl/8.0", &no)->pretty);
  EXPECT_FALSE(NegotiateAnswer("", {}, "kubectl/v1.36.3", nullptr)->pretty);
  EXPECT_TRUE(NegotiateAnswer("", {}, "kubectl/v1.36.3", &yes)->pretty);
}

TEST(NegotiateErrors, TheFirstClauseWithoutAViewDecides) {
  const std::string garbled = "abc";
  const struct {
    const char* accept;
    const std::string* pretty;
    Encoding encoding;
    bool is_pretty;
  } kRows[] = {
      {"", nullptr, Encoding::kJson, false},
      {kKubectlGet, nullptr, Encoding::kJson, false},
      {"application/json;as=Table;v=v1;g=meta.k8s.io", nullptr, Encoding::kJson, true},
      {"application/json;as=Table;v=v1;g=meta.k8s.io", &garbled, Encoding::kJson, true},
      {"application/json;as=Table;v=v1;g=meta.k8s.io,application/yaml", nullptr, Encoding::kYaml,
       false},
      {"application/*", &garbled, Encoding::kJson, false},
      {"text/html", nullptr, Encoding::kJson, true},
      {"application/vnd.kubernetes.protobuf", nullptr, Encoding::kProtobuf, false},
  };
  for (const auto& row : kRows) {
    const ErrorForm form = NegotiateErrors(row.accept, "test", row.pretty);
    EXPECT_EQ(form.encoding, row.encoding) << row.accept;
    EXPECT_EQ(form.pretty, row.is_pretty) << row.accept;
  }
}

}  // namespace
}  // namespace apiserver
