// The small parsers behind the rules of kinds.
#include <gtest/gtest.h>

#include "apiserver/registry/kinds/cron_schedule.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/kinds/job_spec.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/pod_quality.h"
#include "tests/apiserver/registry/kinds/kind_case.h"

namespace apiserver {
namespace {

TEST(CronSchedules, AreReadAsTheReferenceReadsThem) {
  for (std::string_view well : {"* * * * *", "*/5 0-3,7 1 jan-mar sun", "@hourly", "@every 90s"}) {
    EXPECT_EQ(CronScheduleProblem(well), "") << well;
  }
  EXPECT_EQ(CronScheduleProblem("* * * *"), "expected exactly 5 fields, found 4: [* * * *]");
  EXPECT_EQ(CronScheduleProblem("0 3 * * 7"), "end of range (7) above maximum (6): 7");
  EXPECT_EQ(CronScheduleProblem("@never"), "unrecognized descriptor: @never");
  EXPECT_TRUE(IsTimeZoneName("Europe/Berlin"));
  EXPECT_FALSE(IsTimeZoneName("Mars/Base"));
}

TEST(JobIndexTexts, AreCountedOrRefused) {
  EXPECT_EQ(ReadJobIndexes("0,2-4", 5).count, 4);
  EXPECT_EQ(ReadJobIndexes("4-2", 5).problem, "non-increasing order, previous: 4, current: 2");
  EXPECT_EQ(ReadJobIndexes("9", 5).problem, "too large index: \"9\"");
  EXPECT_EQ(FindIndexOverlap("0-2", "1", 5),
            "failedIndexes and completedIndexes overlap at index: 1");
}

TEST(Addresses, HaveOneCanonicalText) {
  EXPECT_EQ(ParseIp("2001:DB8:0:0::1")->Text(), "2001:db8::1");
  EXPECT_EQ(ParseIp("::")->Text(), "::");
  EXPECT_EQ(ParseCidr("10.9.8.0/24")->Text(), "10.9.8.0/24");
  EXPECT_TRUE(ParseCidr("10.9.8.7/24")->has_host_bits());
  EXPECT_TRUE(ParseIp("010.1.1.1")->has_leading_zeros);
  for (std::string_view ill : {"1.2.3", "1.2.3.256", "::1::", "g::", "1.2.3.4.5"}) {
    EXPECT_FALSE(ParseIp(ill)) << ill;
  }
}

TEST(PullPolicies, FollowTheTag) {
  EXPECT_EQ(DefaultPullPolicy("nginx"), "Always");
  EXPECT_EQ(DefaultPullPolicy("localhost:5000/nginx"), "Always");
  EXPECT_EQ(DefaultPullPolicy("nginx:latest"), "Always");
  EXPECT_EQ(DefaultPullPolicy("nginx:1"), "IfNotPresent");
  EXPECT_EQ(DefaultPullPolicy("nginx@sha256:0"), "IfNotPresent");
  EXPECT_EQ(DefaultPullPolicy(" nginx"), "IfNotPresent");
  EXPECT_EQ(DefaultPullPolicy("-x"), "IfNotPresent");
  EXPECT_EQ(DefaultPullPolicy("\u00e9"), "IfNotPresent");
}

TEST(QualityOfService, ComesFromRequestsAndLimits) {
  const auto quality = [](std::string_view resources) {
    const Value spec = Json("{'containers':[{'resources':" + std::string(resources) + "}]}");
    return PodQualityOfService(spec.get_object());
  };
  EXPECT_EQ(quality("{}"), "BestEffort");
  EXPECT_EQ(quality("{'requests':{'cpu':'1'}}"), "Burstable");
  EXPECT_EQ(
      quality("{'requests':{'cpu':'1','memory':'1Gi'},'limits':{'cpu':'1000m','memory':'1Gi'}}"),
      "Guaranteed");
}

TEST(Equality, AnEmptyMapIsNone) {
  struct Case {
    const char* one;
    const char* other;
    bool same;
  };
  const Case cases[] = {
      {"{'labels':{}}", "{}", true},
      {"{'nodeSelector':{'a':'b'}}", "{'nodeSelector':{}}", false},
      {"{'volumes':[]}", "{}", true},
      {"{'limits':{}}", "{'limits':null}", true},
      // A pointer.
      {"{'emptyDir':{}}", "{}", false},
  };
  for (const Case& test : cases) {
    const Value one = Json(test.one);
    const Value other = Json(test.other);
    EXPECT_EQ(SameExcept(one.get_object(), other.get_object(), {}), test.same) << test.one;
    EXPECT_EQ(SameExcept(other.get_object(), one.get_object(), {}), test.same) << test.one;
    const std::string name(one.get_object().begin()->key());
    EXPECT_EQ(SameMember(one.get_object(), other.get_object(), name), test.same) << test.one;
  }
}

}  // namespace
}  // namespace apiserver
