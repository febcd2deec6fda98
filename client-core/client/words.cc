#include "client-core/client/words.h"

#include "absl/strings/str_cat.h"
#include "crypto/reason.h"
#include "doorstep/v1/records.pb.h"

namespace doorstep::client {

std::string HeldReasonName(uint32_t reason) {
  if (reason == 0) return "";
  constexpr std::string_view kPrefix = "HELD_REASON_";
  if (!v1::HeldReason_IsValid(static_cast<int>(reason))) return absl::StrCat(reason);
  return v1::HeldReason_Name(static_cast<v1::HeldReason>(reason)).substr(kPrefix.size());
}

std::string AlreadyDoneWords(std::string_view who) {
  return absl::StrCat(
      who.empty() ? "Somebody else" : std::string(who),
      " has done this already. Yours is kept in the record; nothing is left to do.");
}

std::string HeldWords(uint32_t reason, std::string_view because) {
  if (!because.empty()) {
    return absl::StrCat(std::string(because),
                        " What you did is kept and waits; once that is so, take the step again, or "
                        "the supervisor releases it.");
  }
  switch (reason) {
    case v1::HELD_REASON_UNSPECIFIED:
      return "";
    case v1::HELD_REASON_DEVICE:
      return "The office does not count this device at present. Your words are kept; ring your "
             "administrator, and the family's supervisor releases them.";
    case v1::HELD_REASON_STAFF:
      return "Your staff record is not active at present. Your words are kept; ring your "
             "administrator, and the family's supervisor releases them.";
    case v1::HELD_REASON_NO_ASSIGNMENT:
      return "You have no open assignment in this family now. Your words are kept for the family's "
             "supervisor, who decides.";
    case v1::HELD_REASON_NO_ROLE:
      return "Your role does not write here. Your words are kept; ask your administrator which "
             "role you need.";
    case v1::HELD_REASON_NEW_FAMILY:
      return "The beginning of this family lacks something it needs, or a supervisor changed "
             "meanwhile. It is kept; a supervisor of the team decides.";
    case v1::HELD_REASON_UNFOUNDED:
      return "This family waits for a supervisor's decision. What you write is kept until then.";
    case v1::HELD_REASON_NOT_ALLOWED:
      return "This step is for another role. It is kept; ask the supervisor to take it.";
    case v1::HELD_REASON_SHAPE:
      return "A field is missing, or does not fit its record. It is kept; write it anew with every "
             "field it needs.";
    case v1::HELD_REASON_FIXED:
      return "Another value stands here already and never changes. Yours is kept; add a correction "
             "instead.";
    case v1::HELD_REASON_NOT_HELD:
      return "What this decides was decided already, or never held. Your decision is kept in the "
             "record; nothing is left to do.";
    case v1::HELD_REASON_WORDS_AND_COMMAND:
      return "Words and a change of state were sent as one. Both are kept; save the words first, "
             "then take the step.";
    case v1::HELD_REASON_ALREADY_SO:
      return AlreadyDoneWords("");
    case v1::HELD_REASON_STATE_MOVED:
      return "Somebody changed the state before yours arrived. Yours is kept; look at the state "
             "now and take the step again if it still holds.";
    case v1::HELD_REASON_NO_SUCH_STEP:
      return "This step does not follow from the state it is in. It is kept; look at the state "
             "now.";
    case v1::HELD_REASON_GUARD:
      return "Something this step needs is not there yet. It is kept; complete the record, then "
             "take the step again.";
    case v1::HELD_REASON_SIGNED:
      return "This record was signed and its words are fixed. Yours are kept beside it; add them "
             "as an addendum.";
    case v1::HELD_REASON_SECOND_LEAD:
      return "This family has an open lead. The assignment is kept; end the other one first.";
    case v1::HELD_REASON_BARRED:
      return "This person is barred from the family. It is kept; the family's supervisor decides.";
    case v1::HELD_REASON_SECOND_OPEN_EPISODE:
      return "Another episode of this programme is active. It is kept; close that one first.";
    case v1::HELD_REASON_SECOND_CLAIM:
      return "Another claim on this route is submitted or accepted. It is kept; ask the programme "
             "office which of the two stands.";
    case v1::HELD_REASON_OWN_WORK:
      return "Nobody judges what they wrote. It is kept; ask a colleague of the same role, or have "
             "the worker write it anew.";
    case v1::HELD_REASON_CONTESTED:
      return "A protective value of this family is contested. It is kept; a supervisor settles "
             "that first.";
    case v1::HELD_REASON_ATTACHMENT:
      return "A file that this covers has not arrived. It is kept; try again when it has.";
    case v1::HELD_REASON_PINNED:
      return "This differs from the rule-set that the programme, or the episode, began under. It "
             "is kept; write it anew with that rule-set and version, or ask the programme office.";
    case v1::HELD_REASON_CHAIN:
      return "One of the two people is folded into a third already. It is kept; name the person "
             "who stands.";
    default:
      return "The office holds this for a reason newer than this program. It is kept; update, then "
             "look again.";
  }
}

std::string UnsendableWords(uint32_t reason, bool closed) {
  if (closed) {
    return "The family's records were disposed of. This is kept here only; export it and ask the "
           "records officer.";
  }
  switch (static_cast<Reason>(reason)) {
    case Reason::kAuth:
      return "The office finds the signature wrong. This is kept here only; export it and ring "
             "your administrator.";
    case Reason::kLimit:
      return "This is larger than the office takes. It is kept here only; write it anew in parts.";
    case Reason::kConflict:
      return "The office has other words under the same number. This is kept here only; export it "
             "and write it anew.";
    default:
      return "The office cannot take this. It is kept here only; export it and ring your "
             "administrator.";
  }
}

std::string StatusWords(const v1::Status& status) {
  switch (status.life()) {
    case v1::Status::NEW:
      return "This device has no keys yet. Choose a PIN to begin.";
    case v1::Status::ENROLLING:
      return "This device waits to be confirmed. Ring your administrator, and read the device "
             "number to the second person.";
    case v1::Status::ENDED:
      return "This device has been ended. Ring your administrator; what is unsent still goes out.";
    case v1::Status::WIPED:
      return "The keys of this device are destroyed. Enrol it again.";
    default:
      break;
  }
  if (status.locked()) return "Locked. Everything saved is kept.";
  if (status.concerns_unreceived() > 0) {
    return absl::StrCat(status.concerns_unreceived(),
                        " raised here and not received by the office: it is not a referral. "
                        "Telephone, and connect.");
  }
  if (status.unsendable() > 0) {
    return absl::StrCat(status.unsendable(),
                        " saved here cannot be sent. Look at what awaits you.");
  }
  if (status.unsent() > 0) {
    return absl::StrCat(status.unsent(), " saved on this device, not yet received by the office.");
  }
  if (status.chunks_to_send() > 0) {
    return absl::StrCat("Words are received; ", status.chunks_to_send(),
                        " pieces of files have still to go out. Connect again.");
  }
  if (status.chunks_to_fetch() > 0) {
    return absl::StrCat("Words are received; ", status.chunks_to_fetch(),
                        " pieces of files are not here yet.");
  }
  if (status.all_synced()) return "Everything is received by the office.";
  return "Ready.";
}

}  // namespace doorstep::client
