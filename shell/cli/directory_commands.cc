// Who is who: staff, teams, roles and devices, and the second person who approves them.
#include <algorithm>
#include <cctype>
#include <iostream>
#include <string>
#include <vector>

#include "shell/cli/change.h"
#include "shell/cli/command.h"
#include "shell/cli/failure.h"
#include "shell/cli/find.h"
#include "shell/cli/json.h"
#include "shell/cli/terminal.h"

namespace doorstep::shell {
namespace {

std::string Directory(Core& core) { return core.Status().tenant(); }

template <typename Line>
void PrintLines(Core& core, const std::vector<Line>& lines, const std::vector<std::string>& heading,
                const std::vector<std::vector<std::string>>& rows) {
  if (!core.settings().json) {
    std::cout << (rows.empty() ? "Nothing is here.\n" : Table(heading, rows));
    return;
  }
  Json list = Json::array();
  for (const Line& line : lines) list.push_back(ToJson(line));
  std::cout << list.dump(2) << "\n";
}

// ---- Staff and teams
// -----------------------------------------------------------------------------

void ListNamed(Core& core, const std::string& type) {
  const std::vector<v1::RecordView> records = RecordsOf(core, type);
  std::vector<std::vector<std::string>> rows;
  for (const v1::RecordView& record : records) {
    const Json values = Values(record);
    rows.push_back(
        {Short(record.id()), OneLine(TextOf(values, "name"), 48), TextOf(values, "state")});
  }
  PrintLines(core, records, {"id", "name", ""}, rows);
}

void AddStaff(CLI::App* app, Chosen* chosen) {
  Command staff(app, chosen, "staff", "The people who work here",
                "  doorstep staff\n  doorstep staff add \"Ana Sample\" --email ana@sample.example\n"
                "  doorstep staff suspend Ana");
  staff.Runs([](Core& core, const Arguments&) { ListNamed(core, "StaffMember"); });
  Command(staff.app(), chosen, "ls", "Everybody").Runs([](Core& core, const Arguments&) {
    ListNamed(core, "StaffMember");
  });
  Command(staff.app(), chosen, "add", "Add somebody (administrator)")
      .Takes("NAME", "As others know them")
      .Option("--email", "Work address")
      .Option("--phone", "Work number")
      .Runs([](Core& core, const Arguments& arguments) {
        Change change(core, Directory(core));
        change.Record("StaffMember")
            .Set("name", arguments.Text("NAME"))
            .Set("email", arguments.Text("--email"))
            .Set("phone", arguments.Text("--phone"))
            .Set("state", "ACTIVE");
        change.Save("add the person");
      });
  const auto move = [&](const std::string& name, const std::string& about,
                        const std::string& state) {
    Command(staff.app(), chosen, name, about)
        .Takes("STAFF", "Name or id")
        .Runs([state](Core& core, const Arguments& arguments) {
          const v1::RecordView person = FindNamed(core, "StaffMember", arguments.Text("STAFF"));
          Change change(core, Directory(core));
          change.Record("StaffMember", person.id()).Set("state", state);
          change.Save("change that");
        });
  };
  move("suspend", "Their devices read nothing until they are active again (administrator)",
       "SUSPENDED");
  move("activate", "They work again (administrator)", "ACTIVE");
  move("leave", "They have left (administrator)", "LEFT");

  Command team(app, chosen, "team", "The teams", "  doorstep team\n  doorstep team add North");
  team.Runs([](Core& core, const Arguments&) { ListNamed(core, "Team"); });
  Command(team.app(), chosen, "ls", "Every team").Runs([](Core& core, const Arguments&) {
    ListNamed(core, "Team");
  });
  Command(team.app(), chosen, "add", "Add a team (administrator)")
      .Takes("NAME", "What it is called")
      .Runs([](Core& core, const Arguments& arguments) {
        Change change(core, Directory(core));
        change.Record("Team").Set("name", arguments.Text("NAME"));
        change.Save("add the team");
      });
}

// ---- Roles
// ---------------------------------------------------------------------------------------

std::vector<v1::RoleLine> Roles(Core& core) {
  v1::Query query;
  query.mutable_roles();
  std::vector<v1::RoleLine> roles;
  for (const v1::Answer& answer : core.Ask(query)) roles.push_back(answer.role());
  return roles;
}

void ListRoles(Core& core, const Arguments&) {
  const std::vector<v1::RoleLine> roles = Roles(core);
  std::vector<std::vector<std::string>> rows;
  for (const v1::RoleLine& role : roles) {
    rows.push_back({Short(role.id()), OneLine(role.user_name(), 40), role.role(),
                    OneLine(role.team_name(), 30), role.state(),
                    role.counts() ? "counts" : "waits for a second person"});
  }
  PrintLines(core, roles, {"id", "who", "role", "team", "state", ""}, rows);
}

// Approvals speak of exactly the version that is on this device.
void Approve(Core& core, const std::string& subject, const std::string& digest,
             const std::string& doing) {
  Change change(core, Directory(core));
  change.Record("Approval")
      .SetId("subject", subject)
      .SetJson("digest", Hex(digest))
      .Set("decision", "APPROVED")
      .Set("decided_on", Today());
  change.Save(doing);
}

void ApproveRole(Core& core, const Arguments& arguments) {
  const std::string text = arguments.Text("ROLE");
  std::vector<v1::RoleLine> found;
  for (const v1::RoleLine& role : Roles(core)) {
    if (Hex(role.id()).starts_with(text)) found.push_back(role);
  }
  if (found.size() != 1) {
    Fail(found.empty() ? Exit::kNotFound : Exit::kUsage,
         found.empty() ? "no role has an id that begins so. Nothing was approved."
                       : "more than one role begins so. Nothing was approved.");
  }
  if (found[0].counts()) Fail(Exit::kUsage, "that role counts already. Nothing was changed.");
  Approve(core, found[0].id(), found[0].digest(), "approve the role");
}

void AddRoles(CLI::App* app, Chosen* chosen) {
  Command role(app, chosen, "role", "What people may do; each needs a second person",
               "  doorstep role\n  doorstep role give Ana KEY_WORKER --team North\n"
               "  doorstep approve-role 5ac2");
  role.Runs(ListRoles);
  Command(role.app(), chosen, "ls", "Every role").Runs(ListRoles);
  Command(role.app(), chosen, "give", "Give a role; counts once approved (administrator)")
      .Takes("STAFF", "Name or id")
      .Takes("ROLE", "KEY_WORKER, SCHOOL_WORKER, SUPERVISOR, PROGRAMME, AUDITOR, RECORDS, DUTY")
      .Needs("--team", "Name or id")
      .Runs([](Core& core, const Arguments& arguments) {
        Change change(core, Directory(core));
        change.Record("StaffRole")
            .SetId("user", FindNamed(core, "StaffMember", arguments.Text("STAFF")).id())
            .Set("role", arguments.Text("ROLE"))
            .SetId("team", FindNamed(core, "Team", arguments.Text("--team")).id())
            .Set("state", "ACTIVE");
        change.Save("give the role");
      });
  Command(role.app(), chosen, "end", "End a role (administrator)")
      .Takes("ROLE", "Its id")
      .Runs([](Core& core, const Arguments& arguments) {
        const v1::RecordView ended = FindRecord(core, "StaffRole", arguments.Text("ROLE"));
        Change change(core, Directory(core));
        change.Record("StaffRole", ended.id()).Set("state", "ENDED");
        change.Save("end the role");
      });
  Command(app, chosen, "approve-role",
          "Be the second person for a role: not its author, not its user",
          "  doorstep role\n  doorstep approve-role 5ac2")
      .Takes("ROLE", "Its id")
      .Runs(ApproveRole);
}

// ---- Devices
// -------------------------------------------------------------------------------------

std::vector<v1::DeviceLine> Devices(Core& core) {
  v1::Query query;
  query.mutable_devices();
  std::vector<v1::DeviceLine> devices;
  for (const v1::Answer& answer : core.Ask(query)) devices.push_back(answer.device());
  return devices;
}

v1::DeviceLine FindDevice(Core& core, const std::string& text) {
  std::vector<v1::DeviceLine> found;
  for (const v1::DeviceLine& device : Devices(core)) {
    if (Hex(device.device()).starts_with(text)) found.push_back(device);
  }
  if (found.size() == 1) return found[0];
  Fail(found.empty() ? Exit::kNotFound : Exit::kUsage,
       found.empty() ? "no device has an id that begins so. `doorstep devices` lists them."
                     : "more than one device begins so: give more of the id.");
}

void ListDevices(Core& core, const Arguments&) {
  const std::vector<v1::DeviceLine> devices = Devices(core);
  std::vector<std::vector<std::string>> rows;
  for (const v1::DeviceLine& device : devices) {
    rows.push_back({Short(device.device()), OneLine(device.user_name(), 40), device.kind(),
                    device.state(), device.counts() ? "counts" : "waits for a second person"});
  }
  PrintLines(core, devices, {"id", "whose", "kind", "state", ""}, rows);
}

// Letters and digits only: how a number is grouped when it is read out says nothing.
std::string Compared(const std::string& number) {
  std::string plain;
  for (const char c : number) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte)) plain += static_cast<char>(std::toupper(byte));
  }
  return plain;
}

void ApproveDevice(Core& core, const Arguments& arguments) {
  const v1::DeviceLine device = FindDevice(core, arguments.Text("DEVICE"));
  if (device.counts()) Fail(Exit::kUsage, "that device counts already. Nothing was changed.");
  const std::string given = Compared(arguments.Text("--number"));
  if (given.empty() || given != Compared(device.number())) {
    Fail(Exit::kRefused,
         "the numbers differ, so nothing was approved. Ask the device's person to read theirs out "
         "again; if it still differs, somebody put another device in its place: tell an "
         "administrator.");
  }
  Approve(core, device.device(), device.digest(), "approve the device");
}

void Invite(Core& core, const Arguments& arguments) {
  v1::Request request;
  v1::Request::Invite& invite = *request.mutable_invite();
  invite.set_staff(FindNamed(core, "StaffMember", arguments.Text("STAFF")).id());
  invite.set_kind(arguments.Has("--kind") ? arguments.Text("--kind") : "PHONE");
  invite.set_hours(arguments.Number("--hours", 0));
  const v1::Reply reply = core.Request(request, "make an invitation");
  if (core.settings().json) {
    std::cout << ToJson(reply).dump(2) << "\n";
    return;
  }
  std::cout << reply.invited().code() << "\n"
            << "Give it to that person only; it holds until "
            << LocalTime(reply.invited().expires_ms())
            << ".\nOn the new device: doorstep enrol CODE --wait 600\nThen here: doorstep confirm "
               "STAFF CODE\n";
}

void Confirm(Core& core, const Arguments& arguments) {
  v1::Request request;
  v1::Request::Confirm& confirm = *request.mutable_confirm();
  confirm.set_staff(FindNamed(core, "StaffMember", arguments.Text("STAFF")).id());
  confirm.set_code(arguments.Text("CODE"));
  confirm.set_kind(arguments.Has("--kind") ? arguments.Text("--kind") : "PHONE");
  confirm.set_device_name(arguments.Text("--name"));
  const v1::Reply reply = core.Request(request, "confirm the device");
  if (core.settings().json) {
    std::cout << ToJson(reply).dump(2) << "\n";
    return;
  }
  std::cout << "Device " << Hex(reply.confirmed().device()) << " is written into the directory.\n"
            << "It counts once a second person has compared its number with its person: doorstep "
               "approve-device "
            << Short(reply.confirmed().device()) << " --number NUMBER\n";
}

void AddDevices(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "invite", "Invite a new device of somebody (administrator, online)",
          "  doorstep invite Ana --kind PHONE")
      .Takes("STAFF", "Name or id")
      .Option("--kind", "PHONE unless given; COMPUTER")
      .Option("--hours", "24 unless given")
      .Runs(Invite);
  Command(app, chosen, "confirm",
          "Take the invited device into the directory (administrator, online)",
          "  doorstep confirm Ana CODE --name \"Ana's phone\"")
      .Takes("STAFF", "Name or id")
      .Takes("CODE", "The invitation's code")
      .Option("--kind", "As invited")
      .Option("--name", "What the device is called")
      .Runs(Confirm);
  Command(app, chosen, "devices", "Every device, and what it lacks to count", "  doorstep devices")
      .Runs(ListDevices);
  Command(app, chosen, "approve-device",
          "Be the second person for a device: compare its number with its person, not its "
          "administrator",
          "  doorstep approve-device 91fe --number \"7KQ2-…\"")
      .Takes("DEVICE", "Its id")
      .Needs("--number", "As its person reads it out")
      .Runs(ApproveDevice);
  Command(app, chosen, "revoke", "A device reads nothing any more (administrator)",
          "  doorstep revoke 91fe")
      .Takes("DEVICE", "Its id")
      .Runs([](Core& core, const Arguments& arguments) {
        const v1::DeviceLine device = FindDevice(core, arguments.Text("DEVICE"));
        Change change(core, Directory(core));
        change.Record("Device", device.device()).Set("state", "REVOKED");
        change.Save("revoke the device");
      });
}

}  // namespace

void AddDirectoryCommands(CLI::App* app, Chosen* chosen) {
  AddStaff(app, chosen);
  AddRoles(app, chosen);
  AddDevices(app, chosen);
}

}  // namespace doorstep::shell
