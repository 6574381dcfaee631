// Carries an operator's command from a request's coroutine on a worker to the control thread, where commands run, and brings the answer
// back. And reads the bodies of such requests.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "admin/commands.hpp"
#include "http/message.hpp"
#include "runtime/runtime.hpp"

namespace plenary::admin {

/// On any thread of the runtime; resumes there. Errors as Commands::Execute.
Task<Result<boost::json::object>> ExecuteOnControl(runtime::Runtime& runtime, Commands& commands, std::string command, boost::json::object arguments);

/// The whole body; "" when there is none. kTooLarge beyond kMaxJsonBytes; else as http::BodySource. `spool_dir`: not /tmp, bodies may hold
/// secrets.
Task<Result<std::string>> ReadSmallBody(const http::Request& request, const std::string& spool_dir);

}  // namespace plenary::admin
