#include "apiserver/store/data_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "apiserver/store/sqlite.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::int64_t kApplicationId = 0x4f525259;  // "ORRY"
constexpr std::int64_t kFormat = 1;
// Old history is deleted in pieces of at least so many changes.
constexpr Revision kCompactionStep = 1024;

// One row per commit. `previous` is the row of the state before, null for an addition.
constexpr const char* kCreateTables = R"sql(
CREATE TABLE facts(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE resources(id INTEGER PRIMARY KEY, api_group TEXT NOT NULL, resource TEXT NOT NULL);
CREATE TABLE changes(
  revision INTEGER PRIMARY KEY, type INTEGER NOT NULL, time INTEGER NOT NULL, resource INTEGER NOT NULL,
  previous INTEGER, managed_fields_at INTEGER NOT NULL, revision_at INTEGER NOT NULL,
  json BLOB NOT NULL, managed_fields BLOB);
INSERT INTO facts VALUES('incarnation', 0), ('compacted', 0), ('time', 0);
PRAGMA application_id=1330795097;
PRAGMA user_version=1;
)sql";
static_assert(kApplicationId == 1330795097 && kFormat == 1);

// Makes the file, empty and for its owner only, since Secrets will be in it; its name survives a
// loss of power. Does nothing when it exists.
sim::Result<void> CreatePrivately(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    if (errno == EEXIST) return {};
    return sim::Error{"cannot create data file " + path + ": " + std::strerror(errno)};
  }
  close(file);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int directory =
      open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return {};  // It may be writable and not readable.
  fsync(directory);
  close(directory);
  return {};
}

// SQLite gives a meaning to some names (":memory:", "file:..."); to us they are names.
std::string PlainPath(const std::string& path) {
  return path.starts_with('/') ? path : "./" + path;
}

}  // namespace

class DataFile::Impl {
 public:
  explicit Impl(DataFileOptions options) : options_(std::move(options)) {}

  sim::Result<void> Open() {
    std::string path = options_.path;
    if (options_.vfs.empty()) {
      path = PlainPath(path);
      if (auto created = CreatePrivately(path); !created.ok()) return created;
    }
    SqliteResult<SqliteDatabase> opened = SqliteDatabase::Open(path, options_.vfs);
    if (!opened.ok()) return Explain(opened.error());
    database_ = std::move(*opened);
    if (database_.is_read_only())
      return sim::Error{"data file " + options_.path + " cannot be written"};
    // Before anything is read: the first read then takes the lock for good, and WAL needs no shared
    // memory.
    if (auto done = database_.Execute("PRAGMA locking_mode=EXCLUSIVE"); !done.ok())
      return Explain(done.error());
    const SqliteResult<std::int64_t> table_count =
        database_.QueryInt("SELECT count(*) FROM sqlite_master");
    if (!table_count.ok()) return Explain(table_count.error());
    if (auto known = *table_count == 0 ? sim::Result<void>() : Recognise(); !known.ok())
      return known;
    const auto done = Prepare(*table_count == 0);
    if (!done.ok()) return Explain(done.error());
    return {};
  }

  sim::Result<DataFileState> Load() {
    DataFileState state;
    SqliteResult<void> done = LoadRows(state);
    if (!done.ok()) return Explain(done.error());
    return state;
  }

  sim::Result<void> Save(std::span<const ChangePtr> changes, Revision compacted) {
    SqliteResult<void> done = SaveAll(changes, compacted);
    if (!done.ok()) return Explain(done.error());
    return {};
  }

  sim::Result<void> SaveTime(sim::Time now) {
    SqliteResult<void> done = SetFact("time", now.time_since_epoch().count());
    if (!done.ok()) return Explain(done.error());
    return {};
  }

  std::uint64_t incarnation = 0;
  const std::string& path() const { return options_.path; }

 private:
  // Whether an existing database is one of ours and sound.
  sim::Result<void> Recognise() {
    const SqliteResult<std::int64_t> id = database_.QueryInt("PRAGMA application_id");
    if (!id.ok()) return Explain(id.error());
    if (*id != kApplicationId)
      return sim::Error{options_.path + " is a database of another program"};
    const SqliteResult<std::int64_t> format = database_.QueryInt("PRAGMA user_version");
    if (!format.ok()) return Explain(format.error());
    if (*format != kFormat) {
      return sim::Error{"data file " + options_.path + " has format " + std::to_string(*format) +
                        "; this program knows " + std::to_string(kFormat)};
    }
    const SqliteResult<std::string> sound = database_.QueryText("PRAGMA quick_check(1)");
    if (!sound.ok()) return Explain(sound.error());
    if (*sound != "ok") return Damaged(*sound);
    return {};
  }

  SqliteResult<void> Prepare(bool is_new) {
    // A row of some kilobytes, the usual object, then shares its page with others.
    if (auto done = database_.Execute("PRAGMA page_size=16384"); !done.ok()) return done;
    if (auto done = database_.Execute("PRAGMA journal_mode=WAL"); !done.ok()) return done;
    if (auto done = database_.Execute("PRAGMA synchronous=FULL"); !done.ok()) return done;
    if (auto done = database_.Execute("PRAGMA wal_autocheckpoint=2000"); !done.ok()) return done;
    if (auto done = database_.Execute("PRAGMA cache_size=-8192"); !done.ok()) return done;
    if (auto done = database_.Execute("BEGIN IMMEDIATE"); !done.ok()) return done;
    if (is_new) {
      if (auto done = database_.Execute(kCreateTables); !done.ok()) return done;
    }
    const SqliteResult<std::int64_t> count =
        database_.QueryInt("SELECT value FROM facts WHERE name='incarnation'");
    if (!count.ok()) return count.error();
    incarnation = static_cast<std::uint64_t>(*count);
    if (auto done = SetFact("incarnation", *count + 1); !done.ok()) return done;
    if (auto done = database_.Execute("COMMIT"); !done.ok()) return done;
    SqliteResult<SqliteStatement> insert =
        database_.Prepare("INSERT INTO changes VALUES(?,?,?,?,?,?,?,?,?)");
    if (!insert.ok()) return insert.error();
    insert_ = std::move(*insert);
    return LoadResources();
  }

  SqliteResult<void> SetFact(std::string_view name, std::int64_t value) {
    SqliteResult<SqliteStatement> set = database_.Prepare("UPDATE facts SET value=? WHERE name=?");
    if (!set.ok()) return set.error();
    set->BindInt(1, value);
    set->BindText(2, name);
    return set->Run();
  }

  SqliteResult<void> LoadResources() {
    SqliteResult<SqliteStatement> select =
        database_.Prepare("SELECT id, api_group, resource FROM resources");
    if (!select.ok()) return select.error();
    while (true) {
      const SqliteResult<bool> row = select->Step();
      if (!row.ok()) return row.error();
      if (!*row) return {};
      resources_[{std::string(select->Bytes(1)), std::string(select->Bytes(2))}] = select->Int(0);
    }
  }

  SqliteResult<std::int64_t> ResourceId(const GroupResource& resource) {
    const auto found = resources_.find(resource);
    if (found != resources_.end()) return found->second;
    const auto id = static_cast<std::int64_t>(resources_.size() + 1);
    SqliteResult<SqliteStatement> insert = database_.Prepare("INSERT INTO resources VALUES(?,?,?)");
    if (!insert.ok()) return insert.error();
    insert->BindInt(1, id);
    insert->BindText(2, resource.group);
    insert->BindText(3, resource.resource);
    if (auto done = insert->Run(); !done.ok()) return done.error();
    resources_[resource] = id;
    return id;
  }

  SqliteResult<void> SaveAll(std::span<const ChangePtr> changes, Revision compacted) {
    if (auto done = database_.Execute("BEGIN IMMEDIATE"); !done.ok()) return done;
    for (const ChangePtr& change : changes) {
      if (auto done = Insert(*change); !done.ok()) return done;
    }
    const bool compacts = compacted >= compacted_ + kCompactionStep;
    if (compacts) {
      if (auto done = Compact(compacted); !done.ok()) return done;
    }
    if (auto done = database_.Execute("COMMIT"); !done.ok()) return done;
    if (compacts) compacted_ = compacted;
    return {};
  }

  SqliteResult<void> Insert(const Change& change) {
    const SqliteResult<std::int64_t> resource = ResourceId(change.resource);
    if (!resource.ok()) return resource.error();
    const StoredObject& object = *change.object;
    insert_.BindInt(1, static_cast<std::int64_t>(change.revision));
    insert_.BindInt(2, static_cast<std::int64_t>(change.type));
    insert_.BindInt(3, change.time.time_since_epoch().count());
    insert_.BindInt(4, *resource);
    if (change.previous != nullptr) {
      insert_.BindInt(5, static_cast<std::int64_t>(change.previous->meta().revision));
    } else {
      insert_.BindNull(5);
    }
    insert_.BindInt(6, object.offsets().managed_fields);
    insert_.BindInt(7, object.offsets().revision);
    insert_.BindBytes(8, object.json());
    if (!object.managed_fields().empty()) insert_.BindBytes(9, object.managed_fields());
    return insert_.Run();
  }

  // Deletes what only the changes up to `revision` needed: the states before them, and what they
  // deleted.
  SqliteResult<void> Compact(Revision revision) {
    const std::string range = " revision > " + std::to_string(compacted_) +
                              " AND revision <= " + std::to_string(revision);
    const std::string before =
        "DELETE FROM changes WHERE revision IN (SELECT previous FROM changes WHERE" + range +
        " AND previous IS NOT NULL)";
    const std::string deleted = "DELETE FROM changes WHERE" + range + " AND type = " +
                                std::to_string(static_cast<int>(ChangeType::kDeleted));
    if (auto done = SetFact("compacted", static_cast<std::int64_t>(revision)); !done.ok())
      return done;
    if (auto done = database_.Execute(before.c_str()); !done.ok()) return done;
    return database_.Execute(deleted.c_str());
  }

  struct Row {
    ChangePtr change;
    bool is_superseded = false;
  };

  SqliteResult<void> LoadRows(DataFileState& state) {
    const SqliteResult<std::int64_t> compacted =
        database_.QueryInt("SELECT value FROM facts WHERE name='compacted'");
    if (!compacted.ok()) return compacted.error();
    const SqliteResult<std::int64_t> time =
        database_.QueryInt("SELECT value FROM facts WHERE name='time'");
    if (!time.ok()) return time.error();
    compacted_ = static_cast<Revision>(*compacted);
    state.compacted_revision = compacted_;
    state.revision = compacted_;
    state.last_time = sim::Time(sim::Duration(*time));
    std::map<std::int64_t, GroupResource> resources;
    for (const auto& [resource, id] : resources_) resources[id] = resource;

    SqliteResult<SqliteStatement> select =
        database_.Prepare("SELECT * FROM changes ORDER BY revision");
    if (!select.ok()) return select.error();
    std::vector<Row> rows;
    while (true) {
      const SqliteResult<bool> has_row = select->Step();
      if (!has_row.ok()) return has_row.error();
      if (!*has_row) break;
      if (!ReadRow(*select, resources, rows)) {
        return SqliteError{.code = SQLITE_CORRUPT,
                           .text = "change " + std::to_string(select->Int(0)) + " is unreadable"};
      }
    }
    for (Row& row : rows) {
      const Change& change = *row.change;
      state.last_time = std::max(state.last_time, change.time);
      if (!row.is_superseded && change.type != ChangeType::kDeleted) {
        state.objects.emplace_back(change.resource, change.object);
      }
      if (change.revision <= compacted_) continue;
      if (change.revision != ++state.revision) {
        return SqliteError{.code = SQLITE_CORRUPT,
                           .text = "change " + std::to_string(state.revision) + " is missing"};
      }
      state.history.push_back(std::move(row.change));
    }
    return {};
  }

  // False when the row does not fit those before it.
  bool ReadRow(SqliteStatement& select, const std::map<std::int64_t, GroupResource>& resources,
               std::vector<Row>& rows) const {
    auto change = std::make_shared<Change>();
    change->revision = static_cast<Revision>(select.Int(0));
    change->type = static_cast<ChangeType>(select.Int(1));
    change->time = sim::Time(sim::Duration(select.Int(2)));
    const auto resource = resources.find(select.Int(3));
    if (resource == resources.end() || select.Int(1) < 0 || select.Int(1) > 2) return false;
    change->resource = resource->second;
    change->object =
        StoredObject::FromBytes(std::string(select.Bytes(7)), std::string(select.Bytes(8)),
                                {.managed_fields = static_cast<std::uint32_t>(select.Int(5)),
                                 .revision = static_cast<std::uint32_t>(select.Int(6))});
    if (change->object == nullptr || change->object->meta().revision != change->revision)
      return false;
    // Changes before the compacted revision have lost the state before them.
    if (!select.IsNull(4) && change->revision > compacted_) {
      const auto previous = static_cast<Revision>(select.Int(4));
      const auto found = std::lower_bound(
          rows.begin(), rows.end(), previous,
          [](const Row& row, Revision revision) { return row.change->revision < revision; });
      if (found == rows.end() || found->change->revision != previous) return false;
      found->is_superseded = true;
      change->previous = found->change->object;
    }
    rows.push_back({std::move(change), false});
    return true;
  }

  sim::Error Damaged(const std::string& detail) const {
    return {"data file " + options_.path + " is damaged: " + detail};
  }

  sim::Error Explain(const SqliteError& error) const {
    switch (error.primary_code()) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return {"data file " + options_.path + " is in use by another server"};
      case SQLITE_NOTADB:
        return {options_.path + " is not a data file of this program"};
      case SQLITE_CORRUPT:
        return Damaged(error.text);
      case SQLITE_FULL:
        return {"no space is left for data file " + options_.path};
      case SQLITE_READONLY:
      case SQLITE_PERM:
        return {"data file " + options_.path + " cannot be written"};
      case SQLITE_CANTOPEN:
        return {"cannot open data file " + options_.path + ": " + error.text};
      default:
        return {"data file " + options_.path + ": " + error.text};
    }
  }

  const DataFileOptions options_;
  SqliteDatabase database_;
  SqliteStatement insert_;
  std::map<GroupResource, std::int64_t> resources_;
  Revision compacted_ = 0;
};

DataFile::DataFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DataFile::~DataFile() = default;

sim::Result<std::unique_ptr<DataFile>> DataFile::Open(DataFileOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto opened = impl->Open(); !opened.ok()) return opened.error();
  return std::unique_ptr<DataFile>(new DataFile(std::move(impl)));
}

std::uint64_t DataFile::incarnation() const { return impl_->incarnation; }
const std::string& DataFile::path() const { return impl_->path(); }
sim::Result<DataFileState> DataFile::Load() { return impl_->Load(); }
sim::Result<void> DataFile::Save(std::span<const ChangePtr> changes, Revision compacted) {
  return impl_->Save(changes, compacted);
}
sim::Result<void> DataFile::SaveTime(sim::Time now) { return impl_->SaveTime(now); }

}  // namespace apiserver
