// The reference server's documents, and where another document first differs from one.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

// A file of tests/parity/documents.
Value ReferenceDocument(const std::string& name);
Value Parsed(std::string_view json);

// "" when `got` equals `want`, descriptions aside; else up to twenty lines "PLACE: want X, got Y".
std::string DocumentDifference(const Value& want, const Value& got);

}  // namespace apiserver
