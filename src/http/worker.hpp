// What the connections of one worker thread share: the list of them with its sweep (the only timer; it closes those whose time is up),
// counters, the Date field and fresh request ids. Only the worker's own thread touches it, except for the atomics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/request_head.hpp"
#include "http/server.hpp"
#include "http/sockets.hpp"

namespace plenary::http {

class Connection;

/// Of one server, shared by its workers and listeners.
struct ServerCommon {
  ServerCommon(Handler& handler, const ServerOptions& options)
      : handler(handler), options(options), limits{options.max_target_bytes, options.max_head_bytes, options.max_header_fields} {}

  Handler& handler;
  const ServerOptions options;
  const HeadLimits limits;
  std::atomic<std::uint64_t> connections_open{0};  // from accept to the end of the connection
  std::atomic<std::uint64_t> connections_accepted{0};
};

/// Written by one thread, read by any: no locked instruction is needed.
class Cell {
 public:
  void Add(std::int64_t n) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  std::uint64_t Get() const { return static_cast<std::uint64_t>(value_.load(std::memory_order_relaxed)); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class Worker {
 public:
  using Place = std::list<Connection*>::iterator;

  Worker(std::shared_ptr<ServerCommon> common, Executor executor);

  Place Add(Connection& connection) { return connections_.insert(connections_.end(), &connection); }
  void Remove(Place place) { connections_.erase(place); }
  /// Interrupts every connection whose deadline has passed.
  void Sweep();
  std::chrono::milliseconds sweep_interval() const;
  /// From now on every reply closes its connection; idle ones are interrupted.
  void Drain();
  bool draining() const { return draining_; }

  /// Of this second; valid until the next call.
  std::string_view Date();
  /// 128 bits in hex, unique (not secret).
  std::array<char, 32> NewRequestId();

  const std::shared_ptr<ServerCommon> common;
  const Executor executor;
  Cell requests;
  Cell requests_in_flight;
  Cell refused_heads;
  Cell handler_failures;

 private:
  std::list<Connection*> connections_;
  bool draining_ = false;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::uint64_t id_state_[2];
};

}  // namespace plenary::http
