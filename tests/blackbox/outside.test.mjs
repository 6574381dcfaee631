// Calls to front-ends never reach an address that the operator did not allow: not by a name, not by a redirect, not by an answer of the DNS
// that changes (CALLBACK_ALLOW_NETS).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { assertSuccess } from './lib/expect.mjs';
import { signJwt } from './lib/jwt.mjs';
import { scratchFolder, startPool } from './lib/plenary.mjs';
import { sleep, slowness, until } from './lib/process.mjs';
import { Receiver } from './lib/receiver.mjs';

const kEnv = { RECORDINGS_SOURCE: 'nodes' };

/** Lets a callback to each of `urls` happen, and waits for what comes of it: the dead letters, undefined where it was delivered. */
async function callbacks(plenary, sim, urls) {
  const meetings = await Promise.all(urls.map(async (url) => {
    const meetingID = `outside-${++number}`;
    assertSuccess(await plenary.call('create', { name: 'Outside', meetingID, 'meta_bbb-recording-ready-url': url }));
    const body = new URLSearchParams({ signed_parameters: signJwt({ meeting_id: meetingID, record_id: 'r' }, sim.nodes[0].secret) }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    assert.equal((await plenary.http('/bigbluebutton/api/callbacks/recording-ready', { method: 'POST', body, headers })).status, 200);
    return meetingID;
  }));
  let left = [];
  await until(async () => {
    left = (await plenary.command('callbacks.list', { limit: 1_000 })).callbacks.filter(({ meeting_id }) => meetings.includes(meeting_id));
    return left.every(({ state }) => state === 'dead');
  }, () => `the fate of ${JSON.stringify(left.filter(({ state }) => state !== 'dead'))}`, 45_000 * slowness, 50);
  return meetings.map((meetingID) => left.find(({ meeting_id }) => meeting_id === meetingID));
}
let number = 0;

const callback = async (plenary, sim, url) => (await callbacks(plenary, sim, [url]))[0];

test('without CALLBACK_ALLOW_NETS only public addresses are called', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: kEnv });
  const receiver = await Receiver.start(t, { host: '0.0.0.0' });
  const at = (host) => `http://${host}:${receiver.port}/x`;
  const urls = [
    at('127.0.0.1'), at('localhost'), at('LOCALHOST'), at('any.localhost'), at('127.1'), at('2130706433'), at('0x7f000001'), at('0177.0.0.1'), at('0.0.0.0'), at('0'),
    at('[::1]'), at('[::]'), at('[::ffff:127.0.0.1]'), at('[::ffff:7f00:1]'), at('[64:ff9b::7f00:1]'), at('[2002:7f00:1::]'), at('user:password@127.0.0.1'),
    'http://169.254.169.254/latest/meta-data', 'http://10.1.2.3/', 'http://192.168.0.1/', 'http://172.16.0.1/', 'http://100.64.0.1/', 'http://[fe80::1]/', 'http://[fd00::1]/',
    'file:///etc/passwd', 'gopher://127.0.0.1/', 'ftp://127.0.0.1/', 'javascript:alert(1)', 'http://', 'no url',
  ];
  const letters = await callbacks(plenary, sim, urls);
  for (const [i, letter] of letters.entries()) assert.ok(letter, `${urls[i]} was called`);
  assert.match(letters[0].last_error, /CALLBACK_ALLOW_NETS/);
  assert.equal(receiver.requests.length, 0);
  assert.doesNotMatch(plenary.child.output, /user:password/);
});

test('a redirect is followed to allowed addresses only', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { ...kEnv, CALLBACK_ALLOW_NETS: '127.0.0.2' } });
  const allowed = await Receiver.start(t, { host: '127.0.0.2' });
  const inside = await Receiver.start(t, { host: '127.0.0.1' });
  allowed.answer = ({ path: to }) => (to === '/away' ? { status: 302, headers: { Location: inside.url('/secret') } }
    : to === '/round' ? { status: 302, headers: { Location: '/home' } } : { status: 200 });
  const ended = async (meetingID, url) => {
    assertSuccess(await plenary.call('create', { name: 'Redirect', meetingID, moderatorPW: 'mp', meetingEndedURL: url }));
    assertSuccess(await plenary.call('end', { meetingID, password: 'mp' }));
  };
  await ended('round', allowed.url('/round'));
  await allowed.untilCalled('/home');
  await ended('away', allowed.url('/away'));
  const letter = await until(async () => (await plenary.command('callbacks.list', { state: 'dead' })).callbacks[0], 'the dead letter');
  assert.equal(letter.meeting_id, 'away');
  assert.match(letter.last_error, /127\.0\.0\.1/);
  assert.equal(inside.requests.length, 0);
  assert.equal(await callback(plenary, sim, allowed.url('/ok')), undefined, 'the allowed address itself is called');
});

/** A command that runs a program with `hosts` in the place of /etc/hosts; undefined where the system doesn't allow that. */
function withHosts(hosts) {
  const enter = process.getuid() === 0 ? ['--mount'] : ['--mount', '--map-root-user'];
  const wrap = ['unshare', ...enter, 'sh', '-c', `mount --bind '${hosts}' /etc/hosts && exec "$0" "$@"`];
  try {
    execFileSync(wrap[0], [...wrap.slice(1), 'true'], { stdio: 'ignore' });
    return wrap;
  } catch {
    return undefined;
  }
}

test('names', async (t) => {
  // The system's resolver is asked anew for every connection, and reads this file each time: it stands for a DNS server that lies.
  const hosts = path.join(scratchFolder(t), 'hosts');
  fs.writeFileSync(hosts, '');
  const file = fs.openSync(hosts, 'r+');
  t.after(() => fs.closeSync(file));
  // Always of one size, in one write: nobody reads half an answer.
  const answer = (lines) => fs.writeSync(file, ['127.0.0.1 localhost', ...lines, ''].join('\n').padEnd(4_000, '\n'), 0);
  answer([]);
  const wrap = withHosts(hosts);
  if (!wrap) return t.skip('this system allows no mount namespace');
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { ...kEnv, CALLBACK_ALLOW_NETS: '127.0.0.2' }, wrap });
  const allowed = await Receiver.start(t, { host: '127.0.0.2' });
  const inside = await Receiver.start(t, { host: '127.0.0.1', port: allowed.port });
  const url = (name) => `http://${name}:${allowed.port}/x`;

  await t.test('one that resolves to an allowed address is called', async () => {
    answer(['127.0.0.2 good.test']);
    assert.equal(await callback(plenary, sim, url('good.test')), undefined);
    assert.equal(allowed.requests.length, 1);
  });

  await t.test('one that resolves to loopback is a dead letter', async () => {
    answer(['127.0.0.1 evil.test', '::1 evil6.test']);
    const letter = await callback(plenary, sim, url('evil.test'));
    assert.match(letter.last_error, /127\.0\.0\.1/);
    assert.ok(await callback(plenary, sim, url('evil6.test')));
  });

  await t.test('one that resolves to both never leads inside', async () => {
    answer(['127.0.0.1 both.test', '127.0.0.2 both.test']);
    await callback(plenary, sim, url('both.test'));
  });

  await t.test('one that changes its answer never leads inside', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `rebind${i}.test`);
    let flipping = true;
    let turns = 0;
    const flips = (async () => {
      while (flipping) {
        const address = ++turns % 2 ? '127.0.0.1' : '127.0.0.2';
        answer(names.map((name) => `${address} ${name}`));
        await sleep(1);
      }
    })();
    const before = allowed.requests.length;
    const letters = await callbacks(plenary, sim, names.map(url)).finally(() => { flipping = false; });
    await flips;
    t.diagnostic(`${allowed.requests.length - before} of ${names.length} delivered, ${letters.filter(Boolean).length} refused, ${turns} changes`);
    for (const letter of letters.filter(Boolean)) assert.match(letter.last_error, /127\.0\.0\.1/);
  });

  await t.test('one that was good and is turned inside is not called any more', async () => {
    answer(['127.0.0.2 turned.test']);
    assert.equal(await callback(plenary, sim, url('turned.test')), undefined);
    answer(['127.0.0.1 turned.test']);
    await callback(plenary, sim, url('turned.test'));  // delivered to the old address while it is remembered, or refused
  });

  assert.equal(inside.requests.length, 0, 'nothing ever came inside');
});
