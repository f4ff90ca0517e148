// The printer of a custom resource, made from its additionalPrinterColumns.
//
// Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor.
#pragma once

#include <memory>

#include "apiserver/registry/table_printer.h"

namespace apiserver {

// `columns` is the version's additionalPrinterColumns, or null: then the name and the age are
// shown. A column whose path does not parse ends the columns, as in the reference.
std::unique_ptr<const TablePrinter> MakeCustomPrinter(const Value* columns);

}  // namespace apiserver
