// One client connection of the server: a coroutine that reads heads, asks the handler and writes replies until either side has
// enough. Lives on its worker's thread.
#pragma once

#include <array>
#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "http/input_buffer.hpp"
#include "http/request_body.hpp"
#include "http/request_head.hpp"
#include "http/worker.hpp"

namespace plenary::http {

class Connection final : private BodyStream {
 public:
  /// `tls`: null for plain connections.
  Connection(std::shared_ptr<Worker> worker, Socket socket, std::shared_ptr<asio::ssl::context> tls, std::string peer);
  ~Connection() override;

  Task<void> Serve();

  /// For the worker's sweep and drain.
  void InterruptIfExpired(Instant now);
  void InterruptIfIdle();

 private:
  enum class Waiting { kNothing, kIdle, kHead, kBody, kWrite, kClosing };

  // BodyStream
  Task<std::size_t> ReadBody(char* to, std::size_t max) override;
  Task<bool> SendContinue() override;

  Task<bool> Handshake();
  /// Reads more of a head. False: the connection is over.
  Task<bool> Fill();
  /// Answers one request whose head is complete. False: the connection is over.
  Task<bool> Answer(std::size_t head_bytes);
  Task<void> Refuse(int status);
  Task<void> Close(bool unread_input);

  void SetUpRequest();
  bool AnswerNow();
  void ReplyBroken();
  bool MayKeepAlive() const;
  void Serialize(bool keep_alive);
  /// Gives the kernel what it takes at once. False: something is left, or failed_.
  bool TrySend();
  Task<void> SendRest();

  void Wait(Waiting for_what);
  void WaitNoMore();

  const std::shared_ptr<Worker> worker_;
  Socket socket_;
  const std::shared_ptr<asio::ssl::context> tls_context_;
  std::unique_ptr<asio::ssl::stream<Socket&>> tls_;
  const std::string peer_;
  Worker::Place place_;

  Waiting waiting_ = Waiting::kNothing;
  Instant deadline_ = Instant::max();
  bool expired_ = false;
  bool failed_ = false;  // the client can't be written to any more

  InputBuffer in_;
  HeadScanner scanner_;
  RequestHead head_;
  RequestBody body_;
  Request request_;
  std::array<char, 32> fresh_id_;
  Reply reply_;
  std::string out_;            // head and, when small, body of the reply
  std::string_view out_body_;  // the body when it is not in out_
  std::size_t sent_ = 0;
};

/// Takes over an accepted socket on the worker's thread.
void StartConnection(std::shared_ptr<Worker> worker, int fd, int family, std::shared_ptr<asio::ssl::context> tls, std::string peer);

}  // namespace plenary::http
