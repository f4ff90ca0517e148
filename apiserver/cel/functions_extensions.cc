// The extension libraries of cel-go that Kubernetes offers. Source: the declarations that
// Kubernetes 1.36 makes.
#include "apiserver/cel/function_tables.h"

namespace apiserver::cel {
namespace {

constexpr FunctionRow kExtStringsRows[] = {
    {"charAt", "string_char_at_int", true, "string, int", "string"},
    {"format", "string_format", true, "string, list(dyn)", "string"},
    {"indexOf", "string_index_of_string", true, "string, string", "int"},
    {"indexOf", "string_index_of_string_int", true, "string, string, int", "int"},
    {"join", "list_join", true, "list(string)", "string"},
    {"join", "list_join_string", true, "list(string), string", "string"},
    {"lastIndexOf", "string_last_index_of_string", true, "string, string", "int"},
    {"lastIndexOf", "string_last_index_of_string_int", true, "string, string, int", "int"},
    {"lowerAscii", "string_lower_ascii", true, "string", "string"},
    {"replace", "string_replace_string_string", true, "string, string, string", "string"},
    {"replace", "string_replace_string_string_int", true, "string, string, string, int", "string"},
    {"split", "string_split_string", true, "string, string", "list(string)"},
    {"split", "string_split_string_int", true, "string, string, int", "list(string)"},
    {"strings.quote", "strings_quote", false, "string", "string"},
    {"substring", "string_substring_int", true, "string, int", "string"},
    {"substring", "string_substring_int_int", true, "string, int, int", "string"},
    {"trim", "string_trim", true, "string", "string"},
    {"upperAscii", "string_upper_ascii", true, "string", "string"},
};

constexpr FunctionRow kExtSetsRows[] = {
    {"sets.contains", "list_sets_contains_list", false, "list(T), list(T)", "bool"},
    {"sets.equivalent", "list_sets_equivalent_list", false, "list(T), list(T)", "bool"},
    {"sets.intersects", "list_sets_intersects_list", false, "list(T), list(T)", "bool"},
};

constexpr FunctionRow kExtComprev2Rows[] = {
    {"cel.@mapInsert", "@mapInsert_map_key_value", false, "map(K, V), K, V", "map(K, V)"},
    {"cel.@mapInsert", "@mapInsert_map_map", false, "map(K, V), map(K, V)", "map(K, V)"},
};

constexpr FunctionRow kExtListsRows[] = {
    {"@sortByAssociatedKeys", "list_int_sortByAssociatedKeys", true, "list(T), list(int)",
     "list(T)"},
    {"@sortByAssociatedKeys", "list_uint_sortByAssociatedKeys", true, "list(T), list(uint)",
     "list(T)"},
    {"@sortByAssociatedKeys", "list_double_sortByAssociatedKeys", true, "list(T), list(double)",
     "list(T)"},
    {"@sortByAssociatedKeys", "list_bool_sortByAssociatedKeys", true, "list(T), list(bool)",
     "list(T)"},
    {"@sortByAssociatedKeys", "list_google.protobuf.Duration_sortByAssociatedKeys", true,
     "list(T), list(duration)", "list(T)"},
    {"@sortByAssociatedKeys", "list_google.protobuf.Timestamp_sortByAssociatedKeys", true,
     "list(T), list(timestamp)", "list(T)"},
    {"@sortByAssociatedKeys", "list_string_sortByAssociatedKeys", true, "list(T), list(string)",
     "list(T)"},
    {"@sortByAssociatedKeys", "list_bytes_sortByAssociatedKeys", true, "list(T), list(bytes)",
     "list(T)"},
    {"distinct", "list_distinct", true, "list(T)", "list(T)"},
    {"flatten", "list_flatten", true, "list(list(T))", "list(T)"},
    {"flatten", "list_flatten_int", true, "list(dyn), int", "list(dyn)"},
    {"lists.range", "lists_range", false, "int", "list(int)"},
    {"reverse", "list_reverse", true, "list(T)", "list(T)"},
    {"slice", "list_slice", true, "list(T), int, int", "list(T)"},
    {"sort", "list_int_sort", true, "list(int)", "list(int)"},
    {"sort", "list_uint_sort", true, "list(uint)", "list(uint)"},
    {"sort", "list_double_sort", true, "list(double)", "list(double)"},
    {"sort", "list_bool_sort", true, "list(bool)", "list(bool)"},
    {"sort", "list_google.protobuf.Duration_sort", true, "list(duration)", "list(duration)"},
    {"sort", "list_google.protobuf.Timestamp_sort", true, "list(timestamp)", "list(timestamp)"},
    {"sort", "list_string_sort", true, "list(string)", "list(string)"},
    {"sort", "list_bytes_sort", true, "list(bytes)", "list(bytes)"},
};

constexpr FunctionRow kOptionalRows[] = {
    {"_?._", "select_optional_field", false, "dyn, string", "optional_type(V)"},
    {"_[?_]", "list_optindex_optional_int", false, "list(V), int", "optional_type(V)"},
    {"_[?_]", "optional_list_optindex_optional_int", false, "optional_type(list(V)), int",
     "optional_type(V)"},
    {"_[?_]", "map_optindex_optional_value", false, "map(K, V), K", "optional_type(V)"},
    {"_[?_]", "optional_map_optindex_optional_value", false, "optional_type(map(K, V)), K",
     "optional_type(V)"},
    {"_[_]", "optional_list_index_int", false, "optional_type(list(V)), int", "optional_type(V)"},
    {"_[_]", "optional_map_index_value", false, "optional_type(map(K, V)), K", "optional_type(V)"},
    {"first", "list_first", true, "list(V)", "optional_type(V)"},
    {"hasValue", "optional_hasValue", true, "optional_type(V)", "bool"},
    {"last", "list_last", true, "list(V)", "optional_type(V)"},
    {"optional.none", "optional_none", false, "", "optional_type(V)"},
    {"optional.of", "optional_of", false, "V", "optional_type(V)"},
    {"optional.ofNonZeroValue", "optional_ofNonZeroValue", false, "V", "optional_type(V)"},
    {"optional.unwrap", "optional_unwrap", false, "list(optional_type(V))", "list(V)"},
    {"or", "optional_or_optional", true, "optional_type(V), optional_type(V)", "optional_type(V)"},
    {"orValue", "optional_orValue_value", true, "optional_type(V), V", "V"},
    {"unwrapOpt", "optional_unwrapOpt", true, "list(optional_type(V))", "list(V)"},
    {"value", "optional_value", true, "optional_type(V)", "V"},
};

constexpr FunctionLibrary kLibraries[] = {
    {"cel.lib.ext.strings", 0, kExtStringsRows},
    {"cel.lib.ext.sets", 29, kExtSetsRows},
    {"cel.lib.ext.comprev2", 32, kExtComprev2Rows},
    {"cel.lib.ext.lists", 34, kExtListsRows},
    {"optional", 28, kOptionalRows},
};

}  // namespace

std::span<const FunctionLibrary> ExtensionsFunctions() { return kLibraries; }

}  // namespace apiserver::cel
