// Why something failed, finer than a canonical code. Every Status that leaves a core carries one
// Reason beside its code; it crosses the C ABI and the wire as the number given here, for ever.
#ifndef DOORSTEP_CRYPTO_REASON_H_
#define DOORSTEP_CRYPTO_REASON_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace doorstep {

enum class Reason : uint32_t {
  kNone = 0,          // OK, or a Status made without MakeStatus
  kArg = 1,           // E_ARG: impossible argument
  kFormat = 2,        // E_FORMAT: not what it claims to be
  kState = 3,         // E_STATE: not now
  kWiped = 4,         // E_WIPED: keys destroyed, spool deliverable
  kKey = 5,           // E_KEY: key not here, or not this file's
  kExpired = 6,       // E_EXPIRED: lease, TLS certificate
  kLocked = 7,        // E_LOCKED
  kAuth = 8,          // E_AUTH: wrong PIN, signature, TLS certificate
  kDenied = 9,        // E_DENIED: no right
  kTrust = 10,        // E_TRUST: signed, but not by whom the directory entitles
  kInvitation = 11,   // E_INVITATION: enrolment refused
  kNotFound = 12,     // E_NOT_FOUND: not there, or not for this person to see
  kLimit = 13,        // E_LIMIT: more than allowed
  kNoMemory = 14,     // E_NOMEM
  kDisk = 15,         // E_DISK: no space, nothing stored
  kKeyStore = 16,     // E_KEYSTORE: it answered, but not with a key
  kIo = 17,           // E_IO: read, write or sync failed
  kBusy = 18,         // E_BUSY: later
  kIntegrity = 19,    // E_INTEGRITY: bytes damaged or forged
  kConflict = 20,     // E_CONFLICT: same uid, other bytes
  kVersion = 21,      // E_VERSION: newer than this program
  kUnsupported = 22,  // E_UNSUPPORTED
  kCancelled = 23,    // E_CANCELLED
  kInternal = 24,     // E_INTERNAL: our mistake
};

inline constexpr char kReasonTypeUrl[] = "doorstep/reason";

// The one canonical code of a reason. OK for kNone, UNKNOWN for a number this build does not know.
absl::StatusCode CodeOf(Reason reason);

// "E_ARG" and so on; "" for kNone and unknown numbers.
std::string_view NameOf(Reason reason);

// A Status of the reason's code with the reason as payload (kReasonTypeUrl: u32 little-endian).
// `message` names rules and ids, never a value of a record or a secret. `reason` is not kNone.
absl::Status MakeStatus(Reason reason, std::string_view message);

// The reason a Status carries; kNone if it carries none or four other bytes were put there.
Reason ReasonOf(const absl::Status& status);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_REASON_H_
