// SQLite's handles with owners: a database and its prepared statements. Included by .cc files only.
//
// Errors are SQLite's result codes with its text; a statement that failed stays usable after Reset.
// Threads: one at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace apiserver {

struct SqliteError {
  int code = 0;  // an extended result code
  std::string text;
  int primary_code() const { return code & 0xff; }
};

template <class T>
using SqliteResult = sim::Result<T, SqliteError>;

class SqliteStatement {
 public:
  // Parameters are numbered from 1. Bytes stay the caller's until Reset.
  void BindInt(int index, std::int64_t value) { sqlite3_bind_int64(handle_.get(), index, value); }
  void BindNull(int index) { sqlite3_bind_null(handle_.get(), index); }
  void BindText(int index, std::string_view text) {
    sqlite3_bind_text64(handle_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void BindBytes(int index, std::string_view bytes) {
    sqlite3_bind_blob64(handle_.get(), index, bytes.data(), bytes.size(), SQLITE_STATIC);
  }

  // True: there is a row; false: done.
  SqliteResult<bool> Step();
  // Runs to the end, for statements without rows, and resets.
  SqliteResult<void> Run();
  void Reset();

  // Columns of the current row are numbered from 0; texts and bytes are valid until the next Step
  // or Reset.
  bool IsNull(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
  }
  std::int64_t Int(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  std::string_view Bytes(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

class SqliteDatabase {
 public:
  // Opens or creates the file for reading and writing. `vfs` is "" for the system's files.
  static SqliteResult<SqliteDatabase> Open(const std::string& path, const std::string& vfs);

  SqliteResult<void> Execute(const char* sql);
  SqliteResult<SqliteStatement> Prepare(std::string_view sql);
  // The first column of the first row of `sql`.
  SqliteResult<std::int64_t> QueryInt(const char* sql);
  SqliteResult<std::string> QueryText(const char* sql);

  bool is_read_only() const { return sqlite3_db_readonly(handle_.get(), "main") == 1; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  SqliteError LastError() const;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace apiserver
