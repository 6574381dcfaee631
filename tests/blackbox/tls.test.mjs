// TLS on both sides: nodes over https, verified; and our own ssl:// listener.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import { assertSuccess } from './lib/expect.mjs';
import { freePorts, request } from './lib/net.mjs';
import { Plenary, scratchFolder, startPlenary } from './lib/plenary.mjs';
import { cleanup, slowness, until } from './lib/process.mjs';
import { Sim } from './lib/sim.mjs';

/** A CA and a certificate of it for `names` in `folder`. */
function makeCertificates(folder, names) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA', '-days', '2');
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'node.key', '-out', 'node.csr', '-subj', '/CN=node');
  fs.writeFileSync(path.join(folder, 'ext'), `subjectAltName=${names.join(',')}\n`);
  openssl('x509', '-req', '-in', 'node.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext', '-out', 'node.pem');
  return { ca: path.join(folder, 'ca.pem'), cert: path.join(folder, 'node.pem'), key: path.join(folder, 'node.key') };
}

/** A TLS front for a simulated node. */
async function tlsFront(t, files, target) {
  const port = await freePorts();
  const server = https.createServer({ cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key) }, (incoming, outgoing) => {
    const call = http.request({ host: target.hostname, port: target.port, path: incoming.url, method: incoming.method, headers: incoming.headers }, (reply) => {
      outgoing.writeHead(reply.statusCode, reply.headers);
      reply.pipe(outgoing);
    });
    call.on('error', () => outgoing.destroy());
    incoming.pipe(call);
  });
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  cleanup(t, () => { server.close(); server.closeAllConnections(); });
  return port;
}

test('nodes over https', async (t) => {
  const folder = scratchFolder(t);
  const files = makeCertificates(folder, ['IP:127.0.0.1', 'DNS:localhost']);
  const sim = await Sim.start({ nodes: 1 });
  cleanup(t, () => sim.stop());
  const port = await tlsFront(t, files, new URL(sim.nodes[0].url));
  const pathOfApi = new URL(sim.nodes[0].url).pathname;

  await t.test('a certificate of a known CA for that name is accepted', async (s) => {
    const plenary = await startPlenary(s, { env: { SSL_CERT_FILE: files.ca } });
    await plenary.addNodes([{ url: `https://localhost:${port}${pathOfApi}`, secret: sim.nodes[0].secret }]);
    assertSuccess(await plenary.call('create', { name: 'TLS', meetingID: 'tls' }));
    const join = await plenary.call('join', { fullName: 'A', meetingID: 'tls', role: 'VIEWER' });
    assert.ok(join.headers.location.startsWith(`https://localhost:${port}`));
  });
  await t.test('an unknown CA is refused', async (s) => {
    const plenary = await startPlenary(s);
    const { server } = await plenary.command('servers.add', { url: `https://localhost:${port}${pathOfApi}`, secret: sim.nodes[0].secret, enable: true });
    await plenary.command('poll.run', { what: 'all' });
    const now = await plenary.server(server.id);
    assert.equal(now.online, false);
    assert.match(now.last_error, /certificate|verif|TLS/i);
  });
  await t.test('a certificate for another name is refused', async (s) => {
    const plenary = await startPlenary(s, { env: { SSL_CERT_FILE: files.ca } });
    const { server } = await plenary.command('servers.add', { url: `https://127.0.0.2:${await tlsFrontAt(s, files)}${pathOfApi}`, secret: 'x', enable: true });
    await plenary.command('poll.run', { what: 'all' });
    assert.equal((await plenary.server(server.id)).online, false);
    assert.match((await plenary.server(server.id)).last_error, /certificate|verif|TLS|host/i);
  });
});

async function tlsFrontAt(t, files) {
  const port = await freePorts();
  const server = https.createServer({ cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key) },
    (_, outgoing) => outgoing.end('<response><returncode>SUCCESS</returncode><meetings/></response>'));
  await new Promise((ready) => server.listen(port, '127.0.0.2', ready));
  cleanup(t, () => { server.close(); server.closeAllConnections(); });
  return port;
}

test('BIND=ssl://', async (t) => {
  const folder = scratchFolder(t);
  const files = makeCertificates(folder, ['IP:127.0.0.1']);
  const [plain, secure] = [await freePorts(), await freePorts()];
  const plenary = new Plenary({ data: scratchFolder(t), port: plain,
    env: { BIND: `tcp://127.0.0.1:${plain} ssl://127.0.0.1:${secure}?cert=${files.cert}&key=${files.key}` } });
  cleanup(t, () => plenary.stop());
  await plenary.start();
  const reply = await request({ port: secure, target: plenary.target('getMeetings', ''), tls: { ca: fs.readFileSync(files.ca) } });
  assert.equal(reply.status, 200);
  assert.match(reply.text, /noMeetings/);
  await assert.rejects(request({ port: secure, target: '/', timeoutMs: 5_000 * slowness }), 'plain HTTP on the TLS port');
  await until(async () => (await request({ port: plain, target: '/bigbluebutton/api' })).status === 200, 'it goes on');
});
