#include "apiserver/registry/custom/columns.h"

#include <charconv>

#include "apiserver/api/json_write.h"
#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

struct CustomColumn {
  TableColumn shown;
  std::string path;
};

std::string TextOf(const Value& value) {
  if (value.is_string()) return std::string(std::string_view(value.get_string()));
  return ToJson(value);
}

Value Age(const Value& value, sim::Time now) {
  if (!value.is_string()) return "<invalid>";
  const auto time = TimeFromText(value.get_string());
  if (!time) return "<invalid>";
  return Value(HumanDuration(now - *time));
}

Value Cell(const CustomColumn& column, const Value* value, sim::Time now) {
  if (value == nullptr || value->is_null()) return nullptr;
  const std::string& type = column.shown.type;
  if (type == "string") return Value(TextOf(*value));
  if (type == "integer") {
    if (value->is_int64()) return *value;
    return value->is_double() ? Value(static_cast<std::int64_t>(value->get_double()))
                              : Value(nullptr);
  }
  if (type == "number") return value->is_number() ? *value : Value(nullptr);
  if (type == "boolean") return value->is_bool() ? *value : Value(nullptr);
  if (type == "date") return Age(*value, now);
  return nullptr;
}

class ColumnPrinter final : public TablePrinter {
 public:
  explicit ColumnPrinter(std::vector<CustomColumn> columns) : columns_(std::move(columns)) {
    shown_.push_back({"Name", "string", "name", "The name, unique within a namespace.", 0});
    for (const CustomColumn& column : columns_) shown_.push_back(column.shown);
  }
  const std::vector<TableColumn>& columns() const override { return shown_; }
  std::vector<TableRow> Rows(const Value& object, sim::Time now) const override {
    TableRow row;
    row.cells.emplace_back(TextAt(object, {"metadata", "name"}));
    for (const CustomColumn& column : columns_) {
      row.cells.push_back(Cell(column, FindByJsonPath(object, column.path), now));
    }
    return {std::move(row)};
  }

 private:
  std::vector<CustomColumn> columns_;
  std::vector<TableColumn> shown_;
};

// One step: a name, a quoted name, an index or a star.
const Value* Step(const Value& at, std::string_view step) {
  if (at.is_array()) {
    const Array& array = at.get_array();
    if (array.empty()) return nullptr;
    if (step == "*") return &array.front();
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (error != std::errc() || end != step.data() + step.size()) return nullptr;
    if (index < 0) index += static_cast<std::int64_t>(array.size());
    if (index < 0 || index >= static_cast<std::int64_t>(array.size())) return nullptr;
    return &array[static_cast<std::size_t>(index)];
  }
  if (!at.is_object()) return nullptr;
  if (step == "*") return at.get_object().empty() ? nullptr : &at.get_object().begin()->value();
  return Find(at, step);
}

// `?(@.type=="Ready")`: the first item for which it holds.
const Value* Filter(const Value& at, std::string_view filter) {
  const auto begin = filter.find("@.");
  const auto equals = filter.find("==");
  if (!at.is_array() || begin == std::string_view::npos || equals == std::string_view::npos)
    return nullptr;
  const std::string_view name = filter.substr(begin + 2, equals - begin - 2);
  std::string_view want = filter.substr(equals + 2);
  while (!want.empty() && (want.front() == '"' || want.front() == '\'' || want.front() == ' '))
    want.remove_prefix(1);
  want = want.substr(0, want.find_first_of("\"')"));
  for (const Value& item : at.get_array()) {
    const Value* found = FindByJsonPath(item, "." + std::string(name));
    if (found != nullptr && TextOf(*found) == want) return &item;
  }
  return nullptr;
}

}  // namespace

const Value* FindByJsonPath(const Value& object, std::string_view path) {
  const Value* at = &object;
  while (!path.empty() && at != nullptr) {
    if (path.front() == '[') {
      const auto end = path.find(']');
      if (end == std::string_view::npos) return nullptr;
      std::string_view step = path.substr(1, end - 1);
      path.remove_prefix(end + 1);
      if (!step.empty() && step.front() == '?') {
        at = Filter(*at, step);
        continue;
      }
      if (step.size() > 1 && (step.front() == '\'' || step.front() == '"'))
        step = step.substr(1, step.size() - 2);
      at = Step(*at, step);
      continue;
    }
    if (path.front() == '.') path.remove_prefix(1);
    std::string step;
    while (!path.empty() && path.front() != '.' && path.front() != '[') {
      // A backslash keeps a dot in a name.
      if (path.front() == '\\' && path.size() > 1) path.remove_prefix(1);
      step += path.front();
      path.remove_prefix(1);
    }
    if (!step.empty()) at = Step(*at, step);
  }
  return at;
}

std::unique_ptr<const TablePrinter> MakeColumnPrinter(const Value* columns) {
  std::vector<CustomColumn> made;
  if (columns != nullptr && columns->is_array()) {
    for (const Value& column : columns->get_array()) {
      TableColumn shown{
          std::string(TextAt(column, {"name"})), std::string(TextAt(column, {"type"})),
          std::string(TextAt(column, {"format"})), std::string(TextAt(column, {"description"})),
          static_cast<int>(IntAt(column, {"priority"}))};
      if (shown.description.empty()) shown.description = "Custom resource definition column.";
      made.push_back({std::move(shown), std::string(TextAt(column, {"jsonPath"}))});
    }
  }
  if (made.empty())
    made.push_back(
        {{"Age", "date", "", "The time since it was made.", 0}, ".metadata.creationTimestamp"});
  return std::make_unique<ColumnPrinter>(std::move(made));
}

}  // namespace apiserver
