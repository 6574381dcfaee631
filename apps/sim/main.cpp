// plenary-sim: a set of simulated BigBlueButton servers in one process, for tests and demonstrations (docs/simulator.md).
#include <csignal>
#include <cstdio>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>

#include "control.hpp"

int main(int argc, char** argv) {
  using namespace plenary::sim;
  const Options options = ParseOptions(argc, argv);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  boost::asio::io_context context(1);
  Simulation simulation(context, options);
  Control control(simulation);
  WireServer control_server(context, control);
  plenary::Status started = simulation.Start();
  if (started && options.control_port) started = control_server.Open("127.0.0.1", *options.control_port);
  if (!started) {
    std::fprintf(stderr, "plenary-sim: %s\n", started.error().detail.c_str());
    return 1;
  }
  if (options.control_port) std::fprintf(stderr, "control http://127.0.0.1:%d\n", control_server.port());
  for (const auto& node : simulation.nodes()) {
    std::printf("%s/bigbluebutton/api/ %s\n", node->base_url().c_str(), node->secret().c_str());
  }
  std::printf("ready\n");
  std::fflush(stdout);
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&context](boost::system::error_code, int) { context.stop(); });
  context.run();
}
