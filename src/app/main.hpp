// The entry point of the binary, without its two lines of main().
#pragma once

namespace plenary::app {
int Main(int argc, const char* const* argv);
}
