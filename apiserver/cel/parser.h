// Text to expression tree, with macros expanded.
//
// The rules mirror CEL's grammar one to one, so that errors read as cel-go's (see syntax_errors.h).
// Limits: kTextPointsMax code points, kDepthMax nested uses of one rule and nested operations,
// TreeBuilder::kNodesMax nodes. Source: cel-go parser/parser.go. Threads: any.
#pragma once

#include "apiserver/cel/ast.h"
#include "apiserver/cel/source.h"

namespace apiserver::cel {

inline constexpr int kTextPointsMax = 100'000;
inline constexpr int kDepthMax = 250;

struct ParseOptions {
  bool has_bind = false;           // cel.bind
  bool has_escaped_names = false;  // a.`b-c`
};

struct Parsed {
  ExpressionPtr root;        // only of use if there are no issues
  std::int64_t last_id = 0;  // ids are at most this
};
Parsed Parse(const Source& source, const ParseOptions& options, Issues& issues);

}  // namespace apiserver::cel
