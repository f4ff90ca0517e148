// How a remote watch turns what happened into bytes: a port, implemented by the registry upon
// apiserver/encoding.
//
// Threads: the kernel's only.
#pragma once

#include <cstdint>
#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/object.h"

namespace apiserver {

enum class WatchEventType : std::uint8_t { kAdded, kModified, kDeleted, kBookmark };

struct WatchEvent {
  WatchEventType type = WatchEventType::kAdded;
  Revision revision = 0;
  ObjectPtr object{};  // null for kBookmark
  bool is_end_of_initial_events =
      false;              // kBookmark with annotation k8s.io/initial-events-end: "true"
  bool is_first = false;  // of its watch: a Table then shows its columns
};

class WatchEncoder {
 public:
  virtual ~WatchEncoder() = default;
  // Encoders of equal keys make equal bytes of equal events, which their watchers then share: the
  // served version, media type and view. "" shares nothing.
  virtual std::string_view key() const = 0;
  // Whether the first event of a watch looks unlike later ones (Tables).
  virtual bool is_first_special() const = 0;
  // Appends the frame of `event`, with its newline where there is one.
  virtual void AppendEvent(const WatchEvent& event, std::string& out) const = 0;
  // Appends an ERROR event that holds the Status of `error`.
  virtual void AppendError(const ApiError& error, std::string& out) const = 0;
};

}  // namespace apiserver
