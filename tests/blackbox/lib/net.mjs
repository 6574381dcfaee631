// HTTP without a library's opinions: the request target goes out exactly as given. Also raw sockets and free ports.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

/** One request on a fresh connection (or on `agent`'s). Resolves with {status, headers, body, text}. */
export function request({ host = '127.0.0.1', port, socketPath, method = 'GET', target, headers = {}, body, agent = false, tls, timeoutMs = 30_000 }) {
  return new Promise((resolve, reject) => {
    const options = { host, port, socketPath, method, path: target, headers: { ...headers }, agent, ...tls };
    if (body !== undefined && !('Content-Length' in headers) && !('Transfer-Encoding' in headers)) {
      options.headers['Content-Length'] = Buffer.byteLength(body);
    }
    const call = (tls ? https : http).request(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        resolve({ status: response.statusCode, headers: response.headers, body: bytes, text: bytes.toString('utf8') });
      });
      response.on('error', reject);
    });
    call.setTimeout(timeoutMs, () => call.destroy(new Error(`no answer within ${timeoutMs} ms: ${method} ${target.slice(0, 200)}`)));
    call.on('error', reject);
    call.end(body);
  });
}

/** Writes `pieces` (strings or Buffers; numbers are pauses in ms) to a fresh connection and resolves with everything read until it closes or `quietMs` pass. */
export function exchange({ host = '127.0.0.1', port, pieces, quietMs = 3_000, halfClose = false }) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, allowHalfOpen: true });
    const parts = [];
    let closed = false;
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(parts).toString('latin1'), closed });
    };
    let timer = setTimeout(finish, quietMs);
    socket.on('data', (part) => {
      parts.push(part);
      timer.refresh();
    });
    socket.on('end', () => { closed = true; finish(); });
    socket.on('close', () => { closed = true; finish(); });
    socket.on('error', (error) => {
      closed = true;
      if (error.code === 'ECONNREFUSED') reject(error);
      else finish();
    });
    socket.on('connect', async () => {
      for (const piece of pieces) {
        if (typeof piece === 'number') await new Promise((wake) => setTimeout(wake, piece));
        else if (!closed) socket.write(piece);
        timer.refresh();
      }
      if (halfClose) socket.end();
    });
  });
}

/** True when something listens there. */
export function listening(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.on('connect', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
}

async function free(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.on('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** First of `count` neighbouring free ports, below the range that the kernel gives to outgoing connections. */
export async function freePorts(count = 1) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const first = 10_000 + Math.floor(Math.random() * (22_000 - count));
    let all = true;
    for (let i = 0; i < count && all; i++) all = await free(first + i);
    if (all) return first;
  }
  throw new Error(`no ${count} neighbouring free ports`);
}
