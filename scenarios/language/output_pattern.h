// What the output of a program or a command must be.
//
// A text stands for `contains`. Pure; used by expectations and by the step `run`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "scenarios/language/shape.h"
#include "scenarios/language/subject.h"

namespace scenarios {

struct OutputPattern {
  std::string contains;               // of a line
  std::optional<std::string> equals;  // all of it, line by line; a final newline says nothing
  CountRange count;                   // of lines that contain it; at least one when not given
  std::string Text() const;
};

const Shape& OutputShape();
// Requires: `node` is of that shape.
OutputPattern ReadOutput(const SourceNode& node, const std::string& field, Problems& problems);

// Why `lines` are not so, or "" when they are.
std::string OutputProblem(const OutputPattern& pattern, std::span<const std::string> lines);

}  // namespace scenarios
