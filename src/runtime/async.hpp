// The coroutine type of the whole program, with the concrete executor (one io_context per thread, no strands).
// Rules for coroutines: docs/contributing.md. Including this costs about a second of compile time: use it where
// coroutines are written or declared, nowhere else.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace plenary::runtime {

using Executor = boost::asio::io_context::executor_type;

template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

}  // namespace plenary::runtime

namespace plenary {
template <class T = void>
using Task = runtime::Task<T>;
}
