// All rows of all libraries by id.
#include <map>

#include "apiserver/cel/library/implementation.h"
#include "sim/check.h"

namespace apiserver::cel {
namespace {

using Table = std::map<std::string_view, const Implementation*>;

Table MakeTable() {
  Table table;
  for (const auto rows :
       {OperatorImplementations(), ConversionImplementations(), StringImplementations(),
        ExtendedStringImplementations(), TimeImplementations(), ListImplementations(),
        SortImplementations(), SetImplementations(), OptionalImplementations(),
        RegexImplementations(), UrlImplementations(), AddressImplementations(),
        QuantityImplementations(), SemverImplementations(), FormatImplementations(),
        AuthorizerImplementations()}) {
    for (const Implementation& row : rows) {
      SIM_CHECK(table.emplace(row.id, &row).second);
    }
  }
  return table;
}

}  // namespace

const Implementation* FindImplementation(std::string_view id) {
  static const Table table = MakeTable();
  const auto at = table.find(id);
  return at == table.end() ? nullptr : at->second;
}

}  // namespace apiserver::cel
