// The Table of a custom resource: the columns that its definition names.
//
// Source: apiextensions-apiserver/pkg/registry/customresource/tableconvertor. Threads: the kernel's
// only.
#pragma once

#include <memory>

#include "apiserver/registry/table_printer.h"

namespace apiserver {

// `columns` is additionalPrinterColumns of a version, or null: then only name and age are shown.
std::unique_ptr<const TablePrinter> MakeColumnPrinter(const Value* columns);

// The first value at a simple JSONPath (".spec.a[0].b", ".metadata.labels['x']", "[*]"), or null.
const Value* FindByJsonPath(const Value& object, std::string_view path);

}  // namespace apiserver
