// The real world behind the hooks: streams, terminal, signals.
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <iostream>

#include "cli/cli.hpp"

namespace plenary::cli {
namespace {

std::size_t TerminalWidth() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void ShowTyping(bool visible) {
  termios mode{};
  if (::tcgetattr(STDIN_FILENO, &mode) != 0) return;
  if (visible) {
    mode.c_lflag |= ECHO;
  } else {
    mode.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  }
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &mode);
}

/// The signals stay blocked after the first call, so that none gets lost between two waits.
bool SleepUnlessStopped(std::chrono::milliseconds duration) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  const auto end = std::chrono::steady_clock::now() + duration;
  for (;;) {
    const auto left = std::max(std::chrono::nanoseconds(end - std::chrono::steady_clock::now()), std::chrono::nanoseconds(0));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec wait{static_cast<time_t>(seconds.count()), static_cast<long>((left - seconds).count())};
    if (sigtimedwait(&stop, nullptr, &wait) > 0) return false;
    if (errno != EINTR) return true;
  }
}

}  // namespace

Hooks ProcessHooks() {
  static const SystemClock clock;
  static SystemRandom random;
  Hooks hooks;
  hooks.environment = config::ProcessEnvironment();
  hooks.in = &std::cin;
  hooks.out = &std::cout;
  hooks.err = &std::cerr;
  hooks.terminal = {::isatty(STDIN_FILENO) == 1, ::isatty(STDOUT_FILENO) == 1, ::isatty(STDERR_FILENO) == 1, TerminalWidth()};
  hooks.clock = &clock;
  hooks.random = &random;
  hooks.show_typing = ShowTyping;
  hooks.sleep = SleepUnlessStopped;
  return hooks;
}

}  // namespace plenary::cli
