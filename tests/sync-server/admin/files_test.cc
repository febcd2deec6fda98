#include "sync-server/admin/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "sync-server/admin/public_key_file.h"
#include "sync-server/admin/server_keys.h"
#include "tests/sync-server/house.h"

namespace doorstep::server {
namespace {

TEST_CASE("a key file is read only when nobody else may read it") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.key";
  REQUIRE(WriteNewFile(path, "secret bytes", Readers::kOwnerOnly).ok());
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0400);
  CHECK(ReadSecretFile(path)->view() == "secret bytes");
  for (const mode_t mode : {0440, 0404, 0420, 0402, 0755}) {
    REQUIRE(chmod(path.c_str(), mode) == 0);
    CHECK(ReasonOf(ReadSecretFile(path).status()) == Reason::kState);
  }
  REQUIRE(chmod(path.c_str(), 0400) == 0);
  REQUIRE(symlink(path.c_str(), (folder / "link").c_str()) == 0);
  CHECK(ReasonOf(ReadSecretFile(folder / "link").status()) == Reason::kState);
  CHECK(ReasonOf(ReadSecretFile(folder.path()).status()) == Reason::kState);
  CHECK(ReasonOf(ReadSecretFile(folder / "none").status()) == Reason::kNotFound);
}

TEST_CASE("a name that is taken is never overwritten, nor is a large file read") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  REQUIRE(WriteNewFile(path, "first", Readers::kEverybody).ok());
  CHECK(ReasonOf(WriteNewFile(path, "second", Readers::kEverybody)) == Reason::kState);
  CHECK(*ReadSmallFile(path) == "first");
  CHECK(ReasonOf(NewFile::Create(path, Readers::kEverybody).status()) == Reason::kState);
  REQUIRE(ReplaceFile(path, "third", Readers::kEverybody).ok());
  CHECK(*ReadSmallFile(path) == "third");
  REQUIRE(MakeNewFolder(folder / "written").ok());
  CHECK(ReasonOf(PutInPlace(folder / "written", path)) == Reason::kState);
  const std::string large(kSmallFileBytesMax + 1, 'x');
  REQUIRE(WriteNewFile(folder / "large", large, Readers::kEverybody).ok());
  CHECK(ReasonOf(ReadSmallFile(folder / "large").status()) == Reason::kLimit);
  CHECK(MappedFile::Open(folder / "large")->bytes() == large);
}

TEST_CASE("a file that was not finished is not there") {
  const TemporaryFolder folder;
  {
    absl::StatusOr<NewFile> file = NewFile::Create(folder / "out", Readers::kOwnerOnly);
    REQUIRE(file.ok());
    REQUIRE(file->Write("half").ok());
  }
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("the keys of a server come back from their folder and from a backup's seal") {
  const House house;
  const absl::StatusOr<ServerKeys> loaded = LoadServerKeys(house.folder.path);
  REQUIRE(loaded.ok());
  const Secret before = EncodeServerKeys(house.folder.keys);
  CHECK(EncodeServerKeys(*loaded).view() == before.view());
  const absl::StatusOr<ServerKeys> decoded = DecodeServerKeys(before.view());
  REQUIRE(decoded.ok());
  CHECK(EncodeServerKeys(*decoded).view() == before.view());
  for (size_t size = 0; size < before.size(); ++size) {
    REQUIRE_FALSE(DecodeServerKeys(before.view().substr(0, size)).ok());
  }
}

TEST_CASE("a server does not start on a key that others may read, is cut, or is another's") {
  const House house;
  const std::string keys = house.folder.path + "/keys/";
  for (const char* name : {"store.key", "log.key", "ingest.key", "ca.key", "tls.key"}) {
    REQUIRE(chmod((keys + name).c_str(), 0440) == 0);
    CHECK(ReasonOf(OpenServerFolder(house.folder.path).status()) == Reason::kState);
    REQUIRE(chmod((keys + name).c_str(), 0400) == 0);
    REQUIRE(OpenServerFolder(house.folder.path).ok());
    const std::string bytes(ReadSecretFile(keys + name)->view());
    REQUIRE(ReplaceFile(keys + name, bytes.substr(0, bytes.size() / 2), Readers::kOwnerOnly).ok());
    CHECK_FALSE(OpenServerFolder(house.folder.path).ok());
    REQUIRE(ReplaceFile(keys + name, bytes, Readers::kOwnerOnly).ok());
  }
  const House other;
  const std::string foreign(ReadSecretFile(other.folder.path + "/keys/tls.key")->view());
  REQUIRE(ReplaceFile(keys + "tls.key", foreign, Readers::kOwnerOnly).ok());
  CHECK(ReasonOf(OpenServerFolder(house.folder.path).status()) == Reason::kKey);
}

TEST_CASE("a certificate that runs out is renewed from the same key") {
  House house;
  SystemRandom random;
  const int64_t day_ms = int64_t{24} * 60 * 60 * 1000;
  const std::vector<std::string> names = {"127.0.0.1"};
  const std::string before = house.folder.keys.tls_certificate_pem;
  const int64_t early = house.now_ms() + day_ms;
  CHECK_FALSE(*RenewServerCertificate(house.folder.keys, house.folder.path, names, early, random));
  const int64_t late = house.now_ms() + (kServerCertificateDays - 10) * day_ms;
  CHECK(*RenewServerCertificate(house.folder.keys, house.folder.path, names, late, random));
  CHECK(house.folder.keys.tls_certificate_pem != before);
  const auto reopened = OpenServerFolder(house.folder.path);
  REQUIRE(reopened.ok());
  CHECK(reopened->keys.tls_certificate_pem == house.folder.keys.tls_certificate_pem);
}

TEST_CASE("an address is a host and a port") {
  CHECK(*HostOf("sync.example.test:7443") == "sync.example.test");
  CHECK(*HostOf("127.0.0.1:1") == "127.0.0.1");
  CHECK(*HostOf("[::1]:7443") == "::1");
  for (const char* wrong :
       {"", "host", ":1", "host:", "host:12x", "::1:2", "a b:1", "http://x:1"}) {
    CHECK_FALSE(HostOf(wrong).ok());
  }
}

TEST_CASE("a public key's file says whose and what for, and nothing else passes") {
  SystemRandom random;
  const PublicKeyFile file{KeyUse::kRecovery, Id{random.Make<16>()}, random.Make<32>()};
  const std::string text = FormatPublicKeyFile(file);
  const absl::StatusOr<PublicKeyFile> back = ParsePublicKeyFile(text, KeyUse::kRecovery);
  REQUIRE(back.ok());
  CHECK(back->tenant == file.tenant);
  CHECK(back->key == file.key);
  CHECK(ReasonOf(ParsePublicKeyFile(text, KeyUse::kRoot).status()) == Reason::kKey);
  for (size_t size = 0; size + 1 < text.size(); ++size) {
    REQUIRE_FALSE(ParsePublicKeyFile(text.substr(0, size), KeyUse::kRecovery).ok());
  }
  CHECK_FALSE(ParsePublicKeyFile(text + "x", KeyUse::kRecovery).ok());
}

}  // namespace
}  // namespace doorstep::server
