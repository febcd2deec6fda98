// A council on one machine: its server, and the devices of an administrator, two supervisors of one
// team and a key worker, all of whom a root named in the genesis. Everything lies in one folder on
// a disk, which goes with it.
#ifndef DOORSTEP_TESTS_BENCH_COUNCIL_H_
#define DOORSTEP_TESTS_BENCH_COUNCIL_H_

#include <memory>
#include <string>

#include "tests/bench/device.h"
#include "tests/bench/office.h"

namespace doorstep::bench {

// A new folder under `parent`, removed with everything in it.
class WorkFolder {
 public:
  explicit WorkFolder(const std::string& parent);
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder();

  const std::string& path() const { return path_; }
  // A folder in it.
  std::string Make(const std::string& name) const;

 private:
  std::string path_;
};

class Council {
 public:
  enum class Road : uint8_t { kCalls, kGrpc };
  // Everybody but the newcomer has been in contact once, and counts.
  explicit Council(const std::string& parent, Road road = Road::kCalls);

  WorkFolder folder;
  WorldClock clock;
  Device administrator;
  Device supervisor;
  Device newcomer;  // a supervisor's device that has pulled nothing yet
  Device worker;

 private:
  SystemRandom random_;
  server::ServerKeys server_keys_;

 public:
  std::unique_ptr<Office> office;
};

}  // namespace doorstep::bench

#endif  // DOORSTEP_TESTS_BENCH_COUNCIL_H_
