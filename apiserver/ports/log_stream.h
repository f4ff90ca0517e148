// Text that grows while it is read (pod logs with follow=true): a stream of chunks that show no
// revision.
#pragma once

#include <memory>

#include "apiserver/watch/watch_stream.h"

namespace apiserver {

class LogStream {
 public:
  explicit LogStream(std::shared_ptr<WatchStream> stream) : stream_(std::move(stream)) {}
  const std::shared_ptr<WatchStream>& stream() const { return stream_; }

 private:
  std::shared_ptr<WatchStream> stream_;
};

}  // namespace apiserver
