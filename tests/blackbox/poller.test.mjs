// What polls do: health, load, ended and adopted meetings, versions (spec scalelite 7; design: offline meetings).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts, listed, locations } from './lib/expect.mjs';
import { startPlenary, startPool } from './lib/plenary.mjs';
import { slowness, until } from './lib/process.mjs';
import { Sim } from './lib/sim.mjs';
import { cleanup } from './lib/process.mjs';

const poll = (plenary) => plenary.command('poll.run', { what: 'all' });

test('thresholds, offline and online again', async (t) => {
  const sim = await Sim.start({ nodes: 1 });
  cleanup(t, () => sim.stop());
  const plenary = await startPlenary(t, { env: { SERVER_UNHEALTHY_THRESHOLD: '3', SERVER_HEALTHY_THRESHOLD: '2' } });
  const added = await plenary.command('servers.add', { ...sim.nodes[0], enable: true });
  assert.equal(added.server.online, false, 'adding it polls it once');
  const ids = [added.server.id];
  await poll(plenary);
  assert.equal((await plenary.server(ids[0])).online, true);
  await sim.faults(1, 'http500');
  for (const online of [true, true, false]) {
    await poll(plenary);
    assert.equal((await plenary.server(ids[0])).online, online);
  }
  assert.notEqual((await plenary.server(ids[0])).last_error, '');
  await sim.faults(1, 'ok');
  for (const online of [false, true]) {
    await poll(plenary);
    assert.equal((await plenary.server(ids[0])).online, online);
  }
});

test('load, users, videos and the largest meeting', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 1, env: { LOAD_MIN_USER_COUNT: '15' } });
  for (const id of ['a1', 'b1']) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: id }));
  await sim.control(1, { users: { meeting: 'a1', viewers: 18, moderators: 2, video: 3 } });
  await sim.control(1, { users: { meeting: 'b1', viewers: 1, moderators: 0 } });
  await poll(plenary);
  const server = await plenary.server(ids[0]);
  assert.deepEqual([server.meetings, server.users, server.largest_meeting, server.videos], [2, 21, 20, 3]);
  assert.equal(server.load, 35, '20 people, and 15 reserved for a young meeting');
});

test('numbers with thousands separators are read', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 1, sim: { version: '2.7.15' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'crowd' }));
  await sim.control(1, { thousands: true });
  await sim.control(1, { users: { meeting: 'crowd', viewers: 1233, moderators: 1 } });
  await poll(plenary);
  assert.equal((await plenary.server(ids[0])).users, 1234);
});

test('meetings that ended are forgotten, but only when a poll succeeds', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { SERVER_UNHEALTHY_THRESHOLD: '100' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'gone' }));
  for (const mode of ['http500', 'html502', 'garbage', 'truncated', 'empty', 'noreturncode', 'failed', 'failed_nokey', 'reset']) {
    await sim.faults(1, mode);
    await poll(plenary);
    assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'gone', role: 'VIEWER' })).status, 302, mode);
  }
  await sim.faults(1, 'ok');
  await sim.control(1, { drop: ['gone'] });
  await poll(plenary);
  assertFailed(await plenary.call('join', { fullName: 'A', meetingID: 'gone', role: 'VIEWER' }), 'notFound', kTexts.notFound);
});

test('meetings that a node has and we don\'t know are adopted, and never ended by us', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: { POLL_INTERVAL: '0.5' } });
  await sim.control(2, { add: { name: 'Foreign', meetingID: 'foreign' } });
  await poll(plenary);
  const join = await plenary.call('join', { fullName: 'A', meetingID: 'foreign', role: 'VIEWER' });
  assert.equal(join.status, 302);
  assert.ok(join.headers.location.startsWith(sim.nodes[1].url));
  assertSuccess(await plenary.call('create', { name: 'Foreign', meetingID: 'foreign' }));
  assert.deepEqual(locations(await sim.state()).foreign, [1], 'a create goes where the meeting is');
  const { meetings } = await plenary.command('meetings.list');
  assert.equal(meetings.find((meeting) => meeting.meeting_id === 'foreign').adopted, true);
});

test('a meetingID on two nodes: the claim stays, the other copy is not ended while people are in it', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2 });
  assertSuccess(await plenary.call('create', { name: 'Twice', meetingID: 'twice' }));
  const [home] = locations(await sim.state()).twice;
  const other = 1 - home;
  await sim.control(other + 1, { add: { name: 'Twice', meetingID: 'twice' } });
  await sim.control(other + 1, { users: { meeting: 'twice', viewers: 2, moderators: 0 } });
  await poll(plenary);
  await poll(plenary);
  const join = await plenary.call('join', { fullName: 'A', meetingID: 'twice', role: 'VIEWER' });
  assert.ok(join.headers.location.startsWith(sim.nodes[home].url));
  assert.deepEqual(locations(await sim.state()).twice.length, 2);
  assert.match(plenary.child.output, /twice/, 'it is reported');
});

test('OFFLINE_MEETINGS=keep: listed and claimed anew elsewhere, the old copy ended later', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 2, env: { SERVER_UNHEALTHY_THRESHOLD: '1' } });
  for (let i = 0; i < 2; i++) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `keep-${i}`, attendeePW: 'ap', moderatorPW: 'mp' }));
  const before = locations(await sim.state());
  const home = before['keep-0'][0];
  await poll(plenary);
  await sim.faults(home + 1, 'down');
  await poll(plenary);
  assert.equal((await plenary.server(ids[home])).online, false);
  assert.deepEqual(listed(await plenary.call('getMeetings')).sort(), ['keep-0', 'keep-1']);
  assertFailed(await plenary.call('join', { fullName: 'A', meetingID: 'keep-0', role: 'VIEWER' }), 'serverUnavailable', kTexts.serverUnavailable);
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'keep-0', attendeePW: 'ap', moderatorPW: 'mp' }));
  const join = await plenary.call('join', { fullName: 'A', meetingID: 'keep-0', role: 'VIEWER' });
  assert.ok(join.headers.location.startsWith(sim.nodes[1 - home].url));
  await sim.faults(home + 1, 'ok');
  await poll(plenary);
  await until(async () => {
    await poll(plenary);
    return locations(await sim.state())['keep-0'].length === 1;
  }, 'the superseded copy to be ended', 15_000 * slowness, 300);
  assert.deepEqual(locations(await sim.state())['keep-0'], [1 - home]);
});

test('OFFLINE_MEETINGS=forget does as Scalelite', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { SERVER_UNHEALTHY_THRESHOLD: '1', OFFLINE_MEETINGS: 'forget' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'lost' }));
  await sim.faults(1, 'http500');
  await poll(plenary);
  assertFailed(await plenary.call('join', { fullName: 'A', meetingID: 'lost', role: 'VIEWER' }), 'notFound');
});

test('a hanging node delays nobody else', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 4, env: { POLL_INTERVAL: '0.5', RESPONSE_TIMEOUT: String(4 * slowness) } });
  await sim.faults(1, 'hang');
  const last = async () => (await plenary.server(ids[1])).last_poll_ms;
  const before = await last();
  await until(async () => (await last()) > before + 900, 'other nodes to be polled on', 4_000 * slowness);
});

test('a node is polled at once when it is added or enabled', async (t) => {
  const sim = await Sim.start({ nodes: 1, args: ['--reveal-version'] });
  cleanup(t, () => sim.stop());
  const plenary = await startPlenary(t, { env: { POLL_INTERVAL: '600' } });
  const [id] = await plenary.addNodes(sim.nodes);
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm1' }));
  await until(async () => (await plenary.server(id)).bbb_version === '3.0.19', 'the version');
});

test('a node that restarted lost its meetings: they can be created again at once', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1 });
  const params = { name: 'Room', meetingID: 'back', attendeePW: 'ap', moderatorPW: 'mp' };
  const first = assertSuccess(await plenary.call('create', params));
  await sim.control(1, { restart: true });
  await until(async () => (await sim.state()).nodes[0].meetings.length === 0, 'the restart');
  const second = assertSuccess(await plenary.call('create', params));
  assert.notEqual(second.xml.get('internalMeetingID'), first.xml.get('internalMeetingID'));
  await poll(plenary);
  assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'back', role: 'VIEWER' })).status, 302);
});

test('a claim lives for DEFAULT_MEETING_TTL, refreshed while the meeting runs', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { DEFAULT_MEETING_TTL: '3', POLL_INTERVAL: '0.5' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'ttl' }));
  await sim.control(1, { users: { meeting: 'ttl', viewers: 1, moderators: 0 } });
  const end = Date.now() + 5_000;
  while (Date.now() < end) {
    assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'ttl', role: 'VIEWER', userID: 'u' })).status, 302);
    await new Promise((wake) => setTimeout(wake, 250));
  }
});
