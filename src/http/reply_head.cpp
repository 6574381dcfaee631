#include "http/reply_head.hpp"

#include <charconv>
#include <ctime>

namespace plenary::http {
namespace {

void AppendNumber(std::string& out, std::uint64_t number) {
  char text[20];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  out.append(text, end);
}

}  // namespace

std::string_view StatusText(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

std::string HttpDate(std::int64_t unix_seconds) {
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);  // the process stays in the C locale
  return {text, length};
}

void AppendReplyHead(std::string& out, const Reply& reply, std::string_view date, std::string_view request_id, ConnectionField connection) {
  if (reply.status == 200) {
    out.append("HTTP/1.1 200 OK\r\nDate: ");
  } else {
    out.append("HTTP/1.1 ");
    AppendNumber(out, static_cast<std::uint64_t>(reply.status));
    out.append(" ").append(StatusText(reply.status)).append("\r\nDate: ");
  }
  out.append(date);
  if (!reply.content_type().empty()) out.append("\r\nContent-Type: ").append(reply.content_type());
  out.append("\r\nX-Request-Id: ").append(request_id).append("\r\n").append(reply.headers());
  if (!IsBodyless(reply.status)) {
    out.append("Content-Length: ");
    AppendNumber(out, reply.body.size());
    out.append("\r\n");
  }
  if (connection == ConnectionField::kClose) out.append("Connection: close\r\n");
  if (connection == ConnectionField::kKeepAlive) out.append("Connection: keep-alive\r\n");
  out.append("\r\n");
}

}  // namespace plenary::http
