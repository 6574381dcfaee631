#include "options.hpp"

#include <map>

#include <CLI/CLI.hpp>

namespace plenary::sim {

Options ParseOptions(int argc, char** argv) {
  Options options;
  CLI::App app("Simulated BigBlueButton servers. Prints \"URL SECRET\" for each node, then \"ready\".", "plenary-sim");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // a script can append to its defaults
  std::string version = options.version.Text();
  const std::map<std::string, Layout> layouts{{"port", Layout::kByPort}, {"address", Layout::kByAddress}, {"path", Layout::kByPath}};
  app.add_option("--nodes", options.nodes, "how many")->check(CLI::Range(1, 20'000))->capture_default_str();
  app.add_option("--by", options.layout, "what tells nodes apart: port (from --port upward), address (from --host upward), path (/n1 ...)")
      ->transform(CLI::CheckedTransformer(layouts, CLI::ignore_case));
  app.add_option("--host", options.host, "numeric address to listen on")->check(CLI::ValidIPV4)->capture_default_str();
  app.add_option("--port", options.port, "first port; 0: any free one")->capture_default_str();
  app.add_option("--control-port", options.control_port, "port of the control protocol on 127.0.0.1; 0: any free one, told on stderr");
  app.add_option("--secret", options.secret, "shared secret of all nodes")->capture_default_str();
  app.add_option("--version", version, "BBB version to behave like, 2.4 or newer")->capture_default_str();
  app.add_option("--time-scale", options.time_scale, "factor on every delay: 0.01 turns 5 minutes into 3 s")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
  app.add_option("--end-delay", options.end_delay_s, "seconds until an end takes effect, not scaled; default: 1 to 3 s, scaled")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_flag("--reveal-version", options.reveal_version, "tell bbbVersion on the index page");
  app.add_option("--seed", options.seed, "makes IDs and delays repeatable");
  try {
    app.parse(argc, argv);
    const Result<Version> parsed = ParseVersion(version);
    if (!parsed) throw CLI::ValidationError("--version", parsed.error().detail);
    if (*parsed < Version{2, 4, 0}) throw CLI::ValidationError("--version", "2.4 is the oldest that is simulated");
    if (options.secret.empty()) throw CLI::ValidationError("--secret", "must not be empty");
    options.version = *parsed;
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return options;
}

}  // namespace plenary::sim
