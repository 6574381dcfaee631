// plenary-sim under test control: simulated nodes on free loopback ports (docs/simulator.md).
import path from 'node:path';

import { freePorts, request } from './net.mjs';
import { buildFolder, Child, slowness, until } from './process.mjs';

export class Sim {
  /** options: {nodes, by: "port"|"address"|"path", version, timeScale, args} */
  static async start({ nodes = 3, by = 'port', host = '127.0.0.1', version, timeScale, secret = 'node-secret', endDelay = 0.1, args = [] } = {}) {
    const sim = new Sim();
    const first = await freePorts(1 + (by === 'port' ? nodes : 1));
    sim.controlPort = first;
    const options = ['--nodes', nodes, '--by', by, '--host', host, '--port', first + 1, '--control-port', first, '--secret', secret, '--end-delay', endDelay];
    if (version) options.push('--version', version);
    if (timeScale) options.push('--time-scale', timeScale);
    sim.child = new Child(path.join(buildFolder, 'plenary-sim'), [...options, ...args].map(String));
    await until(() => {
      if (!sim.child.alive) throw new Error(`plenary-sim did not start:\n${sim.child.output}`);
      return /^ready$/m.test(sim.child.stdout);
    }, 'the simulator', 20_000 * slowness);
    sim.nodes = sim.child.stdout.split('\n').filter((line) => line.includes('://')).map((line) => {
      const [url, nodeSecret] = line.split(' ');
      return { url: url.replace(/\/$/, ''), secret: nodeSecret };
    });
    return sim;
  }

  async #http(method, target, body) {
    const reply = await request({ port: this.controlPort, method, target, headers: body ? { 'Content-Type': 'application/json' } : {},
      body: body ? JSON.stringify(body) : undefined, timeoutMs: 30_000 * slowness });
    if (reply.status !== 200) throw new Error(`simulator: ${method} ${target}: ${reply.status} ${reply.text}`);
    return reply.text ? JSON.parse(reply.text) : {};
  }

  /** POST /control; node counts from 1, or "all". */
  control(node, change) { return this.#http('POST', '/control', { node, ...change }); }
  faults(node, mode, more = {}) { return this.control(node, { faults: { mode, ...more } }); }
  state() { return this.#http('GET', '/state'); }
  follow(url) { return this.#http('POST', '/follow', { url }); }
  log(node) { return this.#http('GET', `/log?node=${node}`); }

  /** What nodes were sent by the calls of that name about a meeting (its ID on the node), as objects, since the logs were last read. */
  async sent(call, meetingID) {
    const found = [];
    for (let node = 1; node <= this.nodes.length; node++) {
      const { requests } = await this.log(node);
      found.push(...requests.filter((entry) => entry.call === call).map((entry) => Object.fromEntries(entry.params)));
    }
    return found.filter((params) => params.meetingID === meetingID);
  }

  async stop() {
    await this.child.signalAndWait('SIGTERM', 15_000 * slowness);
    this.child.assertHealthy();
  }
}
