#include "admin/http_commands.hpp"

#include <functional>
#include <utility>

#include "admin/json.hpp"
#include "runtime/callback.hpp"

namespace plenary::admin {

namespace {

using Answer = Result<boost::json::object>;

Task<void> Carry(Commands& commands, std::string command, boost::json::object arguments, std::function<void(Answer)> done) {
  Answer answer = co_await commands.Execute(std::move(command), std::move(arguments));
  done(std::move(answer));
}

}  // namespace

Task<Answer> ExecuteOnControl(runtime::Runtime& runtime, Commands& commands, std::string command, boost::json::object arguments) {
  auto start = [&](std::function<void(Answer)> done) {
    runtime::Spawn(runtime.Control(), Carry(commands, std::move(command), std::move(arguments), std::move(done)));
  };
  Answer answer = co_await runtime::AwaitCallback<Answer>(std::move(start));
  co_return answer;
}

Task<Result<std::string>> ReadSmallBody(const http::Request& request, const std::string& spool_dir) {
  std::string text;
  if (!request.has_body) co_return text;
  http::SpooledBody body(spool_dir);
  const Status read = co_await request.body->ReadAll(body, kMaxJsonBytes);
  if (!read) co_return tl::unexpected(read.error());
  const Status loaded = body.ReadAt(0, kMaxJsonBytes, text);
  if (!loaded) co_return tl::unexpected(loaded.error());
  co_return text;
}

}  // namespace plenary::admin
