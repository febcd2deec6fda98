// Checks an export: that every log in it is whole, unaltered and in order, that each changeset was
// signed by a device the directory knew, that trust was given only by those who may, and that a log
// key of the directory signed its end. It names the first number that is wrong and why.
//
// It believes nothing but the genesis root key, which the export names: whoever checks compares the
// root id with the one their devices show.
#ifndef DOORSTEP_SYNC_SERVER_ADMIN_VERIFY_H_
#define DOORSTEP_SYNC_SERVER_ADMIN_VERIFY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/reason.h"
#include "model/record_id.h"

namespace doorstep::server {

struct Fault {
  Reason reason = Reason::kNone;
  Id scope;          // zeros: of the file itself
  uint64_t seq = 0;  // the first number that is wrong; 0: none in particular
  std::string why;
};

struct VerifiedLog {
  Id scope;
  uint64_t entries = 0;  // read and found right
  uint64_t applied = 0;
  uint64_t held = 0;
  uint64_t archived_seq = 0;
};

struct Verification {
  Id tenant;
  Id root_id;
  std::vector<VerifiedLog> logs;  // the directory first
  std::optional<Fault> fault;     // the first; what comes after it was not looked at
};

// `progress`: entries read so far.
Verification VerifyExport(std::string_view bytes,
                          const std::function<void(uint64_t entries)>& progress = {});

std::string VerificationAsJson(const Verification& verification);
// For a person, a few lines.
std::string VerificationAsText(const Verification& verification);

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_ADMIN_VERIFY_H_
