#include "shell/host/pages.h"

#include <stdlib.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace doorstep::shell {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "pages-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  void Write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
  fs::path path;
};

TEST_CASE("pages are found by plain names, with their kind") {
  const Folder folder;
  folder.Write("web/index.html", "<p>");
  folder.Write("web/assets/a-b_1.js", "1");
  const Pages pages(folder.path / "web");
  REQUIRE(pages.built());
  CHECK(pages.Find("/")->body == "<p>");
  CHECK(pages.Find("/index.html")->type == "text/html; charset=utf-8");
  CHECK(pages.Find("/assets/a-b_1.js")->type == "text/javascript; charset=utf-8");
}

TEST_CASE("no way leads out of the folder") {
  const Folder folder;
  folder.Write("web/index.html", "<p>");
  folder.Write("web/.hidden.html", "hidden");
  folder.Write("web/database.db", "kept");
  folder.Write("web/sub/index.html", "sub");
  folder.Write("secret.html", "secret");
  folder.Write("web-other/other.html", "other");
  fs::create_symlink(folder.path / "secret.html", folder.path / "web/link.html");
  fs::create_directory_symlink(folder.path, folder.path / "web/up");
  const Pages pages(folder.path / "web");
  for (const char* target : {"/../secret.html",
                             "/./index.html",
                             "/sub/../../secret.html",
                             "/%2e%2e/secret.html",
                             "/..%2fsecret.html",
                             "/link.html",
                             "/up/secret.html",
                             "/.hidden.html",
                             "/database.db",
                             "//index.html",
                             "/sub",
                             "/sub/",
                             "/../web-other/other.html",
                             "",
                             "index.html",
                             "/index.html?a",
                             "/index.html#a",
                             "/index.html\\",
                             "/nothing.html",
                             "http://127.0.0.1/index.html"}) {
    INFO(target);
    CHECK_FALSE(pages.Find(target).has_value());
  }
}

TEST_CASE("a folder that is not there holds no pages") {
  CHECK_FALSE(Pages("/nowhere/at/all").built());
}

}  // namespace
}  // namespace doorstep::shell
