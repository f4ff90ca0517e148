#include <gtest/gtest.h>

#include "apiserver/api/time_format.h"
#include "apiserver/registry/printers/builtin_printers.h"
#include "apiserver/registry/printers/custom_columns.h"
#include "apiserver/schema/builtin.h"

namespace apiserver {
namespace {

const sim::Time kNow = *TimeFromText("2026-01-01T00:10:00Z");

// The cells of one object as JSON text.
std::string Cells(const TablePrinter& printer, const char* object) {
  const std::vector<TableRow> rows = printer.Rows(boost::json::parse(object), kNow);
  return boost::json::serialize(rows.at(0).cells);
}

TEST(BuiltinPrinters, PrintPodsAsKubectlShowsThem) {
  const PrinterTable printers = BuiltinPrinters();
  const struct {
    const char* name;
    const char* pod;
    const char* want;
  } kRows[] = {
      {"running",
       R"({"metadata":{"name":"a","creationTimestamp":"2026-01-01T00:05:00Z"},"spec":{"containers":[{"name":"c"}],
          "nodeName":"n1"},"status":{"phase":"Running","podIPs":[{"ip":"10.1.1.1"}],"containerStatuses":
          [{"name":"c","ready":true,"restartCount":0,"state":{"running":{}}}]}})",
       R"~(["a","1/1","Running","0","5m","10.1.1.1","n1","<none>","<none>"])~"},
      {"crash loop",
       R"({"metadata":{"name":"a"},"spec":{"containers":[{"name":"c"}]},"status":{"phase":"Running",
          "containerStatuses":[{"name":"c","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}},
          "lastState":{"terminated":{"finishedAt":"2026-01-01T00:09:00Z"}}}]}})",
       R"~(["a","0/1","CrashLoopBackOff","3 (60s ago)","<unknown>","<none>","<none>","<none>","<none>"])~"},
      {"initialising",
       R"({"metadata":{"name":"a"},"spec":{"containers":[{"name":"c"}],"initContainers":[{"name":"i"},{"name":"j"}]},
          "status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},
          {"name":"j","state":{"running":{}}}]}})",
       R"~(["a","0/1","Init:1/2","0","<unknown>","<none>","<none>","<none>","<none>"])~"},
      {"being deleted",
       R"({"metadata":{"name":"a","deletionTimestamp":"2026-01-01T00:09:00Z"},"spec":{"containers":[{"name":"c"}]},
          "status":{"phase":"Running"}})",
       R"~(["a","0/1","Terminating","0","<unknown>","<none>","<none>","<none>","<none>"])~"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Cells(*printers.Find({"", "pods"}), row.pod), row.want) << row.name;
  }
}

TEST(BuiltinPrinters, HaveAsManyCellsAsColumns) {
  const PrinterTable printers = BuiltinPrinters();
  for (const ResourceInfo& resource : BuiltinResources()) {
    const TablePrinter* printer =
        printers.Find({std::string(resource.group), std::string(resource.resource)});
    if (printer == nullptr) continue;
    const auto rows = printer->Rows(boost::json::parse(R"({"metadata":{"name":"a"}})"), kNow);
    // IPAddresses have one cell too many, as in the reference.
    const std::size_t extra = resource.resource == "ipaddresses" ? 1 : 0;
    EXPECT_EQ(rows.at(0).cells.size(), printer->columns().size() + extra) << resource.resource;
  }
}

TEST(BuiltinPrinters, TheOldAnnotationIsTheClassOfClaimsAndVolumes) {
  const PrinterTable printers = BuiltinPrinters();
  const std::string object =
      R"({"metadata":{"name":"a","annotations":{"volume.beta.kubernetes.io/storage-class":"old"}},
          "spec":{"storageClassName":"new"}})";
  for (const char* resource : {"persistentvolumeclaims", "persistentvolumes"}) {
    const std::string cells = Cells(*printers.Find({"", resource}), object.c_str());
    EXPECT_NE(cells.find("\"old\""), std::string::npos) << resource;
    EXPECT_EQ(cells.find("\"new\""), std::string::npos) << resource;
  }
}

TEST(BuiltinPrinters, ScalesOfCustomResourcesHaveColumnsOfTheirOwn) {
  const PrinterTable printers = BuiltinPrinters();
  const auto& builtin = printers.Find({"autoscaling", "scales"})->columns();
  const auto& custom = printers.Find({"apiextensions.k8s.io", "scales"})->columns();
  ASSERT_EQ(custom.size(), 4U);
  EXPECT_EQ(builtin[0].format + builtin[3].type, "string");
  EXPECT_EQ(custom[0].format + custom[3].type, "namedate");
}

TEST(CustomPrinter, ShowsNothingForWrongTypes) {
  const Value columns = boost::json::parse(
      R"([{"name":"Size","type":"integer","jsonPath":".spec.size"},
          {"name":"On","type":"boolean","jsonPath":".spec.on"},
          {"name":"When","type":"date","jsonPath":".spec.when"},
          {"name":"Text","type":"string","jsonPath":".spec.text"}])");
  const auto printer = MakeCustomPrinter(&columns);
  EXPECT_EQ(
      Cells(*printer,
            R"({"metadata":{"name":"a"},"spec":{"size":7,"on":true,"when":"2026-01-01T00:00:00Z",
                                "text":{"k":"v"}}})"),
      R"~(["a",7,true,"10m","{\"k\":\"v\"}"])~");
  EXPECT_EQ(
      Cells(
          *printer,
          R"({"metadata":{"name":"b"},"spec":{"size":"seven","on":"yes","when":"later","text":5}})"),
      R"(["b",null,null,"<invalid>","5"])");
  EXPECT_EQ(Cells(*MakeCustomPrinter(nullptr),
                  R"({"metadata":{"name":"b","creationTimestamp":"2026-01-01T00:00:00Z"}})"),
            R"(["b","10m"])");
}

}  // namespace
}  // namespace apiserver
