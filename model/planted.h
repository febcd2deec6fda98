// Planted faults: each protective rule can be taken out, one at a time, in the simulator's own
// build of the cores and nowhere else, to prove that the simulator would see it missing. In every
// other build Planted() is the constant false and the compiler removes the question.
#ifndef DOORSTEP_MODEL_PLANTED_H_
#define DOORSTEP_MODEL_PLANTED_H_

#include <cstdint>

namespace doorstep {

// One for each rule of the list in docs/simulator.md; named after what is then missing.
enum class Fault : uint8_t {
  kNone,
  kUidIdentity,           // P3: a repeated uid gets a second place
  kHeldInsteadOfRefused,  // P1: what may not take effect is refused instead of held
  kOutboxAtLog,           // P1: a row leaves the outbox at the answer, not at the log
  kHashAtPull,            // P1, P6: the server does not compare the cursor's hash
  kCarriedAtMismatch,     // P1: entries above c are dropped, not carried
  kAdoptChain,            // P4, P11: Adopt without checking the chain
  kPageAndCursor,         // P6: page and cursor in two transactions
  kAbsent,                // P8: names of writes not there yet are forgotten
  kDeadOverwrites,        // P8: a write that arrives dead takes nothing away
  kAuthorityAtReceipt,    // P11: authority as the author believed
  kDigestAtApproval,      // P10: an approval counts for whatever the plan says now
  kOwnWork,               // P10: own work may be approved
  kReadPerFrame,          // P12: reading is checked when the pull begins only
  kBadAside,              // P17: a BAD row blocks those behind it
  kReleaseOnce,           // P3: a held uid can be released twice
  kPurgeKeeps,            // P1: a purge drops the outbox and entries above archived
  kRetryBlocksNothing,    // P14, P17: a RETRY row blocks those behind it
  kCarryAtomic,           // P1: truncation and carried rows in two transactions
  kArchivedFromCopy,      // P1: archived is read from the live store, not from the copy
  kSignatureAtPage,       // P11: the author's signature is not checked at a page
  kAdoptOnlyAtHead,       // P4: Adopt where the head is not c
  kTrustChecked,          // P11, P12: clients do not check trust records
  kSecondPerson,          // P12: devices and roles count without a second person
  kMismatchBeforeEnded,   // P1: rights are asked before the chain
  kRetryUnknownAuthor,    // P1: an unknown author is BAD
  kFamilyIdFormula,       // P11, P12: anybody may begin any family
  kReleasedChecked,       // P11: clients take `released` as it comes
  kProtective,            // P9: a lower protective value lowers without naming all
};

#ifdef DOORSTEP_PLANTED_FAULTS
inline Fault planted_fault = Fault::kNone;  // set once, before a core exists
inline bool Planted(Fault fault) { return planted_fault == fault; }
#else
constexpr bool Planted(Fault) { return false; }
#endif

}  // namespace doorstep

#endif  // DOORSTEP_MODEL_PLANTED_H_
