// JSON in and out: what is read is written and reads back as the same; the parser and the scanner
// agree.
#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "sim/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiserver;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const JsonParseResult parsed = ParseJson(text);
  if (!parsed.ok()) {
    // Only a number that no double holds is well-formed and refused.
    SIM_CHECK(!JsonSyntaxError(text).empty() || parsed.error.starts_with("json: cannot unmarshal"));
    return 0;
  }
  SIM_CHECK(JsonSyntaxError(text).empty());
  const std::string written = ToJson(parsed.value);
  const JsonParseResult again = ParseJson(written);
  SIM_CHECK(again.ok());
  SIM_CHECK(again.duplicate_fields.empty());
  // A negative zero with an exponent is written as -0, which is the integer 0: as in Go, once.
  const std::string settled = ToJson(again.value);
  SIM_CHECK(settled == written || written.find("-0") != std::string::npos);
  SIM_CHECK(ToJson(ParseJson(settled).value) == settled);
  std::string pretty;
  AppendJsonPretty(parsed.value, pretty);
  const JsonParseResult from_pretty = ParseJson(pretty);
  SIM_CHECK(from_pretty.ok());
  SIM_CHECK(ToJson(from_pretty.value) == settled);
  return 0;
}
