#include "hardware-models/machine_model.h"

#include <gtest/gtest.h>

namespace hardware_models {
namespace {

constexpr std::int64_t kGibibyte = 1024LL * 1024 * 1024;

TEST(MachineCatalogue, HasTheModelsThatScenariosName) {
  const MachineCatalogue catalogue = MachineCatalogue::Builtin();
  for (const char* name : {"small", "medium", "large", "xlarge", "arm", "gpu", "gpu-small"}) {
    ASSERT_NE(catalogue.Find(name), nullptr) << name;
    EXPECT_EQ(catalogue.Find(name)->name, name);
    EXPECT_GT(catalogue.Find(name)->allocatable_cpu_millicores(), 0) << name;
    EXPECT_GT(catalogue.Find(name)->allocatable_memory_bytes(), 0) << name;
  }
  EXPECT_EQ(catalogue.names().size(), 7u);
  EXPECT_EQ(catalogue.Find("tiny"), nullptr);
}

TEST(MachineCatalogue, ConvertsUnits) {
  const MachineCatalogue catalogue = MachineCatalogue::Builtin();
  const MachineModel& small = *catalogue.Find("small");
  EXPECT_EQ(small.cpu_millicores, 2000);
  EXPECT_EQ(small.memory_bytes, 8 * kGibibyte);
  EXPECT_EQ(small.pods_count, 110);
  const MachineModel& gpu = *catalogue.Find("gpu");
  ASSERT_EQ(gpu.accelerators.size(), 1u);
  EXPECT_EQ(gpu.accelerators[0].resource, "nvidia.com/gpu");
  EXPECT_EQ(gpu.accelerators[0].devices_count, 8);
  EXPECT_EQ(gpu.accelerators[0].memory_bytes, 40 * kGibibyte);
}

std::string Machine(const std::string& cpu) {
  const std::string bytes = R"({"value":8,"unit":"GiB","source":"s"})";
  const std::string nothing = R"({"value":0,"unit":"MiB","source":"s"})";
  return R"({"name":"m","about":"a","instance_type":"i","architecture":"amd64","operating_system":"linux","cpu":)" +
         cpu + R"(,"memory":)" + bytes + R"(,"ephemeral_storage":)" + bytes +
         R"(,"pods":{"value":110,"unit":"pods","source":"s"},"reserved_cpu":{"value":0,"unit":"cores","source":"s"})" +
         R"(,"reserved_memory":)" + nothing + R"(,"eviction_memory":)" + nothing + "}";
}

TEST(ParseMachineModel, SaysWhatIsWrongAndWhere) {
  struct Row {
    std::string text;
    std::string want;
  };
  const std::vector<Row> rows = {
      {"[]", "f: must be a JSON object"},
      {"{}", "f: name must be a text"},
      {Machine("4"), "f: cpu must be an object with value, unit and source"},
      {Machine(R"({"value":4,"unit":"cores"})"), "f: cpu.source must be a text"},
      {Machine(R"({"value":4,"unit":"GHz","source":"s"})"),
       "f: cpu.unit must be one of cores, millicores"},
      {Machine(R"({"value":0,"unit":"cores","source":"s"})"),
       "f: cpu.value must be an integer from 1 to 1000000"},
      {Machine(R"({"value":1.5,"unit":"cores","source":"s"})"),
       "f: cpu.value must be an integer from 1 to 1000000"},
      {Machine(R"({"value":4,"unit":"cores","source":"s","x":1})"),
       "f: cpu.x is not a known field"},
  };
  for (const Row& row : rows) {
    const auto model = ParseMachineModel(row.text, "f");
    ASSERT_FALSE(model.ok()) << row.text;
    EXPECT_EQ(model.error().message, row.want);
  }
  EXPECT_TRUE(ParseMachineModel(Machine(R"({"value":4,"unit":"cores","source":"s"})"), "f").ok());
}

TEST(ParseMachineModel, NamesTheFileThatIsNoJson) {
  const auto model = ParseMachineModel("{", "machines/x.json");
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().message.rfind("machines/x.json: ", 0), 0u);
}

}  // namespace
}  // namespace hardware_models
