// Owners of OpenSSL's things: freed by their own function.
#pragma once

#include <memory>

namespace apiserver {

template <class T, void (*Free)(T*)>
struct OpensslFree {
  void operator()(T* thing) const { Free(thing); }
};
template <class T, void (*Free)(T*)>
using OpensslHandle = std::unique_ptr<T, OpensslFree<T, Free>>;

}  // namespace apiserver
