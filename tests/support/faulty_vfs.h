// Files for SQLite that live in memory and lose what was not synced: power loss, short writes,
// failed fsyncs and full disks, at chosen places and by seed.
//
// Invariants:
// (1) What was written and synced survives a power loss; of what was written since, each sector of
// 512 bytes survives
//     or not by the seed. A file that was never synced may be gone, and one that was deleted may be
//     back; the first sync of a new file makes such changes of the folder durable, as SQLite's own
//     VFS does.
// (2) From the planned fault on the "machine" is dead: every operation fails until PowerLoss().
// Threads: one at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/random.h"

namespace tests {

enum class DiskFault : std::uint8_t {
  kPowerLoss,   // the operation does not happen
  kShortWrite,  // a write happens in part
  kFailedSync,  // a sync fails; what was not synced is lost or not, by the seed
  kFull,        // a write finds no space
};

class FaultyVfs {
 public:
  // Registers itself with SQLite under a name of its own.
  explicit FaultyVfs(std::uint64_t seed);
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  const std::string& name() const { return name_; }

  // The n-th write, sync, truncation or deletion from now on (counted from 1) fails so.
  void Plan(std::uint64_t operation, DiskFault fault);
  bool is_dead() const { return is_dead_; }
  std::uint64_t operation_count() const { return operation_count_; }

  // Files become what a disk may hold after the power came back. Requires: SQLite has closed them.
  void PowerLoss();

  // The bytes of a file, or "" when there is none; and their replacement.
  std::string Read(const std::string& path) const;
  void Write(const std::string& path, std::string bytes);

  // What SQLite's callbacks work on.
  struct PendingWrite {
    std::int64_t offset = 0;
    std::string bytes;
    bool is_truncation = false;  // to `offset`
  };
  struct File {
    std::string bytes;   // as the running system sees them
    std::string synced;  // as they were at the last sync
    std::vector<PendingWrite> pending;
    bool was_synced = false;
    bool is_deleted = false;
    bool is_deletion_synced = false;
  };
  File* Find(const std::string& path, bool creates);
  int Apply(File& file, PendingWrite write);
  int Sync(File& file);
  int Delete(const std::string& path, bool syncs_folder);

 private:
  // SQLITE_OK, or the error of the fault that this operation meets.
  bool Meets(DiskFault& fault);
  void SyncFolder();
  void LoseSome(File& file);

  std::string name_;
  sim::Random random_;
  sqlite3_vfs vfs_{};
  std::map<std::string, std::unique_ptr<File>> files_;
  std::uint64_t operation_count_ = 0;
  std::uint64_t planned_operation_ = 0;
  DiskFault planned_fault_ = DiskFault::kPowerLoss;
  bool is_dead_ = false;
};

}  // namespace tests
