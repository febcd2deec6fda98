// A real server in a folder of its own: keys made, a ceremony's genesis admitted, a store on disk.
// Its first people are Ada, an administrator, and Sam, a supervisor, each with the keys of a
// device. What the tests of admin and service stand on.
#ifndef DOORSTEP_TESTS_SYNC_SERVER_HOUSE_H_
#define DOORSTEP_TESTS_SYNC_SERVER_HOUSE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crypto/device_keys.h"
#include "crypto/primitives.h"
#include "doorstep/v1/client.pb.h"
#include "doorstep/v1/records.pb.h"
#include "model/changeset.h"
#include "model/record_id.h"
#include "sync-server/admin/server_folder.h"
#include "sync-server/ingest/ingest.h"
#include "sync-server/store/sqlite/sqlite_store.h"

namespace doorstep::server {

// A folder that goes away with its test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A person and the keys of their device.
struct Person {
  std::string name;
  DeviceKeys keys;
  Id user;
  Id device;
};
Person MakePerson(const std::string& name, Random& random);
v1::FirstRequest RequestOf(const Person& person);

// Each set field of a record message as a write that names nothing.
v1::RecordChange NewRecord(const Id& id, const google::protobuf::Message& record);

class House {
 public:
  House();

  int64_t now_ms() const { return now_ms_; }
  const Id& tenant() const { return tenant_; }
  Changeset Write(const Person& author, const Id& scope, std::vector<v1::RecordChange> changes);
  // A new team in the directory, by Ada.
  Changeset Team(const std::string& name);
  // Words in the journal of a device, by itself.
  Changeset Opened(const Person& author);
  // One row through an Ingest of its own, as the operator hands it in.
  v1::RowAnswer Push(const Changeset& changeset);
  ScopeRow Row(const Id& scope);
  // Closes the store, so that another may open it; and opens it again.
  void Close() { store.reset(); }
  void Open();

  TemporaryFolder folder_of_test;
  SystemRandom random;
  Secret root_seed;
  Secret recovery_seed;
  Person ada;
  Person sam;
  ServerFolder folder;
  std::unique_ptr<SqliteStore> store;

 private:
  int64_t now_ms_ = 1'795'000'000'000;
  Id tenant_;
};

}  // namespace doorstep::server

#endif  // DOORSTEP_TESTS_SYNC_SERVER_HOUSE_H_
