// multipart/form-data bodies, only their plain fields (files are skipped). Pure; limits inside.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "bbb/params.hpp"

namespace plenary::bbb {

/// Adds every field without a file name to `params`. `content_type` is the request's header (with the boundary). kInvalidArgument when malformed.
Status AddMultipart(Params& params, std::string_view content_type, std::string_view body);

}  // namespace plenary::bbb
