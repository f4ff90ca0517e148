// Reports for programs: JSON, and JUnit's XML as CI systems read it.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/json.h"
#include "scenarios/runner/run_report.h"

namespace scenarios {

apiserver::Value JsonReport(const RunReport& report);
std::string JUnitReport(const std::vector<RunReport>& reports);

}  // namespace scenarios
