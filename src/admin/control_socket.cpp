#include "admin/control_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <future>
#include <list>
#include <mutex>
#include <thread>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace plenary::admin {

namespace {

constexpr std::size_t kMaxRequestBytes = 4 << 20;   // a servers.yml of thousands of nodes is far below
constexpr std::size_t kMaxAnswerBytes = 512 << 20;
constexpr std::size_t kMaxConnections = 16;
constexpr std::chrono::seconds kStartWait{3};
constexpr std::chrono::seconds kSendWait{10};     // a peer that doesn't read
constexpr std::chrono::seconds kAnswerWait{60};   // a command asks a node once at the most …
constexpr std::chrono::seconds kLongWait{3'600};  // … or each of its meetings

std::string_view CodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kAlreadyExists: return "already_exists";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kIo: return "io";
    default: return "unavailable";
  }
}

ErrorCode CodeOf(std::string_view name) {
  if (name == "not_found") return ErrorCode::kNotFound;
  if (name == "already_exists") return ErrorCode::kAlreadyExists;
  if (name == "conflict") return ErrorCode::kConflict;
  if (name == "invalid_argument") return ErrorCode::kInvalidArgument;
  if (name == "io") return ErrorCode::kIo;
  return ErrorCode::kUnreachable;
}

bool SendAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool AsksManyTimes(std::string_view command) {
  return command == "poll.run" || command == "servers.panic" || command.starts_with("meetings.") || command == "servers.meetings";
}

void SetTimeouts(int fd, std::chrono::seconds to_receive) {
  const timeval receive{to_receive.count(), 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof receive);
  const timeval send{kSendWait.count(), 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof send);
}

/// Up to and without the newline. False at the end, on errors and over the limit.
bool ReadLine(int fd, std::size_t limit, std::string& line) {
  char buffer[65536];
  while (line.size() <= limit) {
    const ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    const std::string_view piece(buffer, static_cast<std::size_t>(n));
    const std::size_t end = piece.find('\n');
    line.append(piece.substr(0, end));
    if (end != std::string_view::npos) return true;
  }
  return false;
}

Result<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Fail(ErrorCode::kIo, "The path of the control socket is longer than " + std::to_string(sizeof address.sun_path - 1) +
                                    " bytes; choose a shorter data folder (PLENARY_DATA_DIR): " + path);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

std::string FailureText(const Error& error) {
  boost::json::object description;
  description["code"] = CodeName(error.code);
  description["message"] = error.detail.empty() ? "The command failed." : error.detail;
  boost::json::object answer;
  answer["ok"] = false;
  answer["error"] = std::move(description);
  return boost::json::serialize(answer);
}

Task<void> Carry(Commands& commands, std::string name, boost::json::object arguments, std::shared_ptr<std::promise<std::string>> promise) {
  Result<boost::json::object> result = co_await commands.Execute(std::move(name), std::move(arguments));
  if (!result) {
    promise->set_value(FailureText(result.error()));
    co_return;
  }
  boost::json::object answer;
  answer["ok"] = true;
  answer["result"] = std::move(*result);
  promise->set_value(boost::json::serialize(answer));
}

}  // namespace

struct ControlSocket::Impl {
  Impl(runtime::Runtime& r, Commands& c, observe::Log& l) : runtime(r), commands(c), log(l) {}

  runtime::Runtime& runtime;
  Commands& commands;
  observe::Log& log;
  std::string path;
  int listener = -1;
  std::thread acceptor;
  std::atomic<bool> stopping{false};

  struct Connection {
    int fd = -1;
    std::thread thread;
    std::atomic<bool> finished{false};
  };
  std::mutex mutex;
  std::list<Connection> connections;

  bool Admitted(int fd) const {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == ::getuid() || peer.uid == 0;
  }

  std::string Answer(std::string_view line) {
    boost::system::error_code failed;
    boost::json::parse_options limits;
    limits.max_depth = 16;
    boost::json::value request = boost::json::parse(boost::json::string_view(line.data(), line.size()), failed, {}, limits);
    const boost::json::value* command = !failed && request.is_object() ? request.as_object().if_contains("command") : nullptr;
    if (command == nullptr || !command->is_string()) return FailureText({ErrorCode::kInvalidArgument, "The request is no JSON object with a command."});
    boost::json::object arguments;
    if (boost::json::value* given = request.as_object().if_contains("arguments"); given != nullptr && given->is_object()) {
      arguments = std::move(given->as_object());
    }
    auto promise = std::make_shared<std::promise<std::string>>();
    std::future<std::string> answer = promise->get_future();
    runtime::Spawn(runtime.Control(), Carry(commands, std::string(command->as_string()), std::move(arguments), promise));
    promise.reset();
    try {
      while (answer.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
        if (stopping) return FailureText({ErrorCode::kCancelled, "The server is stopping; the command may have been carried out in part."});
      }
      return answer.get();
    } catch (const std::future_error&) {  // the runtime stopped before the command was done
      return FailureText({ErrorCode::kCancelled, "The server is stopping."});
    }
  }

  void Serve(Connection& connection) {
    SetTimeouts(connection.fd, kAnswerWait);
    std::string line;
    if (!Admitted(connection.fd)) {
      SendAll(connection.fd, FailureText({ErrorCode::kPermission, "Only the owner of the data folder and root may send commands."}) + "\n");
    } else if (ReadLine(connection.fd, kMaxRequestBytes, line)) {
      SendAll(connection.fd, Answer(line) + "\n");
    }
    ::shutdown(connection.fd, SHUT_RDWR);
    connection.finished = true;
  }

  void Reap(bool all) {
    const std::lock_guard lock(mutex);
    for (auto it = connections.begin(); it != connections.end();) {
      if (!all && !it->finished) {
        ++it;
        continue;
      }
      if (all && !it->finished) ::shutdown(it->fd, SHUT_RD);  // ends a peer that never sends; a command under way still answers
      it->thread.join();
      ::close(it->fd);
      it = connections.erase(it);
    }
  }

  void Accept() {
    while (!stopping) {
      pollfd waiting{listener, POLLIN, 0};
      const int ready = ::poll(&waiting, 1, 200);
      Reap(false);
      if (ready <= 0) continue;
      const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const std::lock_guard lock(mutex);
      if (connections.size() >= kMaxConnections) {
        ::close(fd);
        continue;
      }
      connections.emplace_back();
      Connection& connection = connections.back();
      connection.fd = fd;
      connection.thread = std::thread([this, &connection] { Serve(connection); });
    }
  }
};

ControlSocket::ControlSocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<ControlSocket>> ControlSocket::Open(std::string path, runtime::Runtime& runtime, Commands& commands, observe::Log& log) {
  // Under its own name only when it answers: whoever sees the socket can use it.
  const std::string draft = path + ".new";
  auto address = AddressOf(draft);
  if (!address) return tl::unexpected(address.error());
  auto impl = std::make_unique<Impl>(runtime, commands, log);
  impl->path = path;
  ::unlink(draft.c_str());
  impl->listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const mode_t before = ::umask(0177);
  const bool bound = impl->listener >= 0 && ::bind(impl->listener, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0;
  const int why = errno;
  ::umask(before);
  if (!bound || ::listen(impl->listener, 16) != 0 || ::rename(draft.c_str(), path.c_str()) != 0) {
    if (impl->listener >= 0) ::close(impl->listener);
    return Fail(ErrorCode::kIo, "The control socket can't be made: " + path + ": " + std::strerror(why));
  }
  impl->acceptor = std::thread([raw = impl.get()] { raw->Accept(); });
  return std::unique_ptr<ControlSocket>(new ControlSocket(std::move(impl)));
}

ControlSocket::~ControlSocket() {
  impl_->stopping = true;
  impl_->acceptor.join();
  impl_->Reap(true);
  ::close(impl_->listener);
  ::unlink(impl_->path.c_str());
}

Result<boost::json::object> CallControlSocket(const std::string& path, std::string_view command, const boost::json::object& arguments) {
  auto address = AddressOf(path);
  if (!address) return tl::unexpected(address.error());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto give_up = std::chrono::steady_clock::now() + kStartWait;
  while (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    const int why = errno;
    if (fd >= 0 && std::chrono::steady_clock::now() < give_up) {  // the owner may be starting just now
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    if (fd >= 0) ::close(fd);
    return Fail(ErrorCode::kUnreachable, "Nobody answers at " + path + ": " + std::strerror(why));
  }
  SetTimeouts(fd, AsksManyTimes(command) ? kLongWait : kAnswerWait);
  boost::json::object request;
  request["command"] = command;
  request["arguments"] = arguments;
  std::string line;
  const bool answered = SendAll(fd, boost::json::serialize(request) + "\n") && ReadLine(fd, kMaxAnswerBytes, line);
  ::close(fd);
  boost::system::error_code failed;
  const boost::json::value answer = answered ? boost::json::parse(line, failed) : boost::json::value();
  if (!answered || failed || !answer.is_object()) return Fail(ErrorCode::kUnreachable, "The server at " + path + " broke off or did not answer in time.");
  const boost::json::object& object = answer.as_object();
  if (const auto* ok = object.if_contains("ok"); ok != nullptr && ok->is_bool() && ok->as_bool()) {
    const auto* result = object.if_contains("result");
    return result != nullptr && result->is_object() ? result->as_object() : boost::json::object();
  }
  const auto* error = object.if_contains("error");
  if (error == nullptr || !error->is_object()) return Fail(ErrorCode::kUnreachable, "The server at " + path + " gave no reason.");
  const auto text = [&](const char* name) {
    const auto* value = error->as_object().if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  return Fail(CodeOf(text("code")), text("message"));
}

}  // namespace plenary::admin
