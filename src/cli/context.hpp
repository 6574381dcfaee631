// What every command gets: the hooks, the global options, the owner (opened on first use) and the one way to report an error.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "cli/cli.hpp"
#include "cli/table.hpp"

namespace plenary::cli {

class Context {
 public:
  explicit Context(const Hooks& hooks) : hooks_(hooks) {}

  std::string data_dir;  // --data; "" = as the settings say
  std::string config_file;  // --config; "" = PLENARY_CONFIG or the usual one
  bool json = false;     // --json

  const Hooks& hooks() const { return hooks_; }
  std::ostream& out() const { return *hooks_.out; }
  std::ostream& err() const { return *hooks_.err; }
  Style style() const;

  Result<config::LoadedSettings> LoadSettings() const;
  Result<boost::json::object> Call(std::string_view command, const boost::json::object& arguments = {});
  /// Whether a running server answered the last Call (else this process did the work).
  bool remote() const { return owner_ != nullptr && owner_->remote(); }
  /// Lets go of the owner (and of the folder's lock, when this process holds it). The next Call opens it again.
  void CloseOwner() { owner_.reset(); }

  /// Prints the error (and a hint, when given) and returns its exit status.
  int Fail(const Error& error, std::string_view hint = {}) const;
  /// As Fail; for an unknown server the hint is the ID that comes nearest.
  int FailForServer(const Error& error, std::string_view id);
  int FailForMeeting(const Error& error, std::string_view id);
  int FailForTenant(const Error& error, std::string_view id_or_name);

  /// After a Confirm that was not answered with yes.
  int FailUnconfirmed() const;

  /// Prints a result as one line of JSON. Whole numbers stand without an exponent.
  int PrintJson(const boost::json::object& result) const;

  /// Asks on the terminal; true when the answer is `expected` (any case). Without a terminal the answer is no.
  bool Confirm(std::string_view question, std::string_view expected) const;
  /// One line of standard input without its line end; nothing at its end.
  std::optional<std::string> ReadLine() const;

 private:
  const Hooks& hooks_;
  std::unique_ptr<Owner> owner_;
};

/// A secret: as given, typed or piped in when that is "-", or out of a file, without blanks around it. Nothing when neither was given.
Result<std::optional<std::string>> SecretOf(const Context& context, const std::optional<std::string>& given,
                                            const std::optional<std::string>& file);

/// A file's whole content, or standard input for "-". kIo with the reason, kTooLarge beyond 16 MB.
Result<std::string> ReadInput(const Context& context, const std::string& path);

}  // namespace plenary::cli
