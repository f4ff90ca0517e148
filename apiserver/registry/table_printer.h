// How objects of one kind become rows of a Table (kubectl get).
//
// Source: k8s.io/kubernetes/pkg/printers/internalversion. Threads: the kernel's only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/api/resource.h"
#include "sim/time.h"

namespace apiserver {

struct TableColumn {
  std::string name;
  std::string type = "string";  // "string", "integer", "number", "boolean", "date"
  std::string format;           // "name" for the first column of most kinds
  std::string description;      // short and our own
  int priority = 0;             // 0: always shown; 1: with -o wide
};

struct TableRow {
  Array cells;       // one for each column
  Array conditions;  // mostly empty; a finished Pod's row has
                     // {"type":"Completed","status":"True",...}
};

class TablePrinter {
 public:
  virtual ~TablePrinter() = default;
  virtual const std::vector<TableColumn>& columns() const = 0;
  // Rows of `object`, in its storage version; ages are relative to `now`.
  virtual std::vector<TableRow> Rows(const Value& object, sim::Time now) const = 0;
  // The order of rows in a list when it is not the list's own (FlowSchemas: by precedence).
  virtual bool Before(const Value& /*a*/, const Value& /*b*/) const { return false; }
  virtual bool has_order() const { return false; }
};

// Printers by what is stored; autoscaling/v1 Scale is {"autoscaling", "scales"}.
class PrinterTable {
 public:
  void Add(GroupResource resource, std::unique_ptr<const TablePrinter> printer) {
    printers_[std::move(resource)] = std::move(printer);
  }
  // The printer of `resource`, or null (then name and creation time are shown).
  const TablePrinter* Find(const GroupResource& resource) const {
    const auto found = printers_.find(resource);
    return found == printers_.end() ? nullptr : found->second.get();
  }

 private:
  std::map<GroupResource, std::unique_ptr<const TablePrinter>> printers_;
};

}  // namespace apiserver
