// A system call without a library between: sanitizers and debuggers of libraries do not see it.
#pragma once

#include <type_traits>

namespace sim::virtual_process {

template <class T>
long RawArgument(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<long>(value);
  } else {
    return static_cast<long>(value);
  }
}

// The answer of the kernel: a negative one is an error number.
template <class A = long, class B = long, class C = long>
long RawCall(long number, A a = 0, B b = 0, C c = 0) {
  long answer = number;
#ifdef __x86_64__
  asm volatile("syscall"
               : "+a"(answer)
               : "D"(RawArgument(a)), "S"(RawArgument(b)), "d"(RawArgument(c))
               : "rcx", "r11", "memory");
#endif
  return answer;
}

}  // namespace sim::virtual_process
