// Expressions that policies, webhooks and device selectors hold are compiled when they are written.
#include <gtest/gtest.h>

#include "apiserver/registry/kinds/device_expressions.h"
#include "tests/apiserver/registry/kinds/kind_case.h"

namespace apiserver {
namespace {

constexpr std::string_view kMatch =
    "'matchConstraints':{'resourceRules':[{'apiGroups':[''],'apiVersions':['v1'],'operations':"
    "['CREATE'],'resources':['configmaps']}]}";

std::string Policy(std::string_view rest) {
  return "{'metadata':{'name':'p'},'spec':{" + std::string(kMatch) + "," + std::string(rest) + "}}";
}

// Of "FIELD: Invalid value: ...: DETAIL" the field and the first line of the detail.
std::string Brief(const std::string& problems) {
  const std::string line = problems.substr(0, problems.find('\n'));
  const std::size_t detail = line.find("\": ");
  return detail == std::string::npos ? line
                                     : line.substr(0, line.find(": ")) + line.substr(detail + 1);
}

struct Case {
  std::string_view rest;
  std::string_view problem;
};

TEST(ValidatingPolicies, SpeakOnlyOfWhatTheyAreGiven) {
  constexpr std::string_view kInput = "compilation failed: ERROR: <input>";
  const std::string undeclared = std::string(": ") + std::string(kInput);
  const Case cases[] = {
      {"'validations':[{'expression':'object.x == oldObject.x || request.name == \\'a\\''}]", ""},
      {"'validations':[{'expression':'params.x'}]", ":1:1: undeclared reference to 'params'"},
      {"'paramKind':{'apiVersion':'v1','kind':'ConfigMap'},'validations':[{'expression':"
       "'params.x == 1'}]",
       ""},
      {"'validations':[{'expression':'namespaceObject.metadata.nme == \\'\\''}]",
       ":1:25: undefined field 'nme'"},
      {"'variables':[{'name':'a','expression':'variables.b'},{'name':'b','expression':'1'}],"
       "'validations':[{'expression':'true'}]",
       ":1:10: undefined field 'b'"},
      {"'validations':[{'expression':'true','messageExpression':'string(authorizer.errored())'}]",
       ":1:8: undeclared reference to 'authorizer'"},
  };
  for (const Case& one : cases) {
    std::string rest(one.rest);
    const std::string got = Brief(Problems(kValidatingAdmissionPolicyRules, Policy(rest)));
    if (one.problem.empty()) {
      EXPECT_EQ(got, "") << rest;
    } else {
      EXPECT_NE(got.find(undeclared + std::string(one.problem)), std::string::npos) << rest << "\n"
                                                                                    << got;
    }
  }
}

TEST(ValidatingPolicies, TheTypeOfAVariableIsKnownToLaterExpressions) {
  const std::string got = Brief(
      Problems(kValidatingAdmissionPolicyRules,
               Policy("'variables':[{'name':'n','expression':'1'}],'validations':[{'expression':"
                      "'variables.n'}]")));
  EXPECT_EQ(got, "spec.validations[0].expression: must evaluate to bool but got int");
}

TEST(ValidatingPolicies, ConditionsThatStayAreNotLookedAtAgain) {
  const std::string bad = Policy(
      "'matchConditions':[{'name':'c','expression':'1'}],'validations':[{'expression':'true'}]");
  EXPECT_EQ(Brief(Problems(kValidatingAdmissionPolicyRules, bad)),
            "spec.matchConditions[0].expression: must evaluate to bool but got int");
  EXPECT_EQ(UpdateProblems(kValidatingAdmissionPolicyRules, bad, bad), "");
}

TEST(MutatingPolicies, GiveObjectsOrPatches) {
  const auto with = [](std::string_view mutation) {
    return Brief(Problems(
        kMutatingAdmissionPolicyRules,
        Policy("'reinvocationPolicy':'Never','mutations':[" + std::string(mutation) + "]")));
  };
  EXPECT_EQ(with("{'patchType':'JSONPatch','jsonPatch':{'expression':'[JSONPatch{op: \\'remove\\', "
                 "path: \\'/a\\'}]'}}"),
            "");
  EXPECT_EQ(with("{'patchType':'JSONPatch','jsonPatch':{'expression':'Object{}'}}"),
            "spec.mutations[0].jsonPatch.expression: must evaluate to list(JSONPatch) but got "
            "Object");
  EXPECT_EQ(with("{'patchType':'ApplyConfiguration','applyConfiguration':{'expression':'{}'}}"),
            "spec.mutations[0].applyConfiguration.expression: must evaluate to Object but got "
            "map(dyn, dyn)");
}

TEST(DeviceSelectors, AreBoundInTypeAndCost) {
  const auto problem = [](std::string_view text) {
    const CompiledSelector selector = CompileDeviceSelector(text);
    return selector.is_too_costly ? "too costly" : selector.expression.problem;
  };
  EXPECT_EQ(problem("device.driver == 'gpu.example.com'"), "");
  EXPECT_EQ(problem("device.attributes['a.b'].ok"), "");
  EXPECT_EQ(problem("cel.bind(a, device.attributes['a.b'], a.x && a.y)"), "");
  EXPECT_EQ(problem("device.capacity['a.b'].memory.compareTo(quantity('1Gi')) >= 0"), "");
  EXPECT_EQ(problem("device.driver"), "must evaluate to bool or the unknown type, not string");
  EXPECT_EQ(problem("device.attributes.all(a, device.attributes.all(b, device.attributes.all(c, "
                    "device.attributes.all(d, a + b + c + d == '' && device.driver == a))))"),
            "too costly");
}

}  // namespace
}  // namespace apiserver
