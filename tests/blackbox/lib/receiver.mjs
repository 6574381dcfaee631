// A front-end that is called back: keeps what came, answers as told, can be down for a while.
import http from 'node:http';

import { freePorts } from './net.mjs';
import { cleanup, slowness, until } from './process.mjs';

export class Receiver {
  requests = [];
  /** Status of every answer, or a function of the request that gives {status, headers?, body?}. */
  answer = 200;

  /** Listens on a free port; ends with the test. */
  static async start(t, { host = '127.0.0.1', port } = {}) {
    const receiver = new Receiver();
    receiver.host = host;
    receiver.port = port ?? await freePorts();
    await receiver.open();
    cleanup(t, () => receiver.close());
    return receiver;
  }

  url(path = '/') { return `http://${this.host}:${this.port}${path}`; }

  /** Requests to a path, query ignored. */
  to(path) { return this.requests.filter((request) => request.path === path); }

  open() {
    this.server = http.createServer((request, response) => {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        const [path] = request.url.split('?');
        const seen = { method: request.method, path, url: request.url, headers: request.headers, body: Buffer.concat(parts).toString('utf8'), atMs: Date.now() };
        const { status, headers = {}, body } = typeof this.answer === 'function' ? this.answer(seen) : { status: this.answer };
        seen.status = status;
        this.requests.push(seen);
        response.writeHead(status, headers).end(body);
      });
    });
    return new Promise((resolve, reject) => this.server.once('error', reject).listen(this.port, this.host, resolve));
  }

  /** Nobody listens until open(). */
  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Waits until `count` requests came to `path`; resolves with them. */
  async untilCalled(path, count = 1, timeoutMs = 20_000 * slowness) {
    await until(() => this.to(path).length >= count, () => `${count} calls of ${path}; ${this.to(path).length} came`, timeoutMs);
    return this.to(path);
  }
}
