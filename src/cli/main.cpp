#include <exception>

#include "cli/cli.hpp"
#include "cli/context.hpp"
#include "cli/output.hpp"
#include "cli/parser.hpp"

namespace plenary::cli {

int Main(int argc, const char* const* argv, const Hooks& hooks) {
  Context context(hooks);
  try {
    const int status = Parser(context).Run(argc, argv);
    hooks.out->flush();
    if (*hooks.out) return status;
    return context.Fail({ErrorCode::kIo, "the output could not be written"});
  } catch (const std::exception& error) {  // third-party edges: CLI11, JSON, out of memory
    return context.Fail({ErrorCode::kIo, error.what()});
  }
}

}  // namespace plenary::cli
