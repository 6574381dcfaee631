// A Plenary under test: its own data folder and port, signed calls, CLI, control socket, crash and restart.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { freePorts, listening, request } from './net.mjs';
import { buildFolder, Child, cleanup, run, slowness, until } from './process.mjs';
import { encode, signed } from './sign.mjs';
import { Sim } from './sim.mjs';
import { parseXml } from './xml.mjs';

export const kSecret = 'lb-secret-of-the-tests';
export const plenaryProgram = path.join(buildFolder, 'plenary');

/** A folder of mode 0700 that is removed when the test ends. */
export function scratchFolder(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plenary-test-'));
  cleanup(t, () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export class Plenary {
  /** `wrap`: a command, with its arguments, that becomes the program. */
  constructor({ data, port, env = {}, wrap = [] }) {
    this.data = data;
    this.port = port;
    this.wrap = wrap;
    this.secret = env.LOADBALANCER_SECRET ?? kSecret;
    this.env = {
      PLENARY_DATA_DIR: data, BIND: `tcp://127.0.0.1:${port}`, LOADBALANCER_SECRET: kSecret, POLL_INTERVAL: '60',
      CONNECT_TIMEOUT: String(1 * slowness), RESPONSE_TIMEOUT: String(2 * slowness), WORKER_THREADS: '2', ...env,
    };
    for (const [name, value] of Object.entries(this.env)) if (value === undefined) delete this.env[name];
  }

  /** Starts `plenary serve` and waits until calls are served. Returns the time that took. */
  async start() {
    const begin = performance.now();
    const [program, ...args] = [...this.wrap, plenaryProgram, 'serve'];
    this.child = new Child(program, args, { env: this.env });
    await until(async () => {
      if (!this.child.alive) throw new Error(`plenary did not start:\n${this.child.output}`);
      return (await listening(this.port)) && (await this.#healthy());
    }, 'plenary to be ready', 20_000 * slowness, 5);
    return performance.now() - begin;
  }

  async #healthy() {
    try {
      return (await this.http('/health_check', { timeoutMs: 2_000 * slowness })).status === 200;
    } catch {
      return false;
    }
  }

  async stop() {
    await this.child.signalAndWait('SIGTERM', 30_000 * slowness);
    this.child.assertHealthy();
    if (this.child.code !== 0) throw new Error(`plenary ended with ${this.child.code ?? this.child.signal}\n${this.child.tail()}`);
  }

  async kill() {
    await this.child.signalAndWait('SIGKILL', 10_000);
    this.child.assertHealthy();
  }

  http(target, options = {}) {
    return request({ port: this.port, target, timeoutMs: 30_000 * slowness, ...options });
  }

  /** Path and signed query of a call. */
  target(call, params, options = {}) {
    return `/bigbluebutton/api/${call}?${signed(call, params, options.secret ?? this.secret, options)}`;
  }
  link(call, params, options) { return `http://127.0.0.1:${this.port}${this.target(call, params, options)}`; }

  /** A signed GET; resolves with {status, headers, text, xml} (xml: the root element, when it is XML). */
  async call(call, params = {}, options = {}) {
    return withXml(await this.http(this.target(call, params, options), options));
  }

  /** A signed POST: parameters in the query, `body` of type `contentType`. */
  async post(call, params, body, contentType, options = {}) {
    const headers = { ...(contentType === undefined ? {} : { 'Content-Type': contentType }), ...options.headers };
    return withXml(await this.http(this.target(call, params, options), { ...options, method: 'POST', headers, body }));
  }

  /** All parameters, and the checksum over the empty query, in a form body. */
  async postForm(call, params, options = {}) {
    const body = `${encode(params)}&${signed(call, '', this.secret)}`;
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', ...options.headers };
    return withXml(await this.http(`/bigbluebutton/api/${call}`, { ...options, method: 'POST', headers, body }));
  }

  cli(args, { input, env = {} } = {}) {
    return run(plenaryProgram, args.map(String), { env: { ...this.env, ...env }, input });
  }

  async cliJson(args, options) {
    const result = await this.cli([...args, '--json'], options);
    if (result.code !== 0) throw new Error(`plenary ${args.join(' ')}: ${result.code}\n${result.stdout}${result.stderr}`);
    return JSON.parse(result.stdout);
  }

  /** A command over the control socket (docs/control-protocol.md). Throws an Error with `.code` when it fails. */
  command(command, args = {}) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(path.join(this.data, 'plenary.sock'));
      let text = '';
      socket.setTimeout(60_000 * slowness, () => socket.destroy(new Error(`${command}: no answer`)));
      socket.on('error', reject);
      socket.on('data', (part) => { text += part; });
      socket.on('close', () => {
        let answer;
        try {
          answer = JSON.parse(text);
        } catch {
          return reject(new Error(`${command}: answer is ${JSON.stringify(text)}`));
        }
        if (answer.ok) return resolve(answer.result);
        reject(Object.assign(new Error(`${command}: ${answer.error.message}`), { code: answer.error.code }));
      });
      socket.write(`${JSON.stringify({ command, arguments: args })}\n`);
    });
  }

  /** Adds nodes (enabled) and waits until each was polled with success. Returns their IDs, in order. */
  async addNodes(nodes, more = {}) {
    const ids = [];
    for (const node of nodes) {
      const { server } = await this.command('servers.add', { url: node.url, secret: node.secret, enable: true, ...more });
      ids.push(server.id);
    }
    await this.untilOnline(ids);
    return ids;
  }

  async untilOnline(ids) {
    await until(async () => {
      const { servers } = await this.command('servers.list');
      return ids.every((id) => servers.find((server) => server.id === id)?.online);
    }, 'all nodes to be online');
  }

  async server(id) { return (await this.command('servers.show', { id })).server; }
}

export function withXml(reply) {
  try {
    reply.xml = parseXml(reply.text);
  } catch {
    reply.xml = undefined;
  }
  return reply;
}

/** Plenary on a fresh folder and port; ends with the test. */
export async function startPlenary(t, { env, data, wrap } = {}) {
  const plenary = new Plenary({ data: data ?? scratchFolder(t), port: await freePorts(), env, wrap });
  cleanup(t, () => plenary.child?.alive && plenary.stop());
  await plenary.start();
  return plenary;
}

/** Plenary with simulated nodes; `ids[i]` is the ID of `sim.nodes[i]`. */
export async function startPool(t, { env, nodes = 3, sim: simOptions = {}, wrap } = {}) {
  const sim = await Sim.start({ nodes, ...simOptions });
  cleanup(t, () => sim.stop());
  const plenary = await startPlenary(t, { env, wrap });
  const ids = await plenary.addNodes(sim.nodes);
  return { plenary, sim, ids };
}
