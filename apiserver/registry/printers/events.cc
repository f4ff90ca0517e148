#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string SourceText(const Value& event) {
  const std::string component =
      Or(TextAt(event, {"source", "component"}), TextAt(event, {"reportingComponent"}));
  const std::string instance =
      Or(TextAt(event, {"source", "host"}), TextAt(event, {"reportingInstance"}));
  return instance.empty() ? component : component + ", " + instance;
}

std::string Trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

Array EventCells(const Value& event, sim::Time now) {
  const std::string first =
      AgeSince(Or(TextAt(event, {"firstTimestamp"}), TextAt(event, {"eventTime"})), now);
  const std::string_view last_time = TextAt(event, {"lastTimestamp"});
  std::string last = last_time.empty() ? first : AgeSince(last_time, now);
  std::int64_t count = IntAt(event, {"count"});
  if (const Value* series = Find(event, "series"); series != nullptr && series->is_object()) {
    last = AgeSince(TextAt(*series, {"lastObservedTime"}), now);
    count = IntAt(*series, {"count"});
  } else if (count == 0) {
    count = 1;
  }
  std::string target = Lower(TextAt(event, {"involvedObject", "kind"}));
  const std::string_view target_name = TextAt(event, {"involvedObject", "name"});
  if (!target_name.empty()) target += "/" + std::string(target_name);
  return {last,
          TextAt(event, {"type"}),
          TextAt(event, {"reason"}),
          target,
          TextAt(event, {"involvedObject", "fieldPath"}),
          SourceText(event),
          Trimmed(TextAt(event, {"message"})),
          first,
          count,
          NameOf(event)};
}

}  // namespace

void AddEventPrinters(PrinterTable& printers) {
  TableColumn name = NameColumn();
  name.priority = 1;
  printers.Add(
      {"", "events"},
      MakePrinter({Text("Last Seen", "The time since it happened last."),
                   Text("Type", "Normal or Warning."), Text("Reason", "Why, in one word."),
                   Text("Object", "What it is about."), Wide("Subobject", "Which part of it."),
                   Wide("Source", "Who says so."), Text("Message", "What happened."),
                   Wide("First Seen", "The time since it happened first."),
                   Wide("Count", "How often."), name},
                  EventCells));
}

}  // namespace apiserver
