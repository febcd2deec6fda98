// The limits of the office service. They bound what one question costs the server and one answer
// the device.
#ifndef DOORSTEP_SYNC_SERVER_OFFICE_LIMITS_H_
#define DOORSTEP_SYNC_SERVER_OFFICE_LIMITS_H_

#include <cstddef>

namespace doorstep::server {

inline constexpr int kOfficeRowsMax = 500;            // rows of one answer
inline constexpr size_t kOfficeBytesMax = 512 << 10;  // of one answer; a message holds 1 MiB
inline constexpr int kHitsMax = 25;                   // hits of one search: a person reads them
inline constexpr size_t kCandidatesMax = 2'000;       // families looked at for one search
inline constexpr size_t kSearchTextBytesMax = 200;    // of each text in a search

}  // namespace doorstep::server

#endif  // DOORSTEP_SYNC_SERVER_OFFICE_LIMITS_H_
