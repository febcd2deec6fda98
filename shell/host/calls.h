// The C ABI as bytes: a name, an argument, an answer. A page asks POST /api/NAME, where NAME is
// that of a function without its "ds_"; nothing here knows what is asked, so a new kind of record,
// question or online call needs no line.
//
//   argument of                                    is (integers little-endian)
//   client_status client_lock record_new_id
//   attention_list sync_start sync_cancel          empty
//   client_unlock                                  the PIN
//   client_set_pin                                 u32 size of the old PIN, old PIN, new PIN
//   enrol check commit query_open search request   the message
//   record_get                                     u32 type, 16 bytes id
//   draft_get                                      16 bytes id
//   draft_put                                      16 bytes id, the draft
//   attention_resolve                              16 bytes item, Edits
//
//   answer of query_open and search                (u32 size, Answer)*: all of them
//   answer of any other                            the output of the function, as it is
#ifndef DOORSTEP_SHELL_HOST_CALLS_H_
#define DOORSTEP_SHELL_HOST_CALLS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "client-core/include/doorstep/doorstep.h"

namespace doorstep::shell {

struct Reply {
  ds_status status = DS_OK;
  int32_t reason = 0;
  std::string body;
};

// What a call that went well may have changed for everybody who looks.
enum class Effect { kNone, kRecords, kLock };

class Calls {
 public:
  using Done = std::function<void(Reply)>;

  // `client` is borrowed, and closed only after Drain.
  explicit Calls(ds_client* client) : client_(client) {}
  ~Calls();
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  static bool Knows(std::string_view name);
  static Effect EffectOf(std::string_view name);

  // Calls `done` exactly once: before it returns, or later on the client's own thread. The argument
  // is overwritten before it returns, since it may be a PIN.
  void Run(std::string_view name, std::string argument, Done done);

  // Cancels what runs, and waits until every `done` has been called.
  void Drain();

 private:
  struct Later;
  static void Answered(void* context, ds_status status, ds_bytes answer, const ds_error* error);

  ds_client* client_;
  std::atomic<uint32_t> running_{0};
};

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_HOST_CALLS_H_
