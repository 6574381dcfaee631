// The Asio types of this module, all with the concrete executor. Included by its .cpp files and inner headers only.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/async.hpp"

namespace plenary::http {

namespace asio = boost::asio;
using boost::system::error_code;
using runtime::Executor;

using SteadyClock = std::chrono::steady_clock;
using Instant = SteadyClock::time_point;
/// TCP and Unix sockets alike.
using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;

/// Completion token: resumes the coroutine and leaves the error in `ec`.
inline auto Await(error_code& ec) { return asio::redirect_error(asio::use_awaitable_t<Executor>(), ec); }

}  // namespace plenary::http
