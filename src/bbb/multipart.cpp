#include "bbb/multipart.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "base/encoding.hpp"

namespace plenary::bbb {
namespace {

constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 5.1.1
constexpr std::size_t kMaxPartHeaders = 8192;

tl::unexpected<Error> Malformed(const char* why) { return Fail(ErrorCode::kInvalidArgument, std::string("multipart body: ") + why); }

/// Value of `wanted` in "type; name=value; name=\"quoted value\"".
std::optional<std::string> HeaderParameter(std::string_view header, std::string_view wanted) {
  std::size_t at = std::min(header.find(';'), header.size());
  while (at < header.size()) {
    ++at;
    const std::size_t name_end = std::min(header.find_first_of("=;", at), header.size());
    const std::string_view name = TrimBlanks(header.substr(at, name_end - at));
    at = name_end;
    if (at == header.size() || header[at] == ';') continue;
    ++at;
    std::string value;
    const std::size_t value_begin = std::min(header.find_first_not_of(" \t", at), header.size());
    if (value_begin < header.size() && header[value_begin] == '"') {
      at = value_begin + 1;
      for (; at < header.size() && header[at] != '"'; ++at) {
        const bool escape = header[at] == '\\' && at + 1 < header.size() && (header[at + 1] == '"' || header[at + 1] == '\\');
        if (escape) ++at;
        value += header[at];
      }
      if (at >= header.size()) return std::nullopt;
      at = std::min(header.find(';', at), header.size());
    } else {
      const std::size_t value_end = std::min(header.find(';', at), header.size());
      value = TrimBlanks(header.substr(at, value_end - at));
      at = value_end;
    }
    if (EqualsIgnoreCase(name, wanted)) return value;
  }
  return std::nullopt;
}

/// The value of Content-Disposition among a part's header lines.
std::optional<std::string_view> Disposition(std::string_view headers) {
  while (!headers.empty()) {
    const std::size_t line_end = std::min(headers.find("\r\n"), headers.size());
    const std::string_view line = headers.substr(0, line_end);
    headers.remove_prefix(std::min(line_end + 2, headers.size()));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && EqualsIgnoreCase(TrimBlanks(line.substr(0, colon)), "content-disposition")) {
      return TrimBlanks(line.substr(colon + 1));
    }
  }
  return std::nullopt;
}

/// A line that separates parts: where its CRLF in front begins, where what follows it begins, and whether it is the last one.
struct Delimiter {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool last = false;
};

/// `marker` is "\r\n--boundary"; the first one may stand at the body's very beginning without its CRLF.
std::optional<Delimiter> FindDelimiter(std::string_view body, std::string_view marker, std::size_t from) {
  for (;;) {
    const bool at_start = from == 0 && body.starts_with(marker.substr(2));
    const std::size_t begin = at_start ? 0 : body.find(marker, from);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t after = begin + marker.size() - (at_start ? 2 : 0);
    if (body.substr(after).starts_with("--")) return Delimiter{begin, after + 2, true};
    const std::size_t line_end = body.find_first_not_of(" \t", after);
    if (line_end != std::string_view::npos && body.substr(line_end).starts_with("\r\n")) return Delimiter{begin, line_end + 2, false};
    from = after;  // only text that begins like the boundary
  }
}

}  // namespace

Status AddMultipart(Params& params, std::string_view content_type, std::string_view body) {
  const std::optional<std::string> boundary = HeaderParameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) return Malformed("no usable boundary");
  const std::string marker = "\r\n--" + *boundary;

  std::optional<Delimiter> delimiter = FindDelimiter(body, marker, 0);
  if (!delimiter) return Malformed("no boundary in it");
  for (std::size_t parts = 0; !delimiter->last; ++parts) {
    if (parts == Params::kMaxParams) return Malformed("too many parts");
    const std::size_t part_begin = delimiter->end;
    // A part without headers begins with the empty line itself.
    const std::size_t blank_line = body.find("\r\n\r\n", part_begin - 2);
    if (blank_line == std::string_view::npos || blank_line > part_begin + kMaxPartHeaders)
      return Malformed("a part without end of headers");
    const std::size_t headers_size = blank_line < part_begin ? 0 : blank_line - part_begin;
    const std::size_t content = blank_line + 4;
    delimiter = FindDelimiter(body, marker, content - 2);
    if (!delimiter) return Malformed("a part without end");

    const auto disposition = Disposition(body.substr(part_begin, headers_size));
    const auto name = disposition ? HeaderParameter(*disposition, "name") : std::nullopt;
    if (!name) return Malformed("a part without a name");
    if (HeaderParameter(*disposition, "filename") || HeaderParameter(*disposition, "filename*")) continue;
    const std::size_t content_end = std::max(delimiter->begin, content);  // an empty part shares its CRLF with the empty line
    if (const Status added = params.AddField(*name, body.substr(content, content_end - content)); !added) return added;
  }
  return {};
}

}  // namespace plenary::bbb
