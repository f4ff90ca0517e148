// What must be so with an attached program: its output, how it ended, what it asked of the API.
#pragma once

#include <optional>
#include <string>

#include "scenarios/language/cluster_view.h"
#include "scenarios/language/output_pattern.h"
#include "scenarios/language/read_context.h"

namespace scenarios {

// Requests that reached the cluster; "" for any verb, any resource.
struct RequestPattern {
  std::string verb;
  std::string resource;  // "deployments.apps", or without its group
  CountRange count;
  std::string Text() const;
};

struct ProgramSubject {
  std::string program;
  // Exactly one of these.
  std::optional<OutputPattern> output;
  std::optional<std::int64_t> exit_code;
  std::optional<RequestPattern> requests;
  std::optional<std::int64_t> restarts;
  std::string Text() const;
};

// program, output, exitCode, requests, restarts.
std::vector<ShapeField> ProgramSubjectFields();
// Requires: `node` has those fields in their shapes. Unknown programs are problems; one whose exit
// is expected is noted in `context`.
ProgramSubject ReadProgramSubject(const SourceNode& node, const std::string& field,
                                  ReadContext& context);

Finding ExamineProgram(const ProgramSubject& subject, const ClusterView& view);

}  // namespace scenarios
