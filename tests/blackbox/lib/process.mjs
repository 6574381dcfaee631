// Child processes of the tests: collected output, stopping, and the sanitizers' verdict.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** The build under test: $PLENARY_BUILD (the test script sets it), else build/. */
export const buildFolder = path.resolve(kRoot, process.env.PLENARY_BUILD ?? 'build');
export const sanitized = /asan|tsan/.test(path.basename(buildFolder));
/** Deadlines are stretched by this where instructions cost more. */
export const slowness = sanitized ? 5 : 1;

export const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

/** Waits until `condition` (may be async) gives something true, and returns that. */
export async function until(condition, what, timeoutMs = 10_000 * slowness, pauseMs = 20) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms for: ${typeof what === 'function' ? what() : what}`);
    await sleep(pauseMs);
  }
}

/** Only what programs need from our own environment, so that a developer's settings change no test. */
export function minimalEnvironment() {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS', 'ASAN_SYMBOLIZER_PATH'];
  return Object.fromEntries(kept.filter((name) => name in process.env).map((name) => [name, process.env[name]]));
}

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export class Child {
  constructor(program, args, { env = {}, cwd } = {}) {
    this.name = path.basename(program);
    this.output = '';
    this.stdout = '';
    this.child = spawn(program, args, { env: { ...minimalEnvironment(), ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.child);
    this.child.stdout.on('data', (part) => { this.stdout += part; this.#keep(part); });
    this.child.stderr.on('data', (part) => this.#keep(part));
    this.exited = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this.child);
      this.code = code;
      this.signal = signal;
    });
    this.child.on('error', (error) => {
      this.output += `cannot start: ${error.message}\n`;
      this.code = -1;
    });
  }

  #keep(part) {
    this.output += part;
    if (this.output.length > 4_000_000) this.output = this.output.slice(-2_000_000);
  }

  get pid() { return this.child.pid; }
  get alive() { return this.code === undefined && this.signal === undefined; }

  /** Sends a signal and waits; SIGKILL when it takes too long, which is an error. */
  async signalAndWait(signal, timeoutMs) {
    if (!this.alive) return;
    this.child.kill(signal);
    let timer;
    const late = new Promise((wake) => { timer = setTimeout(() => wake('late'), timeoutMs); });
    const first = await Promise.race([this.exited, late]);
    clearTimeout(timer);
    if (first === 'late') {
      this.child.kill('SIGKILL');
      await this.exited;
      throw new Error(`${this.name} did not end within ${timeoutMs} ms of ${signal}\n${this.tail()}`);
    }
  }

  tail(lines = 40) { return this.output.split('\n').slice(-lines).join('\n'); }

  /** A program that crashed or that a sanitizer complains about fails the test that used it. */
  assertHealthy() {
    if (/ERROR: \w*Sanitizer|WARNING: ThreadSanitizer|runtime error:/.test(this.output)) {
      const at = this.output.search(/ERROR: \w*Sanitizer|WARNING: ThreadSanitizer|runtime error:/);
      throw new Error(`${this.name}: a sanitizer reports\n${this.output.slice(Math.max(0, at - 200), at + 6000)}`);
    }
    if (this.signal && this.signal !== 'SIGKILL') throw new Error(`${this.name} died of ${this.signal}\n${this.tail()}`);
  }
}

/** Runs a program to its end. Resolves with {code, stdout, stderr}. */
export async function run(program, args, { env = {}, input = '', cwd, timeoutMs = 30_000 * slowness } = {}) {
  const child = spawn(program, args, { env: { ...minimalEnvironment(), ...env }, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part) => { stdout += part; });
  child.stderr.on('data', (part) => { stderr += part; });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  running.delete(child);
  return { code: code ?? signal, stdout, stderr };
}

const stacks = new WeakMap();
/** Like t.after, but the last registered runs first, and all run even when one fails. */
export function cleanup(t, action) {
  let stack = stacks.get(t);
  if (!stack) {
    stack = [];
    stacks.set(t, stack);
    t.after(async () => {
      const errors = [];
      while (stack.length) await Promise.resolve().then(stack.pop()).catch((error) => errors.push(error));
      if (errors.length) throw errors[0];
    });
  }
  stack.push(action);
}
