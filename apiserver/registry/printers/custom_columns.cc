#include "apiserver/registry/printers/custom_columns.h"

#include "apiserver/api/json_write.h"
#include "apiserver/api/time_format.h"
#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/json_path.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

// A value of any type in a column of text.
Value TextCell(const Value& value) {
  if (value.is_string()) return value;
  if (value.is_null()) return "<nil>";
  return Value(ToJson(value));
}

Value DateCell(const Value& value, sim::Time now) {
  if (!value.is_string()) return nullptr;
  const std::string_view text(value.get_string());
  if (!ParseTime(text).ok()) return "<invalid>";
  return Value(AgeSince(text, now));
}

// A value of the wrong type shows nothing.
Value CellOf(std::string_view type, const Value& value, sim::Time now) {
  if (type == "string") return TextCell(value);
  if (type == "date") return DateCell(value, now);
  if (type == "boolean") return value.is_bool() ? value : Value(nullptr);
  if (!value.is_number()) return nullptr;
  if (type == "integer" && value.is_double()) {
    return Value(static_cast<std::int64_t>(value.get_double()));
  }
  return value;
}

class CustomPrinter final : public TablePrinter {
 public:
  explicit CustomPrinter(const Value* columns) {
    columns_.push_back(NameColumn());
    if (columns == nullptr || !columns->is_array() || columns->get_array().empty()) {
      TableColumn age = AgeColumn();
      age.type = "date";
      Add(std::move(age), ".metadata.creationTimestamp");
      return;
    }
    for (const Value& column : columns->get_array()) {
      TableColumn made{std::string(TextAt(column, {"name"})), std::string(TextAt(column, {"type"})),
                       std::string(TextAt(column, {"format"})),
                       std::string(TextAt(column, {"description"})),
                       static_cast<int>(IntAt(column, {"priority"}))};
      if (made.description.empty()) {
        made.description = "Custom resource definition column (in JSONPath format): " +
                           std::string(TextAt(column, {"jsonPath"}));
      }
      if (!Add(std::move(made), TextAt(column, {"jsonPath"}))) return;
    }
  }

  const std::vector<TableColumn>& columns() const override { return columns_; }

  std::vector<TableRow> Rows(const Value& object, sim::Time now) const override {
    TableRow row;
    row.cells.emplace_back(NameOf(object));
    for (std::size_t index = 0; index < paths_.size(); ++index) {
      const auto found = paths_[index].Find(object);
      if (!found || found->empty()) {
        row.cells.emplace_back(nullptr);
      } else {
        row.cells.push_back(CellOf(columns_[index + 1].type, *found->front(), now));
      }
    }
    std::vector<TableRow> rows;
    rows.push_back(std::move(row));
    return rows;
  }

 private:
  bool Add(TableColumn column, std::string_view text) {
    auto path = JsonPath::Parse(text);
    if (!path.ok()) return false;
    columns_.push_back(std::move(column));
    paths_.push_back(std::move(path).value());
    return true;
  }

  std::vector<TableColumn> columns_;
  std::vector<JsonPath> paths_;  // of columns_ but the first
};

}  // namespace

std::unique_ptr<const TablePrinter> MakeCustomPrinter(const Value* columns) {
  return std::make_unique<CustomPrinter>(columns);
}

}  // namespace apiserver
