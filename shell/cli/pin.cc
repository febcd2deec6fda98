#include "shell/cli/pin.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "shell/cli/failure.h"

namespace doorstep::shell {

Pin::Pin() : text_{} {}
Pin::~Pin() { explicit_bzero(text_, sizeof text_); }

ds_bytes Pin::bytes() const { return {reinterpret_cast<const uint8_t*>(text_), size_}; }

bool Pin::operator==(const Pin& other) const {
  unsigned difference = size_ == other.size_ ? 0 : 1;
  for (size_t i = 0; i < sizeof text_; ++i) {
    difference |= static_cast<unsigned>(text_[i] ^ other.text_[i]);
  }
  return difference == 0;
}

void Pin::ReadLine(int file) {
  explicit_bzero(text_, sizeof text_);
  size_ = 0;
  char c;
  while (read(file, &c, 1) == 1 && c != '\n' && c != '\r') {
    if (size_ == kSizeMax) Fail(Exit::kUsage, "a PIN has at most 1,024 bytes.");
    text_[size_++] = c;
  }
}

void Pin::ReadFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) {
    Fail(Exit::kNotFound, "the PIN file cannot be read. Nothing was opened.");
  }
  if (!S_ISREG(about.st_mode) || (about.st_mode & 077) != 0) {
    close(file);
    Fail(Exit::kUsage, "the PIN file must be a plain file that only you can read (chmod 600).");
  }
  ReadLine(file);
  close(file);
  if (empty()) Fail(Exit::kUsage, "the PIN file is empty.");
}

void Pin::Ask(const std::string& prompt) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  termios before;
  if (terminal < 0 || tcgetattr(terminal, &before) != 0) {
    Fail(Exit::kUsage, "there is no terminal to ask for the PIN: give --pin-file FILE.");
  }
  termios unseen = before;
  unseen.c_lflag &= static_cast<tcflag_t>(~ECHO);
  tcsetattr(terminal, TCSAFLUSH, &unseen);
  (void)!write(terminal, prompt.data(), prompt.size());
  ReadLine(terminal);
  tcsetattr(terminal, TCSAFLUSH, &before);
  (void)!write(terminal, "\n", 1);
  close(terminal);
  if (empty()) Fail(Exit::kUsage, "no PIN was given. Nothing was opened.");
}

}  // namespace doorstep::shell
