#include "shell/cli/failure.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

std::function<void()>& Closing() {
  static std::function<void()> close;
  return close;
}

struct Words {
  Exit exit;
  const char* happened;
  const char* kept_and_next;
};

Words WordsOf(int32_t reason) {
  switch (reason) {
    case DS_REASON_ARG:
      return {Exit::kUsage, "a value is not possible here",
              "Nothing was changed. `doorstep schema TYPE` shows what each field takes."};
    case DS_REASON_FORMAT:
      return {Exit::kUsage, "a value is not what its field takes",
              "Nothing was changed. `doorstep schema TYPE` shows what each field takes."};
    case DS_REASON_STATE:
      return {Exit::kNotNow, "this is not possible now",
              "Everything on this device is kept. `doorstep status` says what it waits for."};
    case DS_REASON_WIPED:
      return {Exit::kNotNow, "the keys of this device were destroyed",
              "Ask an administrator for a new invitation."};
    case DS_REASON_KEY:
      return {Exit::kNotNow, "the key of this folder is not here",
              "The folder is kept as it is. Put the device's own key file back, or enrol again."};
    case DS_REASON_EXPIRED:
      return {Exit::kNotNow, "this device's certificate has run out",
              "Everything written is kept here. `doorstep sync` asks for a new one."};
    case DS_REASON_LOCKED:
      return {Exit::kNotNow, "the device is locked", "Everything is kept. Give the PIN and go on."};
    case DS_REASON_AUTH:
      return {Exit::kNotNow, "the PIN, or the other side's proof, is wrong",
              "Nothing was changed and everything is kept. Check it and try again."};
    case DS_REASON_DENIED:
      return {Exit::kRefused, "you have no right to do this",
              "Nothing was changed. A supervisor or an administrator may have."};
    case DS_REASON_TRUST:
      return {Exit::kRefused, "the office showed something that nobody entitled has signed",
              "Nothing of it was taken and everything is kept. Tell an administrator at once."};
    case DS_REASON_INVITATION:
      return {Exit::kRefused, "the office does not accept this invitation",
              "Nothing was changed. Ask the administrator for a new code."};
    case DS_REASON_NOT_FOUND:
      return {Exit::kNotFound, "it is not on this device",
              "Nothing was changed. `doorstep ls` shows what is here."};
    case DS_REASON_LIMIT:
      return {Exit::kLimit, "it is more than is allowed",
              "Nothing was stored. Split a long text into the record and an Addendum."};
    case DS_REASON_NO_MEMORY:
      return {Exit::kLimit, "this machine has no memory left", "Close something and try again."};
    case DS_REASON_DISK:
      return {Exit::kLimit, "the disk is full",
              "Nothing of this was stored, all else is kept. Make room and try again."};
    case DS_REASON_KEY_STORE:
      return {Exit::kUnreachable, "the key store did not give the key",
              "Everything is kept and no key was made. Unlock this machine and try again."};
    case DS_REASON_IO:
      return {Exit::kUnreachable, "a file could not be read or written",
              "What was saved before is kept. Check the folder and try again."};
    case DS_REASON_BUSY:
      return {Exit::kUnreachable, "the office, or the folder, cannot be reached now",
              "Everything you wrote is kept on this device. Try again in a while."};
    case DS_REASON_INTEGRITY:
      return {Exit::kDamaged, "bytes are damaged or forged",
              "Nothing was thrown away. Keep this device as it is and tell an administrator."};
    case DS_REASON_CONFLICT:
      return {Exit::kDamaged, "the same change exists with other words",
              "Both are kept. Tell an administrator."};
    case DS_REASON_VERSION:
      return {Exit::kNotNow, "it was written by a newer program",
              "It is kept as it is. Update this program."};
    case DS_REASON_UNSUPPORTED:
      return {Exit::kUsage, "this program cannot do that", "Nothing was changed."};
    case DS_REASON_CANCELLED:
      return {Exit::kCancelled, "it was cancelled",
              "Every step that was finished is kept. Run the same command again to go on."};
    default:
      return {Exit::kOurMistake, "the program made a mistake",
              "What was saved before is kept. Please report how it came about."};
  }
}

}  // namespace

void AtEnd(std::function<void()> close) { Closing() = std::move(close); }

void Fail(Exit exit, const std::string& sentence) {
  std::cout.flush();
  std::cerr << "doorstep: " << sentence << "\n";
  if (Closing()) Closing()();
  std::exit(static_cast<int>(exit));
}

void FailWith(const std::string& doing, ds_status status, const ds_error& error) {
  const Words words = WordsOf(error.reason);
  std::string sentence = "could not " + doing + ": " + words.happened;
  const std::string subject(reinterpret_cast<const char*>(error.subject), sizeof error.subject);
  if (subject != std::string(sizeof error.subject, '\0')) sentence += " (" + Hex(subject) + ")";
  sentence += ". " + std::string(words.kept_and_next) + " [" + ds_status_name(status) + " " +
              std::to_string(error.reason) + "]";
  Fail(words.exit, sentence);
}

}  // namespace doorstep::shell
