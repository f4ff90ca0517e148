// The standard cron grammar as CronJobs accept it: five fields or a descriptor.
//
// Source of grammar and words: github.com/robfig/cron v3, ParseStandard.
#pragma once

#include <string>
#include <string_view>

namespace apiserver {

// What is wrong with `schedule`, or "".
std::string CronScheduleProblem(std::string_view schedule);
// A name of the IANA time zone database (without "Local").
bool IsTimeZoneName(std::string_view name);

}  // namespace apiserver
