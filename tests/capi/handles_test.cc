// B01: only what is open is ever found, and nothing goes while it is used.
#include "client-core/capi/handles.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace doorstep::capi {
namespace {

struct Thing {
  explicit Thing(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~Thing() { --alive_; }
  std::atomic<int>& alive_;
};

TEST_CASE("null, closed and made-up handles are found out") {
  std::atomic<int> alive = 0;
  Handles<Thing> handles(2);
  CHECK_FALSE(handles.Find(0));
  const uintptr_t first = handles.Add(std::make_unique<Thing>(alive));
  CHECK(handles.Find(first));
  CHECK_FALSE(handles.Find(first + 1));
  CHECK_FALSE(handles.Find(UINTPTR_MAX));
  CHECK(handles.BeginRemove(first));
  CHECK_FALSE(handles.Find(first));
  CHECK_FALSE(handles.BeginRemove(first));
  handles.Remove(first);
  CHECK(alive == 0);
  CHECK_FALSE(handles.BeginRemove(first));
  CHECK(handles.Add(std::make_unique<Thing>(alive)) != first);
}

TEST_CASE("there are no more than there may be") {
  std::atomic<int> alive = 0;
  Handles<Thing> handles(1);
  CHECK(handles.Add(std::make_unique<Thing>(alive)) != 0);
  CHECK(handles.Add(std::make_unique<Thing>(alive)) == 0);
  CHECK(alive == 1);
}

TEST_CASE("what is used stays until the last call has returned") {
  std::atomic<int> alive = 0;
  std::atomic<bool> removed = false;
  Handles<Thing> handles(1);
  const uintptr_t number = handles.Add(std::make_unique<Thing>(alive));
  std::thread closer;
  {
    const Handles<Thing>::Use use = handles.Find(number);
    REQUIRE(handles.BeginRemove(number));
    closer = std::thread([&] {
      handles.Remove(number);
      removed = true;
    });
    CHECK_FALSE(removed);
    CHECK(alive == 1);
  }
  closer.join();
  CHECK(removed);
  CHECK(alive == 0);
}

TEST_CASE("B05: sixty-four threads find, use and close without waiting for ever") {
  std::atomic<int> alive = 0;
  Handles<Thing> handles(64);
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const uintptr_t number = handles.Add(std::make_unique<Thing>(alive));
        if (number == 0) continue;
        { const Handles<Thing>::Use use = handles.Find(number); }
        if (handles.BeginRemove(number)) handles.Remove(number);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(alive == 0);
}

}  // namespace
}  // namespace doorstep::capi
