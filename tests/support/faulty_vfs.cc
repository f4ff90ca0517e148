#include "tests/support/faulty_vfs.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "sim/check.h"

namespace tests {
namespace {

constexpr std::int64_t kSectorBytes = 512;

// What SQLite allocates per open file.
struct OpenFile {
  sqlite3_file base;
  FaultyVfs* vfs;
  FaultyVfs::File* file;
};

OpenFile& Of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

void Overlay(std::string& bytes, const FaultyVfs::PendingWrite& write) {
  if (write.is_truncation) {
    bytes.resize(static_cast<std::size_t>(write.offset));
    return;
  }
  const std::size_t end = static_cast<std::size_t>(write.offset) + write.bytes.size();
  if (bytes.size() < end) bytes.resize(end);
  std::memcpy(bytes.data() + write.offset, write.bytes.data(), write.bytes.size());
}

int CloseFile(sqlite3_file*) { return SQLITE_OK; }

int ReadFile(sqlite3_file* handle, void* buffer, int size, sqlite3_int64 offset) {
  const OpenFile& open = Of(handle);
  if (open.vfs->is_dead()) return SQLITE_IOERR_READ;
  const std::string& bytes = open.file->bytes;
  const std::size_t at = std::min(static_cast<std::size_t>(offset), bytes.size());
  const std::size_t count = std::min(static_cast<std::size_t>(size), bytes.size() - at);
  std::memcpy(buffer, bytes.data() + at, count);
  if (count == static_cast<std::size_t>(size)) return SQLITE_OK;
  std::memset(static_cast<char*>(buffer) + count, 0, static_cast<std::size_t>(size) - count);
  return SQLITE_IOERR_SHORT_READ;
}

int WriteFile(sqlite3_file* handle, const void* buffer, int size, sqlite3_int64 offset) {
  const OpenFile& open = Of(handle);
  return open.vfs->Apply(*open.file, {.offset = offset,
                                      .bytes = std::string(static_cast<const char*>(buffer),
                                                           static_cast<std::size_t>(size)),
                                      .is_truncation = false});
}

int TruncateFile(sqlite3_file* handle, sqlite3_int64 size) {
  const OpenFile& open = Of(handle);
  return open.vfs->Apply(*open.file, {.offset = size, .bytes = {}, .is_truncation = true});
}

int SyncFile(sqlite3_file* handle, int) { return Of(handle).vfs->Sync(*Of(handle).file); }

int FileSize(sqlite3_file* handle, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(Of(handle).file->bytes.size());
  return SQLITE_OK;
}

int Lock(sqlite3_file*, int) { return SQLITE_OK; }
int CheckLock(sqlite3_file*, int* is_locked) {
  *is_locked = 0;
  return SQLITE_OK;
}
int Control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return kSectorBytes; }
int Characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

const sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = CloseFile,
    .xRead = ReadFile,
    .xWrite = WriteFile,
    .xTruncate = TruncateFile,
    .xSync = SyncFile,
    .xFileSize = FileSize,
    .xLock = Lock,
    .xUnlock = Lock,
    .xCheckReservedLock = CheckLock,
    .xFileControl = Control,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = Characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

FaultyVfs& Of(sqlite3_vfs* vfs) { return *static_cast<FaultyVfs*>(vfs->pAppData); }

int OpenPath(sqlite3_vfs* vfs, const char* path, sqlite3_file* handle, int flags, int* out_flags) {
  handle->pMethods = nullptr;
  FaultyVfs& owner = Of(vfs);
  if (owner.is_dead()) return SQLITE_CANTOPEN;
  // Temporary files have no name; nothing here makes any.
  SIM_CHECK(path != nullptr);
  FaultyVfs::File* file = owner.Find(path, (flags & SQLITE_OPEN_CREATE) != 0);
  if (file == nullptr) return SQLITE_CANTOPEN;
  // The data file's name is made durable before SQLite opens it.
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) file->was_synced = true;
  OpenFile& open = Of(handle);
  open.base.pMethods = &kMethods;
  open.vfs = &owner;
  open.file = file;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int DeletePath(sqlite3_vfs* vfs, const char* path, int syncs_folder) {
  return Of(vfs).Delete(path, syncs_folder != 0);
}

int AccessPath(sqlite3_vfs* vfs, const char* path, int, int* result) {
  *result = Of(vfs).Find(path, false) != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int FullPath(sqlite3_vfs*, const char* path, int size, char* out) {
  std::strncpy(out, path, static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int NoRandomness(sqlite3_vfs*, int size, char* out) {
  std::memset(out, 1, static_cast<std::size_t>(size));
  return size;
}
int NoSleep(sqlite3_vfs*, int) { return 0; }
int NoTime(sqlite3_vfs*, double* time) {
  *time = 0;
  return SQLITE_OK;
}
int NoTime64(sqlite3_vfs*, sqlite3_int64* time) {
  *time = 0;
  return SQLITE_OK;
}
int NoError(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

FaultyVfs::FaultyVfs(std::uint64_t seed) : name_("faulty-" + std::to_string(seed)), random_(seed) {
  vfs_.iVersion = 2;
  vfs_.szOsFile = sizeof(OpenFile);
  vfs_.mxPathname = 256;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = OpenPath;
  vfs_.xDelete = DeletePath;
  vfs_.xAccess = AccessPath;
  vfs_.xFullPathname = FullPath;
  vfs_.xRandomness = NoRandomness;
  vfs_.xSleep = NoSleep;
  vfs_.xCurrentTime = NoTime;
  vfs_.xGetLastError = NoError;
  vfs_.xCurrentTimeInt64 = NoTime64;
  SIM_CHECK(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK);
}

FaultyVfs::~FaultyVfs() { sqlite3_vfs_unregister(&vfs_); }

void FaultyVfs::Plan(std::uint64_t operation, DiskFault fault) {
  planned_operation_ = operation_count_ + operation;
  planned_fault_ = fault;
}

bool FaultyVfs::Meets(DiskFault& fault) {
  if (++operation_count_ != planned_operation_) return false;
  fault = planned_fault_;
  is_dead_ = true;
  return true;
}

FaultyVfs::File* FaultyVfs::Find(const std::string& path, bool creates) {
  const auto found = files_.find(path);
  if (found != files_.end() && !found->second->is_deleted) return found->second.get();
  if (!creates) return nullptr;
  // The old one's handle may still be open: it is kept beside, and no longer found.
  if (found != files_.end())
    files_[path + "#" + std::to_string(operation_count_)] = std::move(found->second);
  auto& file = files_[path];
  file = std::make_unique<File>();
  return file.get();
}

int FaultyVfs::Apply(File& file, PendingWrite write) {
  if (is_dead_) return SQLITE_IOERR_WRITE;
  DiskFault fault{};
  if (Meets(fault)) {
    if (fault == DiskFault::kFull) return SQLITE_FULL;
    if (fault != DiskFault::kShortWrite || write.bytes.empty()) return SQLITE_IOERR_WRITE;
    write.bytes.resize(static_cast<std::size_t>(
        random_.Uniform(0, static_cast<std::int64_t>(write.bytes.size()) - 1)));
    Overlay(file.bytes, write);
    file.pending.push_back(std::move(write));
    return SQLITE_IOERR_WRITE;
  }
  Overlay(file.bytes, write);
  file.pending.push_back(std::move(write));
  return SQLITE_OK;
}

int FaultyVfs::Sync(File& file) {
  if (is_dead_) return SQLITE_IOERR_FSYNC;
  DiskFault fault{};
  if (Meets(fault)) return SQLITE_IOERR_FSYNC;
  file.synced = file.bytes;
  file.pending.clear();
  if (!std::exchange(file.was_synced, true)) SyncFolder();
  return SQLITE_OK;
}

void FaultyVfs::SyncFolder() {
  for (auto& [path, file] : files_) file->is_deletion_synced = file->is_deleted;
}

int FaultyVfs::Delete(const std::string& path, bool syncs_folder) {
  if (is_dead_) return SQLITE_IOERR_DELETE;
  DiskFault fault{};
  if (Meets(fault)) return SQLITE_IOERR_DELETE;
  File* file = Find(path, false);
  if (file == nullptr) return SQLITE_IOERR_DELETE_NOENT;
  file->is_deleted = true;
  if (syncs_folder) SyncFolder();
  return SQLITE_OK;
}

void FaultyVfs::LoseSome(File& file) {
  std::string bytes = file.synced;
  for (const PendingWrite& write : file.pending) {
    if (write.is_truncation) {
      if (random_.Bernoulli(1, 2)) Overlay(bytes, write);
      continue;
    }
    const auto size = static_cast<std::int64_t>(write.bytes.size());
    for (std::int64_t at = 0; at < size;) {
      // Up to the end of the sector that byte `at` of the write lies in.
      const std::int64_t end =
          std::min(size, ((write.offset + at) / kSectorBytes + 1) * kSectorBytes - write.offset);
      if (random_.Bernoulli(1, 2)) {
        Overlay(bytes, {.offset = write.offset + at,
                        .bytes = write.bytes.substr(static_cast<std::size_t>(at),
                                                    static_cast<std::size_t>(end - at)),
                        .is_truncation = false});
      }
      at = end;
    }
  }
  file.bytes = bytes;
  file.synced = std::move(bytes);
  file.pending.clear();
}

void FaultyVfs::PowerLoss() {
  is_dead_ = false;
  planned_operation_ = 0;
  for (auto at = files_.begin(); at != files_.end();) {
    File& file = *at->second;
    LoseSome(file);
    // A deletion that was not synced may not have happened; neither may the making of a file.
    const bool is_gone = file.is_deletion_synced ||
                         ((file.is_deleted || !file.was_synced) && random_.Bernoulli(1, 2));
    const bool is_old = at->first.find('#') != std::string::npos;
    file.is_deleted = false;
    if (is_gone || is_old) {
      at = files_.erase(at);
    } else {
      ++at;
    }
  }
}

std::string FaultyVfs::Read(const std::string& path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? std::string() : found->second->bytes;
}

void FaultyVfs::Write(const std::string& path, std::string bytes) {
  File& file = *Find(path, true);
  file.synced = bytes;
  file.bytes = std::move(bytes);
  file.pending.clear();
  file.was_synced = true;
}

}  // namespace tests
