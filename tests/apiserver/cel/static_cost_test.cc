// The estimates that Kubernetes 1.36 makes, number for number.
#include "apiserver/cel/static_cost.h"

#include <gtest/gtest.h>

#include "apiserver/cel/compile.h"

namespace apiserver::cel {
namespace {

// `s` holds up to 1000 characters, `l`, `m` and `ll` up to 100 elements of up to 10.
class TestSizes final : public SizeEstimator {
 public:
  std::optional<CostRange> SizeOf(std::span<const std::string> path) const override {
    if (path[0] == "s") return CostRange{0, 1000};
    if (path[0] != "l" && path[0] != "m" && path[0] != "ll") return std::nullopt;
    return CostRange{0, path.size() == 1 ? 100u : 10u};
  }
};

CostRange CostOf(std::string_view text) {
  Environment environment;
  environment.variables = {{"x", DynType()},
                           {"n", IntType()},
                           {"s", StringType()},
                           {"l", ListType(IntType())},
                           {"m", MapType(StringType(), StringType())},
                           {"ll", ListType(ListType(StringType()))}};
  const Compiled compiled = Compile(environment, text);
  EXPECT_TRUE(compiled.expression) << compiled.error;
  return compiled.expression ? EstimateCost(*compiled.expression, TestSizes()) : CostRange{};
}

TEST(StaticCostTest, IsKubernetesFigure) {
  const struct {
    const char* text;
    std::uint64_t min;
    std::uint64_t max;
  } rows[] = {
      {"n > 1", 2, 2},
      {"s.startsWith('abc')", 2, 2},
      {"s.contains('abc') && s.matches('^[a-z]+$')", 1, 304},
      {"s == 'abc' ? s.size() > 3 : n < 5", 4, 5},
      {"l.all(e, e > n)", 2, 602},
      {"l.exists_one(e, e == n)", 3, 503},
      {"ll.all(a, ll.all(b, a == b))", 2, 60502},
      {"l.map(e, e * 2).filter(e, e > 3)", 23, 2923},
      {"m.all(k, m[k] == s)", 2, 802},
      {"m.all(k, v, k == v)", 2, 602},
      {"m.transformMap(k, v, v + s)", 32, 10632},
      {"ll.map(a, a.join(s))", 12, 92412},
      {"s.split(',').all(p, p.size() < 5)", 2, 6202},
      {"s.replace('a', 'bb').lowerAscii()", 1, 401},
      {"l.sum() + l.max() + l.indexOf(3)", 5, 305},
      {"ll.exists(a, a.isSorted())", 2, 2502},
      {"quantity(s).isGreaterThan(quantity('1Gi'))", 3, 103},
      {"url(s).getHost() == 'a' && isURL(s)", 3, 105},
      {"ip(s) == ip('1.1.1.1') && cidr('10.0.0.0/8').containsIP(s)", 3, 209},
      {"sets.contains(l, [1, 2, 3])", 12, 312},
      {"l.sort() == l.distinct()", 25, 41024},
      {"ll.sortBy(e, e.size()).flatten()", 46, 31446},
      {"l.slice(1, 3).reverse() + lists.range(5)", 44, 44},
      {"m[?'a'].optMap(v, v + s).orValue('x')", 5, 1844674407370955284u},
      {"x.a.b[0] == 'abc'", 3, 3},
      {"has(x.a) && x.a.size() > 0", 1, 4},
      {"format.dns1123Label().validate(s).hasValue()", 3, 3203},
      {"'%s-%d'.format([s, n])", 13, 13},
      {"{'a': s, 'b': 'c'}['a'] == s", 34, 133},
      {"s.find('[a-z]+') in ['a', 'b']", 15, 215},
      {"semver(s).major() > 1", 3, 103},
      {"type(x) == string && string(n) == s", 4, 1844674407370955370u},
      {"[s, 'b'][0] + string(bytes(s)) != s", 15, 1114},
  };
  for (const auto& row : rows) {
    const CostRange cost = CostOf(row.text);
    EXPECT_EQ(cost.min, row.min) << row.text;
    EXPECT_EQ(cost.max, row.max) << row.text;
  }
}

TEST(StaticCostTest, SaysHowFarAboveTheBudget) {
  const std::string advice =
      " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, "
      "maps, and strings are declared)";
  EXPECT_EQ(BudgetExceeded("estimated rule cost", 10'500'000, kRuleEstimateLimit),
            "estimated rule cost exceeds budget by factor of 1.050000x" + advice);
  EXPECT_EQ(BudgetExceeded("estimated rule cost", 25'160'000, kRuleEstimateLimit),
            "estimated rule cost exceeds budget by factor of 2.5x" + advice);
  EXPECT_EQ(BudgetExceeded("estimated rule cost", 1'100'000'000, kRuleEstimateLimit),
            "estimated rule cost exceeds budget by factor of more than 100x" + advice);
}

}  // namespace
}  // namespace apiserver::cel
