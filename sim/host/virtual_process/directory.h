// The entries of a directory as getdents64(2) gives them. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sim::virtual_process {

// The same entries by name; what is malformed ends the list.
std::string SortEntries(std::string_view entries);

// How many bytes of whole entries fit into `size_max`.
std::size_t WholeEntries(std::string_view entries, std::size_t size_max);

}  // namespace sim::virtual_process
