#include "crypto/attachment.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "crypto/reason.h"

namespace doorstep {
namespace {

constexpr size_t kPlainChunkBytes = kChunkBytes - kStreamPieceOverhead;
constexpr size_t kFirstPlainBytes = kPlainChunkBytes - kStreamHeaderBytes;
constexpr size_t kLeastFileBytes = kStreamHeaderBytes + kStreamPieceOverhead + 1;
constexpr uint64_t kFileBytesMax =
    kPlainFileBytesMax + kStreamHeaderBytes + uint64_t{kFileChunksMax} * kStreamPieceOverhead;

std::string AdOf(const FilePlace& place, uint32_t number) {
  return St("doorstep/attachment-chunk/v1")
      .Add(place.tenant)
      .Add(place.scope)
      .Add(place.record)
      .AddU32(number)
      .bytes();
}

size_t PlainBytesOf(uint32_t number) { return number == 0 ? kFirstPlainBytes : kPlainChunkBytes; }

}  // namespace

uint32_t ChunksOf(uint64_t length) {
  if (length < kLeastFileBytes || length > kFileBytesMax) return 0;
  const uint64_t chunks = (length + kChunkBytes - 1) / kChunkBytes;
  const size_t last = static_cast<size_t>(length - (chunks - 1) * kChunkBytes);
  // No chunk holds nothing.
  if (chunks > kFileChunksMax || last <= kStreamPieceOverhead) return 0;
  return static_cast<uint32_t>(chunks);
}

size_t ChunkLength(uint64_t length, uint32_t number) {
  assert(number < ChunksOf(length));
  return static_cast<size_t>(
      std::min<uint64_t>(kChunkBytes, length - uint64_t{number} * kChunkBytes));
}

Hash32 ChunkHash(uint32_t number, std::string_view chunk) {
  return H(St("doorstep/chunk/v1").AddU32(number).Add(chunk).bytes());
}

Hash32 ContentId(uint64_t length, std::string_view hashes) {
  return H(St("doorstep/attachment/v1").AddU64(length).Add(hashes).bytes());
}

absl::Status CheckHashes(std::string_view content, uint64_t length, std::string_view hashes) {
  const uint32_t chunks = ChunksOf(length);
  if (chunks == 0 || hashes.size() != size_t{chunks} * kChunkHashBytes) {
    return MakeStatus(Reason::kFormat, "attachment: not a hash for each chunk of this length");
  }
  if (content != View(ContentId(length, hashes))) {
    return MakeStatus(Reason::kIntegrity, "attachment: hashes of another file");
  }
  return absl::OkStatus();
}

absl::Status CheckChunk(uint64_t length, std::string_view hashes, uint32_t number,
                        std::string_view chunk) {
  if (number >= ChunksOf(length)) {
    return MakeStatus(Reason::kFormat, "attachment: no chunk of that number");
  }
  if (chunk.size() != ChunkLength(length, number) ||
      hashes.substr(size_t{number} * kChunkHashBytes, kChunkHashBytes) !=
          View(ChunkHash(number, chunk))) {
    return MakeStatus(Reason::kIntegrity, "attachment: not the bytes of this chunk");
  }
  return absl::OkStatus();
}

absl::StatusOr<SealedFile> SealFile(const FilePlace& place, std::string_view plain,
                                    Random& random) {
  if (plain.empty()) return MakeStatus(Reason::kArg, "attachment: a file without bytes");
  if (plain.size() > kPlainFileBytesMax) {
    return MakeStatus(Reason::kLimit, "attachment: more than 20 MiB");
  }
  SealedFile file;
  file.key = random.MakeSecret(kStreamKeyBytes);
  const Bytes<kStreamHeaderBytes> header = random.Make<kStreamHeaderBytes>();
  SecretStream stream(file.key, header);
  for (uint32_t number = 0; !plain.empty(); ++number) {
    std::string_view part = plain.substr(0, PlainBytesOf(number));
    plain.remove_prefix(part.size());
    std::string chunk(number == 0 ? View(header) : std::string_view());
    chunk += stream.Seal(part, AdOf(place, number),
                         plain.empty() ? SecretStream::Piece::kLast : SecretStream::Piece::kMore);
    file.length += chunk.size();
    file.hashes += View(ChunkHash(number, chunk));
    file.chunks.push_back(std::move(chunk));
  }
  assert(ChunksOf(file.length) == file.chunks.size());
  file.content = ContentId(file.length, file.hashes);
  return file;
}

FileOpener::FileOpener(const Secret& key, const FilePlace& place, uint64_t length)
    : key_(key), place_(place), chunks_(ChunksOf(length)) {}
FileOpener::~FileOpener() = default;

absl::StatusOr<std::string> FileOpener::Next(std::string_view chunk) {
  const absl::Status other = MakeStatus(Reason::kIntegrity, "attachment: a chunk does not open");
  if (next_ >= chunks_ || key_.size() != kStreamKeyBytes) return other;
  if (next_ == 0) {
    Bytes<kStreamHeaderBytes> header{};
    if (!CopyExactly(chunk.substr(0, header.size()), header)) return other;
    chunk.remove_prefix(header.size());
    stream_ = std::make_unique<SecretStream>(key_, header);
  }
  absl::StatusOr<SecretStream::Opened> opened = stream_->Open(chunk, AdOf(place_, next_));
  if (!opened.ok()) return opened.status();
  const bool last = opened->piece == SecretStream::Piece::kLast;
  ++next_;
  // Cut short, or with something behind its end.
  if (last != (next_ == chunks_)) return other;
  whole_ = last;
  return std::move(opened->plain);
}

}  // namespace doorstep
