#include "apiserver/store/sqlite.h"

#include <cstring>

namespace apiserver {
namespace {

SqliteError ErrorOf(sqlite3* database) {
  SqliteError error{.code = sqlite3_extended_errcode(database), .text = sqlite3_errmsg(database)};
  // What the system said is what a person can act on.
  const int system_error = sqlite3_system_errno(database);
  const int code = error.primary_code();
  if (system_error != 0 && (code == SQLITE_CANTOPEN || code == SQLITE_IOERR))
    error.text = std::strerror(system_error);
  return error;
}

}  // namespace

SqliteResult<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return ErrorOf(sqlite3_db_handle(handle_.get()));
}

SqliteResult<void> SqliteStatement::Run() {
  const SqliteResult<bool> done = Step();
  Reset();
  if (!done.ok()) return done.error();
  return {};
}

void SqliteStatement::Reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

std::string_view SqliteStatement::Bytes(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), size);
}

SqliteResult<SqliteDatabase> SqliteDatabase::Open(const std::string& path, const std::string& vfs) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  SqliteDatabase database;
  database.handle_.reset(handle);
  if (code != SQLITE_OK) return database.LastError();
  sqlite3_extended_result_codes(handle, 1);
  return database;
}

SqliteError SqliteDatabase::LastError() const {
  if (handle_ == nullptr) return {.code = SQLITE_NOMEM, .text = "out of memory"};
  return ErrorOf(handle_.get());
}

SqliteResult<void> SqliteDatabase::Execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return LastError();
  return {};
}

SqliteResult<SqliteStatement> SqliteDatabase::Prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK) {
    return LastError();
  }
  SqliteStatement statement;
  statement.handle_.reset(handle);
  return statement;
}

SqliteResult<std::int64_t> SqliteDatabase::QueryInt(const char* sql) {
  SqliteResult<SqliteStatement> statement = Prepare(sql);
  if (!statement.ok()) return statement.error();
  const SqliteResult<bool> row = statement->Step();
  if (!row.ok()) return row.error();
  return *row ? statement->Int(0) : std::int64_t{0};
}

SqliteResult<std::string> SqliteDatabase::QueryText(const char* sql) {
  SqliteResult<SqliteStatement> statement = Prepare(sql);
  if (!statement.ok()) return statement.error();
  const SqliteResult<bool> row = statement->Step();
  if (!row.ok()) return row.error();
  return *row ? std::string(statement->Bytes(0)) : std::string();
}

}  // namespace apiserver
