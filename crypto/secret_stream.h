// A file encrypted piece by piece: libsodium's crypto_secretstream_xchacha20poly1305. Every piece
// is authenticated with its place in the stream; a stream that ends without its last piece is told
// from a whole one. Implemented in primitives.cc, the only file that includes libsodium.
#ifndef DOORSTEP_CRYPTO_SECRET_STREAM_H_
#define DOORSTEP_CRYPTO_SECRET_STREAM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace doorstep {

inline constexpr size_t kStreamKeyBytes = 32;
inline constexpr size_t kStreamHeaderBytes = 24;
inline constexpr size_t kStreamPieceOverhead = 17;

// One end of a stream: either all its pieces are sealed by it, in order, or all are opened. The
// state holds keys and is wiped with it.
class SecretStream {
 public:
  enum class Piece : uint8_t { kMore, kLast };

  // `key`: kStreamKeyBytes. The header is random, and the same at both ends; it is no secret.
  SecretStream(const Secret& key, const Bytes<kStreamHeaderBytes>& header);
  SecretStream(const SecretStream&) = delete;
  SecretStream& operator=(const SecretStream&) = delete;
  ~SecretStream();

  std::string Seal(std::string_view plain, std::string_view aad, Piece piece);

  struct Opened {
    std::string plain;
    Piece piece = Piece::kMore;
  };
  // DATA_LOSS (E_INTEGRITY) when it is not the next piece of this stream under this `aad`. After a
  // failure the stream opens nothing more.
  absl::StatusOr<Opened> Open(std::string_view sealed, std::string_view aad);

 private:
  alignas(16) std::array<uint8_t, 64> state_{};
  bool broken_ = false;
};

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_SECRET_STREAM_H_
