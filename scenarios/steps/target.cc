#include "scenarios/steps/target.h"

#include "scenarios/language/subject.h"

namespace scenarios {

std::vector<ShapeField> TargetFields() {
  return {{"resource", &kTextShape, "TYPE/NAME.", true},
          {"namespace", &kTextShape, "`default` when not given."}};
}

Target ReadTarget(const SourceNode& node, const std::string& field, ReadContext& context) {
  Subject subject;
  const SourceNode& resource = *node.Find("resource");
  ReadResourceName(resource, field + ".resource", context, subject);
  if (subject.name.empty() && resource.text.find('/') == std::string::npos) {
    context.problems.Add(resource.line, field + ".resource",
                         "want TYPE/NAME, got \"" + resource.text + "\"");
  }
  Target target{.resource = subject.resource, .name = subject.name};
  if (node.Find("namespace") != nullptr) target.namespace_ = node.TextAt("namespace");
  return target;
}

std::variant<ApiCall, StepFailure> CallOn(const Target& target, const ClusterView& view) {
  const auto resource = view.FindResource(target.resource);
  if (!resource) {
    return StepFailure{.message = "the cluster serves no resource \"" + target.resource + "\""};
  }
  ApiCall call;
  call.resource = resource->resource;
  call.key = {resource->is_namespaced ? target.namespace_ : "", target.name};
  return call;
}

StepMove TargetRun::Next(const StepInput& input) {
  if (is_called_) {
    if (input.call_error) return StepMove::Failed(FailureOf(call_, *input.call_error));
    return StepMove::Done();
  }
  auto place = CallOn(target_, input.view);
  if (auto* failure = std::get_if<StepFailure>(&place)) {
    return StepMove::Failed(std::move(*failure));
  }
  call_.resource = std::get<ApiCall>(place).resource;
  call_.key = std::get<ApiCall>(place).key;
  is_called_ = true;
  return StepMove::Call(call_);
}

std::string ReadNodeName(const SourceNode& node) {
  return node.kind == SourceNode::Kind::kScalar ? node.text : node.TextAt("node");
}

}  // namespace scenarios
