// The grammar of the command line; the only place that knows CLI11.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/context.hpp"

namespace plenary::cli {

/// One command with everything that completion offers below it.
struct CommandTree {
  std::string name, help;
  std::vector<std::string> options;  // long names, with dashes
  std::vector<std::string> choices;  // values of a positional argument
  std::vector<CommandTree> children;
};

class Parser {
 public:
  explicit Parser(Context& context);
  ~Parser();

  /// Runs the chosen command; help goes to stdout, a usage error with a hint to stderr (kUsage).
  int Run(int argc, const char* const* argv);
  CommandTree Tree() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A completion script for "bash", "zsh" or "fish".
std::string CompletionScript(const CommandTree& tree, const std::string& shell);

}  // namespace plenary::cli
