// YAML in and out: never more than the limits allow, and what is written reads back as the same.
#include "apiserver/api/yaml.h"
#include "apiserver/registry/patch/typed_value.h"
#include "sim/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiserver;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)ParseYamlStream(text);
  const JsonParseResult parsed = ParseYaml(text);
  if (!parsed.ok()) return 0;
  const std::string yaml = ToYaml(parsed.value);
  const JsonParseResult again = ParseYaml(yaml);
  SIM_CHECK(again.ok());
  SIM_CHECK(ValuesEqual(again.value, parsed.value));
  return 0;
}
