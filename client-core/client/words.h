// What a person is told: one sentence for each reason, with what was kept and what to do next. No
// sentence holds a value of a record.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_WORDS_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_WORDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "doorstep/v1/client.pb.h"

namespace doorstep::client {

// "STATE_MOVED"; the number for one this build does not know; "" for 0.
std::string HeldReasonName(uint32_t reason);
// Why the office will hold, or has held, a changeset: what happened, what was kept, what to do. ""
// for 0. `because`: what exactly was missing (Judgement.because), where the judge could say it.
std::string HeldWords(uint32_t reason, std::string_view because = "");
// Of what somebody else has done already. `who` may be empty.
std::string AlreadyDoneWords(std::string_view who);
// Why the office cannot take a changeset at all (Reason of crypto/reason.h).
std::string UnsendableWords(uint32_t reason, bool closed);
// What the whole device's standing is, for the first line of a screen.
std::string StatusWords(const v1::Status& status);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_WORDS_H_
