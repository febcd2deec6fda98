// The C ABI as the commands use it: messages in, messages out, and one way to fail (failure.h).
// One folder and one person for the life of the program; used by one thread.
#ifndef DOORSTEP_SHELL_CLI_CORE_H_
#define DOORSTEP_SHELL_CLI_CORE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client-core/include/doorstep/doorstep.h"
#include "doorstep/v1/client.pb.h"

namespace doorstep::shell {

// What stands on the command line before the command.
struct Settings {
  std::string dir;
  std::string pin_file;  // empty: ask on the terminal
  bool json = false;
  bool samples = false;  // identifiers reserved for samples are taken
};

class Core {
 public:
  explicit Core(const Settings& settings);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const Settings& settings() const { return settings_; }

  // Opens the folder, locked; once.
  ds_client* Locked();
  // Opens and unlocks; asks for the PIN once. In a new folder fails with what to do first.
  ds_client* Open();
  // Opens, and in a new folder sets the first PIN (asked twice on a terminal).
  ds_client* OpenOrCreate();
  // The stored PIN becomes another, asked for on the terminal or read from `new_pin_file`.
  void ChangePin(const std::string& new_pin_file);
  void Close();

  v1::Status Status();        // unlocked
  v1::Status LockedStatus();  // what may be told without a PIN
  v1::Committed Commit(const v1::Edits& edits, const std::string& doing);
  v1::Committed Resolve(const std::string& item, const v1::Edits& edits);
  v1::Findings Check(const v1::Edits& edits);
  // Every answer, page after page.
  std::vector<v1::Answer> Ask(const v1::Query& query);
  std::vector<v1::Answer> Search(const v1::SearchRequest& search);
  v1::RecordView Get(uint32_t type, const std::string& id);
  v1::Attention Attention();
  std::string NewId();

  // A file of this machine beside a record, and the other way.
  v1::Committed Attach(const v1::NewFile& what, const std::string& path);
  void SaveFile(const std::string& id, const std::string& path);

  void PutDraft(const std::string& id, const std::string& draft);
  std::string GetDraft(const std::string& id);

  // These wait for the client's own thread; Ctrl-C cancels and fails with kCancelled.
  v1::SyncReport Sync();
  v1::Reply Request(const v1::Request& request, const std::string& doing);
  std::string Enrol(const v1::Enrolment& way, const std::string& doing);
  // By invitation. False: nobody has confirmed it yet, or the office cannot be reached; try again.
  bool TryEnrol(const v1::Enrolment& way);

  // The schema, asked once.
  const std::map<std::string, v1::SchemaType>& Schema();
  // Fails with kUsage for a name that is none; letter case is forgiven.
  const v1::SchemaType& Type(const std::string& name);
  const v1::SchemaType& TypeOf(uint32_t number);
  const v1::SchemaType::Field& Field(const v1::SchemaType& type, const std::string& name);

 private:
  void FailAtEntry(const v1::Edits& edits);
  Settings settings_;
  ds_client* client_ = nullptr;
  bool unlocked_ = false;
  std::map<std::string, v1::SchemaType> schema_;
};

}  // namespace doorstep::shell

#endif  // DOORSTEP_SHELL_CLI_CORE_H_
