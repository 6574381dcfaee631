// Scalelite's administration tasks (spec scalelite 10): same names, arguments, output and exit statuses, since scripts grep them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"

namespace plenary::cli {

/// The arguments in brackets, trimmed. As in rake an empty one counts as not given; `Size` still counts it.
class RakeArguments {
 public:
  explicit RakeArguments(std::vector<std::string> values) : values_(std::move(values)) {}
  std::size_t Size() const { return values_.size(); }
  /// "" when not given.
  const std::string& At(std::size_t index) const;
  bool Given(std::size_t index) const { return !At(index).empty(); }
  /// The argument at `index`, split at ':'.
  std::vector<std::string> Ids(std::size_t index) const;

 private:
  std::vector<std::string> values_;
};

struct RakeTask {
  std::string_view name;
  std::string_view arguments;  // for --tasks
  std::string_view help;       // "" = not listed
  int (*run)(Context& context, const RakeArguments& arguments);
};

std::span<const RakeTask> RakeServerTasks();
std::span<const RakeTask> RakeSyncTasks();
std::span<const RakeTask> RakeMeetingTasks();
std::span<const RakeTask> RakeProcessTasks();
std::span<const RakeTask> RakeTenantTasks();

/// An uncaught exception in Scalelite: "rake aborted!" and the reason on stderr, exit status 1.
int RakeAbort(const Context& context, std::string_view reason);
/// Asks in Scalelite's words, on stdout, and reads a line; `yes` in any case is a yes.
bool RakeConfirm(const Context& context);

/// The number at the beginning of a text as Ruby reads it; 0 when there is none.
double RakeNumber(std::string_view text);

}  // namespace plenary::cli
