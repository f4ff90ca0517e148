#include "controllers/scheduler/decision.h"

#include <algorithm>

namespace controllers {

std::string FitErrorText(std::size_t nodes_count,
                         const std::map<std::string, std::size_t>& reasons) {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons) parts.push_back(std::to_string(count) + " " + reason);
  // By text, so that "10 ..." comes before "2 ...": as upstream.
  std::sort(parts.begin(), parts.end());
  std::string text = "0/" + std::to_string(nodes_count) + " nodes are available:";
  for (std::size_t index = 0; index < parts.size(); ++index) {
    text += (index == 0 ? " " : ", ") + parts[index];
  }
  if (!parts.empty()) text += ".";
  return text;
}

std::string DecisionMessage(const SchedulingDecision& decision,
                            std::string_view post_filter_message) {
  std::string text;
  if (decision.is_refused_for_all) {
    text = "0/" + std::to_string(decision.nodes_count) + " nodes are available:";
    for (std::size_t index = 0; index < decision.refusal_of_all.reasons.size(); ++index) {
      text += (index == 0 ? " " : ", ") + decision.refusal_of_all.reasons[index];
    }
    text += ".";
  } else {
    std::map<std::string, std::size_t> reasons;
    for (const NodeRefusal& refusal : decision.refusals) {
      for (const std::string& reason : refusal.status.reasons) ++reasons[reason];
    }
    if (decision.refusals.size() < decision.nodes_count) {
      for (const std::string& reason : decision.refusal_of_all.reasons) {
        reasons[reason] += decision.nodes_count - decision.refusals.size();
      }
    }
    text = FitErrorText(decision.nodes_count, reasons);
  }
  if (!post_filter_message.empty()) text += " " + std::string(post_filter_message);
  return text;
}

}  // namespace controllers
