// The standard library beside operators. Source: the declarations that Kubernetes 1.36 makes.
#include "apiserver/cel/function_tables.h"

namespace apiserver::cel {
namespace {

constexpr FunctionRow kStdlibRows[] = {
    {"bool", "bool_to_bool", false, "bool", "bool"},
    {"bool", "string_to_bool", false, "string", "bool"},
    {"bytes", "bytes_to_bytes", false, "bytes", "bytes"},
    {"bytes", "string_to_bytes", false, "string", "bytes"},
    {"contains", "contains_string", true, "string, string", "bool"},
    {"double", "double_to_double", false, "double", "double"},
    {"double", "int64_to_double", false, "int", "double"},
    {"double", "string_to_double", false, "string", "double"},
    {"double", "uint64_to_double", false, "uint", "double"},
    {"duration", "duration_to_duration", false, "duration", "duration"},
    {"duration", "int64_to_duration", false, "int", "duration"},
    {"duration", "string_to_duration", false, "string", "duration"},
    {"dyn", "to_dyn", false, "A", "dyn"},
    {"endsWith", "ends_with_string", true, "string, string", "bool"},
    {"getDate", "timestamp_to_day_of_month_1_based", true, "timestamp", "int"},
    {"getDate", "timestamp_to_day_of_month_1_based_with_tz", true, "timestamp, string", "int"},
    {"getDayOfMonth", "timestamp_to_day_of_month", true, "timestamp", "int"},
    {"getDayOfMonth", "timestamp_to_day_of_month_with_tz", true, "timestamp, string", "int"},
    {"getDayOfWeek", "timestamp_to_day_of_week", true, "timestamp", "int"},
    {"getDayOfWeek", "timestamp_to_day_of_week_with_tz", true, "timestamp, string", "int"},
    {"getDayOfYear", "timestamp_to_day_of_year", true, "timestamp", "int"},
    {"getDayOfYear", "timestamp_to_day_of_year_with_tz", true, "timestamp, string", "int"},
    {"getFullYear", "timestamp_to_year", true, "timestamp", "int"},
    {"getFullYear", "timestamp_to_year_with_tz", true, "timestamp, string", "int"},
    {"getHours", "timestamp_to_hours", true, "timestamp", "int"},
    {"getHours", "timestamp_to_hours_with_tz", true, "timestamp, string", "int"},
    {"getHours", "duration_to_hours", true, "duration", "int"},
    {"getMilliseconds", "timestamp_to_milliseconds", true, "timestamp", "int"},
    {"getMilliseconds", "timestamp_to_milliseconds_with_tz", true, "timestamp, string", "int"},
    {"getMilliseconds", "duration_to_milliseconds", true, "duration", "int"},
    {"getMinutes", "timestamp_to_minutes", true, "timestamp", "int"},
    {"getMinutes", "timestamp_to_minutes_with_tz", true, "timestamp, string", "int"},
    {"getMinutes", "duration_to_minutes", true, "duration", "int"},
    {"getMonth", "timestamp_to_month", true, "timestamp", "int"},
    {"getMonth", "timestamp_to_month_with_tz", true, "timestamp, string", "int"},
    {"getSeconds", "timestamp_to_seconds", true, "timestamp", "int"},
    {"getSeconds", "timestamp_to_seconds_tz", true, "timestamp, string", "int"},
    {"getSeconds", "duration_to_seconds", true, "duration", "int"},
    {"int", "int64_to_int64", false, "int", "int"},
    {"int", "double_to_int64", false, "double", "int"},
    {"int", "duration_to_int64", false, "duration", "int"},
    {"int", "string_to_int64", false, "string", "int"},
    {"int", "timestamp_to_int64", false, "timestamp", "int"},
    {"int", "uint64_to_int64", false, "uint", "int"},
    {"matches", "matches", false, "string, string", "bool"},
    {"matches", "matches_string", true, "string, string", "bool"},
    {"size", "size_bytes", false, "bytes", "int"},
    {"size", "bytes_size", true, "bytes", "int"},
    {"size", "size_list", false, "list(A)", "int"},
    {"size", "list_size", true, "list(A)", "int"},
    {"size", "size_map", false, "map(A, B)", "int"},
    {"size", "map_size", true, "map(A, B)", "int"},
    {"size", "size_string", false, "string", "int"},
    {"size", "string_size", true, "string", "int"},
    {"startsWith", "starts_with_string", true, "string, string", "bool"},
    {"string", "string_to_string", false, "string", "string"},
    {"string", "bool_to_string", false, "bool", "string"},
    {"string", "bytes_to_string", false, "bytes", "string"},
    {"string", "double_to_string", false, "double", "string"},
    {"string", "duration_to_string", false, "duration", "string"},
    {"string", "int64_to_string", false, "int", "string"},
    {"string", "timestamp_to_string", false, "timestamp", "string"},
    {"string", "uint64_to_string", false, "uint", "string"},
    {"timestamp", "timestamp_to_timestamp", false, "timestamp", "timestamp"},
    {"timestamp", "int64_to_timestamp", false, "int", "timestamp"},
    {"timestamp", "string_to_timestamp", false, "string", "timestamp"},
    {"type", "type", false, "A", "type(A)"},
    {"uint", "uint64_to_uint64", false, "uint", "uint"},
    {"uint", "double_to_uint64", false, "double", "uint"},
    {"uint", "int64_to_uint64", false, "int", "uint"},
    {"uint", "string_to_uint64", false, "string", "uint"},
};

constexpr FunctionLibrary kLibraries[] = {
    {"stdlib", 0, kStdlibRows},
};

}  // namespace

std::span<const FunctionLibrary> StandardFunctions() { return kLibraries; }

}  // namespace apiserver::cel
