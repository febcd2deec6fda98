#include "tests/bench/sync_count.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

namespace doorstep::bench {
namespace {

std::atomic<uint64_t> count{0};

}  // namespace

uint64_t SyncCount() { return count; }

}  // namespace doorstep::bench

// The program's own come before the C library's for every library it has loaded.
extern "C" {

__attribute__((visibility("default"))) int fsync(int fd) {
  ++doorstep::bench::count;
  return static_cast<int>(syscall(SYS_fsync, fd));
}

__attribute__((visibility("default"))) int fdatasync(int fd) {
  ++doorstep::bench::count;
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}

}  // extern "C"
