#include "tests/simulation/faults.h"

#include <algorithm>
#include <utility>

#include "model/planted.h"

namespace doorstep::simulation {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr size_t kBackupsMax = 5;

}  // namespace

void Faults::CrashDevice() {
  DeviceUnit* device = world_.AnyUsable();
  if (device == nullptr) return;
  if (world_.chance.OneIn(2)) {
    // In one of its next commits, whatever that is about.
    device->store().database().FailAfterCommits(world_.chance.Between(0, 12));
    return;
  }
  if (world_.chance.OneIn(3) && !device->store().database().failed()) {
    world_.Say(world_.NameOf(*device) + " is locked and unlocked");
    device->LockAndUnlock();
    world_.Forget(*device);
    world_.checker->DeviceMoved(*device);
    world_.Count("devices locked and unlocked");
    return;
  }
  world_.Say(world_.NameOf(*device) + " crashes");
  device->Reopen();
  world_.Forget(*device);
  world_.checker->DeviceMoved(*device);
  world_.Count("device crashes");
}

void Faults::CrashServer() {
  world_.Say("the server crashes");
  world_.FailPulls();
  world_.server->Crash();
  world_.checker->ServerPutBack();
  world_.Count("server crashes");
}

void Faults::CutContact() {
  std::vector<DeviceUnit*> busy;
  for (const auto& unit : world_.units) {
    if (unit->running() && unit->in_contact()) busy.push_back(unit.get());
  }
  if (busy.empty()) return;
  DeviceUnit* device = world_.chance.Pick(busy);
  world_.Say(world_.NameOf(*device) + " hangs up");
  device->Hang();
  world_.Forget(*device);
  world_.checker->DeviceMoved(*device);
  world_.Count("contacts cut");
}

void Faults::BackUp() {
  world_.Say("the server is copied");
  world_.backups.push_back(world_.server->Copy());
  world_.Count("copies of the server");
  // The floor stays: nothing older than the newest verified copy is ever put back.
  while (world_.backups.size() > kBackupsMax) {
    const bool floor = world_.backups.front().verified;
    world_.backups.erase(world_.backups.begin() + (floor ? 1 : 0));
  }
}

void Faults::Archive() {
  if (!world_.archives) return;
  auto next = std::find_if(world_.backups.begin(), world_.backups.end(),
                           [](const Backup& copy) { return !copy.verified; });
  if (next == world_.backups.end()) return;
  world_.Say("a copy of the server is verified");
  world_.server->Archive(*next);
  next->verified = true;
  world_.checker->NoteArchived(next->heads);
  world_.backups.erase(world_.backups.begin(), next);
  world_.Count("copies verified");
}

void Faults::PutServerBack(const std::string& image, ServerUnit::Told told) {
  world_.FailPulls();
  world_.server->PutBack(image, told);
  world_.checker->ServerPutBack();
}

void Faults::Restore() {
  if (world_.backups.empty()) return;
  const size_t which = world_.chance.Index(world_.backups.size());
  const bool told = !world_.chance.Percent(world_.profile.untold_percent);
  world_.Say(std::string("the server is put back, ") + (told ? "told" : "not told"));
  const Backup copy = world_.backups[which];
  // Copies made after this one are of a history that is no more.
  world_.backups.resize(which + 1);
  PutServerBack(copy.image, told ? ServerUnit::Told::kGate : ServerUnit::Told::kNothing);
  world_.Count(told ? "restores told" : "restores not told");
}

// A standby lags behind by what was written since it was last refreshed. One behind the newest
// verified copy is not promoted.
void Faults::Promote() {
  if (!world_.standby) {
    world_.standby = world_.server->Copy();
    return;
  }
  const Backup standby = *std::exchange(world_.standby, std::nullopt);
  const bool behind =
      std::any_of(world_.backups.begin(), world_.backups.end(), [&](const Backup& copy) {
        if (!copy.verified) return false;
        return std::any_of(copy.heads.begin(), copy.heads.end(), [&](const auto& head) {
          auto mine = std::find_if(standby.heads.begin(), standby.heads.end(),
                                   [&](const auto& h) { return h.scope == head.scope; });
          return mine == standby.heads.end() || mine->seq < head.seq;
        });
      });
  if (behind) return;
  world_.Say("a standby is promoted");
  std::erase_if(world_.backups, [](const Backup& copy) { return !copy.verified; });
  PutServerBack(standby.image, ServerUnit::Told::kNothing);
  world_.Count("standbys promoted");
}

void Faults::RestoreDevice() {
  DeviceUnit* device = world_.AnyUsable();
  if (device == nullptr || device->images.empty()) return;
  world_.Say(world_.NameOf(*device) + " is put back");
  const std::string image = world_.chance.Pick(device->images);
  device->Reopen(&image);
  world_.Forget(*device);
  world_.checker->DeviceRolledBack(*device);
  world_.screens.erase(device->index());
  world_.Count("devices put back");
}

void Faults::CopyDevice() {
  if (world_.units.size() >= 12) return;
  DeviceUnit* device = world_.AnyUsable();
  if (device == nullptr) return;
  world_.Say(world_.NameOf(*device) + " is copied");
  const std::string image = device->images.empty() || world_.chance.OneIn(2)
                                ? device->Image()
                                : world_.chance.Pick(device->images);
  DeviceUnit& copy = world_.AddUnit();
  copy.MakeFrom(*device, image);
  world_.checker->DeviceCopied(*device, copy);
  world_.Count("devices copied");
}

void Faults::DestroyDevice() {
  DeviceUnit* device = world_.AnyUsable();
  if (device == nullptr) return;
  // Somebody stays who can bring back what an authority needs.
  const Person* person = world_.PersonOf(device->user);
  const size_t left =
      world_.UsableUnits(person == nullptr ? std::nullopt : std::optional(person->role)).size();
  if (left < 2) return;
  world_.Say(world_.NameOf(*device) + " is destroyed");
  world_.checker->DeviceDestroyed(*device);
  device->Destroy();
  world_.Forget(*device);
  world_.Count("devices destroyed");
}

void Faults::Do(Act act) {
  switch (act) {
    case Act::kCrashDevice:
      CrashDevice();
      break;
    case Act::kCrashServer:
      CrashServer();
      break;
    case Act::kCutContact:
      CutContact();
      break;
    case Act::kBackUp:
      BackUp();
      break;
    case Act::kArchive:
      Archive();
      break;
    case Act::kRestore:
      Restore();
      break;
    case Act::kPromote:
      Promote();
      break;
    case Act::kImageDevice:
      if (DeviceUnit* device = world_.AnyUsable()) {
        device->images.push_back(device->Image());
        if (device->images.size() > 2) device->images.erase(device->images.begin());
        world_.Count("device images taken");
      }
      break;
    case Act::kRestoreDevice:
      RestoreDevice();
      break;
    case Act::kCopyDevice:
      CopyDevice();
      break;
    case Act::kDestroyDevice:
      DestroyDevice();
      break;
    case Act::kOffline:
      if (DeviceUnit* device = world_.AnyUsable()) {
        device->Hang();
        world_.Forget(*device);
        device->offline_until_ms = world_.now_ms + world_.chance.Between(kHourMs, 6 * kDayMs);
        world_.checker->DeviceMoved(*device);
        world_.Count("devices offline");
      }
      break;
    case Act::kTime:
      world_.now_ms += world_.chance.OneIn(3) ? world_.chance.Between(kDayMs, 20 * kDayMs)
                                              : world_.chance.Between(kHourMs, kDayMs);
      world_.Count("hours or days gone by");
      break;
    default:
      break;
  }
}

}  // namespace doorstep::simulation
