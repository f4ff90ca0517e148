// Selectors: what is parsed prints as text that parses to the same.
#include "apiserver/api/field_selector.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/api/names.h"
#include "apiserver/api/time_format.h"
#include "sim/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiserver;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto labels = LabelSelector::Parse(text); labels.ok()) {
    const auto again = LabelSelector::Parse(labels->Text());
    SIM_CHECK(again.ok());
    SIM_CHECK(again->Text() == labels->Text());
    const std::vector<std::pair<std::string, std::string>> object = {{"a", "b"}, {"n", "5"}};
    SIM_CHECK(labels->Matches(LabelSpan(object)) == again->Matches(LabelSpan(object)));
  }
  if (const auto fields = FieldSelector::Parse(text); fields.ok()) {
    const auto again = FieldSelector::Parse(fields->Text());
    SIM_CHECK(again.ok());
    SIM_CHECK(again->requirements().size() == fields->requirements().size());
  }
  SIM_CHECK(IsQualifiedName(text) == CheckQualifiedName(text).empty());
  SIM_CHECK(IsDns1123Subdomain(text) == CheckDns1123Subdomain(text).empty());
  if (const auto time = ParseTime(text); time.ok()) {
    SIM_CHECK(ParseTime(FormatTime(*time))->seconds == time->seconds);
  }
  if (const auto duration = ParseGoDuration(text); duration.ok()) {
    SIM_CHECK(*ParseGoDuration(FormatGoDuration(*duration)) == *duration);
  }
  return 0;
}
