// Rule-sets tried out on worked examples. Needs no client: an officer who writes one has not joined
// anything yet.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_PROGRAMME_TRIAL_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_PROGRAMME_TRIAL_H_

#include "doorstep/v1/client.pb.h"

namespace doorstep::client {

// The rule-sets given stand beside those that ship, and in place of one of the same key. Faults in
// the files are an answer, not a failure.
v1::ProgrammeTrialResult TryProgramme(const v1::ProgrammeTrial& trial);

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_PROGRAMME_TRIAL_H_
