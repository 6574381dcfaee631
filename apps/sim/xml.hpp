// Writes XML as bbb-web's templates do (spec bbb-api 5.1): no declaration, LF, one tag a line, no indentation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plenary::sim {

void AppendEscaped(std::string& out, std::string_view text);
/// "<name>text</name>\n"
void AppendElement(std::string& out, std::string_view name, std::string_view text);
void AppendElement(std::string& out, std::string_view name, std::int64_t number);
void AppendFlag(std::string& out, std::string_view name, bool value);
/// As the server's locale writes it: 1,202.
std::string WithThousands(std::int64_t number);

/// The common envelope of failures.
std::string FailedXml(std::string_view key, std::string_view message);

}  // namespace plenary::sim
