#include "crypto/primitives.h"

#include <sodium.h>

#include <cassert>
#include <new>

#include "crypto/reason.h"
#include "crypto/secret_stream.h"

namespace doorstep {
namespace {

static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_BYTES == 64);
static_assert(crypto_box_SEEDBYTES == 32 && crypto_box_SEALBYTES == 48);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == 24);
static_assert(crypto_pwhash_SALTBYTES == 16);

constexpr size_t kSeedBytes = 32;
constexpr size_t kAeadTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* Raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* Raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

struct Pair {
  PublicKey public_key{};
  Secret secret_key;
};

Pair SignPair(const Secret& seed) {
  assert(seed.size() == kSeedBytes);
  Pair pair{{}, Secret(crypto_sign_SECRETKEYBYTES)};
  crypto_sign_seed_keypair(pair.public_key.data(), pair.secret_key.mutable_bytes().data(),
                           Raw(seed.view()));
  return pair;
}

Pair BoxPair(std::span<const uint8_t> seed) {
  assert(seed.size() == kSeedBytes);
  Pair pair{{}, Secret(crypto_box_SECRETKEYBYTES)};
  crypto_box_seed_keypair(pair.public_key.data(), pair.secret_key.mutable_bytes().data(),
                          seed.data());
  return pair;
}

template <size_t N>
Bytes<N> Blake2b(std::string_view bytes) {
  Bytes<N> out{};
  crypto_generichash(out.data(), N, Raw(bytes), bytes.size(), nullptr, 0);
  return out;
}

// The nonce of a sealed box: BLAKE2b-192 over ephemeral and recipient key.
Bytes<24> SealNonce(const PublicKey& ephemeral, const PublicKey& recipient) {
  std::string both(View(ephemeral));
  both.append(View(recipient));
  return Blake2b<24>(both);
}

}  // namespace

absl::Status InitCrypto() {
  if (sodium_init() < 0) return MakeStatus(Reason::kInternal, "libsodium does not start");
  return absl::OkStatus();
}

void WipeBytes(std::span<uint8_t> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

LockedMemory AllocateSecretMemory(size_t size) {
  // sodium_malloc hides a refused lock, so the lock is asked for once more and its answer kept.
  // sodium_init is repeatable; without it sodium_malloc does not know the page size.
  void* const memory = sodium_init() < 0 ? nullptr : sodium_malloc(size);
  if (memory == nullptr) {
    return {static_cast<uint8_t*>(::operator new(size)), MemoryLock::kRefused};
  }
  const bool locked = sodium_mlock(memory, size) == 0;
  return {static_cast<uint8_t*>(memory), locked ? MemoryLock::kLocked : MemoryLock::kRefused};
}

void SystemRandom::Fill(std::span<uint8_t> out) { randombytes_buf(out.data(), out.size()); }

Hash32 H(std::string_view bytes) { return Blake2b<32>(bytes); }

Hash16 H16(std::string_view bytes) { return Blake2b<16>(bytes); }

void Prf(std::string_view key, std::string_view bytes, std::span<uint8_t> out) {
  assert(key.size() >= crypto_generichash_KEYBYTES_MIN);
  assert(key.size() <= crypto_generichash_KEYBYTES_MAX);
  assert(out.size() >= crypto_generichash_BYTES_MIN);
  assert(out.size() <= crypto_generichash_BYTES_MAX);
  crypto_generichash(out.data(), out.size(), Raw(bytes), bytes.size(), Raw(key), key.size());
}

Secret PrfSecret(std::string_view key, std::string_view bytes, size_t size) {
  Secret out(size);
  Prf(key, bytes, out.mutable_bytes());
  return out;
}

bool EqualSecrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

PublicKey SignPublicKey(const Secret& seed) { return SignPair(seed).public_key; }

Signature Sign(const Secret& seed, std::string_view message) {
  const Pair pair = SignPair(seed);
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, Raw(message), message.size(),
                       Raw(pair.secret_key.view()));
  return signature;
}

bool Verify(const PublicKey& key, std::string_view message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), Raw(message), message.size(), key.data()) ==
         0;
}

PublicKey BoxPublicKey(const Secret& seed) {
  assert(seed.size() == kSeedBytes);
  return BoxPair({Raw(seed.view()), kSeedBytes}).public_key;
}

absl::StatusOr<std::string> BoxSeal(const PublicKey& recipient, std::string_view plain,
                                    std::span<const uint8_t> ephemeral_seed) {
  const Pair ephemeral = BoxPair(ephemeral_seed);
  const Bytes<24> nonce = SealNonce(ephemeral.public_key, recipient);
  std::string sealed(View(ephemeral.public_key));
  sealed.resize(crypto_box_SEALBYTES + plain.size());
  if (crypto_box_easy(Raw(sealed) + sizeof(PublicKey), Raw(plain), plain.size(), nonce.data(),
                      recipient.data(), Raw(ephemeral.secret_key.view())) != 0) {
    return MakeStatus(Reason::kFormat, "recipient is not a usable box key");
  }
  return sealed;
}

absl::StatusOr<Secret> BoxOpen(const Secret& seed, std::string_view sealed) {
  if (sealed.size() < crypto_box_SEALBYTES) {
    return MakeStatus(Reason::kIntegrity, "sealed box is cut short");
  }
  assert(seed.size() == kSeedBytes);
  const Pair pair = BoxPair({Raw(seed.view()), kSeedBytes});
  Secret plain(sealed.size() - crypto_box_SEALBYTES);
  if (crypto_box_seal_open(plain.mutable_bytes().data(), Raw(sealed), sealed.size(),
                           pair.public_key.data(), Raw(pair.secret_key.view())) != 0) {
    return MakeStatus(Reason::kIntegrity, "sealed box was altered or is another key's");
  }
  return plain;
}

std::string AeadSeal(const Secret& key, const Bytes<24>& nonce, std::string_view aad,
                     std::string_view plain) {
  assert(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  std::string sealed(plain.size() + kAeadTagBytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(Raw(sealed), nullptr, Raw(plain), plain.size(),
                                             Raw(aad), aad.size(), nullptr, nonce.data(),
                                             Raw(key.view()));
  return sealed;
}

absl::StatusOr<Secret> AeadOpen(const Secret& key, const Bytes<24>& nonce, std::string_view aad,
                                std::string_view sealed) {
  assert(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  if (sealed.size() < kAeadTagBytes) {
    return MakeStatus(Reason::kIntegrity, "ciphertext is cut short");
  }
  Secret plain(sealed.size() - kAeadTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.mutable_bytes().data(), nullptr, nullptr,
                                                 Raw(sealed), sealed.size(), Raw(aad), aad.size(),
                                                 nonce.data(), Raw(key.view())) != 0) {
    return MakeStatus(Reason::kIntegrity, "ciphertext was altered or is another key's");
  }
  return plain;
}

std::string Pad(std::string_view plain, size_t block) {
  assert(block > 0);
  size_t padded = 0;
  std::string out(plain);
  out.resize(plain.size() + block);
  const int failed = sodium_pad(&padded, Raw(out), plain.size(), block, out.size());
  assert(failed == 0);
  static_cast<void>(failed);
  out.resize(padded);
  return out;
}

std::optional<std::string_view> Unpad(std::string_view padded, size_t block) {
  assert(block > 0);
  // sodium_unpad looks at the last block only, so the length is checked here.
  if (padded.empty() || padded.size() % block != 0) return std::nullopt;
  size_t plain = 0;
  if (sodium_unpad(&plain, Raw(padded), padded.size(), block) != 0) return std::nullopt;
  return padded.substr(0, plain);
}

absl::StatusOr<Secret> Argon2id(std::string_view pin, const Bytes<16>& salt, ArgonCost cost) {
  if (pin.empty()) return MakeStatus(Reason::kArg, "empty PIN");
  if (cost.passes < crypto_pwhash_OPSLIMIT_MIN || cost.passes > crypto_pwhash_OPSLIMIT_MAX ||
      cost.memory_bytes < crypto_pwhash_MEMLIMIT_MIN ||
      cost.memory_bytes > crypto_pwhash_MEMLIMIT_MAX) {
    return MakeStatus(Reason::kArg, "Argon2id parameters outside what the algorithm takes");
  }
  Secret out(kSeedBytes);
  if (crypto_pwhash(out.mutable_bytes().data(), out.size(), pin.data(), pin.size(), salt.data(),
                    cost.passes, static_cast<size_t>(cost.memory_bytes),
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return MakeStatus(Reason::kNoMemory, "not enough memory for Argon2id");
  }
  return out;
}

// ---- A stream of pieces (secret_stream.h) -------------------------------------------------------

namespace {

using StreamState = crypto_secretstream_xchacha20poly1305_state;
static_assert(sizeof(StreamState) <= 64);
static_assert(crypto_secretstream_xchacha20poly1305_KEYBYTES == kStreamKeyBytes);
static_assert(crypto_secretstream_xchacha20poly1305_HEADERBYTES == kStreamHeaderBytes);
static_assert(crypto_secretstream_xchacha20poly1305_ABYTES == kStreamPieceOverhead);

StreamState* StateIn(std::array<uint8_t, 64>& bytes) {
  return reinterpret_cast<StreamState*>(bytes.data());
}

}  // namespace

SecretStream::SecretStream(const Secret& key, const Bytes<kStreamHeaderBytes>& header) {
  assert(key.size() == kStreamKeyBytes);
  // Both ends begin alike from a header; init_push would draw one of its own.
  int begun = crypto_secretstream_xchacha20poly1305_init_pull(StateIn(state_), header.data(),
                                                              Raw(key.view()));
  assert(begun == 0);
}

SecretStream::~SecretStream() { WipeBytes(state_); }

std::string SecretStream::Seal(std::string_view plain, std::string_view aad, Piece piece) {
  std::string sealed(plain.size() + kStreamPieceOverhead, '\0');
  const uint8_t tag = piece == Piece::kLast ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                            : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  int done = crypto_secretstream_xchacha20poly1305_push(
      StateIn(state_), Raw(sealed), nullptr, Raw(plain), plain.size(), Raw(aad), aad.size(), tag);
  assert(done == 0);
  return sealed;
}

absl::StatusOr<SecretStream::Opened> SecretStream::Open(std::string_view sealed,
                                                        std::string_view aad) {
  Opened opened;
  uint8_t tag = 0;
  if (!broken_ && sealed.size() >= kStreamPieceOverhead) {
    opened.plain.resize(sealed.size() - kStreamPieceOverhead);
    const int done = crypto_secretstream_xchacha20poly1305_pull(
        StateIn(state_), Raw(opened.plain), nullptr, &tag, Raw(sealed), sealed.size(), Raw(aad),
        aad.size());
    if (done == 0) {
      opened.piece =
          tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL ? Piece::kLast : Piece::kMore;
      return opened;
    }
  }
  broken_ = true;
  return MakeStatus(Reason::kIntegrity, "stream: not its next piece");
}

}  // namespace doorstep
