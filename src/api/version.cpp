#include "api/calls.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::api {

void Version(const Services& services, http::Reply& reply) {
  reply.SetContentType(bbb::kXmlContentType);
  reply.outcome = "ok";
  bbb::AppendVersion(reply.body, services.options.build_number);
}

}  // namespace plenary::api
