// How often this process has waited for a disk (fsync, fdatasync): what a durable save costs before
// anything else.
#ifndef DOORSTEP_TESTS_BENCH_SYNC_COUNT_H_
#define DOORSTEP_TESTS_BENCH_SYNC_COUNT_H_

#include <cstdint>

namespace doorstep::bench {

uint64_t SyncCount();

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_SYNC_COUNT_H_
