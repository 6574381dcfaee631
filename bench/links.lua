-- wrk: every request another line of the file LINKS (paths), with the headers of a browser. EXPECT: the status each answer must have.
local paths = {}
for line in io.lines(os.getenv("LINKS")) do paths[#paths + 1] = line end
local headers = {
  ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  ["Accept-Language"] = "de,en-US;q=0.7,en;q=0.3",
  ["Accept-Encoding"] = "gzip, deflate, br",
  ["Referer"] = "https://moodle.example.org/mod/bigbluebuttonbn/view.php?id=4711",
  ["DNT"] = "1",
  ["Upgrade-Insecure-Requests"] = "1",
  ["Sec-Fetch-Dest"] = "document",
  ["Sec-Fetch-Mode"] = "navigate",
  ["Sec-Fetch-Site"] = "cross-site",
  ["Cookie"] = "MoodleSession=0123456789abcdef0123456789",
}
local expect = tonumber(os.getenv("EXPECT") or "302")
local i = 0
local requests = {}
init = function()
  for n = 1, #paths do requests[n] = wrk.format("GET", paths[n], headers) end
end
request = function()
  i = i % #requests + 1
  return requests[i]
end
response = function(status)
  if status ~= expect then wrk.thread:stop() end
end
