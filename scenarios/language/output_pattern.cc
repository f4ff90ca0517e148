#include "scenarios/language/output_pattern.h"

#include <algorithm>

namespace scenarios {
namespace {

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string LineText(std::span<const std::string> lines, std::size_t index) {
  return index < lines.size() ? "\"" + lines[index] + "\"" : "nothing";
}

}  // namespace

std::string OutputPattern::Text() const {
  if (equals) return "prints what is expected";
  std::string text = "prints \"" + contains + "\"";
  if (count.min != 1 || count.max != INT64_MAX) text += " " + count.Text() + " times";
  return text;
}

const Shape& OutputShape() {
  static const Shape map{
      .kind = Shape::Kind::kObject,
      .fields = {{"contains", &kTextShape, "A text that a line contains."},
                 {"equals", &kTextShape, "The whole output, line by line."},
                 {"count", &CountShape(), "How many lines contain it; at least one."}}};
  static const Shape shape{.kind = Shape::Kind::kChoice, .choices = {&kTextShape, &map}};
  return shape;
}

OutputPattern ReadOutput(const SourceNode& node, const std::string& field, Problems& problems) {
  OutputPattern pattern;
  if (node.kind == SourceNode::Kind::kScalar) {
    pattern.contains = node.text;
    return pattern;
  }
  const bool has_equals = node.Find("equals") != nullptr;
  if (has_equals == (node.Find("contains") != nullptr)) {
    problems.Add(node.line, field, "want one of contains and equals");
  }
  if (has_equals) pattern.equals = node.TextAt("equals");
  pattern.contains = node.TextAt("contains");
  if (const SourceNode* count = node.Find("count")) {
    pattern.count = ReadCount(*count);
    if (has_equals) problems.Add(count->line, field + ".count", "says nothing beside equals");
  }
  return pattern;
}

std::string OutputProblem(const OutputPattern& pattern, std::span<const std::string> lines) {
  if (pattern.equals) {
    const std::vector<std::string> want = LinesOf(*pattern.equals);
    for (std::size_t index = 0; index < std::max(want.size(), lines.size()); ++index) {
      if (LineText(want, index) == LineText(lines, index)) continue;
      return "line " + std::to_string(index + 1) + " of the output: want " + LineText(want, index) +
             ", got " + LineText(lines, index);
    }
    return "";
  }
  const auto count = std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(pattern.contains) != std::string::npos;
  });
  if (count >= pattern.count.min && count <= pattern.count.max) return "";
  return "lines with \"" + pattern.contains + "\": want " + pattern.count.Text() + ", got " +
         std::to_string(count);
}

}  // namespace scenarios
