// What the server tells people outside the record, and who carries it there. A notice holds ids and
// times only: no name, no place, no family and no visit; who receives it looks up the people in the
// directory, and the family where they may read it.
#ifndef DOORSTEP_SYNC_SERVER_NOTIFIER_NOTICE_H_
#define DOORSTEP_SYNC_SERVER_NOTIFIER_NOTICE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "crypto/bytes.h"
#include "model/record_id.h"

namespace doorstep::server {

struct Notice {
  enum class Kind : uint8_t {
    kCheckOutMissing,  // a worker should have checked out of a visit
    kCheckedOut,       // the same, over: the worker checked out, or the visit was ended
  };
  Kind kind = Kind::kCheckOutMissing;
  Hash16 id{};  // the same for both kinds of one visit, and each time it is told: to tell repeats
  Id worker;    // staff id
  std::vector<Id> tell;  // staff ids, ascending: buddy and supervisors
  int64_t due_ms = 0;    // kCheckOutMissing: when it was due, grace included
};

// H16 of ST("doorstep/notice/v1", tenant, scope, visit): tells nobody which visit it is.
Hash16 NoticeIdOf(const Id& tenant, const Id& scope, const Id& visit);

// {"notice": …, "kind": "check_out_missing" | "checked_out", "worker": …, "tell": […], "due": "…Z"}
std::string NoticeJson(const Notice& notice);

class Notifier {
 public:
  virtual ~Notifier() = default;
  // OK: it was handed over. Otherwise it is tried again; whoever receives may get it twice.
  virtual absl::Status Tell(const Notice& notice) = 0;
};

// A line for whoever watches the server's output.
class LogNotifier final : public Notifier {
 public:
  explicit LogNotifier(std::function<void(std::string_view)> line) : line_(std::move(line)) {}
  absl::Status Tell(const Notice& notice) override;

 private:
  const std::function<void(std::string_view)> line_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_NOTIFIER_NOTICE_H_
