// The JSONPath of printer columns: `.spec.items[0].name`, `['a.b']`, `[*]`, `[-1:]`,
// `[?(@.type=="Ready")]`.
//
// Missing members find nothing; an index beyond the end is an error of the evaluation.
// Source: k8s.io/client-go/util/jsonpath with AllowMissingKeys. Threads: any, immutable once
// parsed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "sim/result.h"

namespace apiserver {

inline constexpr std::size_t kJsonPathBytesMax = 4096;
// Values that an evaluation may find before it gives up.
inline constexpr std::size_t kJsonPathResultsMax = 10'000;

class JsonPath {
 public:
  // Errors: the path does not parse, or is longer than kJsonPathBytesMax.
  static sim::Result<JsonPath> Parse(std::string_view text);

  // What the path finds in `root`, in order; nothing when the evaluation fails.
  std::optional<std::vector<const Value*>> Find(const Value& root) const;

 private:
  enum class StepKind : std::uint8_t { kMember, kSlice, kAll, kFilter, kRecursive };
  struct Filter;
  struct Step {
    StepKind kind = StepKind::kMember;
    std::string member;                 // kMember
    std::optional<std::int64_t> begin;  // kSlice; a lone index is [i, i+1)
    std::optional<std::int64_t> end;
    bool is_index = false;
    std::shared_ptr<const Filter> filter;  // kFilter
  };
  class Parser;
  static bool Apply(const Step& step, const Value& value, std::vector<const Value*>& found);
  static bool ApplySlice(const Step& step, const Array& array, std::vector<const Value*>& found);
  static bool Accepts(const Filter& filter, const Value& value);

  std::vector<Step> steps_;
};

}  // namespace apiserver
