#include "hardware-models/machine_model.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "hardware-models/embedded_files.h"
#include "sim/check.h"

namespace hardware_models {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMebibyte = 1024 * 1024;
constexpr std::int64_t kGibibyte = 1024 * kMebibyte;

// A unit of a data file and what one of it is in our integers.
struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::array<Unit, 2> kCpuUnits{{{"cores", 1000}, {"millicores", 1}}};
constexpr std::array<Unit, 3> kByteUnits{{{"GiB", kGibibyte}, {"MiB", kMebibyte}, {"bytes", 1}}};
constexpr std::array<Unit, 2> kCountUnits{{{"pods", 1}, {"devices", 1}}};

enum class Minimum : std::uint8_t { kZero, kOne };

// Reads the fields of one file and keeps the first thing that is wrong.
class Reader {
 public:
  explicit Reader(std::string origin) : origin_(std::move(origin)) {}

  std::string Text(const Json& object, const std::string& field, const std::string& path) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_string() ||
        found->get_ref<const std::string&>().empty()) {
      Fail(path + field, "must be a text");
      return {};
    }
    return found->get<std::string>();
  }

  // {"value": 4, "unit": "cores", "source": "..."} in our integers.
  std::int64_t Amount(const Json& object, const std::string& field, const std::string& path,
                      std::span<const Unit> units, Minimum minimum) {
    const std::string name = path + field;
    const auto found = object.find(field);
    if (found == object.end() || !found->is_object()) {
      Fail(name, "must be an object with value, unit and source");
      return 0;
    }
    RefuseOthers(*found, {"value", "unit", "source"}, name + ".");
    Text(*found, "source", name + ".");
    const std::string unit = Text(*found, "unit", name + ".");
    const auto known =
        std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == unit; });
    if (known == units.end()) {
      std::string allowed;
      for (const Unit& u : units) allowed += (allowed.empty() ? "" : ", ") + std::string(u.name);
      Fail(name + ".unit", "must be one of " + allowed);
      return 0;
    }
    const auto value = found->find("value");
    const std::int64_t least = minimum == Minimum::kZero ? 0 : 1;
    if (value == found->end() || !value->is_number_integer() ||
        value->get<std::int64_t>() < least || value->get<std::int64_t>() > kValueMax) {
      Fail(name + ".value",
           "must be an integer from " + std::to_string(least) + " to " + std::to_string(kValueMax));
      return 0;
    }
    return value->get<std::int64_t>() * known->factor;
  }

  void RefuseOthers(const Json& object, std::initializer_list<std::string_view> fields,
                    const std::string& path) {
    for (const auto& [name, value] : object.items()) {
      if (std::find(fields.begin(), fields.end(), name) == fields.end())
        Fail(path + name, "is not a known field");
    }
  }

  void Fail(const std::string& field, const std::string& what) {
    if (error_.empty()) error_ = origin_ + ": " + field + " " + what;
  }
  const std::string& error() const { return error_; }

 private:
  static constexpr std::int64_t kValueMax = 1'000'000;
  std::string origin_;
  std::string error_;
};

AcceleratorModel ReadAccelerator(Reader& reader, const Json& object, const std::string& path) {
  AcceleratorModel accelerator;
  if (!object.is_object()) {
    reader.Fail(path, "must be an object");
    return accelerator;
  }
  reader.RefuseOthers(object, {"resource", "product", "count", "memory"}, path);
  accelerator.resource = reader.Text(object, "resource", path);
  accelerator.product = reader.Text(object, "product", path);
  accelerator.devices_count = reader.Amount(object, "count", path, kCountUnits, Minimum::kOne);
  accelerator.memory_bytes = reader.Amount(object, "memory", path, kByteUnits, Minimum::kOne);
  return accelerator;
}

MachineModel ReadMachine(Reader& reader, const Json& object) {
  MachineModel model;
  reader.RefuseOthers(object,
                      {"name", "about", "instance_type", "architecture", "operating_system", "cpu",
                       "memory", "ephemeral_storage", "pods", "reserved_cpu", "reserved_memory",
                       "eviction_memory", "accelerators"},
                      "");
  model.name = reader.Text(object, "name", "");
  model.about = reader.Text(object, "about", "");
  model.instance_type = reader.Text(object, "instance_type", "");
  model.architecture = reader.Text(object, "architecture", "");
  model.operating_system = reader.Text(object, "operating_system", "");
  model.cpu_millicores = reader.Amount(object, "cpu", "", kCpuUnits, Minimum::kOne);
  model.memory_bytes = reader.Amount(object, "memory", "", kByteUnits, Minimum::kOne);
  model.ephemeral_storage_bytes =
      reader.Amount(object, "ephemeral_storage", "", kByteUnits, Minimum::kOne);
  model.pods_count = reader.Amount(object, "pods", "", kCountUnits, Minimum::kOne);
  model.reserved_cpu_millicores =
      reader.Amount(object, "reserved_cpu", "", kCpuUnits, Minimum::kZero);
  model.reserved_memory_bytes =
      reader.Amount(object, "reserved_memory", "", kByteUnits, Minimum::kZero);
  model.eviction_memory_bytes =
      reader.Amount(object, "eviction_memory", "", kByteUnits, Minimum::kZero);
  if (model.allocatable_cpu_millicores() < 0)
    reader.Fail("reserved_cpu", "is more than the machine has");
  if (model.allocatable_memory_bytes() < 0)
    reader.Fail("reserved_memory", "is more than the machine has");
  const auto accelerators = object.find("accelerators");
  if (accelerators == object.end()) return model;
  if (!accelerators->is_array()) {
    reader.Fail("accelerators", "must be a list");
    return model;
  }
  for (std::size_t index = 0; index < accelerators->size(); ++index) {
    model.accelerators.push_back(ReadAccelerator(reader, (*accelerators)[index],
                                                 "accelerators[" + std::to_string(index) + "]."));
  }
  return model;
}

}  // namespace

sim::Result<MachineModel> ParseMachineModel(std::string_view text, const std::string& origin) {
  Json object;
  try {
    object = Json::parse(text);
  } catch (const Json::exception& exception) {
    return sim::Error{origin + ": " + exception.what()};
  }
  if (!object.is_object()) return sim::Error{origin + ": must be a JSON object"};
  Reader reader(origin);
  MachineModel model = ReadMachine(reader, object);
  if (!reader.error().empty()) return sim::Error{reader.error()};
  return model;
}

MachineCatalogue MachineCatalogue::Builtin() {
  MachineCatalogue catalogue;
  for (const EmbeddedFile& file : EmbeddedMachines()) {
    auto model = ParseMachineModel(file.text, "built-in " + std::string(file.name));
    SIM_CHECK_MSG(model.ok(), model.ok() ? "" : model.error().message);
    std::string name = model->name;
    catalogue.models_.emplace(std::move(name), *std::move(model));
  }
  return catalogue;
}

sim::Result<void> MachineCatalogue::AddFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return sim::Error{path + ": cannot be read"};
  std::ostringstream text;
  text << file.rdbuf();
  auto model = ParseMachineModel(text.str(), path);
  if (!model) return model.error();
  std::string name = model->name;
  models_.insert_or_assign(std::move(name), *std::move(model));
  return {};
}

const MachineModel* MachineCatalogue::Find(std::string_view name) const {
  const auto found = models_.find(name);
  return found != models_.end() ? &found->second : nullptr;
}

std::vector<std::string> MachineCatalogue::names() const {
  std::vector<std::string> names;
  for (const auto& [name, model] : models_) names.push_back(name);
  return names;
}

}  // namespace hardware_models
