// plenary serve: hands the settings to app/.
#include "cli/commands.hpp"

namespace plenary::cli {

int Serve(Context& context, const ServeFlags& flags) {
  const auto loaded = context.LoadSettings();
  if (!loaded) return context.Fail(loaded.error());
  return context.hooks().serve(*loaded, flags);
}

}  // namespace plenary::cli
