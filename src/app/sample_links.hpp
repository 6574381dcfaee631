// What a person sees after the first start: where the API is, the secret, three links that work, and how to go on.
#pragma once

#include <iosfwd>

#include "app/application.hpp"

namespace plenary::app {

/// The secret is shown on a terminal only, so that it gets into no log.
void PrintSampleLinks(const Application& application, std::ostream& out);

}  // namespace plenary::app
