#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

// Sorted by what matches first, as requests meet them.
class FlowSchemaPrinter final : public TablePrinter {
 public:
  const std::vector<TableColumn>& columns() const override { return columns_; }
  std::vector<TableRow> Rows(const Value& object, sim::Time now) const override {
    TableRow row;
    const Value* dangling = FindCondition(object, "Dangling");
    row.cells = {
        NameOf(object),
        TextAt(object, {"spec", "priorityLevelConfiguration", "name"}),
        IntAt(object, {"spec", "matchingPrecedence"}),
        Or(TextAt(object, {"spec", "distinguisherMethod", "type"}), "<none>"),
        Age(object, now),
        dangling == nullptr ? std::string("?") : std::string(TextAt(*dangling, {"status"}))};
    std::vector<TableRow> rows;
    rows.push_back(std::move(row));
    return rows;
  }
  bool has_order() const override { return true; }
  bool Before(const Value& a, const Value& b) const override {
    const std::int64_t a_precedence = IntAt(a, {"spec", "matchingPrecedence"});
    const std::int64_t b_precedence = IntAt(b, {"spec", "matchingPrecedence"});
    return a_precedence != b_precedence ? a_precedence < b_precedence : NameOf(a) < NameOf(b);
  }

 private:
  const std::vector<TableColumn> columns_ = {
      NameColumn(),
      Text("PriorityLevel", "Where its requests go."),
      Text("MatchingPrecedence", "The lower, the earlier it matches."),
      Text("DistinguisherMethod", "How flows are told apart."),
      AgeColumn(),
      Text("MissingPL", "Whether its priority level is missing.")};
};

Value Number(const Value& object, std::initializer_list<std::string_view> path) {
  const Value* at = FindPath(object, path);
  if (at == nullptr || !at->is_number()) return "<none>";
  return IntAt(object, path);
}

Array PriorityLevelCells(const Value& object, sim::Time now) {
  const std::string_view type = TextAt(object, {"spec", "type"});
  const std::string_view member = type == "Exempt" ? "exempt" : "limited";
  const auto queuing = [&](std::string_view name) {
    return Number(object, {"spec", "limited", "limitResponse", "queuing", name});
  };
  return {NameOf(object),
          type,
          Number(object, {"spec", member, "nominalConcurrencyShares"}),
          queuing("queues"),
          queuing("handSize"),
          queuing("queueLengthLimit"),
          Age(object, now)};
}

}  // namespace

void AddFlowControlPrinters(PrinterTable& printers) {
  const std::string group = "flowcontrol.apiserver.k8s.io";
  printers.Add({group, "flowschemas"}, std::make_unique<FlowSchemaPrinter>());
  printers.Add(
      {group, "prioritylevelconfigurations"},
      MakePrinter({NameColumn(), Text("Type", "Limited or Exempt."),
                   Text("NominalConcurrencyShares", "Its share of all seats."),
                   Text("Queues", "How many it has."), Text("HandSize", "Queues a flow is dealt."),
                   Text("QueueLengthLimit", "Requests that may wait in each."), AgeColumn()},
                  PriorityLevelCells));
}

}  // namespace apiserver
