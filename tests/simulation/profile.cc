#include "tests/simulation/profile.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace doorstep::simulation {
namespace {

using Weights = std::initializer_list<std::pair<Act, uint32_t>>;

constexpr Weights kEverything = {
    {Act::kBeginFamily, 40}, {Act::kEditRecord, 150},
    {Act::kWritePlan, 50},   {Act::kDecidePlan, 40},
    {Act::kHandOver, 25},    {Act::kEndPlace, 25},
    {Act::kGivePlace, 30},   {Act::kBar, 8},
    {Act::kProtect, 30},     {Act::kRestricted, 20},
    {Act::kDecideHeld, 35},  {Act::kSettle, 20},
    {Act::kDraft, 8},        {Act::kVisit, 25},
    {Act::kChain, 15},       {Act::kLateWork, 8},
    {Act::kLook, 20},        {Act::kNote, 8},
    {Act::kInvite, 14},      {Act::kApproveStanding, 18},
    {Act::kRevoke, 6},       {Act::kEndRole, 4},
    {Act::kSuspend, 6},      {Act::kAlone, 4},
    {Act::kContact, 330},    {Act::kCrashDevice, 18},
    {Act::kCrashServer, 14}, {Act::kCutContact, 16},
    {Act::kBackUp, 22},      {Act::kArchive, 22},
    {Act::kRestore, 14},     {Act::kPromote, 16},
    {Act::kImageDevice, 10}, {Act::kRestoreDevice, 8},
    {Act::kCopyDevice, 4},   {Act::kDestroyDevice, 5},
    {Act::kOffline, 12},     {Act::kTime, 22},
    {Act::kForgePage, 6},    {Act::kForgeReleased, 4},
    {Act::kForgeEnded, 5},   {Act::kForgeAdopt, 6},
    {Act::kStranger, 14},    {Act::kStealUid, 4},
    {Act::kStealFamily, 4},
};

void Raise(Profile& profile, Weights weights) {
  for (const auto& [act, weight] : weights) profile.of(act) = weight;
}

}  // namespace

std::string_view NameOf(Act act) {
  switch (act) {
    case Act::kBeginFamily:
      return "begin family";
    case Act::kEditRecord:
      return "edit record";
    case Act::kWritePlan:
      return "write plan";
    case Act::kDecidePlan:
      return "decide plan";
    case Act::kHandOver:
      return "hand over";
    case Act::kEndPlace:
      return "end place";
    case Act::kGivePlace:
      return "give place";
    case Act::kBar:
      return "bar";
    case Act::kProtect:
      return "protect";
    case Act::kRestricted:
      return "restricted";
    case Act::kDecideHeld:
      return "decide held";
    case Act::kSettle:
      return "settle";
    case Act::kDraft:
      return "draft";
    case Act::kVisit:
      return "visit";
    case Act::kChain:
      return "chain";
    case Act::kLateWork:
      return "late work";
    case Act::kLook:
      return "look";
    case Act::kNote:
      return "note";
    case Act::kInvite:
      return "invite";
    case Act::kApproveStanding:
      return "approve standing";
    case Act::kRevoke:
      return "revoke";
    case Act::kEndRole:
      return "end role";
    case Act::kSuspend:
      return "suspend";
    case Act::kAlone:
      return "alone";
    case Act::kContact:
      return "contact";
    case Act::kCrashDevice:
      return "crash device";
    case Act::kCrashServer:
      return "crash server";
    case Act::kCutContact:
      return "cut contact";
    case Act::kBackUp:
      return "back up";
    case Act::kArchive:
      return "archive";
    case Act::kRestore:
      return "restore";
    case Act::kPromote:
      return "promote";
    case Act::kImageDevice:
      return "image device";
    case Act::kRestoreDevice:
      return "restore device";
    case Act::kCopyDevice:
      return "copy device";
    case Act::kDestroyDevice:
      return "destroy device";
    case Act::kOffline:
      return "offline";
    case Act::kTime:
      return "time";
    case Act::kForgePage:
      return "forge page";
    case Act::kForgeReleased:
      return "forge released";
    case Act::kForgeEnded:
      return "forge ended";
    case Act::kForgeAdopt:
      return "forge adopt";
    case Act::kStranger:
      return "stranger";
    case Act::kStealUid:
      return "steal uid";
    case Act::kStealFamily:
      return "steal family";
    case Act::kCount:
      break;
  }
  return "";
}

const std::vector<RuleName>& Rules() {
  static const std::vector<RuleName> rules = {
      {Fault::kUidIdentity, "uid_identity", "P3"},
      {Fault::kHeldInsteadOfRefused, "held_instead_of_refused", "P1"},
      {Fault::kOutboxAtLog, "outbox_at_log", "P1 P7"},
      {Fault::kHashAtPull, "hash_at_pull", "P1 P6 P17"},
      {Fault::kCarriedAtMismatch, "carried_at_mismatch", "P1"},
      {Fault::kAdoptChain, "adopt_chain", "P4 P11"},
      {Fault::kPageAndCursor, "page_and_cursor", "P6"},
      {Fault::kAbsent, "absent", "P8"},
      {Fault::kDeadOverwrites, "dead_overwrites", "P8"},
      {Fault::kAuthorityAtReceipt, "authority_at_receipt", "P11"},
      {Fault::kDigestAtApproval, "digest_at_approval", "P10"},
      {Fault::kOwnWork, "own_work", "P10"},
      {Fault::kReadPerFrame, "read_per_frame", "P12"},
      {Fault::kBadAside, "bad_aside", "P17"},
      {Fault::kReleaseOnce, "release_once", "P3"},
      {Fault::kPurgeKeeps, "purge_keeps", "P1 P7"},
      {Fault::kRetryBlocksNothing, "retry_blocks_nothing", "P14 P17"},
      {Fault::kCarryAtomic, "carry_atomic", "P1"},
      {Fault::kArchivedFromCopy, "archived_from_copy", "P1 P7"},
      {Fault::kSignatureAtPage, "signature_at_page", "P11"},
      {Fault::kAdoptOnlyAtHead, "adopt_only_at_head", "P4"},
      {Fault::kTrustChecked, "trust_checked", "P11 P12"},
      {Fault::kSecondPerson, "second_person", "P11 P12"},
      {Fault::kMismatchBeforeEnded, "mismatch_before_ended", "P1 P17"},
      {Fault::kRetryUnknownAuthor, "retry_unknown_author", "P1"},
      {Fault::kFamilyIdFormula, "family_id_formula", "P11 P12"},
      {Fault::kReleasedChecked, "released_checked", "P11"},
      {Fault::kProtective, "protective", "P9"},
  };
  return rules;
}

std::optional<Fault> FindRule(std::string_view name) {
  auto at = std::find_if(Rules().begin(), Rules().end(),
                         [&](const RuleName& rule) { return rule.name == name; });
  return at == Rules().end() ? std::nullopt : std::optional(at->fault);
}

Profile ProfileFor(Fault without) {
  Profile profile;
  Raise(profile, kEverything);
  switch (without) {
    case Fault::kAdoptChain:
      Raise(profile, {{Act::kForgeAdopt, 60}, {Act::kRestore, 40}, {Act::kBackUp, 40}});
      break;
    case Fault::kAdoptOnlyAtHead:
      Raise(profile, {{Act::kPromote, 60}, {Act::kRestore, 40}, {Act::kBackUp, 40}});
      break;
    case Fault::kAbsent:
    case Fault::kDeadOverwrites:
      Raise(profile, {{Act::kLateWork, 120}, {Act::kChain, 60}});
      break;
    case Fault::kReadPerFrame:
      profile.moves_mean = 4;
      Raise(profile, {{Act::kHandOver, 60},
                      {Act::kEndPlace, 120},
                      {Act::kSuspend, 40},
                      {Act::kEditRecord, 250},
                      {Act::kContact, 700}});
      break;
    case Fault::kReleaseOnce:
      Raise(profile, {{Act::kLateWork, 120}, {Act::kDecideHeld, 80}});
      break;
    case Fault::kPurgeKeeps:
    case Fault::kArchivedFromCopy:
    case Fault::kMismatchBeforeEnded:
      profile.no_archive_percent = 10;
      Raise(profile, {{Act::kEndPlace, 60},
                      {Act::kHandOver, 60},
                      {Act::kRestore, 40},
                      {Act::kBackUp, 40},
                      {Act::kArchive, 40}});
      break;
    case Fault::kCarryAtomic:
      profile.crash_percent = 6;
      profile.moves_mean = 40;
      Raise(profile, {{Act::kRestore, 50},
                      {Act::kPromote, 120},
                      {Act::kBackUp, 50},
                      {Act::kEditRecord, 300},
                      {Act::kContact, 600}});
      break;
    case Fault::kPageAndCursor:
      profile.crash_percent = 12;
      break;
    case Fault::kBadAside:
      Raise(profile, {{Act::kStealUid, 60}});
      break;
    case Fault::kTrustChecked:
    case Fault::kSignatureAtPage:
      Raise(profile, {{Act::kForgePage, 40}});
      break;
    case Fault::kReleasedChecked:
      Raise(profile, {{Act::kForgeReleased, 60}, {Act::kEndPlace, 40}});
      break;
    case Fault::kSecondPerson:
      Raise(profile, {{Act::kAlone, 30}, {Act::kStranger, 60}});
      break;
    case Fault::kFamilyIdFormula:
      Raise(profile, {{Act::kStealFamily, 50}, {Act::kBeginFamily, 80}});
      break;
    case Fault::kRetryUnknownAuthor:
      // Devices that a restored server has never heard of, with something to hand in, and pulls
      // that break off before the directory has been settled.
      profile.cut_percent = 30;
      profile.devices_max = 3;
      Raise(profile, {{Act::kInvite, 150},
                      {Act::kApproveStanding, 60},
                      {Act::kBeginFamily, 120},
                      {Act::kNote, 150},
                      {Act::kRestore, 100},
                      {Act::kPromote, 60},
                      {Act::kBackUp, 60}});
      break;
    case Fault::kRetryBlocksNothing:
      Raise(profile, {{Act::kInvite, 50},
                      {Act::kApproveStanding, 60},
                      {Act::kRestore, 40},
                      {Act::kPromote, 40},
                      {Act::kBackUp, 40}});
      break;
    case Fault::kOwnWork:
    case Fault::kDigestAtApproval:
      Raise(profile, {{Act::kWritePlan, 120}, {Act::kDecidePlan, 150}, {Act::kLook, 60}});
      break;
    case Fault::kProtective:
      Raise(profile, {{Act::kProtect, 150}, {Act::kLook, 60}});
      break;
    default:
      break;
  }
  return profile;
}

}  // namespace doorstep::simulation
