#include "apiserver/registry/printers/builtin_printers.h"

#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

class FunctionPrinter final : public TablePrinter {
 public:
  FunctionPrinter(std::vector<TableColumn> columns, CellsFunction cells,
                  Array (*conditions)(const Value&))
      : columns_(std::move(columns)), cells_(cells), conditions_(conditions) {}
  const std::vector<TableColumn>& columns() const override { return columns_; }
  std::vector<TableRow> Rows(const Value& object, sim::Time now) const override {
    TableRow row;
    row.cells = cells_(object, now);
    if (conditions_ != nullptr) row.conditions = conditions_(object);
    std::vector<TableRow> rows;
    rows.push_back(std::move(row));
    return rows;
  }

 private:
  const std::vector<TableColumn> columns_;
  const CellsFunction cells_;
  Array (*const conditions_)(const Value&);
};

}  // namespace

std::unique_ptr<const TablePrinter> MakePrinter(std::vector<TableColumn> columns,
                                                CellsFunction cells,
                                                Array (*conditions)(const Value& object)) {
  return std::make_unique<FunctionPrinter>(std::move(columns), cells, conditions);
}

TableColumn NameColumn() {
  return {"Name", "string", "name", "The name, unique within a namespace.", 0};
}
TableColumn AgeColumn() { return Text("Age", "The time since the object was made."); }
TableColumn Wide(std::string name, std::string description) {
  return {std::move(name), "string", "", std::move(description), 1};
}
TableColumn Text(std::string name, std::string description) {
  return {std::move(name), "string", "", std::move(description), 0};
}
TableColumn Integer(std::string name, std::string description) {
  return {std::move(name), "integer", "", std::move(description), 0};
}
TableColumn Boolean(std::string name, std::string description) {
  return {std::move(name), "boolean", "", std::move(description), 0};
}

PrinterTable BuiltinPrinters() {
  PrinterTable printers;
  AddPodPrinters(printers);
  AddWorkloadPrinters(printers);
  AddBatchPrinters(printers);
  AddAutoscalingPrinters(printers);
  AddServicePrinters(printers);
  AddNetworkPrinters(printers);
  AddNodePrinters(printers);
  AddConfigPrinters(printers);
  AddEventPrinters(printers);
  AddStoragePrinters(printers);
  AddAccessPrinters(printers);
  AddAdmissionPrinters(printers);
  AddFlowControlPrinters(printers);
  AddResourcePrinters(printers);
  return printers;
}

}  // namespace apiserver
