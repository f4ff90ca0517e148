// A server with validating admission policies.
#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/encoding/decode_request.h"
#include "apiserver/encoding/encode.h"
#include "apiserver/pipeline/api_server.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "/apis/admissionregistration.k8s.io/v1/";

class PolicyStory : public ::testing::Test {
 protected:
  PolicyStory() : server_(kernel_, {}, StrategyTable(), PrinterTable()) {
    server_.AddWebhookAdmission();
    Do("/api/v1/namespaces", "{'metadata':{'name':'ns','labels':{'tier':'gold'}}}");
  }

  struct Answer {
    int status;
    std::string message;
    std::vector<std::string> warnings;
  };
  // POSTs `body`, in which ' stands for ".
  Answer Do(const std::string& target, std::string body) {
    for (char& c : body) c = c == '\'' ? '"' : c;
    WireRequest wire;
    wire.method = "POST";
    wire.target = target;
    wire.accept = wire.content_type = "application/json";
    wire.body = body;
    auto request = DecodeRequest(wire, {"admin", {}, {"system:masters"}, {}});
    const Accepted accept = request->accept;
    const RequestInfo info = request->info;
    sim::Task<Response> task = server_.pipeline().Handle(std::move(request));
    while (!task.done() && kernel_.RunNext()) {
    }
    const Response response = task.Take();
    const Value answer = ParseJson(EncodeAnswer(accept, info, response).bytes).value;
    return {response.status, std::string(TextAt(answer, {"message"})), response.warnings};
  }

  // A policy "p" for config maps whose spec says `rest`, and a binding "b" whose spec says `bound`.
  void Bind(const std::string& rest, const std::string& bound) {
    const std::string match =
        "'matchConstraints':{'namespaceSelector':{},'objectSelector':{},'resourceRules':[{"
        "'apiGroups':[''],'apiVersions':['v1'],'operations':['CREATE'],'resources':['configmaps']}]"
        "}";
    EXPECT_EQ(Do(std::string(kGroup) + "validatingadmissionpolicies",
                 "{'metadata':{'name':'p'},'spec':{" + match + "," + rest + "}}")
                  .status,
              201);
    EXPECT_EQ(Do(std::string(kGroup) + "validatingadmissionpolicybindings",
                 "{'metadata':{'name':'b'},'spec':{'policyName':'p'," + bound + "}}")
                  .status,
              201);
  }
  Answer Create(const std::string& name, const std::string& data = "{}") {
    return Do("/api/v1/namespaces/ns/configmaps",
              "{'metadata':{'name':'" + name + "'},'data':" + data + "}");
  }

  sim::Kernel kernel_{sim::KernelOptions{}};
  ApiServer server_;
};

constexpr const char* kDeny = "'validationActions':['Deny']";
constexpr const char* kPrefix =
    "configmaps \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied "
    "request: ";

TEST_F(PolicyStory, DeniesWithItsMessageAndReason) {
  Bind(
      "'variables':[{'name':'size','expression':'has(object.data) ? size(object.data) : "
      "0'}],'validations':[{'expression'"
      ":'variables.size < 1','messageExpression':'string(variables.size) + string(1)','reason':"
      "'RequestEntityTooLarge'}]",
      kDeny);
  EXPECT_EQ(Create("ok").status, 201);
  const Answer denied = Create("a", "{'k':'v'}");
  EXPECT_EQ(denied.status, 413);
  EXPECT_EQ(denied.message, std::string(kPrefix) + "11");
}

TEST_F(PolicyStory, WarnsWithoutRefusing) {
  Bind("'validations':[{'expression':'namespaceObject.metadata.labels.tier != object.data.tier'}]",
       "'validationActions':['Warn']");
  const Answer warned = Create("a", "{'tier':'gold'}");
  EXPECT_EQ(warned.status, 201);
  EXPECT_EQ(warned.warnings,
            std::vector<std::string>{
                "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': failed "
                "expression: namespaceObject.metadata.labels.tier != object.data.tier"});
}

TEST_F(PolicyStory, FailsOrIgnoresWhatCannotBeEvaluated) {
  Bind("'failurePolicy':'Fail','validations':[{'expression':'object.data.x == object.data.y'}]",
       kDeny);
  EXPECT_EQ(Create("a").message, std::string(kPrefix) +
                                     "expression 'object.data.x == object.data.y' resulted in "
                                     "error: no such key: data");
}

TEST_F(PolicyStory, IgnoresWhatCannotBeEvaluatedIfToldTo) {
  Bind("'failurePolicy':'Ignore','validations':[{'expression':'object.data.x == object.data.y'}]",
       kDeny);
  EXPECT_EQ(Create("a").status, 201);
}

TEST_F(PolicyStory, NeedsItsParameters) {
  Bind(
      "'paramKind':{'apiVersion':'v1','kind':'Secret'},'validations':[{'expression':"
      "'params.stringData.x == object.data.x || true'}]",
      std::string(kDeny) + ",'paramRef':{'name':'s','parameterNotFoundAction':'Deny'}");
  EXPECT_EQ(Create("a").message,
            std::string(kPrefix) +
                "failed to configure binding: no params found for policy binding with `Deny` "
                "parameterNotFoundAction");
  EXPECT_EQ(Do("/api/v1/namespaces/ns/secrets", "{'metadata':{'name':'s'}}").status, 201);
  EXPECT_EQ(Create("a").status, 201);
}

TEST_F(PolicyStory, StopsAtTheBudget) {
  Bind(
      "'validations':[{'expression':'[1,2,3,4,5,6,7,8,9].all(i, [1,2,3,4].all(j, authorizer.group("
      "object.metadata.name).resource(string(i * j) + object.metadata.name).check("
      "object.metadata.name).allowed()))'}]",
      kDeny);
  EXPECT_EQ(Create("a").message.substr(std::string(kPrefix).size()),
            "expression '[1,2,3,4,5,6,7,8,9].all(i, [1,2,3,4].all(j, authorizer.group("
            "object.metadata.name).resource(string(i * j) + object.metadata.name).check("
            "object.metadata.name).allowed()))' resulted in error: operation cancelled: actual "
            "cost limit exceeded");
}

}  // namespace
}  // namespace apiserver
