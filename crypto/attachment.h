// The file beside a record: encrypted on the device that makes it, cut into chunks that travel one
// at a time, and named by what it is made of.
//
//   key        32 random bytes, in the record: a CASE field, or a RESTRICTED one
//   file       = chunk 0 | chunk 1 | …                                     `length` bytes
//   chunk 0    = header 24 | piece of the first 262,120 bytes of the plain file
//   chunk n    = piece of the next 262,144 bytes; the last is shorter
//   piece      = secretstream message (plain + 17), AD = ST("doorstep/attachment-chunk/v1", tenant,
//                scope, record id, u32 n), TAG_FINAL on the last and only there
//   hash(n)    = H(ST("doorstep/chunk/v1", u32 n, chunk n))
//   content id = H(ST("doorstep/attachment/v1", u64 length, hash(0) | hash(1) | …))
//
// Every chunk but the last has kChunkBytes, so that length alone tells how many there are. Whoever
// holds the hashes can check a chunk by itself, without the key and in any order.
#ifndef DOORSTEP_CRYPTO_ATTACHMENT_H_
#define DOORSTEP_CRYPTO_ATTACHMENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/primitives.h"
#include "crypto/secret.h"
#include "crypto/secret_stream.h"

namespace doorstep {

inline constexpr size_t kChunkBytes = (256 << 10) + kStreamPieceOverhead;
inline constexpr size_t kPlainFileBytesMax = 20 << 20;
inline constexpr uint32_t kFileChunksMax = 81;
inline constexpr size_t kChunkHashBytes = 32;

// The record that a file lies beside; moved to another it does not open.
struct FilePlace {
  Hash16 tenant{};
  Hash16 scope{};
  Hash16 record{};
};

struct SealedFile {
  Secret key;
  std::vector<std::string> chunks;
  uint64_t length = 0;
  std::string hashes;  // kChunkHashBytes each
  Hash32 content{};
};

// RESOURCE_EXHAUSTED (E_LIMIT) above kPlainFileBytesMax; INVALID_ARGUMENT (E_ARG) for no bytes.
absl::StatusOr<SealedFile> SealFile(const FilePlace& place, std::string_view plain, Random& random);

// How many chunks a file of so many encrypted bytes has, and how long each is. 0 chunks: no file
// has this length.
uint32_t ChunksOf(uint64_t length);
size_t ChunkLength(uint64_t length, uint32_t number);

Hash32 ChunkHash(uint32_t number, std::string_view chunk);
Hash32 ContentId(uint64_t length, std::string_view hashes);
// That these are the hashes of `content`. E_FORMAT: not as many as the length has chunks; DATA_LOSS
// (E_INTEGRITY): others.
absl::Status CheckHashes(std::string_view content, uint64_t length, std::string_view hashes);
// That this is chunk `number` of the file with these (checked) hashes. The same errors.
absl::Status CheckChunk(uint64_t length, std::string_view hashes, uint32_t number,
                        std::string_view chunk);

// Opens the chunks of a file, which come in order.
class FileOpener {
 public:
  FileOpener(const Secret& key, const FilePlace& place, uint64_t length);
  FileOpener(const FileOpener&) = delete;
  FileOpener& operator=(const FileOpener&) = delete;
  ~FileOpener();

  // The plain bytes of the next chunk. DATA_LOSS (E_INTEGRITY) for any other.
  absl::StatusOr<std::string> Next(std::string_view chunk);
  // Whether the last one has been opened: what came before counts only then.
  bool whole() const { return whole_; }

 private:
  const Secret& key_;
  FilePlace place_;
  uint32_t chunks_;
  uint32_t next_ = 0;
  bool whole_ = false;
  std::unique_ptr<SecretStream> stream_;
};

}  // namespace doorstep

#endif  // DOORSTEP_CRYPTO_ATTACHMENT_H_
