// What a machine is: sizes and devices, read from data files in which every number has its unit and
// its source.
//
// Invariants: every amount is positive but for reservations, which may be 0; allocatable amounts
// are not negative. Errors: sim::Error naming file and field. Threads: any, once loaded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"

namespace hardware_models {

struct AcceleratorModel {
  std::string resource;  // the extended resource: "nvidia.com/gpu"
  std::string product;
  std::int64_t devices_count = 0;
  std::int64_t memory_bytes = 0;  // of one device
};

struct MachineModel {
  std::string name;
  std::string about;
  std::string instance_type;  // the product that it is like
  std::string architecture;   // as Go names it: "amd64", "arm64"
  std::string operating_system;
  std::int64_t cpu_millicores = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t ephemeral_storage_bytes = 0;
  std::int64_t pods_count = 0;
  std::int64_t reserved_cpu_millicores = 0;  // for the system and the kubelet
  std::int64_t reserved_memory_bytes = 0;
  std::int64_t eviction_memory_bytes = 0;  // below this much free memory pods are evicted
  std::vector<AcceleratorModel> accelerators;

  std::int64_t allocatable_cpu_millicores() const {
    return cpu_millicores - reserved_cpu_millicores;
  }
  std::int64_t allocatable_memory_bytes() const {
    return memory_bytes - reserved_memory_bytes - eviction_memory_bytes;
  }
};

// `origin` names the text in errors: a path, or "built-in small.json".
sim::Result<MachineModel> ParseMachineModel(std::string_view text, const std::string& origin);

// Machine models by name.
class MachineCatalogue {
 public:
  // The models that ship in the binary.
  static MachineCatalogue Builtin();
  // Adds or replaces the model of the file.
  sim::Result<void> AddFile(const std::string& path);

  // The model, or nullptr.
  const MachineModel* Find(std::string_view name) const;
  // Sorted.
  std::vector<std::string> names() const;

 private:
  std::map<std::string, MachineModel, std::less<>> models_;
};

}  // namespace hardware_models
