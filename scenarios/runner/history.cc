#include "scenarios/runner/history.h"

#include <algorithm>

#include "apiserver/encoding/wire_record.h"
#include "scenarios/runner/outside.h"
#include "sim/digest.h"
#include "sim/kernel.h"

namespace scenarios {
namespace {

constexpr std::size_t kShownBytesMax = 240;
constexpr std::size_t kShownBefore = 3;
constexpr std::size_t kShownAfter = 3;

void Show(std::vector<std::string>& shown, const std::string& title,
          const std::vector<std::string>& lines, std::size_t begin, std::size_t end) {
  for (std::size_t at = begin; at < std::min(end, lines.size()); ++at) {
    shown.push_back(title + lines[at]);
  }
  if (begin >= lines.size()) shown.push_back(title + "(the run has ended)");
}

}  // namespace

void History::OnEvent(const sim::EventRecord& event) { Add(sim::EventText(event)); }

void History::OnInput(std::string_view kind, std::string_view bytes) {
  std::string line = "input " + std::string(kind) + " ";
  std::string text(bytes);
  if (kind == "request.receive") {
    if (const auto record = apiserver::UnpackWireRecord(bytes); record.ok()) {
      line += "of " + record->user.name + ": ";
      text = record->request.method + " " + record->request.target + " " + record->request.body;
    }
  } else if (kind == kProgramLineInput) {
    if (auto output = UnpackProgramLine(bytes); output.ok()) {
      line += "of program " + std::to_string(output->place + 1) + ": ";
      text = std::move(output->text);
    }
  }
  for (const char c : std::string_view(text).substr(0, kShownBytesMax)) {
    line += c >= ' ' && c < 127 ? c : '.';
  }
  // What is cut off, or has no words, counts as well.
  if (text.size() > kShownBytesMax || text.size() < bytes.size()) {
    line +=
        " (" + std::to_string(bytes.size()) + " bytes, " + sim::Hex64(sim::StableHash(bytes)) + ")";
  }
  Add(std::move(line));
}

void History::Add(std::string line) {
  if (lines_.size() < kLinesMax) lines_.push_back(std::move(line));
}

std::vector<std::string> DescribeParting(const std::vector<std::string>& first,
                                         const std::vector<std::string>& other) {
  const auto [in_first, in_other] =
      std::mismatch(first.begin(), first.end(), other.begin(), other.end());
  if (in_first == first.end() && in_other == other.end()) return {};
  const auto at = static_cast<std::size_t>(in_first - first.begin());
  std::vector<std::string> shown;
  Show(shown, "both:  ", first, at < kShownBefore ? 0 : at - kShownBefore, at);
  Show(shown, "first: ", first, at, at + kShownAfter);
  Show(shown, "later: ", other, at, at + kShownAfter);
  return shown;
}

}  // namespace scenarios
