// Kubernetes' own libraries. Source: the declarations that Kubernetes 1.36 makes.
#include "apiserver/cel/function_tables.h"

namespace apiserver::cel {
namespace {

constexpr FunctionRow kUrlsRows[] = {
    {"getEscapedPath", "url_get_escaped_path", true, "kubernetes.URL", "string"},
    {"getHost", "url_get_host", true, "kubernetes.URL", "string"},
    {"getHostname", "url_get_hostname", true, "kubernetes.URL", "string"},
    {"getPort", "url_get_port", true, "kubernetes.URL", "string"},
    {"getQuery", "url_get_query", true, "kubernetes.URL", "map(string, list(string))"},
    {"getScheme", "url_get_scheme", true, "kubernetes.URL", "string"},
    {"isURL", "is_url_string", false, "string", "bool"},
    {"url", "string_to_url", false, "string", "kubernetes.URL"},
};

constexpr FunctionRow kRegexRows[] = {
    {"find", "string_find_string", true, "string, string", "string"},
    {"findAll", "string_find_all_string", true, "string, string", "list(string)"},
    {"findAll", "string_find_all_string_int", true, "string, string, int", "list(string)"},
};

constexpr FunctionRow kListsRows[] = {
    {"indexOf", "list_a_index_of_int", true, "list(A), A", "int"},
    {"isSorted", "list_int_is_sorted_bool", true, "list(int)", "bool"},
    {"isSorted", "list_uint_is_sorted_bool", true, "list(uint)", "bool"},
    {"isSorted", "list_double_is_sorted_bool", true, "list(double)", "bool"},
    {"isSorted", "list_bool_is_sorted_bool", true, "list(bool)", "bool"},
    {"isSorted", "list_duration_is_sorted_bool", true, "list(duration)", "bool"},
    {"isSorted", "list_timestamp_is_sorted_bool", true, "list(timestamp)", "bool"},
    {"isSorted", "list_string_is_sorted_bool", true, "list(string)", "bool"},
    {"isSorted", "list_bytes_is_sorted_bool", true, "list(bytes)", "bool"},
    {"lastIndexOf", "list_a_last_index_of_int", true, "list(A), A", "int"},
    {"max", "list_int_max_int", true, "list(int)", "int"},
    {"max", "list_uint_max_uint", true, "list(uint)", "uint"},
    {"max", "list_double_max_double", true, "list(double)", "double"},
    {"max", "list_bool_max_bool", true, "list(bool)", "bool"},
    {"max", "list_duration_max_duration", true, "list(duration)", "duration"},
    {"max", "list_timestamp_max_timestamp", true, "list(timestamp)", "timestamp"},
    {"max", "list_string_max_string", true, "list(string)", "string"},
    {"max", "list_bytes_max_bytes", true, "list(bytes)", "bytes"},
    {"min", "list_int_min_int", true, "list(int)", "int"},
    {"min", "list_uint_min_uint", true, "list(uint)", "uint"},
    {"min", "list_double_min_double", true, "list(double)", "double"},
    {"min", "list_bool_min_bool", true, "list(bool)", "bool"},
    {"min", "list_duration_min_duration", true, "list(duration)", "duration"},
    {"min", "list_timestamp_min_timestamp", true, "list(timestamp)", "timestamp"},
    {"min", "list_string_min_string", true, "list(string)", "string"},
    {"min", "list_bytes_min_bytes", true, "list(bytes)", "bytes"},
    {"sum", "list_int_sum_int", true, "list(int)", "int"},
    {"sum", "list_uint_sum_uint", true, "list(uint)", "uint"},
    {"sum", "list_double_sum_double", true, "list(double)", "double"},
    {"sum", "list_duration_sum_duration", true, "list(duration)", "duration"},
};

constexpr FunctionRow kQuantityRows[] = {
    {"add", "quantity_add", true, "kubernetes.Quantity, kubernetes.Quantity",
     "kubernetes.Quantity"},
    {"add", "quantity_add_int", true, "kubernetes.Quantity, int", "kubernetes.Quantity"},
    {"asApproximateFloat", "quantity_get_float", true, "kubernetes.Quantity", "double"},
    {"asInteger", "quantity_get_int", true, "kubernetes.Quantity", "int"},
    {"compareTo", "quantity_compare_to", true, "kubernetes.Quantity, kubernetes.Quantity", "int"},
    {"isGreaterThan", "quantity_is_greater_than", true, "kubernetes.Quantity, kubernetes.Quantity",
     "bool"},
    {"isInteger", "quantity_is_integer", true, "kubernetes.Quantity", "bool"},
    {"isLessThan", "quantity_is_less_than", true, "kubernetes.Quantity, kubernetes.Quantity",
     "bool"},
    {"isQuantity", "is_quantity_string", false, "string", "bool"},
    {"quantity", "string_to_quantity", false, "string", "kubernetes.Quantity"},
    {"sign", "quantity_sign", false, "kubernetes.Quantity", "int"},
    {"sub", "quantity_sub", true, "kubernetes.Quantity, kubernetes.Quantity",
     "kubernetes.Quantity"},
    {"sub", "quantity_sub_int", true, "kubernetes.Quantity, int", "kubernetes.Quantity"},
};

constexpr FunctionRow kIpRows[] = {
    {"family", "ip_family", true, "net.IP", "int"},
    {"ip", "string_to_ip", false, "string", "net.IP"},
    {"ip.isCanonical", "ip_is_canonical", false, "string", "bool"},
    {"isGlobalUnicast", "ip_is_global_unicast", true, "net.IP", "bool"},
    {"isIP", "is_ip", false, "string", "bool"},
    {"isLinkLocalMulticast", "ip_is_link_local_multicast", true, "net.IP", "bool"},
    {"isLinkLocalUnicast", "ip_is_link_local_unicast", true, "net.IP", "bool"},
    {"isLoopback", "ip_is_loopback", true, "net.IP", "bool"},
    {"isUnspecified", "ip_is_unspecified", true, "net.IP", "bool"},
    {"string", "ip_to_string", false, "net.IP", "string"},
};

constexpr FunctionRow kCidrRows[] = {
    {"cidr", "string_to_cidr", false, "string", "net.CIDR"},
    {"containsCIDR", "cidr_contains_cidr_string", true, "net.CIDR, string", "bool"},
    {"containsCIDR", "cidr_contains_cidr", true, "net.CIDR, net.CIDR", "bool"},
    {"containsIP", "cidr_contains_ip_string", true, "net.CIDR, string", "bool"},
    {"containsIP", "cidr_contains_ip_ip", true, "net.CIDR, net.IP", "bool"},
    {"ip", "cidr_ip", true, "net.CIDR", "net.IP"},
    {"isCIDR", "is_cidr", false, "string", "bool"},
    {"masked", "cidr_masked", true, "net.CIDR", "net.CIDR"},
    {"prefixLength", "cidr_prefix_length", true, "net.CIDR", "int"},
    {"string", "cidr_to_string", false, "net.CIDR", "string"},
};

constexpr FunctionRow kFormatRows[] = {
    {"format.byte", "format.byte", false, "", "kubernetes.NamedFormat"},
    {"format.date", "format.date", false, "", "kubernetes.NamedFormat"},
    {"format.datetime", "format.datetime", false, "", "kubernetes.NamedFormat"},
    {"format.dns1035Label", "format.dns1035Label", false, "", "kubernetes.NamedFormat"},
    {"format.dns1035LabelPrefix", "format.dns1035LabelPrefix", false, "", "kubernetes.NamedFormat"},
    {"format.dns1123Label", "format.dns1123Label", false, "", "kubernetes.NamedFormat"},
    {"format.dns1123LabelPrefix", "format.dns1123LabelPrefix", false, "", "kubernetes.NamedFormat"},
    {"format.dns1123Subdomain", "format.dns1123Subdomain", false, "", "kubernetes.NamedFormat"},
    {"format.dns1123SubdomainPrefix", "format.dns1123SubdomainPrefix", false, "",
     "kubernetes.NamedFormat"},
    {"format.labelValue", "format.labelValue", false, "", "kubernetes.NamedFormat"},
    {"format.named", "format-named", false, "string", "optional_type(kubernetes.NamedFormat)"},
    {"format.qualifiedName", "format.qualifiedName", false, "", "kubernetes.NamedFormat"},
    {"format.uri", "format.uri", false, "", "kubernetes.NamedFormat"},
    {"format.uuid", "format.uuid", false, "", "kubernetes.NamedFormat"},
    {"validate", "format-validate", true, "kubernetes.NamedFormat, string",
     "optional_type(list(string))"},
};

constexpr FunctionRow kSemverRows[] = {
    {"compareTo", "semver_compare_to", true, "kubernetes.Semver, kubernetes.Semver", "int"},
    {"isGreaterThan", "semver_is_greater_than", true, "kubernetes.Semver, kubernetes.Semver",
     "bool"},
    {"isLessThan", "semver_is_less_than", true, "kubernetes.Semver, kubernetes.Semver", "bool"},
    {"isSemver", "is_semver_string", false, "string", "bool"},
    {"isSemver", "is_semver_string_bool", false, "string, bool", "bool"},
    {"major", "semver_major", true, "kubernetes.Semver", "int"},
    {"minor", "semver_minor", true, "kubernetes.Semver", "int"},
    {"patch", "semver_patch", true, "kubernetes.Semver", "int"},
    {"semver", "string_to_semver", false, "string", "kubernetes.Semver"},
    {"semver", "string_bool_to_semver", false, "string, bool", "kubernetes.Semver"},
};

constexpr FunctionLibrary kLibraries[] = {
    {"kubernetes.urls", 0, kUrlsRows},
    {"kubernetes.regex", 0, kRegexRows},
    {"kubernetes.lists", 0, kListsRows},
    {"kubernetes.quantity", 28, kQuantityRows},
    {"net.ip", 30, kIpRows},
    {"net.cidr", 30, kCidrRows},
    {"format", 31, kFormatRows},
    {"kubernetes.Semver", 33, kSemverRows},
};

}  // namespace

std::span<const FunctionLibrary> KubernetesFunctionTables() { return kLibraries; }

}  // namespace apiserver::cel
