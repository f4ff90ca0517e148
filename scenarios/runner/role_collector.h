// Notes what each program of a run asked for, so that the report can say which roles it used.
//
// What every account may do anyway (discovery, reviews of itself) is left out.
// Threads: the kernel's only.
#pragma once

#include <map>

#include "apiserver/ports/authorizer.h"
#include "scenarios/api_gateway.h"
#include "scenarios/language/scenario.h"
#include "scenarios/report/role_use.h"
#include "scenarios/runner/run_report.h"

namespace scenarios {

class RoleCollector {
 public:
  // Both outlive the collector.
  RoleCollector(const Scenario& scenario, apiserver::Authorizer& authorizer)
      : scenario_(scenario), authorizer_(authorizer) {}

  void Note(const ApiGateway::Answered& answered);
  // What was noted, into the reports of the programs, which are in the scenario's order.
  void Fill(std::vector<ProgramReport>& reports) const;

 private:
  const Scenario& scenario_;
  apiserver::Authorizer& authorizer_;
  std::map<std::uint32_t, RoleUse> uses_;
};

}  // namespace scenarios
