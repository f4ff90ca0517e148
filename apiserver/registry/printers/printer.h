// How the printers of this folder are made: columns as data, and a function that gives an object's
// cells.
//
// Source of columns and cells: k8s.io/kubernetes/pkg/printers/internalversion. Threads: any, no
// shared state.
#pragma once

#include <initializer_list>
#include <memory>

#include "apiserver/registry/table_printer.h"

namespace apiserver {

using CellsFunction = Array (*)(const Value& object, sim::Time now);

// A printer of one row per object. `conditions` gives the row's conditions; null gives none.
std::unique_ptr<const TablePrinter> MakePrinter(std::vector<TableColumn> columns,
                                                CellsFunction cells,
                                                Array (*conditions)(const Value& object) = nullptr);

// The first column of nearly all kinds.
TableColumn NameColumn();
TableColumn AgeColumn();
// A column that only -o wide shows.
TableColumn Wide(std::string name, std::string description);
TableColumn Text(std::string name, std::string description);
TableColumn Integer(std::string name, std::string description);
TableColumn Boolean(std::string name, std::string description);

// One function for each family, which adds its printers.
void AddPodPrinters(PrinterTable& printers);
void AddWorkloadPrinters(PrinterTable& printers);
void AddBatchPrinters(PrinterTable& printers);
void AddAutoscalingPrinters(PrinterTable& printers);
void AddServicePrinters(PrinterTable& printers);
void AddNetworkPrinters(PrinterTable& printers);
void AddNodePrinters(PrinterTable& printers);
void AddConfigPrinters(PrinterTable& printers);
void AddEventPrinters(PrinterTable& printers);
void AddStoragePrinters(PrinterTable& printers);
void AddAccessPrinters(PrinterTable& printers);
void AddAdmissionPrinters(PrinterTable& printers);
void AddFlowControlPrinters(PrinterTable& printers);
void AddResourcePrinters(PrinterTable& printers);

}  // namespace apiserver
