// B09: whatever is given as a folder, nothing is opened for writing before it is known to be one.
#include "client-core/capi/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "client-core/client/device_host.h"

namespace doorstep::capi {
namespace {

namespace fs = std::filesystem;

class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "doorstep-folder-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

Reason ReasonFor(const std::string& path) { return ReasonOf(Folder::Hold(path).status()); }

TEST_CASE("B09: paths that are no folder are refused and left as they are") {
  const Scratch scratch;
  std::ofstream(scratch / "file") << "words";
  REQUIRE(mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  fs::create_directory(scratch / "real");
  fs::permissions(scratch / "real", fs::perms::owner_all);
  fs::create_directory_symlink(scratch / "real", scratch / "link");
  CHECK(ReasonFor("") == Reason::kArg);
  CHECK(ReasonFor(scratch / "real/../real") == Reason::kArg);
  CHECK(ReasonFor(scratch / "file") == Reason::kArg);
  CHECK(ReasonFor(scratch / "fifo") == Reason::kArg);
  CHECK(ReasonFor(scratch / "link") == Reason::kArg);
  CHECK(ReasonFor("/dev/zero") == Reason::kArg);
  CHECK(ReasonFor(scratch / "no/parent") == Reason::kArg);
  CHECK(ReasonFor(std::string(5000, 'x')) == Reason::kArg);
  CHECK(fs::is_empty(scratch / "real"));
  std::ifstream file(scratch / "file");
  std::string words;
  file >> words;
  CHECK(words == "words");
}

TEST_CASE("B09: a folder that others can open is refused, untouched") {
  const Scratch scratch;
  fs::create_directory(scratch / "open");
  fs::permissions(scratch / "open", fs::perms::owner_all | fs::perms::group_read);
  CHECK(ReasonFor(scratch / "open") == Reason::kState);
  CHECK(fs::is_empty(scratch / "open"));
}

TEST_CASE("B05: a folder is held once, and free again when it is let go") {
  const Scratch scratch;
  {
    const auto held = Folder::Hold(scratch / "device");
    REQUIRE(held.ok());
    CHECK(ReasonFor(scratch / "device") == Reason::kBusy);
    CHECK(ReasonFor(scratch / "device/") == Reason::kBusy);
    CHECK((*held)->path() == scratch / "device");
  }
  CHECK(Folder::Hold(scratch / "device").ok());
  struct stat about;
  REQUIRE(stat((scratch / "device").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);
}

TEST_CASE("B07: a key file with anything odd about it is neither a key nor absent") {
  const Scratch scratch;
  fs::create_directory(scratch / "d");
  client::FileKeyStore store(scratch / "d");
  Secret secret;
  CHECK(store.Get("device", secret) == client::KeyStoreStatus::kNotFound);
  REQUIRE(store.Put("device", Secret::FromBytes("0123456789abcdef0123456789abcdef")) ==
          client::KeyStoreStatus::kOk);
  REQUIRE(store.Get("device", secret) == client::KeyStoreStatus::kOk);
  CHECK(secret.view() == "0123456789abcdef0123456789abcdef");
  const std::string path = scratch / "d/key-device";
  fs::permissions(path, fs::perms::owner_read | fs::perms::others_read);
  CHECK(store.Get("device", secret) == client::KeyStoreStatus::kOther);
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  fs::rename(path, scratch / "d/elsewhere");
  fs::create_symlink(scratch / "d/elsewhere", path);
  CHECK(store.Get("device", secret) == client::KeyStoreStatus::kOther);
  fs::remove(path);
  std::ofstream(path).flush();
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  CHECK(store.Get("device", secret) == client::KeyStoreStatus::kOther);
  CHECK(store.Delete("device") == client::KeyStoreStatus::kOk);
  CHECK(store.Delete("device") == client::KeyStoreStatus::kNotFound);
}

}  // namespace
}  // namespace doorstep::capi
