// The tables of `records.db` that Database looks after; those of the history are its own (history_file.cpp). This is SQLite's text: keys that
// count up are spelled differently in PostgreSQL, everything else is not.
#pragma once

#include <span>

namespace plenary::records {

/// Statements that make what is missing.
std::span<const char* const> Schema();

}  // namespace plenary::records
