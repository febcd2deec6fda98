// What may become a PIN. The rules guard the choice; opening takes whatever was once chosen. Bytes
// are bytes: a NUL inside is one like the others.
#ifndef DOORSTEP_CRYPTO_PIN_H_
#define DOORSTEP_CRYPTO_PIN_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace doorstep {

inline constexpr size_t kPinBytesMin = 6;
inline constexpr size_t kPinBytesMax = 1024;
inline constexpr size_t kPassphraseCharactersMin = 12;

enum class PinKind {
  kPin,         // beside a platform key store, which counts tries
  kPassphrase,  // where there is none: it has to stand against guessing on its own
};

// INVALID_ARGUMENT (E_ARG) when too short or one of those tried first: one character repeated, a
// run (123456, 987654), a short group repeated (121212), a date (01012000). RESOURCE_EXHAUSTED
// (E_LIMIT) above kPinBytesMax.
absl::Status CheckNewPin(std::string_view pin, PinKind kind);

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_PIN_H_
