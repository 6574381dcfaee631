#include "cli/parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/fake_owner.hpp"

namespace plenary::cli {
namespace {

using testing::HasSubstr;

TEST(Usage, UnknownWords) {
  Shell shell;
  EXPECT_EQ(shell.Run({"serverz"}), 2);
  EXPECT_EQ(shell.err, "Error: There is no command 'serverz'.\nDid you mean servers?\nTry `plenary --help`.\n");
  EXPECT_EQ(shell.Run({"servers", "lsit"}), 2);
  EXPECT_EQ(shell.err, "Error: There is no command 'lsit'.\nDid you mean list?\nTry `plenary servers --help`.\n");
  EXPECT_EQ(shell.Run({"servers", "list", "--show-secret"}), 2);
  EXPECT_THAT(shell.err, HasSubstr("Did you mean --show-secrets?\nTry `plenary servers list --help`.\n"));
  EXPECT_EQ(shell.Run({"servers", "list", "extra"}), 2);
  EXPECT_EQ(shell.Run({"servers", "enable"}), 2);
  EXPECT_EQ(shell.Run({"servers"}), 2);
  EXPECT_TRUE(shell.pool.commands.empty());
}

TEST(Usage, WrongValues) {
  Shell shell;
  EXPECT_EQ(shell.Run({"servers", "add", "u", "s", "--load-multiplier", "x"}), 2);
  EXPECT_EQ(shell.Run({"servers", "add", "u", "s", "--checksum-algorithm", "MD5"}), 2);
  EXPECT_THAT(shell.err, HasSubstr("'MD5' is not one of SHA1, SHA256, SHA384, SHA512"));
  EXPECT_EQ(shell.Run({"servers", "sync", "-", "--mode", "forc"}), 2);
  EXPECT_THAT(shell.err, HasSubstr("'forc' is not one of keep, cordon, force; did you mean force?"));
  EXPECT_TRUE(shell.pool.commands.empty());
}

TEST(Usage, ControlCharactersInArgumentsAreNotEchoed) {
  Shell shell;
  EXPECT_EQ(shell.Run({"\x1b[2J"}), 2);
  EXPECT_THAT(shell.err, testing::Not(HasSubstr("\x1b")));
}

TEST(Usage, HelpAndVersion) {
  Shell shell;
  EXPECT_EQ(shell.Run({}), 2);
  EXPECT_THAT(shell.out, HasSubstr("Exit status: 0 done, 1 failed, 2 wrong usage"));
  EXPECT_EQ(shell.Run({"--help"}), 0);
  EXPECT_THAT(shell.out, HasSubstr("servers"));
  EXPECT_EQ(shell.Run({"version"}), 0);
  EXPECT_EQ(shell.out, "plenary 9.9\n");
  EXPECT_EQ(shell.Run({"--version"}), 0);
  EXPECT_EQ(shell.out, "plenary 9.9\n");
}

void Collect(const CommandTree& command, const std::string& path, std::vector<std::string>& paths) {
  for (const CommandTree& child : command.children) {
    const std::string child_path = path.empty() ? child.name : path + " " + child.name;
    if (child.children.empty()) paths.push_back(child_path);
    Collect(child, child_path, paths);
  }
}

CommandTree Tree() {
  Hooks hooks;
  Context context(hooks);
  return Parser(context).Tree();
}

TEST(Tree, EveryCommandHasHelpDataAndJson) {
  const CommandTree tree = Tree();
  std::vector<std::string> paths;
  Collect(tree, "", paths);
  EXPECT_EQ(paths.size(), 45u);
  Shell shell;
  for (const std::string& path : paths) {
    std::istringstream words(path);
    std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
    arguments.emplace_back("--help");
    EXPECT_EQ(shell.Run(arguments), 0) << path;
    EXPECT_THAT(shell.out, HasSubstr("--data DIR")) << path;
    EXPECT_THAT(shell.out, HasSubstr("--config FILE")) << path;
    EXPECT_THAT(shell.out, HasSubstr("--json")) << path;
  }
}

std::string FileOfRepository(const std::string& path) {
  std::ifstream file(std::string(PLENARY_SOURCE_DIR) + "/" + path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

TEST(Documents, EveryCommandIsDocumented) {
  std::vector<std::string> paths;
  Collect(Tree(), "", paths);
  const std::string page = FileOfRepository("docs/cli.md");
  for (const std::string& path : paths) EXPECT_THAT(page, HasSubstr("`plenary " + path)) << path;
}

TEST(Documents, ReferenceOfTheSettingsIsFresh) {
  EXPECT_EQ(FileOfRepository("docs/configuration.md"), config::ReferencePage()) << "run: plenary config docs > docs/configuration.md";
}

TEST(Completion, FilesAreFresh) {
  Shell shell;
  for (const std::string name : {"bash", "zsh", "fish"}) {
    EXPECT_EQ(shell.Run({"completion", name}), 0);
    EXPECT_EQ(FileOfRepository("deploy/completion/plenary." + name), shell.out)
        << "run: plenary completion " << name << " > deploy/completion/plenary." << name;
  }
  EXPECT_EQ(shell.Run({"completion", "tcsh"}), 2);
}

TEST(Completion, BashOffersWhatFits) {
  const std::string path = TemporaryFile("completion.bash", CompletionScript(Tree(), "bash"));
  const auto complete = [&](const std::string& words) {
    const std::string test =
        TemporaryFile("completion_test.bash", "source '" + path + "'\nCOMP_WORDS=(" + words +
                                                  ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_plenary\necho \"${COMPREPLY[*]}\"\n");
    FILE* pipe = ::popen(("bash '" + test + "'").c_str(), "r");
    std::string output;
    char buffer[4096];
    while (pipe != nullptr && std::fgets(buffer, sizeof buffer, pipe) != nullptr) output += buffer;
    if (pipe != nullptr) ::pclose(pipe);
    return output;
  };
  EXPECT_EQ(complete("plenary ser"), "servers serve\n");
  EXPECT_EQ(complete("plenary servers en"), "enable\n");
  EXPECT_EQ(complete("plenary servers panic bbb1 --s"), "--skip-end-calls\n");
  EXPECT_EQ(complete("plenary --json poll v"), "versions\n");
  EXPECT_EQ(complete("plenary --data /x serve --p"), "--print-links\n");
  EXPECT_EQ(complete("plenary --config /x tokens create re"), "read-only\n");
  EXPECT_EQ(complete("plenary tenants roll"), "roll-secret\n");
}

}  // namespace
}  // namespace plenary::cli
