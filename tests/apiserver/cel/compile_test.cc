// What the front end accepts, with which type, and how it refuses: in cel-go's words.
#include "apiserver/cel/compile.h"

#include <gtest/gtest.h>

namespace apiserver::cel {
namespace {

Environment TestEnvironment() {
  Environment environment;
  environment.variables = {{"x", DynType()},
                           {"n", IntType()},
                           {"s", StringType()},
                           {"l", ListType(IntType())},
                           {"m", MapType(StringType(), StringType())},
                           {"ll", ListType(ListType(StringType()))},
                           {"a.b.c", IntType()}};
  return environment;
}

std::string TypeOrError(std::string_view text) {
  const Environment environment = TestEnvironment();
  const Compiled compiled = Compile(environment, text);
  return compiled.expression ? FormatType(*compiled.expression->result_type()) : compiled.error;
}

struct Row {
  const char* text;
  const char* want;
};

TEST(CompileTest, GivesEachExpressionItsType) {
  const Row rows[] = {
      {"1 + 2 * 3", "int"},
      {"'a' + \"b\" + '''c''' + r'\\d'", "string"},
      {"b'\\x00' + b\"\\377\"", "bytes"},
      {"0x1F == 31 && 1u != 2u && 1.5e3 > 0.5", "bool"},
      {"[1, 2, 3]", "list(int)"},
      {"{'a': 1, ?'b': optional.of(2)}", "map(string, int)"},
      {"[?optional.none(), 1]", "list(int)"},
      {"x.a.b[0].c", "dyn"},

      {"a.b.c + 1", "int"},
      {"l.map(i, i * 2).filter(i, i > 1)", "list(int)"},
      {"l.all(i, v, i < v) && m.exists(k, v, k == v)", "bool"},
      {"m.transformMap(k, v, size(v))", "map(string, int)"},
      {"m.transformMapEntry(k, v, {v: k})", "map(string, string)"},
      {"l.transformList(i, v, v > 1, string(v))", "list(string)"},
      {"m.?a.orValue('x')", "string"},
      {"m[?'a'].optMap(v, size(v))", "optional_type(int)"},
      {"ll.sortBy(e, size(e))", "list(list(string))"},
      {"ip('1.1.1.1').family()", "int"},
      {"ip.isCanonical('::1')", "bool"},
      {"quantity('1Gi').isGreaterThan(quantity('1Mi'))", "bool"},
      {"type(1) == int", "bool"},
      {"duration('1h') + timestamp('2020-01-01T00:00:00Z')", "timestamp"},
      {"'%s %d'.format(['a', 1])", "string"},
      {"true ? 1 : 2", "int"},
      {"!!true && !(-1 > --1)", "bool"},
      {"[[]].map(e, e)", "list(list(dyn))"},
      {"n in l || s in m", "bool"},
      {"1 < 2.5 && 1u > -1", "bool"},
  };
  for (const Row& row : rows) EXPECT_EQ(TypeOrError(row.text), row.want) << row.text;
}

TEST(CompileTest, RefusesInTheWordsOfCelGo) {
  const Row rows[] = {
      {"1 + 'a'",
       "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n"
       " | 1 + 'a'\n | ..^"},
      {"s.size(1)",
       "ERROR: <input>:1:7: found no matching overload for 'size' applied to 'string.(int)'\n"
       " | s.size(1)\n | ......^"},
      {"foo.bar(zot)",
       "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n"
       " | foo.bar(zot)\n | ^\n"
       "ERROR: <input>:1:8: undeclared reference to 'bar' (in container '')\n"
       " | foo.bar(zot)\n | .......^\n"
       "ERROR: <input>:1:9: undeclared reference to 'zot' (in container '')\n"
       " | foo.bar(zot)\n | ........^"},
      {"[1, 'a']",
       "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, 'a']\n | ....^"},
      {"n.all(i, true)",
       "ERROR: <input>:1:1: expression of type 'int' cannot be range of a comprehension (must be "
       "list, map, or dynamic)\n | n.all(i, true)\n | ^"},
      {"s.matches('[')",
       "ERROR: <input>:1:11: invalid matches argument\n | s.matches('[')\n | ..........^"},
      {"duration('soon')",
       "ERROR: <input>:1:10: invalid duration argument\n | duration('soon')\n | .........^"},
      {"s..a",
       "ERROR: <input>:1:3: Syntax error: no viable alternative at input '..'\n | s..a\n | ..^"},
      {"(n > 1", "ERROR: <input>:1:7: Syntax error: missing ')' at '<EOF>'\n | (n > 1\n | ......^"},
      {"n ? 1",
       "ERROR: <input>:1:6: Syntax error: mismatched input '<EOF>' expecting ':'\n | n ? 1\n"
       " | .....^"},
      {"n = 1",
       "ERROR: <input>:1:3: Syntax error: token recognition error at: '= '\n | n = 1\n | ..^\n"
       "ERROR: <input>:1:5: Syntax error: extraneous input '1' expecting <EOF>\n | n = 1\n"
       " | ....^"},
      {"if (n) true",
       "ERROR: <input>:1:1: reserved identifier: if\n | if (n) true\n | ^\n"
       "ERROR: <input>:1:8: Syntax error: extraneous input 'true' expecting <EOF>\n"
       " | if (n) true\n | .......^"},
      {"x.true == 1",
       "ERROR: <input>:1:3: Syntax error: mismatched input 'true' expecting IDENTIFIER\n"
       " | x.true == 1\n | ..^"},
      {"has(n)", "ERROR: <input>:1:5: invalid argument to has() macro\n | has(n)\n | ....^"},
  };
  for (const Row& row : rows) EXPECT_EQ(TypeOrError(row.text), row.want) << row.text;
}

// Deep and wide input ends in a message, not in a full stack.
TEST(CompileTest, HasLimits) {
  std::string chain = "1";
  for (int i = 0; i < 300; ++i) chain += "+1";
  EXPECT_EQ(TypeOrError(chain), "ERROR: <input>:-1:0: max recursion depth exceeded");
  EXPECT_EQ(TypeOrError(std::string(50'000, '(')),
            "ERROR: <input>:-1:0: expression recursion limit exceeded: 250");
  EXPECT_EQ(TypeOrError(std::string(50'000, '[')),
            "ERROR: <input>:-1:0: expression recursion limit exceeded: 250");
  EXPECT_EQ(TypeOrError(std::string(100'001, '1')),
            "ERROR: <input>:-1:0: expression code point size exceeds limit: size: 100001, limit "
            "100000");
  std::string doubling = "optional.of(1)";
  for (int i = 0; i < 60; ++i) doubling += ".optMap(v, v)";
  EXPECT_EQ(TypeOrError(doubling), "ERROR: <input>:-1:0: expression has too many nodes");
  std::string logical = "true";
  for (int i = 0; i < 5'000; ++i) logical += " && true";
  EXPECT_EQ(TypeOrError(logical), "bool");
}

}  // namespace
}  // namespace apiserver::cel
