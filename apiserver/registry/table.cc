#include "apiserver/registry/table.h"

#include <algorithm>

#include "apiserver/api/go_text.h"
#include "apiserver/encoding/encode.h"

namespace apiserver {
namespace {

// What is shown of kinds without a printer.
class DefaultPrinter final : public TablePrinter {
 public:
  const std::vector<TableColumn>& columns() const override {
    static const std::vector<TableColumn> kColumns = {
        {"Name", "string", "name", "The name, unique within a namespace.", 0},
        {"Created At", "date", "", "When the object was made.", 0}};
    return kColumns;
  }
  std::vector<TableRow> Rows(const Value& object, sim::Time) const override {
    TableRow row;
    row.cells.emplace_back(TextAt(object, {"metadata", "name"}));
    row.cells.emplace_back(TextAt(object, {"metadata", "creationTimestamp"}));
    return {std::move(row)};
  }
};

const TablePrinter& Or(const TablePrinter* printer) {
  static const DefaultPrinter kDefault;
  return printer == nullptr ? kDefault : *printer;
}

Array Columns(const TablePrinter& printer) {
  Array columns;
  for (const TableColumn& column : printer.columns()) {
    Object& object = columns.emplace_back(Object()).get_object();
    object["name"] = column.name;
    object["type"] = column.type;
    object["format"] = column.format;
    object["description"] = column.description;
    object["priority"] = column.priority;
  }
  return columns;
}

Object TableHead(const TablePrinter& printer, const TableForm& form, const TableMeta& meta) {
  Object table;
  table["kind"] = "Table";
  table["apiVersion"] = "meta.k8s.io/" + form.version;
  Object& metadata = table["metadata"].emplace_object();
  if (meta.revision != 0) metadata["resourceVersion"] = std::to_string(meta.revision);
  if (!meta.continue_token.empty()) metadata["continue"] = meta.continue_token;
  if (meta.remaining_item_count) metadata["remainingItemCount"] = *meta.remaining_item_count;
  if (form.has_columns) {
    table["columnDefinitions"] = Columns(printer);
  } else {
    table["columnDefinitions"] = nullptr;
  }
  return table;
}

Value IncludedValue(const ApiResource& resource, const TableForm& form, const ObjectPtr& item) {
  switch (form.included) {
    case IncludedObject::kNone:
      return nullptr;
    case IncludedObject::kObject:
      return ToServedValue(resource, *item, {});
    case IncludedObject::kMetadata:
      break;
  }
  return ToPartialObjectMetadata(*item, form.version, {});
}

struct Item {
  ObjectPtr object;
  std::shared_ptr<const Value> value;
};

}  // namespace

ApiResult<TableForm> ReadTableForm(const Request& request) {
  TableForm form;
  form.version = request.accept.view_version;
  const std::string* included = request.Query("includeObject");
  if (included == nullptr || included->empty() || *included == "Metadata") return form;
  if (*included == "None") {
    form.included = IncludedObject::kNone;
  } else if (*included == "Object") {
    form.included = IncludedObject::kObject;
  } else {
    return BadRequestError(
        "Unable to convert to Table as requested: includeObject: Invalid value: " +
        GoQuote(*included) + ": must be 'Metadata', 'Object', 'None', or empty");
  }
  return form;
}

Value MakeTable(const ApiResource& resource, const TablePrinter* printer, const TableForm& form,
                const TableMeta& meta, const std::vector<ObjectPtr>& items, sim::Time now) {
  const TablePrinter& shown = Or(printer);
  Object table = TableHead(shown, form, meta);
  if (items.empty() && printer == nullptr) {
    table["rows"] = nullptr;
    return table;
  }
  std::vector<Item> ordered;
  ordered.reserve(items.size());
  for (const ObjectPtr& item : items) ordered.push_back({item, item->Peek()});
  if (shown.has_order()) {
    std::stable_sort(ordered.begin(), ordered.end(), [&](const Item& a, const Item& b) {
      return shown.Before(*a.value, *b.value);
    });
  }
  Array& rows = table["rows"].emplace_array();
  rows.reserve(items.size());
  for (const Item& item : ordered) {
    for (TableRow& row : shown.Rows(*item.value, now)) {
      Object& made = rows.emplace_back(Object()).get_object();
      made["cells"] = std::move(row.cells);
      if (!row.conditions.empty()) made["conditions"] = std::move(row.conditions);
      made["object"] = IncludedValue(resource, form, item.object);
    }
  }
  return table;
}

Value MakeBookmarkTable(const TablePrinter* printer, const TableForm& form, Revision revision,
                        Value object) {
  const TablePrinter& shown = Or(printer);
  Object table = TableHead(shown, form, {revision, {}, {}});
  Array& rows = table["rows"].emplace_array();
  // A bookmark is an object of the kind that holds nothing.
  const Value empty = Object{{"metadata", Object()}};
  for (TableRow& row : shown.Rows(empty, {})) {
    Object& made = rows.emplace_back(Object()).get_object();
    made["cells"] = std::move(row.cells);
    made["object"] = object;
  }
  return table;
}

}  // namespace apiserver
