// The owner's control socket (docs/control-protocol.md): a Unix socket in the data folder, mode 0600; a peer of another user than ours
// (root excepted) is refused. One thread accepts, each connection has its own (at most 16); commands run on the control thread.
#pragma once

#include <memory>
#include <string>

#include "admin/commands.hpp"
#include "observe/log.hpp"
#include "runtime/runtime.hpp"

namespace plenary::admin {

class ControlSocket {
 public:
  /// Binds `path` (replacing a stale socket: the caller holds the folder's lock) and starts answering. kIo with the reason.
  static Result<std::unique_ptr<ControlSocket>> Open(std::string path, runtime::Runtime& runtime, Commands& commands, observe::Log& log);
  /// Stops accepting, waits for commands under way, removes the socket.
  ~ControlSocket();

 private:
  struct Impl;
  explicit ControlSocket(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The other side, blocking: one command over the socket at `path`. kUnreachable when nobody answers there.
Result<boost::json::object> CallControlSocket(const std::string& path, std::string_view command, const boost::json::object& arguments);

}  // namespace plenary::admin
