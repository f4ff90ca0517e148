// CEL: any text is refused with a message or becomes a program; a program ends within its limits,
// and answers the same twice at the same cost.
#include "apiserver/api/json_parse.h"
#include "apiserver/cel/program.h"
#include "apiserver/cel/static_cost.h"
#include "apiserver/cel/value_text.h"
#include "sim/check.h"

namespace {

using namespace apiserver::cel;

constexpr std::string_view kObject =
    R"({"s":"abc","n":3,"f":1.5,"b":true,"z":null,"l":["a","b"],"m":{"a":"1"},"o":{"p":{"q":[1,2]}}})";

class NoSizes final : public SizeEstimator {
 public:
  std::optional<CostRange> SizeOf(std::span<const std::string>) const override {
    return std::nullopt;
  }
};

const Environment& FuzzEnvironment() {
  static const Environment environment = [] {
    Environment made;
    made.variables = {{"self", DynType()},
                      {"s", StringType()},
                      {"n", IntType()},
                      {"l", ListType(StringType())},
                      {"m", MapType(StringType(), StringType())}};
    return made;
  }();
  return environment;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const apiserver::Value object = apiserver::ParseJson(kObject).value;
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const CompileOutcome compiled = CompileProgram(FuzzEnvironment(), text);
  SIM_CHECK((compiled.program == nullptr) == !compiled.error.empty());
  if (compiled.program == nullptr) return 0;
  const CostRange estimate = EstimateCost(compiled.program->checked(), NoSizes());
  SIM_CHECK(estimate.min <= estimate.max);
  std::string first;
  for (int round = 0; round < 2; ++round) {
    Evaluator evaluator;
    Arena& arena = evaluator.arena();
    const Binding bindings[] = {{"self", FromJson(object, nullptr, arena)},
                                {"s", FromJson(object.at("s"), nullptr, arena)},
                                {"n", FromJson(object.at("n"), nullptr, arena)},
                                {"l", FromJson(object.at("l"), nullptr, arena)},
                                {"m", FromJson(object.at("m"), nullptr, arena)}};
    const Outcome outcome = evaluator.Evaluate(*compiled.program, bindings, 100'000);
    const std::string shown = PrintValue(outcome.value) + " " + std::to_string(outcome.cost);
    if (round == 1) SIM_CHECK(shown == first);
    first = shown;
    (void)ToJson(outcome.value);
  }
  return 0;
}
