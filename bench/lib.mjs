// Starting, stopping and measuring processes for bench/run. Loopback only.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const started = new Set();
process.on('exit', () => started.forEach((p) => p.kill('SIGKILL')));

export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  started.add(child);
  child.on('exit', () => started.delete(child));
  child.text = '';
  child.stdout?.on('data', (d) => { child.text += d; });
  child.stderr?.on('data', (d) => { child.errors = ((child.errors ?? '') + d).slice(-4000); });
  return child;
}

export async function stop(child) {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  for (let i = 0; i < 100 && child.exitCode === null && child.signalCode === null; i++) await sleep(50);
  child.kill('SIGKILL');
}

export function run(command, args, options = {}) {
  const r = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (r.status !== 0) throw new Error(`${command} ${args.join(' ')} → ${r.status}\n${r.stdout}\n${r.stderr}`);
  return r.stdout;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const s = createServer();
    s.once('error', reject);
    s.listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); });
  });
}

/// Waits until `url` answers; milliseconds since the call.
export async function ready(url, limitMs = 20000) {
  const begin = performance.now();
  while (performance.now() - begin < limitMs) {
    try {
      const r = await fetch(url);
      await r.text();
      return performance.now() - begin;
    } catch { await sleep(2); }
  }
  throw new Error(`${url} did not answer within ${limitMs} ms`);
}

/// User and system CPU seconds of a process and its children (nginx workers), from /proc.
export function cpuSeconds(pid) {
  const ticks = 100;
  const of = (p) => {
    const f = readFileSync(`/proc/${p}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(f[11]) + Number(f[12])) / ticks;
  };
  let total = of(pid);
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === pid) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1].split(' ');
      if (Number(stat[1]) === pid) total += of(entry);
    } catch { /* gone */ }
  }
  return total;
}

export const residentMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

export function signed(base, call, query, secret, algorithm = 'sha256') {
  const sum = createHash(algorithm).update(call + query + secret).digest('hex');
  return `${base}${call}?${query}${query ? '&' : ''}checksum=${sum}`;
}

/// One wrk run: requests per second, requests, latency percentiles in µs.
export function wrk(url, script, seconds, env = {}) {
  const out = run('wrk', ['-t1', '-c64', `-d${seconds}s`, '--latency', '-s', script, url], { env: { ...process.env, ...env } });
  const number = (re) => Number(re.exec(out)?.[1] ?? NaN);
  const us = (re) => { const m = re.exec(out); return m ? Number(m[1]) * { us: 1, ms: 1e3, s: 1e6 }[m[2]] : NaN; };
  return {
    requests: number(/(\d+) requests in/),
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    errors: number(/Non-2xx or 3xx responses: (\d+)/) || 0,
    p50: us(/50%\s+([\d.]+)(us|ms|s)/),
    p99: us(/99%\s+([\d.]+)(us|ms|s)/),
  };
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
