#include "crypto/vault_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "crypto/reason.h"
#include "crypto/vault.h"

namespace doorstep {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "doorstep-vault-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    file = path / "vault";
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }

  size_t Count() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }

  fs::path path;
  fs::path file;
};

void Write(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST_CASE_METHOD(Folder, "what was replaced is read, by its owner alone, with nothing beside it") {
  REQUIRE(ReplaceVaultFile(file, "first").ok());
  CHECK(*ReadVaultFile(file) == "first");
  REQUIRE(ReplaceVaultFile(file, "second").ok());
  CHECK(*ReadVaultFile(file) == "second");
  struct stat info = {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(Count() == 1);
}

TEST_CASE_METHOD(Folder, "no vault is told apart, and reading makes none") {
  CHECK(ReasonOf(ReadVaultFile(file).status()) == Reason::kNotFound);
  CHECK(Count() == 0);
}

TEST_CASE_METHOD(Folder, "B15: a stale temporary file is ignored by reading, replaced by writing") {
  REQUIRE(ReplaceVaultFile(file, "whole").ok());
  Write(file.string() + ".new", "half of a la");
  CHECK(*ReadVaultFile(file) == "whole");
  REQUIRE(ReplaceVaultFile(file, "next").ok());
  CHECK(*ReadVaultFile(file) == "next");
  CHECK(Count() == 1);
}

TEST_CASE_METHOD(Folder, "B15: a damaged vault is read as it is and stays as it is") {
  Write(file, "damaged");
  CHECK(*ReadVaultFile(file) == "damaged");
  Write(file, "");
  CHECK(ReadVaultFile(file)->empty());
  Write(file, std::string(kVaultBytesMax + 1, 'x'));
  CHECK(ReasonOf(ReadVaultFile(file).status()) == Reason::kIntegrity);
  CHECK(fs::file_size(file) == kVaultBytesMax + 1);
}

TEST_CASE_METHOD(Folder, "a link, a folder and a pipe are not opened as a vault") {
  Write(path / "elsewhere", "elsewhere");
  fs::create_symlink(path / "elsewhere", file);
  CHECK(ReasonOf(ReadVaultFile(file).status()) == Reason::kIo);
  fs::remove(file);
  fs::create_directory(file);
  CHECK(ReasonOf(ReadVaultFile(file).status()) == Reason::kIo);
  CHECK(ReasonOf(ReplaceVaultFile(file, "x")) == Reason::kIo);
  fs::remove(file);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  CHECK(ReasonOf(ReadVaultFile(file).status()) == Reason::kIo);
}

TEST_CASE_METHOD(Folder, "a link in the place of the temporary file is not written through") {
  Write(path / "elsewhere", "elsewhere");
  fs::create_symlink(path / "elsewhere", file.string() + ".new");
  REQUIRE(ReplaceVaultFile(file, "vault").ok());
  CHECK(*ReadVaultFile(file) == "vault");
  CHECK(*ReadVaultFile(path / "elsewhere") == "elsewhere");
}

TEST_CASE_METHOD(Folder, "a write that fails leaves the vault that was there, and nothing beside") {
  REQUIRE(ReplaceVaultFile(file, "whole").ok());
  // A file-size limit of 4 bytes cuts the write as a full disk would; the signal is its own.
  struct rlimit before = {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit tiny = before;
  tiny.rlim_cur = 4;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tiny) == 0);
  const absl::Status status = ReplaceVaultFile(file, "longer than four bytes");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(ReasonOf(status) == Reason::kIo);
  CHECK(*ReadVaultFile(file) == "whole");
  CHECK(Count() == 1);
}

TEST_CASE_METHOD(Folder, "a folder that is not there is not made") {
  CHECK(ReasonOf(ReplaceVaultFile(path / "none" / "vault", "x")) == Reason::kIo);
  CHECK(Count() == 0);
}

TEST_CASE_METHOD(Folder, "B14: killed in the middle of replacing, the vault is one of the two") {
  const std::string a(kVaultBytesMax, 'a');
  const std::string b(kVaultBytesMax, 'b');
  REQUIRE(ReplaceVaultFile(file, a).ok());
  for (int round = 0; round < 20; ++round) {
    int ready[2] = {};
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      for (;;) {
        if (!ReplaceVaultFile(file, a).ok() || !ReplaceVaultFile(file, b).ok()) ::_exit(1);
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
      }
    }
    REQUIRE(child > 0);
    char byte = 0;
    // A different number of replacements each round, then a kill wherever the child is.
    for (int i = 0; i <= round % 5; ++i) REQUIRE(::read(ready[0], &byte, 1) == 1);
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    ::close(ready[0]);
    ::close(ready[1]);
    const std::string found = *ReadVaultFile(file);
    CHECK((found == a || found == b));
  }
}

TEST_CASE_METHOD(Folder,
                 "destroying leaves neither vault nor temporary file, and may be repeated") {
  REQUIRE(ReplaceVaultFile(file, "whole").ok());
  Write(file.string() + ".new", "half");
  CHECK(DestroyVaultFile(file).ok());
  CHECK(Count() == 0);
  CHECK(DestroyVaultFile(file).ok());
}

}  // namespace
}  // namespace doorstep
