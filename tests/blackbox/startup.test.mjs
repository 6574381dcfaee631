// Starting, refusing to start, and stopping.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { assertSuccess } from './lib/expect.mjs';
import { exchange, freePorts, listening, request } from './lib/net.mjs';
import { kSecret, Plenary, plenaryProgram, scratchFolder, startPlenary, startPool } from './lib/plenary.mjs';
import { cleanup, run, sanitized, sleep, slowness, until } from './lib/process.mjs';

/** Runs `serve`, which must refuse to start. */
async function refusedStart(t, env, data = scratchFolder(t)) {
  const port = await freePorts();
  const result = await run(plenaryProgram, ['serve'], { env: { PLENARY_DATA_DIR: data, BIND: `tcp://127.0.0.1:${port}`, LOADBALANCER_SECRET: kSecret, ...env }, timeoutMs: 10_000 * slowness });
  assert.ok(typeof result.code === 'number' && result.code !== 0, `it started (${result.code})\n${result.stdout}${result.stderr}`);
  return result.stdout + result.stderr;
}

test('invalid settings refuse to start, naming the variable and the value', async (t) => {
  for (const [name, value] of [
    ['PORT', '70000'], ['PORT', 'http'], ['POLL_INTERVAL', '0'], ['POLL_INTERVAL', 'often'], ['CONNECT_TIMEOUT', '-1'], ['RESPONSE_TIMEOUT', '5s'],
    ['LOAD_MODEL', 'least'], ['LOADBALANCER_CHECKSUM_ALGORITHM', 'MD5'], ['SERVER_HEALTHY_THRESHOLD', '0'], ['SERVER_UNHEALTHY_THRESHOLD', '1.5'],
    ['MAX_MEETING_DURATION', 'x'], ['VOICE_BRIDGE_LEN', '2'], ['GET_MEETINGS_API_DISABLED', 'maybe'], ['OFFLINE_MEETINGS', 'drop'], ['DEFAULT_MEETING_TTL', '0'],
    ['MAX_BODY_BYTES', 'lots'], ['BIND', 'udp://127.0.0.1:1'], ['LOG_LEVEL', 'loud'],
  ]) {
    const output = await refusedStart(t, { [name]: value });
    assert.ok(output.includes(name) && output.includes(value), `${name}=${value}: ${output}`);
  }
});

test('secrets never appear in a refusal', async (t) => {
  const output = await refusedStart(t, { LOADBALANCER_SECRETS: 'super-secret-1::super-secret-2' });
  assert.doesNotMatch(output, /super-secret/);
  assert.match(output, /LOADBALANCER_SECRETS/);
});

test('Scalelite\'s other variables are accepted and reported', async (t) => {
  const plenary = await startPlenary(t, { env: { RAILS_ENV: 'production', SECRET_KEY_BASE: 'x'.repeat(64), POLLER_THREADS: '5', RAILS_MAX_THREADS: '5', WEB_CONCURRENCY: '2' } });
  assert.match(plenary.child.output, /POLLER_THREADS/);
});

test('one owner: a second serve on the same data is refused, the first goes on', async (t) => {
  const plenary = await startPlenary(t);
  const output = await refusedStart(t, {}, plenary.data);
  assert.match(output, /already|another|in use|lock/i);
  assertSuccess(await plenary.call('getMeetings'));
});

test('a corrupt state.db is refused clearly and not touched', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1 });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm1' }));
  await plenary.stop();
  const file = path.join(plenary.data, 'state.db');
  const good = fs.readFileSync(file);
  for (const [what, bytes] of [['not a database', Buffer.from('this is no database '.repeat(500))], ['damaged pages', damage(good)], ['cut off', good.subarray(0, Math.floor(good.length / 2) + 100)]]) {
    for (const suffix of ['-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
    fs.writeFileSync(file, bytes, { mode: 0o600 });
    const output = await refusedStart(t, {}, plenary.data);
    assert.match(output, /state\.db/, what);
    assert.ok(fs.readFileSync(file).equals(bytes), `${what}: the file was changed`);
  }
  for (const suffix of ['-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
  fs.writeFileSync(file, good, { mode: 0o600 });
  await plenary.start();
  assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'm1', role: 'VIEWER' })).status, 302, 'restored from a copy, all is there');
});

function damage(good) {
  const bytes = Buffer.from(good);
  for (let at = 4096; at + 64 < bytes.length; at += 4096) bytes.fill(0xab, at, at + 64);
  return bytes;
}

test('a state.db of a newer version is refused and not touched', async (t) => {
  const plenary = await startPlenary(t);
  await plenary.stop();
  const file = path.join(plenary.data, 'state.db');
  const bytes = fs.readFileSync(file);
  bytes.writeUInt32BE(4_000, 60);  // user_version
  fs.writeFileSync(file, bytes);
  assert.match(await refusedStart(t, {}, plenary.data), /state\.db/);
  assert.ok(fs.readFileSync(file).equals(bytes));
});

test('wide permissions are refused', async (t) => {
  const folder = await startPlenary(t);
  await folder.stop();
  fs.chmodSync(folder.data, 0o755);
  assert.match(await refusedStart(t, {}, folder.data), /0?700|permission/i);
  fs.chmodSync(folder.data, 0o700);
  fs.chmodSync(path.join(folder.data, 'state.db'), 0o644);
  assert.match(await refusedStart(t, {}, folder.data), /state\.db/);
  fs.chmodSync(path.join(folder.data, 'state.db'), 0o600);
  await folder.start();
  for (const name of fs.readdirSync(folder.data)) {
    assert.equal(fs.statSync(path.join(folder.data, name)).mode & 0o077, 0, name);
  }
});

test('a folder that can\'t be created or a taken port: one clear line', async (t) => {
  assert.match(await refusedStart(t, {}, '/proc/nowhere/data'), /\/proc\/nowhere/);
  const plenary = await startPlenary(t);
  assert.match(await refusedStart(t, { BIND: `tcp://127.0.0.1:${plenary.port}` }), new RegExp(`in use.*${plenary.port}|${plenary.port}.*in use`, 'i'));
});

test('SIGTERM drains: calls in flight finish, new connections are refused, exit status 0', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { RESPONSE_TIMEOUT: String(5 * slowness) } });
  await sim.faults(1, 'slow', { delay_ms: 1_500 });
  const pending = Array.from({ length: 5 }, (_, i) => plenary.call('create', { name: 'Room', meetingID: `m${i}` }));
  await sleep(400 * slowness);
  const ended = plenary.stop();
  await until(async () => !(await listening(plenary.port)), 'new connections to be refused', 2_000 * slowness);
  for (const reply of await Promise.all(pending)) {
    assertSuccess(reply);
    assert.equal(reply.headers.connection, 'close');
  }
  await ended;
  assert.equal(plenary.child.code, 0);
});

test('an idle kept-alive connection does not hold up the end', async (t) => {
  const plenary = await startPlenary(t);
  const idle = exchange({ port: plenary.port, pieces: ['GET /health_check HTTP/1.1\r\nHost: x\r\n\r\n'], quietMs: 20_000 });
  await sleep(200);
  const begin = performance.now();
  await plenary.stop();
  assert.ok(performance.now() - begin < 3_000 * slowness);
  assert.ok((await idle).closed);
});

test('it is ready soon and finds everything again', async (t) => {
  const { plenary } = await startPool(t, { nodes: 3 });
  for (let i = 0; i < 20; i++) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `m${i}` }));
  await plenary.stop();
  const times = [];
  for (let i = 0; i < 3; i++) {
    times.push(await plenary.start());
    for (let j = 0; j < 20; j++) assert.equal((await plenary.call('join', { fullName: 'A', meetingID: `m${j}`, role: 'VIEWER' })).status, 302);
    await plenary.stop();
  }
  if (!sanitized) assert.ok(Math.min(...times) < 300, `ready after ${times.map(Math.round)} ms`);
});

test('BIND: several addresses and Unix sockets', async (t) => {
  const data = scratchFolder(t);
  const [a, b] = [await freePorts(), await freePorts()];
  const socket = path.join(data, 'http.sock');
  const plenary = new Plenary({ data, port: a, env: { BIND: `tcp://127.0.0.1:${a} tcp://127.0.0.1:${b} unix://${socket}` } });
  cleanup(t, () => plenary.stop());
  await plenary.start();
  assert.equal((await request({ port: b, target: '/bigbluebutton/api' })).status, 200);
  assert.equal((await request({ socketPath: socket, target: '/bigbluebutton/api' })).status, 200);
});

test('PORT without BIND', async (t) => {
  const port = await freePorts();
  const plenary = new Plenary({ data: scratchFolder(t), port, env: { BIND: undefined, PORT: String(port), SCALELITE_API_PORT: '1' } });
  cleanup(t, () => plenary.stop());
  await plenary.start();
  assertSuccess(await plenary.call('getMeetings'));
});
