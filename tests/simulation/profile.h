// How often each thing happens in a run. A run with a rule taken out has weights of its own, so
// that what the rule protects against comes often enough to be seen.
#ifndef DOORSTEP_TESTS_SIMULATION_PROFILE_H_
#define DOORSTEP_TESTS_SIMULATION_PROFILE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/planted.h"

namespace doorstep::simulation {

// What an operation of a run can be. The order is that of the names in coverage.
enum class Act : uint8_t {
  // People at their devices (people.cc).
  kBeginFamily,
  kEditRecord,  // a random record of a random type, new or old
  kWritePlan,   // a plan, its goals and actions, made or edited
  kDecidePlan,  // submitted, approved, returned, withdrawn
  kHandOver,    // lead ended and another begun
  kEndPlace,
  kGivePlace,
  kBar,
  kProtect,     // a protective value raised or lowered
  kRestricted,  // a safe address, a note only readers may see
  kDecideHeld,  // released or declined
  kSettle,
  kDraft,
  kVisit,
  kChain,     // the same cell, again and again
  kLateWork,  // written offline, after the place had ended: held, and released out of order
  kLook,      // what screens show is compared with what was written
  kNote,      // into the journal
  // The directory.
  kInvite,
  kApproveStanding,  // the second person
  kRevoke,
  kEndRole,
  kSuspend,
  kAlone,  // an administrator who finds no second person
  // Contacts.
  kContact,
  // What goes wrong.
  kCrashDevice,
  kCrashServer,
  kCutContact,
  kBackUp,
  kArchive,  // the oldest copy is verified, and what it holds is marked
  kRestore,
  kPromote,  // a standby that lags
  kImageDevice,
  kRestoreDevice,
  kCopyDevice,
  kDestroyDevice,
  kOffline,
  kTime,  // hours or days go by
  // What a taken server, or somebody with a certificate, tries.
  kForgePage,
  kForgeReleased,
  kForgeEnded,
  kForgeAdopt,
  kStranger,  // pushes by a person with no place
  kStealUid,
  kStealFamily,
  kCount,
};
inline constexpr size_t kActs = static_cast<size_t>(Act::kCount);
std::string_view NameOf(Act act);

struct Profile {
  std::array<uint32_t, kActs> weights{};
  uint32_t devices_min = 3;
  uint32_t devices_max = 6;
  uint32_t moves_mean = 14;   // messages moved between two operations
  uint32_t lose_percent = 2;  // of messages
  uint32_t duplicate_percent = 3;
  uint32_t cut_percent = 2;    // of frames
  uint32_t crash_percent = 1;  // of messages: the device that takes it dies in one of its commits
  uint32_t no_archive_percent = 30;
  uint32_t untold_percent = 50;  // of restores
  uint32_t strange_clock_percent = 20;

  uint32_t& of(Act act) { return weights[static_cast<size_t>(act)]; }
};

// `without` kNone: everything a little.
Profile ProfileFor(Fault without);

struct RuleName {
  Fault fault;
  std::string_view name;  // as --without takes it
  std::string_view invariants;
};
// Each rule that can be taken out, in the order of model/planted.h.
const std::vector<RuleName>& Rules();
std::optional<Fault> FindRule(std::string_view name);

}  // namespace doorstep::simulation

#endif  // DOORSTEP_TESTS_SIMULATION_PROFILE_H_
