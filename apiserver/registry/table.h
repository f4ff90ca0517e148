// Tables: lists and objects in the form that kubectl prints.
//
// Source: k8s.io/apiserver/pkg/endpoints/handlers/response.go (asTable).
#pragma once

#include <vector>

#include "apiserver/api/request.h"
#include "apiserver/registry/call.h"
#include "apiserver/registry/table_printer.h"

namespace apiserver {

enum class IncludedObject : std::uint8_t { kNone, kMetadata, kObject };

// The form of a Table that a request asks for.
struct TableForm {
  std::string version = "v1";  // of meta.k8s.io
  IncludedObject included = IncludedObject::kMetadata;
  bool has_columns = true;  // false for events of a watch after the first
};

ApiResult<TableForm> ReadTableForm(const Request& request);

// What heads a Table besides its rows.
struct TableMeta {
  Revision revision = 0;
  std::string continue_token;
  std::optional<std::int64_t> remaining_item_count;
};

// `items` are stored objects of `resource`; `printer` null means name and creation time.
Value MakeTable(const ApiResource& resource, const TablePrinter* printer, const TableForm& form,
                const TableMeta& meta, const std::vector<ObjectPtr>& items, sim::Time now);

// The one row of a bookmark: `["", 0, "<unknown>"]` by the columns' types, with `object` as it is.
Value MakeBookmarkTable(const TablePrinter* printer, const TableForm& form, Revision revision,
                        Value object);

}  // namespace apiserver
