// The rules of a JobSpec, in Jobs and in CronJobs' templates.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void DefaultJobSpecTemplate(Object& job_spec);
// All but the selector, which only Jobs have.
void CheckJobSpec(const Object& job_spec, const FieldPath& path, Violations& out);

// Reads "1,3-5": the number of indexes, or upstream's complaint. Requires: completions >= 0.
struct JobIndexes {
  std::int64_t count = 0;
  std::string problem;
};
JobIndexes ReadJobIndexes(std::string_view text, std::int64_t completions);
// "failedIndexes and completedIndexes overlap at index: N", or "".
std::string FindIndexOverlap(std::string_view completed, std::string_view failed,
                             std::int64_t completions);

// The rules of status changes.
void CheckJobStatusUpdate(const Object& job, const Object& old, Violations& out);

}  // namespace apiserver
