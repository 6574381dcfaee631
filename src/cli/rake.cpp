// plenary rake 'task[a,b]' …: the task table, rake's argument syntax, and --tasks.
#include "cli/rake.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace plenary::cli {
namespace {

std::vector<RakeTask> AllTasks() {
  std::vector<RakeTask> all;
  for (const auto tasks : {RakeServerTasks(), RakeSyncTasks(), RakeMeetingTasks(), RakeProcessTasks(), RakeTenantTasks()})
    all.insert(all.end(), tasks.begin(), tasks.end());
  std::sort(all.begin(), all.end(), [](const RakeTask& a, const RakeTask& b) { return a.name < b.name; });
  return all;
}

/// "a, b\,c" → "a", "b,c": a backslash takes the next character as it is.
std::vector<std::string> SplitArguments(std::string_view text) {
  std::vector<std::string> arguments;
  std::string current;
  std::size_t kept = 0;  // characters that trimming must not take: up to the last escaped or non-blank one
  const auto finish = [&] {
    current.resize(kept);
    arguments.push_back(std::move(current));
    current.clear();
    kept = 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') {
      finish();
      continue;
    }
    const bool blank = text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r';
    if (blank && current.empty()) continue;
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    current += text[i];
    if (!blank) kept = current.size();
  }
  finish();
  return arguments;
}

int RunTask(Context& context, const std::vector<RakeTask>& all, const std::string& call) {
  std::string name = call;
  std::vector<std::string> arguments;
  if (const std::size_t bracket = call.find('['); bracket != std::string::npos && bracket > 0 && call.ends_with(']')) {
    name = call.substr(0, bracket);
    const std::string_view inside = std::string_view(call).substr(bracket + 1, call.size() - bracket - 2);
    if (!inside.empty()) arguments = SplitArguments(inside);
  }
  const auto task = std::find_if(all.begin(), all.end(), [&](const RakeTask& candidate) { return candidate.name == name; });
  if (task == all.end()) {
    return RakeAbort(
        context, fmt::format("Don't know how to build task '{}' (See the list of available tasks with `rake --tasks`)", Printable(name)));
  }
  return task->run(context, RakeArguments(std::move(arguments)));
}

/// `rake task RAILS_ENV=production`: an assignment, not a task.
bool IsAssignment(std::string_view text) {
  const std::size_t equals = text.find('=');
  return equals != std::string_view::npos && equals > 0 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

const std::string& RakeArguments::At(std::size_t index) const {
  static const std::string none;
  return index < values_.size() ? values_[index] : none;
}

std::vector<std::string> RakeArguments::Ids(std::size_t index) const {
  std::vector<std::string> ids;
  std::string_view rest = At(index);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) ids.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return ids;
}

int RakeAbort(const Context& context, std::string_view reason) {
  context.err() << "rake aborted!\n" << reason << "\n";
  return kFailed;
}

bool RakeConfirm(const Context& context) {
  context.out() << "If you still wish to continue please enter `yes`\n" << std::flush;
  return EqualsIgnoreCase(TrimBlanks(context.ReadLine().value_or("")), "yes");
}

double RakeNumber(std::string_view text) {
  text = TrimBlanks(text);
  for (std::size_t length = text.size(); length > 0; --length) {
    if (const auto number = ParseDouble(text.substr(0, length))) return *number;
  }
  return 0;
}

int Rake(Context& context, const RakeOptions& options) {
  const std::vector<RakeTask> all = AllTasks();
  if (options.list_tasks) {
    for (const RakeTask& task : all) {
      if (!task.help.empty()) context.out() << fmt::format("rake {:<52} # {}\n", fmt::format("{}{}", task.name, task.arguments), task.help);
    }
    return kDone;
  }
  std::vector<std::string> tasks = options.tasks;
  std::erase_if(tasks, IsAssignment);
  if (tasks.empty()) tasks.emplace_back("default");
  for (const std::string& task : tasks) {
    const int status = RunTask(context, all, task);
    if (status != kDone) return status;
  }
  return kDone;
}

}  // namespace plenary::cli
