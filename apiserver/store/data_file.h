// The file behind --data: the current objects, the bounded history, and how often it was opened, in
// SQLite.
//
// Invariants:
// (1) When Save has returned, what it was given survives a crash of the process and a loss of
// power. (2) The bytes of each commit are written once. A row lives as long as its object is
// current, its change is in the
//     history, or it is the state before such a change.
// (3) One process at a time has the file open; a second is refused, and nothing is changed for it.
// (4) A file that is not ours, of a newer format or damaged is refused and left as it is.
// Threads: one at a time (Open and Load by the kernel's at start, then the data writer's).
// Errors: one line each that names the file, for people.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "apiserver/store/store.h"
#include "sim/result.h"
#include "sim/time.h"

namespace apiserver {

struct DataFileOptions {
  std::string path;
  std::string vfs;  // the name of a registered SQLite VFS; "" = the system's files
};

// What the file held: the arguments of Store::Restore, and where virtual time was.
struct DataFileState {
  Revision revision = 0;
  Revision compacted_revision = 0;
  std::vector<std::pair<GroupResource, ObjectPtr>> objects;
  std::vector<ChangePtr> history;
  sim::Time last_time;
};

class DataFile {
 public:
  // Opens or creates the file and counts the opening.
  static sim::Result<std::unique_ptr<DataFile>> Open(DataFileOptions options);
  ~DataFile();

  // How often the file was opened before, for seeds: a restart never repeats a name or a UID.
  std::uint64_t incarnation() const;
  const std::string& path() const;

  sim::Result<DataFileState> Load();

  // Makes `changes`, which follow what was saved before without a gap, durable in one transaction,
  // and forgets the history up to `compacted` now and then. After an error the file is only good
  // for being closed.
  sim::Result<void> Save(std::span<const ChangePtr> changes, Revision compacted);
  // Makes durable how far virtual time has come: the last thing before a regular end.
  sim::Result<void> SaveTime(sim::Time now);

 private:
  class Impl;
  explicit DataFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace apiserver
