// Webhooks against the pool: one registration with us stands for one on every node; events come back through us, once, under the front-end's own
// meetingID, signed with its secret (spec bbb-api 2.9, 6.5).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertSuccess } from './lib/expect.mjs';
import { request } from './lib/net.mjs';
import { kSecret, startPool } from './lib/plenary.mjs';
import { sleep, slowness, until } from './lib/process.mjs';
import { Receiver } from './lib/receiver.mjs';
import { digest, signed } from './lib/sign.mjs';
import { addTenant } from './lib/tenants.mjs';

const kEnv = { CALLBACK_ALLOW_NETS: 'loopback', POLL_INTERVAL: '0.5' };
const kPath = '/bigbluebutton/api/callbacks/hooks/';

const hooks = async (front, call, params, options) => (await front.call(`hooks/${call}`, params, options)).text;
const success = (inner) => `<response><returncode>SUCCESS</returncode>${inner}</response>`;
const failed = (key, message) => `<response><returncode>FAILED</returncode><messageKey>${key}</messageKey><message>${message}</message></response>`;

async function register(front, callbackURL, more = {}) {
  const text = await hooks(front, 'create', { callbackURL, ...more });
  const id = /<hookID>([0-9a-f-]{36})<\/hookID>/.exec(text)?.[1];
  assert.ok(id, text);
  return id;
}

/** What is registered on each node, without the address of the load balancer: [["/bigbluebutton/…"], …]. */
async function onNodes(sim, plenary) {
  const base = `http://127.0.0.1:${plenary.port}`;
  return (await sim.state()).nodes.map((node) => node.hooks.map(({ callbackURL, rawData }) => `${callbackURL.replace(base, '')}${rawData ? '!' : ''}`).sort());
}

async function untilOnNodes(sim, plenary, expected) {
  let seen;
  await until(async () => {
    seen = await onNodes(sim, plenary);
    return JSON.stringify(seen) === JSON.stringify(expected);
  }, () => `hooks on nodes to be ${JSON.stringify(expected)}; they are ${JSON.stringify(seen)}`, 20_000 * slowness, 50);
}

const eventsOf = (requests) => requests.map(({ body }) => JSON.parse(new URLSearchParams(body).get('event'))[0]);
const idsOf = (requests) => eventsOf(requests).map((event) => event.data?.id ?? event.envelope.name);
const meetingOf = (event) => event.data.attributes.meeting['external-meeting-id'];

/** Something that happens in a meeting of a node. */
async function emit(sim, meetingID, id, more = {}) {
  const { nodes } = await sim.state();
  const node = nodes.find(({ meetings }) => meetings.some((meeting) => meeting.meetingID === meetingID));
  const { internalMeetingID } = node.meetings.find((meeting) => meeting.meetingID === meetingID);
  const meeting = { 'internal-meeting-id': internalMeetingID, 'external-meeting-id': meetingID };
  const event = { data: { type: 'event', id, attributes: { meeting, ...more.attributes }, event: { ts: more.ts ?? Date.now() } } };
  await sim.control(node.node, { emit: { meeting: meetingID, event, copies: more.copies ?? 1 } });
  return event;
}

const create = async (front, meetingID, more = {}) => assertSuccess(await front.call('create', { name: 'Hooked', meetingID, moderatorPW: 'mp', ...more }));

test('registration answers as bbb-webhooks does', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: kEnv });
  const first = await plenary.call('hooks/create', { callbackURL: 'https://front.example/a?x=1&y=2' });
  assert.equal(first.headers['content-type'], 'text/xml; charset=utf-8');
  const [, id] = /<hookID>([0-9a-f-]{36})<\/hookID>/.exec(first.text);
  assert.equal(first.text, success(`<hookID>${id}</hookID><permanentHook>false</permanentHook><rawData>false</rawData>`));
  assert.equal(await hooks(plenary, 'create', { callbackURL: 'https://front.example/a?x=1&y=2', meetingID: 'other', getRaw: 'true' }),
    success(`<hookID>${id}</hookID><messageKey>duplicateWarning</messageKey><message>There is already a hook for this callback URL.</message>`));
  const second = await register(plenary, 'https://front.example/b', { meetingID: 'm<1>', eventID: 'User-Joined,user-left', getRaw: 'true' });
  const listedFirst = `<hook><hookID>${id}</hookID><callbackURL><![CDATA[https://front.example/a?x=1&y=2]]></callbackURL><permanentHook>false</permanentHook><rawData>false</rawData></hook>`;
  const listedSecond = `<hook><hookID>${second}</hookID><callbackURL><![CDATA[https://front.example/b]]></callbackURL><meetingID><![CDATA[m<1>]]></meetingID>`
    + '<eventID>user-joined,user-left</eventID><permanentHook>false</permanentHook><rawData>true</rawData></hook>';
  assert.equal(await hooks(plenary, 'list', {}), success(`<hooks>${listedFirst}${listedSecond}</hooks>`));
  assert.equal(await hooks(plenary, 'list', { meetingID: 'm<1>' }), success(`<hooks>${listedFirst}${listedSecond}</hooks>`));
  assert.equal(await hooks(plenary, 'list', { meetingID: 'else' }), success(`<hooks>${listedFirst}</hooks>`));

  await t.test('errors', async () => {
    assert.equal(await hooks(plenary, 'create', {}), failed('missingParamCallbackURL', 'You must specify a callbackURL in the parameters.'));
    for (const callbackURL of ['ftp://x/', 'javascript:alert(1)', 'front.example/a', 'http://', 'https://user:pass@x/', `https://x/${'a'.repeat(2048)}`]) {
      assert.match(await hooks(plenary, 'create', { callbackURL }), /FAILED<\/returncode><messageKey>createHookError</, callbackURL.slice(0, 40));
    }
    assert.equal(await hooks(plenary, 'destroy', {}), failed('missingParamHookID', 'You must specify a hookID in the parameters.'));
    assert.equal(await hooks(plenary, 'destroy', { hookID: 'x' }), failed('destroyMissingHook', 'The hook informed was not found.'));
    for (const call of ['create', 'list', 'destroy']) assert.match(await hooks(plenary, call, {}, { secret: 'wrong' }), /checksumError/);
    assert.match(await hooks(plenary, 'list', {}, { algorithm: 'sha1' }), /SUCCESS/, 'what the PHP library signs these calls with');
  });

  await t.test('it is kept over a crash, until it is destroyed', async () => {
    await plenary.kill();
    await plenary.start();
    assert.equal(await hooks(plenary, 'list', {}), success(`<hooks>${listedFirst}${listedSecond}</hooks>`));
    assert.equal(await hooks(plenary, 'destroy', { hookID: id }), success('<removed>true</removed>'));
    assert.equal(await hooks(plenary, 'destroy', { hookID: id }), failed('destroyMissingHook', 'The hook informed was not found.'));
    assert.equal(await hooks(plenary, 'list', {}), success(`<hooks>${listedSecond}</hooks>`));
  });
});

test('one hook of ours is on every node while somebody is registered', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 3, env: kEnv });
  await sim.control(2, { version: '2.7.15' });  // SHA-1 only, and it does not say so
  await sim.control(3, { webhooks: false });
  const mapped = (index) => `${kPath}${ids[index]}`;
  const first = await register(plenary, 'https://front.example/a');
  await untilOnNodes(sim, plenary, [[mapped(0)], [mapped(1)], []]);
  const second = await register(plenary, 'https://front.example/b');
  const raw = await register(plenary, 'https://front.example/raw', { getRaw: 'true' });
  await untilOnNodes(sim, plenary, [[mapped(0), `${mapped(0)}/raw!`], [mapped(1), `${mapped(1)}/raw!`], []]);
  assert.equal(plenary.child.output.match(/the server has none/g)?.length, 1, 'a node without webhooks is told of once');
  await hooks(plenary, 'destroy', { hookID: raw });
  await untilOnNodes(sim, plenary, [[mapped(0)], [mapped(1)], []]);

  await t.test('again when a node returns', async () => {
    await sim.faults(1, 'down');
    await until(async () => !(await plenary.server(ids[0])).online, 'the node to be offline');
    await sim.control(1, { forget_hooks: true });
    await sim.faults(1, 'ok');
    await untilOnNodes(sim, plenary, [[mapped(0)], [mapped(1)], []]);
  });
  await t.test('again after a restart of ours', async () => {
    await plenary.stop();
    await sim.control(1, { forget_hooks: true });
    await plenary.start();
    await untilOnNodes(sim, plenary, [[mapped(0)], [mapped(1)], []]);
  });
  await t.test('gone with the last registration, other balancers keep theirs', async () => {
    const { url, secret } = sim.nodes[0];
    const { port, pathname } = new URL(url);
    const another = 'https://another.example/bigbluebutton/api/callbacks/hooks/x';
    await request({ port, target: `${pathname}/hooks/create?${signed('hooks/create', { callbackURL: another }, secret)}` });
    await hooks(plenary, 'destroy', { hookID: first });
    await sleep(300);
    assert.deepEqual((await onNodes(sim, plenary))[0], [mapped(0), another]);
    await hooks(plenary, 'destroy', { hookID: second });
    await untilOnNodes(sim, plenary, [[another], [], []]);
  });
});

test('events come back through us', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 2, env: kEnv });
  const receiver = await Receiver.start(t);
  await register(plenary, receiver.url('/all?x=1'));
  await register(plenary, receiver.url('/m1'), { meetingID: 'm1' });
  await register(plenary, receiver.url('/joins'), { eventID: 'user-joined' });
  await register(plenary, receiver.url('/raw'), { getRaw: 'true' });
  await untilOnNodes(sim, plenary, ids.map((id) => [`${kPath}${id}`, `${kPath}${id}/raw!`]));
  await create(plenary, 'm1');
  await create(plenary, 'm2');

  await t.test('filtered and signed with the secret of the front-end', async () => {
    await plenary.http(plenary.target('join', { fullName: 'Alice', meetingID: 'm1', role: 'MODERATOR' })).then(({ headers }) => sim.follow(headers.location));
    const [joined] = await receiver.untilCalled('/joins');
    await receiver.untilCalled('/all', 3);
    await receiver.untilCalled('/m1', 2);
    assert.equal(joined.method, 'POST');
    assert.equal(joined.headers['content-type'], 'application/x-www-form-urlencoded;charset=UTF-8');
    assert.equal(joined.url, `/joins?checksum=${digest('sha1', receiver.url('/joins') + joined.body + kSecret)}`);
    const [all] = receiver.to('/all');
    assert.equal(all.url, `/all?x=1&checksum=${digest('sha1', receiver.url('/all?x=1') + all.body + kSecret)}`);
    const form = new URLSearchParams(joined.body);
    assert.deepEqual([[...form.keys()], form.get('domain')], [['domain', 'event', 'timestamp'], '127.0.0.1']);
    const [event] = eventsOf([joined]);
    assert.deepEqual([event.data.id, meetingOf(event), event.data.attributes.user.name], ['user-joined', 'm1', 'Alice']);
    assert.deepEqual(idsOf(receiver.to('/all')).sort(), ['meeting-created', 'meeting-created', 'user-joined']);
    assert.deepEqual(idsOf(receiver.to('/m1')).sort(), ['meeting-created', 'user-joined']);
    const raw = await receiver.untilCalled('/raw', 3);
    assert.deepEqual(idsOf(raw).sort(), ['MeetingCreatedEvtMsg', 'MeetingCreatedEvtMsg', 'UserJoinedMeetingEvtMsg']);
  });

  await t.test('once, though the node sends an event twice', async () => {
    const before = receiver.to('/all').length;
    const event = await emit(sim, 'm1', 'user-raise-hand-changed', { copies: 3 });
    await emit(sim, 'm1', 'user-emoji-changed');
    await until(() => idsOf(receiver.to('/all')).includes('user-emoji-changed'), 'the last event');
    await sleep(300 * slowness);
    const came = eventsOf(receiver.to('/all').slice(before));
    assert.deepEqual(came.filter(({ data }) => data.id === 'user-raise-hand-changed'), [event]);
  });

  await t.test('of meetings that we know only, the end of one that was just forgotten included', async () => {
    const elsewhere = { data: { type: 'event', id: 'user-joined', attributes: { meeting: { 'internal-meeting-id': 'i', 'external-meeting-id': 'm1' } }, event: { ts: 1 } } };
    await sim.control('all', { emit: { meeting: 'm1', event: elsewhere } });
    await plenary.call('end', { meetingID: 'm2', password: 'mp' });
    await until(() => eventsOf(receiver.to('/all')).some((event) => event.data.id === 'meeting-ended' && meetingOf(event) === 'm2'), 'the end of m2');
    assert.equal(receiver.to('/joins').length, 1);
    assert.ok(eventsOf(receiver.to('/m1')).every((event) => meetingOf(event) === 'm1'));
  });

  await t.test('nobody but a node can send one', async () => {
    const body = new URLSearchParams({ event: '[{"data":{"id":"user-joined"}}]', timestamp: '1' }).toString();
    const url = `http://127.0.0.1:${plenary.port}${kPath}${ids[0]}`;
    const post = async (path, sum, options = {}) => (await plenary.http(`${path}?checksum=${sum}`, { method: 'POST', body, ...options })).status;
    const good = digest('sha256', url + body + sim.nodes[0].secret);
    assert.equal(await post(`${kPath}${ids[0]}`, good), 200);
    assert.equal(await post(`${kPath}${ids[1]}`, good), 403, 'signed for another node');
    assert.equal(await post(`${kPath}${ids[0]}`, digest('sha1', url + body + kSecret)), 403);
    assert.equal(await post(`${kPath}${ids[0]}`, ''), 403);
    assert.equal(await post(`${kPath}nowhere`, good), 404);
    assert.equal(await post(`${kPath}${ids[0]}`, '', { headers: { Authorization: `Bearer ${sim.nodes[0].secret}` } }), 200);
    assert.equal(await post(`${kPath}${ids[0]}`, '', { headers: { Authorization: 'Bearer ' } }), 403);
    assert.equal(await post(`${kPath}${ids[0]}`, good, { body: 'x'.repeat(1_100_000) }), 413);
    assert.equal((await plenary.http(`${kPath}${ids[0]}?checksum=${good}`)).status, 405);
  });
});

test('a receiver that is down hears of everything later, in order', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 1, env: kEnv });
  const receiver = await Receiver.start(t);
  await register(plenary, receiver.url('/cb'), { eventID: 'chat-group-message-sent' });
  await untilOnNodes(sim, plenary, [[`${kPath}${ids[0]}`]]);
  await create(plenary, 'm1');
  await receiver.close();
  const pending = async () => (await plenary.command('callbacks.list', {})).pending;
  for (let ts = 1; ts <= 5; ts++) {
    await emit(sim, 'm1', 'chat-group-message-sent', { ts });
    await until(async () => (await pending()) === ts, `event ${ts} to be kept`);
  }
  await plenary.kill();
  await receiver.open();
  await plenary.start();
  await plenary.command('callbacks.retry', { all: true });
  await receiver.untilCalled('/cb', 5, 60_000 * slowness);
  assert.deepEqual(eventsOf(receiver.to('/cb')).map(({ data }) => data.event.ts), [1, 2, 3, 4, 5]);
  const stamps = receiver.to('/cb').map(({ body }) => Number(new URLSearchParams(body).get('timestamp')));
  assert.ok(stamps.every((stamp, i) => i === 0 || stamp >= stamps[i - 1]) && stamps.at(-1) < receiver.to('/cb')[0].atMs, 'of the event, not of the delivery');
});

test('two tenants with the same meetingID', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 1, env: { ...kEnv, MULTITENANCY_ENABLED: 'true' } });
  const receiver = await Receiver.start(t);
  const red = await addTenant(plenary, 'red', { byPath: true });
  const blue = await addTenant(plenary, 'blue');
  const redHook = await register(red, receiver.url('/red'));
  const blueHook = await register(blue, receiver.url('/blue'), { meetingID: 'same' });
  await untilOnNodes(sim, plenary, [[`${kPath}${ids[0]}`]]);
  await create(red, 'same');
  await create(blue, 'same');
  await create(blue, 'blue-only');
  for (const { meetingID } of (await sim.state()).nodes[0].meetings) await emit(sim, meetingID, 'meeting-recording-started');
  const seen = (path) => eventsOf(receiver.to(path)).map((event) => `${event.data.id} ${meetingOf(event)}`).sort();
  await receiver.untilCalled('/red', 2);
  await receiver.untilCalled('/blue', 2);
  await sleep(300 * slowness);
  assert.deepEqual(seen('/red'), ['meeting-created same', 'meeting-recording-started same']);
  assert.deepEqual(seen('/blue'), ['meeting-created same', 'meeting-recording-started same']);
  const internal = (path) => new Set(eventsOf(receiver.to(path)).map(({ data }) => data.attributes.meeting['internal-meeting-id']));
  assert.equal(new Set([...internal('/red'), ...internal('/blue')]).size, 2, 'each its own meeting');
  for (const [path, secret] of [['/red', red.secret], ['/blue', blue.secret]]) {
    for (const { url, body } of receiver.to(path)) assert.equal(url, `${path}?checksum=${digest('sha1', receiver.url(path) + body + secret)}`);
    for (const { body } of receiver.to(path)) assert.doesNotMatch(decodeURIComponent(body), /same~/, 'nobody sees a scoped meetingID');
  }

  await t.test('nobody sees or destroys another\'s hook', async () => {
    assert.doesNotMatch(await hooks(blue, 'list', {}), /\/red/);
    assert.doesNotMatch(await hooks(red, 'list', {}), /\/blue/);
    assert.match(await hooks(blue, 'destroy', { hookID: redHook }), /destroyMissingHook/);
    const shared = await register(red, receiver.url('/blue'));
    assert.notEqual(shared, blueHook, 'the same URL is another registration');
  });

  await t.test('a recording that is published days later', async () => {
    const meeting = { 'internal-meeting-id': 'long-gone-1', 'external-meeting-id': 'same' };
    const event = (id, metadata) => ({ data: { type: 'event', id, attributes: { meeting, recording: { metadata } }, event: { ts: 1 } } });
    await sim.control(1, { emit: { meeting: 'same', event: event('rap-process-ended', {}) } });
    await sleep(300 * slowness);  // the next one tells whose recording it is: from then on we know
    await sim.control(1, { emit: { meeting: 'same', event: event('rap-publish-ended', { 'tenant-id': red.id }) } });
    await until(() => seen('/red').includes('rap-publish-ended same'), 'the recording');
    await sleep(300 * slowness);
    assert.ok(![...seen('/blue'), ...seen('/red')].some((text) => text.startsWith('rap-process-ended')), 'it does not tell whose it is');
  });
});
