// A PIN as the shell holds it: bytes that are overwritten when they go.
#ifndef DOORSTEP_SHELL_CLI_PIN_H_
#define DOORSTEP_SHELL_CLI_PIN_H_

#include <string>

#include "client-core/include/doorstep/doorstep.h"

namespace doorstep::shell {

class Pin {
 public:
  Pin();
  ~Pin();
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

  ds_bytes bytes() const;
  bool empty() const { return size_ == 0; }
  bool operator==(const Pin& other) const;

  // The first line of a file that only its owner may read. Fails otherwise.
  void ReadFile(const std::string& path);
  // From the terminal, unseen; never from standard input, which may be a record's text.
  void Ask(const std::string& prompt);

 private:
  static constexpr size_t kSizeMax = 1024;  // as long as the core takes one
  void ReadLine(int file);

  char text_[kSizeMax + 1];
  size_t size_ = 0;
};

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_PIN_H_
