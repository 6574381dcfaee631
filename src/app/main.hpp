// The entry point of the binary, without its two lines of main().
#pragma once

namespace plenary::app {
/// Overwrites what follows the first word of a command in `argv`.
int Main(int argc, char** argv);
}
