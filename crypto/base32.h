// Bytes as people type them: Crockford's base-32 alphabet (no I, L, O, U), most significant bit
// first, read without regard to case, with O for 0 and I or L for 1. A *check character* over up to
// 30 others finds every single wrong character and every swap of two. Inputs may be secret: no
// error repeats a character of them.
#ifndef DOORSTEP_CRYPTO_BASE32_H_
#define DOORSTEP_CRYPTO_BASE32_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace doorstep {

// `bytes.size()` is a multiple of 5; 8 characters for each 5 bytes.
std::string ToBase32(std::string_view bytes);

// The reverse, of exactly `bytes` bytes. Spaces and hyphens are skipped; E_FORMAT names the place.
absl::StatusOr<Secret> FromBase32(std::string_view text, size_t bytes);

// XXXX-XXXX-XXXX…
std::string InGroupsOfFour(std::string_view characters);

// `characters` as ToBase32 writes them, at most 30; `salt` (0 … 31) makes codes of one kind fail as
// another's.
char CheckCharacter(std::string_view characters, uint8_t salt);

// `text` in upper case without spaces and hyphens, I L O read as the digits they look like.
// E_FORMAT names the place of the first character that is in no code.
absl::StatusOr<Secret> CanonicalBase32(std::string_view text);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_BASE32_H_
