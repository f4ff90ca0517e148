#include "apiserver/store/durability.h"

namespace apiserver {

Durability::Durability(std::unique_ptr<DataFile> file, DataFileState state)
    : incarnation_(file == nullptr ? 0 : file->incarnation()),
      state_(std::move(state)),
      file_(std::move(file)),
      gate_(file_ == nullptr ? EgressGate::kAlwaysOpen : state_.revision) {}

sim::Result<std::unique_ptr<Durability>> Durability::Open(const std::string& path) {
  if (path.empty()) return std::unique_ptr<Durability>(new Durability(nullptr, {}));
  auto file = DataFile::Open({.path = path, .vfs = {}});
  if (!file.ok()) return file.error();
  auto state = (*file)->Load();
  if (!state.ok()) return state.error();
  return std::unique_ptr<Durability>(new Durability(std::move(*file), std::move(*state)));
}

void Durability::Begin(Store& store, std::function<void(const std::string&)> failed) {
  if (file_ == nullptr) return;
  store.Restore(state_.revision, state_.compacted_revision, std::exchange(state_.objects, {}),
                std::exchange(state_.history, {}));
  writer_ = std::make_unique<DataWriter>(std::move(file_), gate_, std::move(failed));
  writer_->Attach(store);
}

sim::Result<void> Durability::End(sim::Time now) {
  if (writer_ == nullptr) return {};
  return writer_->Stop(now);
}

}  // namespace apiserver
