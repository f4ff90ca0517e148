// What the command line reads and offers: values of kube-apiserver's flags, completion.
#include <gtest/gtest.h>

#include "scenarios/apiserver_options.h"
#include "scenarios/completion.h"

namespace scenarios {
namespace {

TEST(ApiServerOptions, PortRanges) {
  EXPECT_EQ(*ParsePortRange("30000-32767"), (std::pair{30000, 32767}));
  EXPECT_EQ(*ParsePortRange("30000+100"), (std::pair{30000, 30100}));
  EXPECT_EQ(*ParsePortRange("80"), (std::pair{80, 80}));
  for (const char* bad : {"", "-", "5-1", "1-", "a-b", "1-70000", "65000+1000", "1-2-3"}) {
    EXPECT_FALSE(ParsePortRange(bad).ok()) << bad;
  }
}

TEST(ApiServerOptions, AdmissionPlugins) {
  EXPECT_TRUE(CheckAdmissionPlugins({"LimitRanger", "EventRateLimit"}).ok());
  EXPECT_EQ(CheckAdmissionPlugins({"LimitRangr"}).error().message,
            "unknown admission plug-in \"LimitRangr\"; did you mean \"LimitRanger\"?");
  EXPECT_EQ(UnbuiltAdmissionPlugins({"LimitRanger", "EventRateLimit"}),
            std::vector<std::string>{"EventRateLimit"});
}

TEST(ApiServerOptions, RuntimeConfig) {
  EXPECT_TRUE(ReadRuntimeConfig({"api/all=true", "apps/v1", "batch/v1=1"})->empty());
  EXPECT_EQ(*ReadRuntimeConfig({"api/beta=false", "batch/v1=0"}),
            (std::vector<std::string>{"api/beta", "batch/v1"}));
  for (const char* bad : {"", "=true", "apps/v1=maybe"}) {
    EXPECT_FALSE(ReadRuntimeConfig({bad}).ok()) << bad;
  }
}

TEST(ApiServerOptions, AuthorizationModes) {
  EXPECT_TRUE(CheckAuthorizationModes({"Node", "RBAC"}).ok());
  EXPECT_EQ(CheckAuthorizationModes({"RBCA"}).error().message,
            "unknown authorization mode \"RBCA\"; did you mean \"RBAC\"?");
  EXPECT_FALSE(CheckAuthorizationModes({"RBAC", "RBAC"}).ok());
  EXPECT_FALSE(CheckAuthorizationModes({}).ok());
}

const std::vector<CompletionCommand> kCommands = {
    {"", "", {{"--help", "it's help", false}}, {"ctl"}},
    {"ctl", "moves", {{"--kubeconfig", "of the server", true}, {"-o", "form", true}}, {"advance"}},
    {"ctl advance", "runs", {}, {}},
};

TEST(Completion, Bash) {
  const std::string text = BashCompletion(kCommands);
  EXPECT_NE(text.find("'ctl'|'ctl advance') place="), std::string::npos) << text;
  EXPECT_NE(text.find("'ctl') words='advance --kubeconfig -o' ;;"), std::string::npos) << text;
  EXPECT_NE(text.find("complete -o default -F _orrery orrery"), std::string::npos);
}

TEST(Completion, Zsh) {
  const std::string text = ZshCompletion(kCommands);
  EXPECT_EQ(text.find("#compdef orrery"), 0u);
  EXPECT_NE(text.find("'--help:it'\\''s help'"), std::string::npos) << text;
  EXPECT_NE(text.find("'advance:runs'"), std::string::npos);
}

TEST(Completion, Fish) {
  const std::string text = FishCompletion(kCommands);
  EXPECT_NE(text.find("complete -c orrery -n '__fish_seen_subcommand_from ctl; and not "
                      "__fish_seen_subcommand_from advance' -f -a advance -d 'runs'"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("-s o -r -d 'form'"), std::string::npos);
  EXPECT_NE(text.find("-d 'it\\'s help'"), std::string::npos);
}

}  // namespace
}  // namespace scenarios
