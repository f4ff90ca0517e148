#include "scenarios/language/step.h"

namespace scenarios {
namespace {

std::string_view VerbText(CallVerb verb) {
  switch (verb) {
    case CallVerb::kCreate:
      return "create";
    case CallVerb::kApply:
      return "apply";
    case CallVerb::kMergePatch:
    case CallVerb::kStrategicPatch:
    case CallVerb::kJsonPatch:
      return "patch";
    case CallVerb::kDelete:
      return "delete";
  }
  return "";
}

}  // namespace

std::string CallText(const ApiCall& call) {
  std::string text(VerbText(call.verb));
  text += " " + call.resource.group_resource().Text() + " " + call.key.Text();
  if (!call.subresource.empty()) text += "/" + call.subresource;
  return text;
}

StepFailure FailureOf(const ApiCall& call, const apiserver::ApiError& error) {
  StepFailure failure;
  failure.message = CallText(call) + " was refused: " +
                    (error.reason.empty() ? "status " + std::to_string(error.code) : error.reason) +
                    " (" + std::to_string(error.code) + "): " + error.message;
  failure.object = call.key.Text();
  failure.status = error;
  return failure;
}

}  // namespace scenarios
