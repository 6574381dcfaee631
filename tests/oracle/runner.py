#!/usr/bin/env python3
"""Compares Plenary with the recorded answers of a real Scalelite (golden/). See README.md.

  runner.py compare [-v] [--group NAME] [--cluster] [--ignore FIELD,...] [SCENARIO...]
  runner.py list
"""
import argparse, base64, difflib, fnmatch, glob, hashlib, http.client, importlib.util, json, os, re, shutil, signal, socket, subprocess, sys
import tempfile, time
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import fixtures                                                              # noqa: E402
from mocknode import ALG, Node                                               # noqa: E402

NODE_PORT = int(os.environ.get("ORACLE_NODE_PORT", "15001"))                 # part of the recordings: leave at 15001
PORT = int(os.environ.get("ORACLE_PORT", "13500"))
LB_SECRET = "lb-secret-0123456789abcdef"
SCENARIO_LIMIT = float(os.environ.get("ORACLE_SCENARIO_LIMIT", "120"))
BASE_ENV = {
    "LOADBALANCER_SECRET": LB_SECRET, "URL_HOST": "scalelite.test", "CONNECT_TIMEOUT": "1", "RESPONSE_TIMEOUT": "1",
    "SECRET_KEY_BASE": "0f" * 63 + "01", "POLLER_THREADS": "2", "POLL_INTERVAL": "86400", "RAILS_ENV": "production",
    "RAILS_LOG_LEVEL": "fatal", "RAILS_LOG_TO_STDOUT": "true", "SERVER_ID_IS_HOSTNAME": "true",
}
AS_SCALELITE = {                                                             # where Plenary does otherwise by default
    "LOAD_MODEL": "scalelite", "FAILOVER": "off", "POLL_ON_CHANGE": "false", "OFFLINE_MEETINGS": "forget",
    "CALLBACK_ALLOW_NETS": "127.0.0.0/8", "GET_RECORDINGS_META_MATCH": "any", "RECORDINGS_SOURCE": "index",
}
KEEP_HEADERS = ("content-type", "location", "x-accel-redirect", "content-disposition", "set-cookie", "www-authenticate")


# ---------------------------------------------------------------------------------------------------------- scenarios
def load_scenarios():
    return [json.load(open(f)) for f in sorted(glob.glob(os.path.join(HERE, "scenarios", "*.json")))]


def expand(x, env):
    if isinstance(x, str):
        return re.sub(r"@\{(\w+)\}", lambda m: env.get(m.group(1), "UNSET-" + m.group(1)), x)
    if isinstance(x, list):
        return [expand(y, env) for y in x]
    if isinstance(x, dict):
        return {expand(k, env): expand(v, env) for k, v in x.items()}
    return x


# ------------------------------------------------------------------------------------------------------------ masking
class Masker:
    """Random values -> {{kind#n}}, numbered by first appearance within a scenario."""
    UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
    TOKEN = re.compile(r"(token(?:=|_))([0-9a-f]{64})\b")
    JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+")
    MS = re.compile(r"(?<!\d)(\d{13})(?!\d)")
    SEC = re.compile(r"(?<!\d)(\d{10})(?!\d)")

    def __init__(self, literal, replace):
        self.literal, self.replace, self.known, self.count = literal, replace, {}, {}

    def name(self, kind, value):
        if value not in self.known:
            self.count[kind] = self.count.get(kind, 0) + 1
            self.known[value] = "{{%s#%d}}" % (kind, self.count[kind])
        return self.known[value]

    def register(self, kind, value):
        if value and value not in self.literal and len(value) >= 2:
            self.name("%s%d" % (kind, len(value)) if kind == "vb" else kind, value)

    def jwt(self, m):
        t = m.group(0)
        try:
            parts = [json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in t.split(".")[:2]]
            info = "%s %s" % (parts[0].get("alg"), json.dumps({k: ("N" if k in ("exp", "iat") else v) for k, v in parts[1].items()}, sort_keys=True))
        except Exception:
            info = "?"
        return "{{jwt %s}}" % info

    def text(self, s):
        for a, b in self.replace:
            s = s.replace(a, b)
        s = self.JWT.sub(self.jwt, s)
        s = re.sub(r"(param is missing or the value is empty)(?: or invalid)?(: \w+)[^<]*", r"\1\2", s)   # wording differs between Rails versions
        s = self.UUID.sub(lambda m: m.group(0) if m.group(0) in self.literal else self.name("uuid", m.group(0)), s)
        s = self.TOKEN.sub(lambda m: m.group(1) + self.name("token", m.group(2)), s)
        now = time.time()
        s = self.MS.sub(lambda m: "{{now_ms}}" if abs(int(m.group(1)) / 1000 - now) < 86400 else m.group(1), s)
        s = self.SEC.sub(lambda m: "{{now_s}}" if abs(int(m.group(1)) - now) < 90000 else m.group(1), s)
        for v in sorted((v for v in self.known if not self.UUID.fullmatch(v)), key=len, reverse=True):
            if v in s:
                more = r"(\d?)" if self.known[v].startswith("{{vb") else "()"     # a breakout pin is the parent's plus one digit
                s = re.sub(r"(?<![\w])%s%s(?![\w])" % (re.escape(v), more), lambda m: self.known[v] + m.group(1), s)
        return s

    def deep(self, x):
        if isinstance(x, str):
            return self.text(x)
        if isinstance(x, list):
            return [self.deep(y) for y in x]
        if isinstance(x, dict):
            return {self.text(k): self.deep(v) for k, v in x.items()}
        return x


def scan_random(m, step_kind, text):
    for v in re.findall(r"<voiceBridge>\s*([^<\s]+)\s*</voiceBridge>", text):
        m.register("vb", v)
    for v in re.findall(r"<moderatorPW>\s*([^<\s]+)\s*</moderatorPW>", text):
        m.register("modpw", v)
    for v in re.findall(r"<secret-lrs-payload>\s*([^<\s]+)\s*</secret-lrs-payload>", text):
        m.register("lrs", v)


# ------------------------------------------------------------------------------------------------------ canonical forms
def xml_lines(el, depth=0, unordered=("meeting", "attendee")):
    pad = "  " * depth
    attrs = "".join(' %s="%s"' % (k, v) for k, v in sorted(el.attrib.items()))
    text = " ".join((el.text or "").split())
    kids = sorted(el, key=lambda k: (k.tag, k.findtext("meetingID") or "", ET.tostring(k)) if k.tag in unordered else (k.tag,))
    if not len(kids):
        return [pad + ("<%s%s>%s" % (el.tag, attrs, text) if text else "<%s%s/>" % (el.tag, attrs))]
    out = [pad + "<%s%s>%s" % (el.tag, attrs, text)]
    for k in kids:
        out += xml_lines(k, depth + 1, unordered)
        if k.tail and k.tail.strip():
            out.append(pad + "  " + " ".join(k.tail.split()))
    return out


def canon_body(body, ctype, step):
    if not body.strip():
        return {"empty": True}
    low = (ctype or "").lower()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return {"binary": hashlib.sha256(body).hexdigest()}
    if "json" in low or (text[:1] in "{[" and "xml" not in low):
        try:
            j = json.loads(text)
            return {"json": j}
        except ValueError:
            pass
    if text.lstrip()[:15].lower().startswith("<!doctype html") or "html" in low:
        t = re.search(r"<title>(.*?)</title>", text, re.S)
        return {"html": " ".join(t.group(1).split()) if t else ""}
    if text.lstrip().startswith("<"):
        try:
            return {"xml": xml_lines(ET.fromstring(text))}
        except ET.ParseError:
            pass
    return {"text": " ".join(text.split())}


def only_keys(x, keys):
    if isinstance(x, dict):
        return {k: only_keys(v, keys) for k, v in x.items() if k in keys or k in ("error", "message", "success")}
    return [only_keys(y, keys) for y in x] if isinstance(x, list) else x


def fold(text):
    return [" ".join(x.split()) for x in text.splitlines() if x.strip()]


def stanzas(lines):
    out = []
    first = re.match(r"id:|MeetingID:|Server ID:|Tenant:", lines[0]) if lines else None
    start = re.escape(first.group(0)) if first else r"(?!servers:)[\w.-]+:$"
    for x in lines:
        if re.match(start, x) or not out:
            out.append([x])
        else:
            out[-1].append(x)
    if out and out[-1] and out[-1][-1].startswith("Total number"):
        tail = [out[-1].pop()]
        return [y for s in sorted(s for s in out if s) for y in s] + tail
    return [y for s in sorted(out) for y in s]


# ------------------------------------------------------------------------------------------------------------ adapters
def wait_http(port, host, proc, limit=45):
    end = time.time() + limit
    while time.time() < end:
        if proc.poll() is not None:
            raise RuntimeError("target exited with %s at start" % proc.returncode)
        try:
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            c.request("GET", "/bigbluebutton/api", headers={"Host": host})
            c.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("target did not answer within %ss" % limit)


def kill(p, grace=5):
    if p and p.poll() is None:
        p.terminate()
        try:
            p.wait(grace)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()


def minimal_env():
    return {k: os.environ[k] for k in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if k in os.environ}


class RedisConn:
    def __init__(self, url):
        u = urlsplit(url)
        self.s = socket.create_connection((u.hostname, u.port or 6379), 5)
        self.f = self.s.makefile("rb")
        if u.path.strip("/"):
            self.cmd("SELECT", u.path.strip("/"))

    def cmd(self, *a):
        self.s.sendall(b"*%d\r\n" % len(a) + b"".join(b"$%d\r\n%s\r\n" % (len(x), x) for x in (str(y).encode() for y in a)))
        return self.reply()

    def reply(self):
        line = self.f.readline()
        k, v = line[:1], line[1:-2]
        if k == b"+":
            return v.decode()
        if k == b"-":
            raise RuntimeError(v.decode())
        if k == b":":
            return int(v)
        if k == b"$":
            n = int(v)
            if n < 0:
                return None
            d = self.f.read(n + 2)[:-2]
            return d.decode("utf-8", "replace")
        return None if int(v) < 0 else [self.reply() for _ in range(int(v))]

    def dump(self):
        out = {}
        for k in sorted(self.cmd("KEYS", "*")):
            if k.endswith("__health_check_set__"):
                continue
            t, ttl = self.cmd("TYPE", k), self.cmd("TTL", k)
            e = {"type": t}
            if ttl >= 0:
                e["ttl"] = -(-ttl // 60) * 60
            if t == "hash":
                l = self.cmd("HGETALL", k)
                e["value"] = dict(sorted(zip(l[::2], l[1::2])))
            elif t == "set":
                e["value"] = sorted(self.cmd("SMEMBERS", k))
            elif t == "zset":
                l = self.cmd("ZRANGE", k, 0, -1, "WITHSCORES")
                e["value"] = [[a, "%g" % float(b)] for a, b in zip(l[::2], l[1::2])]
            elif t == "string":
                e["value"] = self.cmd("GET", k)
            else:
                e["value"] = self.cmd("LRANGE", k, 0, -1)
            out[k] = e
        return out


SQL = {
    "recordings": "select record_id, meeting_id, name, published, participants, state, starttime, endtime, deleted_at, protected, publish_updated from recordings order by record_id",
    "metadata": "select r.record_id, m.key, m.value from metadata m left join recordings r on r.id = m.recording_id order by 1, 2, 3",
    "playback_formats": "select r.record_id, p.format, p.url, p.length, p.processing_time from playback_formats p left join recordings r on r.id = p.recording_id order by 1, 2",
    "thumbnails": "select r.record_id, p.format, t.sequence, t.width, t.height, t.alt, t.url from thumbnails t left join playback_formats p on p.id = t.playback_format_id left join recordings r on r.id = p.recording_id order by 1, 2, 3",
    "callback_data": "select c.meeting_id, r.record_id, c.callback_attributes from callback_data c left join recordings r on r.id = c.recording_id order by 1",
}


def psql(url, *sql):
    args = ["psql", url, "-XAtq", "-v", "ON_ERROR_STOP=1"]
    for s in sql:
        args += ["-c", s]
    return subprocess.run(args, capture_output=True, text=True, timeout=30, check=True, env=dict(os.environ, PGCONNECT_TIMEOUT="3")).stdout


def sql_dump(url):
    out = {}
    for t, q in SQL.items():
        out[t] = json.loads(psql(url, "select coalesce(json_agg(x), '[]') from (%s) x" % q))
    return out


class Target:
    redis_url = database_url = None

    def env(self, extra):
        e = minimal_env()
        e.update({"REDIS_URL": self.redis_url, "DATABASE_URL": self.database_url, "BIND": "tcp://127.0.0.1:%d" % PORT, "WEB_CONCURRENCY": "0",
                  "RAILS_MAX_THREADS": "3", "RUBYOPT": "-W:no-deprecated -W:no-experimental"})
        for k in ("SPOOL", "WORK", "PUBLISH", "UNPUBLISH"):
            e["RECORDING_%s_DIR" % k] = os.path.join(self.data, {"SPOOL": "spool", "WORK": "work", "PUBLISH": "published", "UNPUBLISH": "unpublished"}[k])
        e.update(BASE_ENV)
        e.update(extra)
        return {k: v for k, v in e.items() if v is not None}


class Plenary(Target):
    name = "plenary"

    def __init__(self, run, cluster):
        self.run, self.puma, self.redis, self.cluster = run, None, None, cluster
        self.bin = os.path.abspath(os.environ.get("PLENARY_BIN") or sys.exit("set PLENARY_BIN to the program"))
        self.data = os.path.join(run, "data")
        self.has_state = cluster
        self.redis_url = os.environ.get("REDIS_URL") if cluster else None
        self.database_url = os.environ.get("DATABASE_URL") if cluster else None

    def env(self, extra):
        e = super().env(extra)
        e.update({"PORT": str(PORT), "PLENARY_DATA_DIR": os.path.join(self.data, "state")})
        for k in ("RUBYOPT", "REDIS_URL", "DATABASE_URL"):
            e.pop(k, None)
        if self.redis_url:
            e["REDIS_URL"] = self.redis_url
        if self.database_url:
            e["DATABASE_URL"] = self.database_url
        e["RECORDING_IMPORT_POLL_INTERVAL"] = "0.2"
        e.update(AS_SCALELITE)
        e.update({k: v for k, v in os.environ.items() if k.startswith("PLENARY_") and k not in ("PLENARY_BIN", "PLENARY_DATA_DIR")})
        return e

    def start(self, scenario):
        if self.redis_url:
            RedisConn(self.redis_url).cmd("FLUSHDB")
        if self.database_url:
            psql(self.database_url, "truncate recordings, metadata, playback_formats, thumbnails, callback_data restart identity")
        os.makedirs(os.path.join(self.data, "state"), exist_ok=True)
        self.e = self.env(scenario["env"])
        log = open(os.path.join(self.run, "target.log"), "ab")
        self.puma = subprocess.Popen([self.bin, "serve"], env=self.e, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.data)
        wait_http(PORT, self.e.get("URL_HOST", "127.0.0.1"), self.puma, 15)

    def rake(self, task, stdin, timeout, until_empty=None):
        try:
            r = subprocess.run([self.bin, "rake", task], env=self.e, input=stdin or "", capture_output=True, text=True, timeout=timeout, cwd=self.data)
        except subprocess.TimeoutExpired:
            return -9, "", "timeout"
        return r.returncode, r.stdout, r.stderr

    def do_import(self, spool, wait):
        watcher = None
        if os.environ.get("PLENARY_IMPORT") == "rake":                       # default: `serve` watches the spool itself
            watcher = subprocess.Popen([self.bin, "rake", "recordings:watch[false,0.2]"], env=self.e, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.time() + wait
        while time.time() < end and glob.glob(spool + "/*.tar"):
            time.sleep(0.05)
        time.sleep(0.15)
        kill(watcher)

    def end_scenario(self):
        kill(self.puma)
        self.puma = None

    def close(self):
        kill(self.puma)


# ------------------------------------------------------------------------------------------------------------- running
class Run:
    def __init__(self, scenario, adapter, nodes):
        self.s, self.a, self.nodes, self.vars = scenario, adapter, nodes, {}
        self.literal = json.dumps(scenario, default=str)
        self.mask = Masker(self.literal, [(adapter.data, "{{DATA}}"), (HERE, "{{ORACLE}}")])
        self.vars["DATA"] = adapter.data

    def go(self):
        data = self.a.data
        shutil.rmtree(data, ignore_errors=True)
        for d in ("spool", "work", "published", "unpublished"):
            os.makedirs(os.path.join(data, d))
        for n, t in self.s["files"].items():
            with open(os.path.join(data, n), "w") as f:
                f.write(t)
        for n in self.nodes:
            n.control({"reset": True, "down": False})
        self.a.start(self.s)
        for n in self.nodes:
            n.take_log()                                                     # polls at the start of the target are not compared
        out, end = [], time.time() + SCENARIO_LIMIT
        for i, st in enumerate(self.s["steps"]):
            st = expand(st, self.vars)
            if time.time() > end:
                out.append({"step": self.title(i, st), "error": "scenario ran past its limit"})
                continue
            try:
                r = getattr(self, "do_" + st["kind"])(st)
            except Exception as e:                                           # a dead target is a result, too
                r = {"error": "%s: %s" % (type(e).__name__, re.sub(r"0x[0-9a-f]+", "", str(e)))}
            if r is not None:
                r = {"step": self.title(i, st), **r}
                for f in st.get("ignore", []):
                    r.pop(f, None)
            out.append(r)
        self.a.end_scenario()
        return out

    def title(self, i, st):
        t = {"rake": lambda: "rake " + st["task"], "http": lambda: "%s %s" % (st.get("method", "GET"), st.get("call") or st.get("path") or "/"),
             "nodelog": lambda: "nodelog %d" % st["node"]}.get(st["kind"], lambda: st["kind"])()
        return "%02d %s%s" % (i, self.mask.text(t), " (%s)" % st["note"] if st.get("note") else "")

    def save(self, st, fields):
        for var, (field, rx) in (st.get("save") or {}).items():
            m = re.search(rx, fields.get(field) or "", re.S)
            self.vars[var] = m.group(1) if m else "UNSAVED-" + var

    def do_rake(self, st):
        rc, out, err = self.a.rake(st["task"], st.get("stdin"), st.get("timeout", 30))
        self.save(st, {"stdout": out, "stderr": err})
        for v in re.findall(r"New Tenant(?:Setting)? id: (\S+)|^id: (\S+)", out, re.M):
            self.mask.text("".join(v))
        lines = [self.mask.text(x) for x in fold(out)]
        runs = [i for i, x in enumerate(lines) if x.startswith("Clearing Meeting id=")]   # the order of a Redis set is random
        for i, x in zip(runs, sorted(lines[i] for i in runs)):
            lines[i] = x
        err = [x for x in err.splitlines() if not re.match(r"Redis#\w+ will always return", x)]     # noise of the recording environment
        err = [re.sub(r"(Could not end meeting id=\S+:).*", r"\1 ...", x).replace(" @ rb_sysopen - ", ": ") for x in err]
        err = "\n".join(err if "rake aborted!" in err else sorted(err))
        r = {"rc": rc, "stdout": stanzas(lines) if st.get("sort") else lines}
        if "rake aborted!" in err:
            r["aborted"] = self.mask.text(fold(err.split("rake aborted!", 1)[1])[0])
        else:
            r["stderr"] = [self.mask.text(x) for x in fold(err)]
        return r

    def query(self, st):
        """-> (path, query string) of a signed call"""
        enc = quote_plus if st.get("enc", "plus") == "plus" else quote
        base = st.get("base", "/bigbluebutton/api/")
        q = st["raw_query"] if "raw_query" in st else "&".join("%s=%s" % (enc(k, safe="-_.~"), enc(v, safe="-_.~")) for k, v in st.get("params", []))
        call = st["call"]
        alg = st.get("alg", "sha256")
        if "checksum" in st:
            sum_ = st["checksum"]
        elif st.get("secret", LB_SECRET) is None:
            sum_ = None
        else:
            sum_ = hashlib.new(alg, (st.get("sign_as", call) + q + st.get("secret", LB_SECRET)).encode()).hexdigest()
            if st.get("upper"):
                sum_ = sum_.upper()
        path = base + call if call else base.rstrip("/")
        if sum_ is None or st.get("pos") == "body":
            return path, q, sum_
        c = "checksum=" + sum_
        pos = st.get("pos", "end")
        if pos == "start":
            q2 = c + ("&" + q if q else "")
        elif pos == "middle":
            parts = q.split("&")
            q2 = "&".join(parts[:1] + [c] + parts[1:])
        else:
            q2 = (q + "&" if q else "") + c
        return path, q2, sum_

    def request(self, method, path, headers, body):
        c = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
        c.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if "Host" not in headers:
            c.putheader("Host", "scalelite.test")
        for k, v in headers.items():
            if v is not None:
                c.putheader(k, v)
        if body is not None:
            c.putheader("Content-Length", str(len(body)))
        c.endheaders()
        if body:
            c.send(body)
        r = c.getresponse()
        data = r.read()
        c.close()
        return r.status, [(k.lower(), v) for k, v in r.getheaders()], data

    def do_http(self, st):
        method, headers = st.get("method", "GET"), dict(st.get("headers") or {})
        if st.get("host"):
            headers["Host"] = st["host"]
        if "call" in st:
            path, q, sum_ = self.query(st)
            path = path + ("?" + q if q else "")
        else:
            path, sum_ = st["path"], None
        body = None
        if "form" in st:
            form = list(st["form"]) + ([["checksum", sum_]] if st.get("pos") == "body" and sum_ else [])
            body = "&".join("%s=%s" % (quote_plus(k), quote_plus(v)) for k, v in form).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        elif "json" in st:
            body = json.dumps(st["json"]).encode()
            headers.setdefault("Content-Type", "application/json")
        elif "body" in st:
            body = st["body"].encode()
        elif method == "POST":
            body = b""
        status, hs, data = self.request(method, path, headers, body)
        text = data.decode("utf-8", "replace")
        h = {}
        for k, v in hs:
            if k in KEEP_HEADERS:
                h.setdefault(k, []).append(v)
        self.save(st, dict({"body": text, "location": (h.get("location") or [""])[0]}, **{"header:" + k: "\n".join(v) for k, v in h.items()}))
        scan_random(self.mask, "http", text)
        r = {"status": status}
        loc = (h.pop("location", None) or [None])[0]
        if loc is not None:
            r["location"] = self.location(loc)
        ct = (h.pop("content-type", None) or [None])[0]
        if ct:
            r["content_type"] = ct.lower().replace(" ", "")
        for k, v in h.items():
            r[k] = sorted(self.mask.deep(v))
        if status in (301, 302, 303, 307, 308):
            r.pop("content_type", None)
            r["body"] = {"redirect": True}
        else:
            b = canon_body(self.mask.text(text).encode() if text.lstrip().startswith("<") else data, ct, st)
            if st.get("json_keys") and "json" in b:                          # only the documented members
                b["json"] = only_keys(b["json"], st["json_keys"])
            r["body"] = b = self.mask.deep(b)
            if st.get("unordered") and isinstance(b.get("json"), list):
                b["json"].sort(key=lambda x: json.dumps(x, sort_keys=True))
        if st.get("follow") and loc and urlsplit(loc).hostname in [n.host for n in self.nodes]:
            u = urlsplit(loc)
            c = http.client.HTTPConnection(u.hostname, u.port, timeout=5)
            c.request("GET", u.path + "?" + u.query)
            x = c.getresponse()
            d = x.read()
            r["followed"] = {"status": x.status, "location": self.mask.text(x.getheader("Location") or ""),
                             "body": self.mask.deep(canon_body(d, x.getheader("Content-Type"), {}))}
            c.close()
        return r

    def location(self, loc):
        u = urlsplit(loc)
        for n in self.nodes:
            if u.hostname == n.host and u.port == n.port and u.path.startswith("/bigbluebutton/api/"):
                ps = [list(x) for x in parse_qsl(u.query, True) if x[0] != "checksum"]
                return {"to": "%s://%s%s" % (u.scheme, u.netloc, u.path), "params": sorted(self.mask.deep(ps)),
                        "checksum": n.verify(u.path.rsplit("/", 1)[1], u.query) or "INVALID"}
        return self.mask.text(loc)

    def do_node(self, st):
        self.nodes[st["node"] - 1].control(st["control"])
        return None

    def do_nodelog(self, st):
        out = []
        for e in self.nodes[st["node"] - 1].take_log():
            for k, v in e["params"]:
                if k == "voiceBridge":
                    self.mask.register("vb", v)
                elif k == "moderatorPW":
                    self.mask.register("modpw", v)
                elif k.endswith("secret-lrs-payload"):
                    self.mask.register("lrs", v)
            x = {"request": "%s %s" % (e["method"], e["path"])}
            if e["params"]:
                x["params"] = sorted("%s=%s" % (self.mask.text(k), self.mask.text(v)) for k, v in e["params"])
            if e.get("ctype"):
                x["ctype"] = e["ctype"]
            if e.get("body"):
                b = e["body"]
                if "json" in (e.get("ctype") or ""):
                    try:
                        b = json.loads(b)
                    except ValueError:
                        pass
                elif "form" in (e.get("ctype") or ""):
                    b = sorted("%s=%s" % kv for kv in parse_qsl(b, True))
                else:
                    try:
                        b = xml_lines(ET.fromstring(b))
                    except ET.ParseError:
                        pass
                x["body"] = self.mask.deep(b)
            if e.get("authorization"):
                x["authorization"] = self.mask.text(e["authorization"])
            if "checksum" in e:
                x["checksum"] = e["checksum"]
            out.append(x)
        return {"requests": sorted(out, key=lambda x: json.dumps(x, sort_keys=True))}

    def do_redis(self, st):
        if not self.a.redis_url:
            return {"skipped": True}
        d = RedisConn(self.a.redis_url).dump()
        for k, e in d.items():
            if k.endswith(":voice_bridges"):
                for v in sorted(e["value"], key=lambda v: e["value"][v]):
                    self.mask.register("vb", v)
            elif ":meeting:" in k and isinstance(e["value"], dict):
                self.mask.register("modpw", e["value"].get("moderator_pw", ""))
                self.mask.register("vb", e["value"].get("voice_bridge", ""))
        if st.get("only"):
            d = {k: v for k, v in d.items() if re.search(st["only"], k)}
        d = self.mask.deep(d)
        for e in d.values():
            if e["type"] == "set":
                e["value"].sort()
            if e["type"] in ("hash",):
                e["value"] = dict(sorted(e["value"].items()))
        return {"keys": dict(sorted(d.items()))}

    def do_sql(self, st):
        if not self.a.database_url:
            return {"skipped": True}
        d = sql_dump(self.a.database_url)
        return {"tables": {k: self.mask.deep(v) for k, v in d.items()}}

    def do_fs(self, st):
        out = []
        for top in ("spool", "work", "published", "unpublished"):
            root = os.path.join(self.a.data, top)
            for d, dirs, files in os.walk(root):
                dirs.sort()
                rel = os.path.relpath(d, self.a.data)
                if not dirs and not files and d != root:
                    out.append(rel + "/")
                for f in sorted(files):
                    out.append("%s/%s %d" % (rel, f, os.path.getsize(os.path.join(d, f))))
        return {"files": sorted(self.mask.deep(out))}

    def do_sleep(self, st):
        time.sleep(st["seconds"])
        return None

    def do_import(self, st):
        spool = os.path.join(self.a.data, "spool")
        for n in glob.glob(spool + "/*.tar"):                                # left by an earlier step that could not be imported
            os.remove(n)
        for n, spec in st["tars"].items():
            data = fixtures.pack(spec)
            with open(os.path.join(spool, n + ".part"), "wb") as f:
                f.write(data)
            os.rename(os.path.join(spool, n + ".part"), os.path.join(spool, n))
        self.a.do_import(spool, st.get("wait", 8))
        return {"left_in_spool": sorted(os.path.basename(x) for x in glob.glob(spool + "/*"))}


# ----------------------------------------------------------------------------------------------------------- comparing
def tolerate(want, got):
    """Polls of the target's own background poller are no difference: drop extra index/getMeetings requests."""
    if "requests" in (want or {}) and "requests" in (got or {}):
        have = [json.dumps(x, sort_keys=True) for x in want["requests"]]
        keep = []
        for x in got["requests"]:
            j = json.dumps(x, sort_keys=True)
            if j in have:
                have.remove(j)
                keep.append(x)
            elif not re.search(r"GET /bigbluebutton/api/?(getMeetings)?$", x["request"]):
                keep.append(x)
        got = dict(got, requests=keep)
    return got


def same(want, got, ignore):
    if want is None or got is None:
        return want is None and got is None
    want, got = dict(want), dict(got)
    if got.get("skipped") or want.get("skipped"):
        return None
    if "aborted" in want:                                                    # an uncaught Ruby exception: only the failing exit is compared
        return got.get("rc") not in (0, None)
    for f in ignore:
        want.pop(f, None)
        got.pop(f, None)
    return want == got


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("action", choices=("compare", "list"))
    ap.add_argument("names", nargs="*")
    ap.add_argument("--group", help="main job, parity or recordings")
    ap.add_argument("-v", action="store_true", help="print a diff for each failure")
    ap.add_argument("-q", action="store_true", help="print failing cases and the last line only")
    ap.add_argument("--cluster", action="store_true", help="plenary: pass REDIS_URL and DATABASE_URL on, and compare redis/sql steps")
    ap.add_argument("--ignore", default="", help="fields not to compare, e.g. content_type,stderr")
    ap.add_argument("--golden", default=os.path.join(HERE, "golden"))
    ap.add_argument("--run-dir", default=os.environ.get("ORACLE_RUN_DIR"))
    ap.add_argument("--include-excluded", action="store_true", help="also compare the cases listed in excluded.json")
    a = ap.parse_intermixed_args()
    scenarios = [s for s in load_scenarios() if not a.names or any(fnmatch.fnmatch(s["name"], n) for n in a.names)]
    scenarios = [s for s in scenarios if not a.group or s["group"] == a.group]
    if a.action == "list":
        n = 0
        for s in scenarios:
            k = sum(1 for x in s["steps"] if x["kind"] not in ("node", "sleep"))
            n += k
            print("%-40s %3d checked steps  %s" % (s["name"], k, s.get("doc", "")))
        return print("%d scenarios, %d checked steps" % (len(scenarios), n))
    run = tempfile.mkdtemp(prefix="oracle-", dir=a.run_dir)
    os.chmod(run, 0o755)
    width = max([s["nodes"] for s in scenarios] + [1])
    nodes = [Node("127.0.1.%d" % (i + 1), NODE_PORT, "secret%d" % (i + 1)).start() for i in range(width)]
    adapter = Plenary(run, a.cluster)
    excluded = {}
    if os.path.exists(os.path.join(HERE, "excluded.json")) and not a.include_excluded:
        excluded = json.load(open(os.path.join(HERE, "excluded.json")))
    passed = failed = skipped = 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scenarios.sort(key=lambda s: json.dumps(s["env"], sort_keys=True))       # scenarios with one environment in a row
    try:
        for s in scenarios:
            t0 = time.time()
            try:
                got = Run(s, adapter, nodes[:max(s["nodes"], 1)]).go()
            except Exception as e:
                adapter.end_scenario()
                got = [{"step": "start", "error": "%s: %s" % (type(e).__name__, e)}]
            path = os.path.join(a.golden, s["name"] + ".json")
            try:
                want = json.load(open(path))["results"]
            except OSError:
                print("FAIL %s: no recording" % s["name"])
                failed += 1
                continue
            got = {r["step"]: r for r in json.loads(json.dumps([r for r in got if r]))}
            for w in want:
                g = got.get(w["step"])
                case = "%s/%s" % (s["name"], w["step"])
                why = next((v for k, v in excluded.items() if fnmatch.fnmatch(case, k)), None)
                if why:
                    skipped += 1
                    if not a.q:
                        print("excl %s: %s" % (case, why))
                    continue
                if g:
                    g = tolerate(w, g)
                ok = same(w, g, [x for x in a.ignore.split(",") if x]) if g else False
                if ok is None:
                    skipped += 1
                elif ok:
                    passed += 1
                    if not a.q:
                        print("pass " + case)
                else:
                    failed += 1
                    print("FAIL " + case)
                    if a.v:
                        lines = lambda x: json.dumps(x, indent=1, ensure_ascii=False, sort_keys=True).splitlines()
                        for l in difflib.unified_diff(lines(w), lines(g or got.get("start")), "golden", "plenary", lineterm="", n=2):
                            print("     " + l)
            sys.stdout.flush()
    finally:
        try:
            adapter.close()
        except OSError:
            pass
        for n in nodes:
            n.stop()
        shutil.rmtree(run, ignore_errors=True)
    print("%d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped if skipped else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
