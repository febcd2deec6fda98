// The limits of the client itself; those of what it stores stand in client-core/store/limits.h.
#ifndef DOORSTEP_CLIENT_CORE_CLIENT_LIMITS_H_
#define DOORSTEP_CLIENT_CORE_CLIENT_LIMITS_H_

#include <cstdint>

namespace doorstep::client {

inline constexpr uint32_t kInvitationHours = 24;
inline constexpr uint32_t kInvitationHoursMax = 7 * 24;
// A certificate that ends sooner is renewed before a contact.
inline constexpr int64_t kCertificateRenewMs = int64_t{30} * 24 * 3'600'000;

// Pages of one answer of the office: 100,000 rows.
inline constexpr int kOfficePagesMax = 200;

}  // namespace doorstep::client

#endif  // DOORSTEP_CLIENT_CORE_CLIENT_LIMITS_H_
