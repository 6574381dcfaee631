// When a meeting may be given up on its node, and when not: silence is never proof that it is over (design: what we end).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, listed, locations } from './lib/expect.mjs';
import { startPool } from './lib/plenary.mjs';
import { slowness, until } from './lib/process.mjs';

const poll = (plenary) => plenary.command('poll.run', { what: 'servers' });
const create = (plenary, meetingID, more = {}) => plenary.call('create', { name: 'Room', meetingID, ...more });

/** A pool in which `room` lives on one node and others exist; resolves with its node's index (from 1). */
async function roomInPool(t, { nodes = 2, env = {} } = {}) {
  const pool = await startPool(t, { nodes, env: { SERVER_UNHEALTHY_THRESHOLD: '1', ...env } });
  assertSuccess(await create(pool.plenary, 'room'));
  const home = locations(await pool.sim.state()).room[0] + 1;
  await pool.sim.control(home, { users: { meeting: 'room', viewers: 2, moderators: 1 } });
  return { ...pool, home, other: home === 1 ? 2 : 1 };
}

test('a move that fails leaves the meeting where it was', async (t) => {
  for (const fault of [{ mode: 'down' }, { mode: 'failed', calls: ['create'] }]) {
    const { plenary, sim, home, other } = await roomInPool(t);
    await poll(plenary);
    await sim.faults(home, 'down');
    await poll(plenary);
    await sim.faults(other, fault.mode, fault.calls ? { calls: fault.calls } : {});
    const reply = await create(plenary, 'room');
    assert.equal(reply.xml.get('returncode'), 'FAILED', fault.mode);
    assert.ok(listed(await plenary.call('getMeetings')).includes('room'), `${fault.mode}: it is still listed`);
    await sim.faults(other, 'ok');
    await sim.faults(home, 'ok');
    for (let i = 0; i < 3; i++) await poll(plenary);
    assert.deepEqual(locations(await sim.state()).room, [home - 1], `${fault.mode}: nobody ended it`);
    assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER' })).status, 302);
  }
});

test('a move that succeeds ends the old copy when its node is back', async (t) => {
  const { plenary, sim, home, other } = await roomInPool(t);
  await sim.faults(home, 'down');
  await poll(plenary);
  assertSuccess(await create(plenary, 'room'));
  await sim.faults(home, 'ok');
  await until(async () => {
    await poll(plenary);
    return JSON.stringify(locations(await sim.state()).room) === JSON.stringify([other - 1]);
  }, 'the old copy to be ended', 10_000 * slowness);
});

test('a cordoned node that does not answer keeps its meeting', async (t) => {
  const { plenary, sim, ids, home } = await roomInPool(t);
  await plenary.command('servers.set_state', { id: ids[home - 1], state: 'cordoned' });
  await sim.faults(home, 'hang', { calls: ['isMeetingRunning'] });
  assertFailed(await create(plenary, 'room'), 'internalError');
  await sim.faults(home, 'ok');
  await poll(plenary);
  assert.deepEqual(locations(await sim.state()).room, [home - 1]);
});

test('an existing meeting of a disabled node is not made anew there', async (t) => {
  const { plenary, sim, ids, home, other } = await roomInPool(t);
  await plenary.command('servers.set_state', { id: ids[home - 1], state: 'disabled' });
  await sim.control(home, { restart: true });  // the node has lost it
  assertSuccess(await create(plenary, 'room'));
  assert.deepEqual(locations(await sim.state()).room, [other - 1]);
  assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER' })).status, 302);
});

test('an operator\'s end that the node refuses forgets nothing', async (t) => {
  const { plenary, sim, home } = await roomInPool(t);
  await sim.faults(home, 'failed', { calls: ['end'] });
  const { ended } = await plenary.command('meetings.end', { ids: ['room'] });
  assert.notEqual(ended[0].error, null);
  assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER' })).status, 302);
});

test('panic of a dead node frees the meetings and owes it their ends', async (t) => {
  const { plenary, sim, ids, home, other } = await roomInPool(t);
  await sim.faults(home, 'down');
  const { cleared } = await plenary.command('servers.panic', { id: ids[home - 1] });
  assert.equal(cleared.length, 1);
  assertSuccess(await create(plenary, 'room'));
  await sim.faults(home, 'ok');
  await until(async () => {
    await poll(plenary);
    return JSON.stringify(locations(await sim.state()).room) === JSON.stringify([other - 1]);
  }, 'the copy on the panicked node to be ended', 10_000 * slowness);
});

test('an end that can\'t be delivered: queued with the right password, refused with a wrong one', async (t) => {
  const { plenary, sim, home } = await roomInPool(t);
  const { moderatorPW } = (await sim.state()).nodes[home - 1].meetings.find(({ meetingID }) => meetingID === 'room');
  await sim.faults(home, 'down');
  assertFailed(await plenary.call('end', { meetingID: 'room', password: `${moderatorPW}x` }), 'internalError');
  assertSuccess(await plenary.call('end', { meetingID: 'room', password: moderatorPW }));
  await sim.faults(home, 'ok');
  await until(async () => {
    await poll(plenary);
    return locations(await sim.state()).room === undefined;
  }, 'the queued end', 10_000 * slowness);
});
