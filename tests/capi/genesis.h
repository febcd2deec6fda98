// A ceremony for tests: an authority of two people, one of whom has the device that asked.
#ifndef DOORSTEP_TESTS_CAPI_GENESIS_H_
#define DOORSTEP_TESTS_CAPI_GENESIS_H_

#include <string>
#include <string_view>

namespace doorstep {

// `first_request`: a FirstRequest, whose device becomes a supervisor's. The bundle for ds_enrol;
// its server is a port of this machine on which nobody answers. Empty if the request is none.
std::string MakeGenesisFor(std::string_view first_request);

}  // namespace doorstep

#endif  // DOORSTEP_TESTS_CAPI_GENESIS_H_
