// Files beside records: photographs, letters, scans. Encrypted on this device before anything else
// happens to them.
#include <algorithm>
#include <filesystem>
#include <fstream>
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

// By its first bytes: what it is called may be anything.
std::string MediaOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) Fail(Exit::kNotFound, "that file cannot be read. Nothing was changed.");
  std::string begin(16, '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<size_t>(file.gcount()));
  if (begin.starts_with("\xFF\xD8\xFF")) return "JPEG";
  if (begin.starts_with("\x89PNG\r\n\x1A\n")) return "PNG";
  if (begin.starts_with("%PDF")) return "PDF";
  if (begin.starts_with("ID3") || begin.starts_with("OggS") || begin.starts_with("RIFF") ||
      begin.starts_with("\xFF\xFB") ||
      begin.substr(std::min<size_t>(4, begin.size()), 4) == "ftyp") {
    return "AUDIO";
  }
  return "TEXT";
}

void Attach(Core& core, const Arguments& arguments) {
  const std::string path = arguments.Text("FILE");
  const v1::RecordView about = FindRecord(core, "", arguments.Text("--about"));
  const bool restricted = arguments.Has("--restricted");
  if (restricted && (arguments.Has("--name") || arguments.Has("--caption"))) {
    Fail(Exit::kUsage, "a restricted file has no name and no caption: they could be read.");
  }
  Change change(core, about.scope());
  change.Record("Attachment").SetId("about", about.id());
  change.Set("media", arguments.Has("--media") ? arguments.Text("--media") : MediaOf(path));
  if (restricted) {
    change.SetYes("restricted");
  } else {
    change.Set("name", arguments.Has("--name") ? arguments.Text("--name")
                                               : std::filesystem::path(path).filename().string());
    change.Set("caption", TextGiven(arguments.Text("--caption")));
  }
  if (arguments.Has("--taken")) {
    const std::string taken = Instant(arguments.Text("--taken"));
    if (taken.empty()) Fail(Exit::kUsage, "a time is written \"2026-11-25 14:05\".");
    change.Set("taken_at", taken);
  }
  v1::NewFile what;
  what.set_scope(about.scope());
  *what.mutable_record() = change.record();
  Report(core, core.Attach(what, path));
  if (!core.settings().json) {
    std::cout << "The file goes out piece by piece: doorstep sync, then doorstep files\n";
  }
}

void Save(Core& core, const Arguments& arguments) {
  const std::string path = arguments.Text("FILE");
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored) && !arguments.Has("--replace")) {
    Fail(Exit::kUsage, "that file exists; --replace writes over it.");
  }
  const v1::RecordView file = FindRecord(core, "Attachment", arguments.Text("ATTACHMENT"));
  core.SaveFile(file.id(), path);
  if (core.settings().json) {
    Json saved;
    saved["file"] = path;
    saved["bytes"] = std::filesystem::file_size(path);
    std::cout << saved.dump(2) << "\n";
    return;
  }
  std::cout << "Saved " << path << ", " << std::filesystem::file_size(path)
            << " bytes. It is no longer encrypted: delete it when you are done.\n";
}

void ListFiles(Core& core, const Arguments&) {
  v1::Query query;
  query.mutable_files();
  const std::vector<v1::Answer> answers = core.Ask(query);
  if (core.settings().json) {
    Json list = Json::array();
    for (const v1::Answer& answer : answers) list.push_back(ToJson(answer.file()));
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::vector<std::vector<std::string>> rows;
  const auto part = [](uint32_t some, uint32_t all) {
    return std::to_string(some) + "/" + std::to_string(all);
  };
  for (const v1::Answer& answer : answers) {
    const v1::FileLine& line = answer.file();
    rows.push_back({line.has_record() ? Hex(line.record().id()).substr(0, 12) : "-",
                    OneLine(line.family(), 24), std::to_string(line.bytes()),
                    part(line.here(), line.chunks()), part(line.at_office(), line.chunks()),
                    line.to_send()    ? "goes out"
                    : line.to_fetch() ? "comes"
                                      : "whole"});
  }
  std::cout << (rows.empty() ? "No files.\n"
                             : Table({"file", "family", "bytes", "here", "office", ""}, rows));
}

}  // namespace

void AddFileCommands(CLI::App* app, Chosen* chosen) {
  Command(app, chosen, "attach", "Put a file beside a record: encrypted, at most 20 MiB",
          "  doorstep attach letter.pdf --about 41ab\n"
          "  doorstep attach bruise.jpg --about 90ab --restricted\n"
          "Where and when a picture was taken, and by which camera, is cut out of it first.")
      .Takes("FILE", "The file")
      .Needs("--about", "Id of the record it belongs to: a visit, a plan, a goal …")
      .Option("--name", "The file's own unless given")
      .Option("--caption", "TEXT")
      .Option("--taken", "When: \"2026-11-25 14:05\"")
      .Option("--media", "JPEG, PNG, PDF, TEXT, AUDIO; by its first bytes unless given")
      .Flag("--restricted", "Sealed to readers of restricted things; the office cannot read it")
      .Runs(Attach);
  Command(app, chosen, "save", "Write a file that lies beside a record to this machine",
          "  doorstep save 5c1e letter.pdf")
      .Takes("ATTACHMENT", "Its id")
      .Takes("FILE", "Where to")
      .Flag("--replace", "Write over a file that is there")
      .Runs(Save);
  Command(app, chosen, "files", "Files beside records: what is here, what is at the office",
          "  doorstep files")
      .Runs(ListFiles);
}

}  // namespace doorstep::shell
