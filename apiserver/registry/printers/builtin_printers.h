// The printers of all built-in kinds.
#pragma once

#include "apiserver/registry/table_printer.h"

namespace apiserver {

PrinterTable BuiltinPrinters();

}  // namespace apiserver
