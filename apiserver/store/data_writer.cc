#include "apiserver/store/data_writer.h"

#include <algorithm>

#include "sim/check.h"

namespace apiserver {

DataWriter::DataWriter(std::unique_ptr<DataFile> file, EgressGate& gate,
                       std::function<void(const std::string&)> failed)
    : file_(std::move(file)), gate_(gate), failed_(std::move(failed)), thread_([this] { Run(); }) {}

DataWriter::~DataWriter() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void DataWriter::Attach(Store& store) {
  store.AddObserver([this, &store](const ChangePtr& change) {
    bool is_full = false;
    bool is_enough = false;
    {
      const std::lock_guard lock(mutex_);
      if (has_failed_) return;
      queue_.push_back(change);
      is_enough = queue_.size() == wanted_count_;
      compacted_ = store.compacted_revision();
      is_full = queue_.size() > kBacklogMax;
    }
    if (is_enough) changed_.notify_one();
    if (is_full) Fail("data file " + file_->path() + ": saving cannot keep up");
  });
}

void DataWriter::Gather(std::unique_lock<std::mutex>& lock) {
  wanted_count_ = std::min(last_count_, kGatherCountMax);
  changed_.wait_for(lock, kGatherMax, [this] { return stops_ || queue_.size() >= wanted_count_; });
  wanted_count_ = 1;
}

void DataWriter::Run() {
  while (true) {
    std::vector<ChangePtr> batch;
    Revision compacted = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stops_ || !queue_.empty(); });
      if (!queue_.empty()) Gather(lock);
      if (has_failed_ || queue_.empty()) return;
      batch.swap(queue_);
      last_count_ = batch.size();
      compacted = compacted_;
    }
    if (const sim::Result<void> saved = file_->Save(batch, compacted); !saved.ok()) {
      Fail(saved.error().message);
      return;
    }
    gate_.Publish(batch.back()->revision);
  }
}

void DataWriter::Fail(const std::string& message) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(has_failed_, true)) return;
    queue_.clear();
  }
  failed_(message);
}

sim::Result<void> DataWriter::Stop(sim::Time now) {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_one();
  thread_.join();
  if (has_failed_) return sim::Error{"data file " + file_->path() + " was not saved"};
  const sim::Result<void> saved = file_->SaveTime(now);
  file_.reset();
  return saved;
}

}  // namespace apiserver
