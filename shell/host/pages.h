// The pages as files in one folder: which of them a request means.
#ifndef DOORSTEP_SHELL_HOST_PAGES_H_
#define DOORSTEP_SHELL_HOST_PAGES_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace doorstep::shell {

struct Page {
  std::string type;  // its media type
  std::string body;
};

class Pages {
 public:
  explicit Pages(std::filesystem::path folder);

  // Whether the folder holds pages at all.
  bool built() const;

  // "/" is index.html. Nothing for a path with anything but plain names (letters, digits, ".", "-",
  // "_", none beginning with a dot), for a link that leads out of the folder, for a kind of file
  // that pages are not made of, and for one that is not there. Read anew each time: they are few
  // and small.
  std::optional<Page> Find(std::string_view target) const;

 private:
  std::filesystem::path folder_;
};

// Where the pages lie beside this program: ../web in a build tree, ../share/doorstep/web installed.
std::filesystem::path PagesBesideProgram();

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_HOST_PAGES_H_
