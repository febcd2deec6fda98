#include "shell/cli/command.h"

#include <charconv>
#include <utility>

#include "shell/cli/failure.h"

namespace doorstep::shell {

bool Arguments::Has(const std::string& name) const { return app_->get_option(name)->count() > 0; }

std::string Arguments::Text(const std::string& name) const {
  const std::vector<std::string> given = Texts(name);
  return given.empty() ? "" : given.front();
}

std::vector<std::string> Arguments::Texts(const std::string& name) const {
  return app_->get_option(name)->results();
}

uint32_t Arguments::Number(const std::string& name, uint32_t otherwise) const {
  if (!Has(name)) return otherwise;
  const std::string text = Text(name);
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    Fail(Exit::kUsage, name + " takes a number.");
  }
  return number;
}

Command::Command(CLI::App* parent, Chosen* chosen, const std::string& name,
                 const std::string& about, const std::string& examples)
    : app_(parent->add_subcommand(name, about)), chosen_(chosen) {
  if (!examples.empty()) app_->footer("Examples:\n" + examples);
}

Command& Command::Takes(const std::string& name, const std::string& about) {
  app_->add_option(name)->description(about)->required();
  return *this;
}

Command& Command::MayTake(const std::string& name, const std::string& about) {
  app_->add_option(name)->description(about);
  return *this;
}

Command& Command::Needs(const std::string& option, const std::string& about) {
  app_->add_option(option)->description(about)->required();
  return *this;
}

Command& Command::Option(const std::string& option, const std::string& about) {
  app_->add_option(option)->description(about);
  return *this;
}

Command& Command::Options(const std::string& option, const std::string& about) {
  app_->add_option(option)
      ->description(about + " (again for more)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return *this;
}

Command& Command::Flag(const std::string& flag, const std::string& about) {
  app_->add_flag(flag)->description(about);
  return *this;
}

Command& Command::Runs(Action action) {
  CLI::App* app = app_;
  Chosen* chosen = chosen_;
  app_->callback([app, chosen, action = std::move(action)] {
    if (!app->get_subcommands().empty()) return;
    chosen->run = [app, action](Core& core) { action(core, Arguments(app)); };
  });
  return *this;
}

}  // namespace doorstep::shell
