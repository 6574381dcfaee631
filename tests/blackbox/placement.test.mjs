// Where meetings go (design: placement; spec scalelite 6).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts } from './lib/expect.mjs';
import { startPool } from './lib/plenary.mjs';
import { until } from './lib/process.mjs';

async function meetingsPerNode(sim) {
  return (await sim.state()).nodes.map((node) => node.meetings.length);
}

test('200 creates at one instant over 20 equal nodes end at 10 each', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 20, env: { WORKER_THREADS: '4' } });
  const replies = await Promise.all(Array.from({ length: 200 }, (_, i) => plenary.call('create', { name: 'Lecture', meetingID: `lecture-${i}` })));
  replies.forEach(assertSuccess);
  assert.deepEqual(await meetingsPerNode(sim), Array(20).fill(10));
});

test('100 people in a meeting and 50 sent since the last poll make 150', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 1, env: { LOAD_MIN_USER_COUNT: '15' } });
  assertSuccess(await plenary.call('create', { name: 'Big', meetingID: 'big' }));
  await sim.control(1, { users: { meeting: 'big', viewers: 99, moderators: 1 } });
  await plenary.command('poll.run', { what: 'all' });
  assert.equal((await plenary.server(ids[0])).load, 100);
  for (let i = 0; i < 50; i++) {
    const reply = await plenary.call('join', { fullName: `P${i}`, meetingID: 'big', role: 'VIEWER', userID: `new-${i}` });
    assert.equal(reply.status, 302);
  }
  for (let i = 0; i < 10; i++) await plenary.call('join', { fullName: `P${i}`, meetingID: 'big', role: 'VIEWER', userID: `new-${i}` });  // the same people again
  const status = await plenary.cliJson(['status']);
  const server = status.servers.find((candidate) => candidate.id === ids[0]);
  assert.equal(server.load, 150);
  assert.equal(server.reserved_seats, 50);
});

test('seats are reserved at once: a large meeting keeps the next ones away', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: { LOAD_MIN_USER_COUNT: '15' } });
  assertSuccess(await plenary.call('create', { name: 'First', meetingID: 'first' }));
  const crowded = (await meetingsPerNode(sim)).indexOf(1);
  await sim.control(crowded + 1, { users: { meeting: 'first', viewers: 45, moderators: 0 } });
  await plenary.command('poll.run', { what: 'all' });
  for (let i = 0; i < 3; i++) assertSuccess(await plenary.call('create', { name: 'Next', meetingID: `next-${i}` }));
  assert.equal((await meetingsPerNode(sim))[crowded], 1, '45 people weigh as much as three new meetings');
});

test('the multiplier weighs', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 2 });
  await plenary.command('servers.update', { id: ids[0], load_multiplier: 4 });
  for (let i = 0; i < 10; i++) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `m${i}` }));
  assert.deepEqual(await meetingsPerNode(sim), [2, 8]);
});

test('only nodes that are enabled and online take meetings', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 4, env: { SERVER_UNHEALTHY_THRESHOLD: '1' } });
  await plenary.command('servers.set_state', { id: ids[0], state: 'disabled' });
  await plenary.command('servers.set_state', { id: ids[1], state: 'cordoned' });
  await sim.faults(3, 'http500');
  await plenary.command('poll.run', { what: 'all' });
  assert.equal((await plenary.server(ids[2])).online, false);
  for (let i = 0; i < 6; i++) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `m${i}` }));
  assert.deepEqual(await meetingsPerNode(sim), [0, 0, 0, 6]);

  await t.test('none left', async () => {
    await plenary.command('servers.set_state', { id: ids[3], state: 'disabled' });
    assertFailed(await plenary.call('create', { name: 'Room', meetingID: 'none' }), 'internalError', kTexts.noServers);
    assertFailed(await plenary.call('join', { meetingID: 'm0', fullName: 'A', role: 'VIEWER' }), 'serverUnavailable', kTexts.serverUnavailable);
  });
});

test('a cordoned node keeps its meetings, takes no new ones, and is disabled when empty', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 2, env: { POLL_INTERVAL: '1' } });
  const created = assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'stays', attendeePW: 'ap', moderatorPW: 'mp' }));
  const index = (await meetingsPerNode(sim)).indexOf(1);
  await sim.control(index + 1, { users: { meeting: 'stays', viewers: 1, moderators: 0 } });
  await plenary.command('servers.set_state', { id: ids[index], state: 'cordoned' });
  for (let i = 0; i < 4; i++) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `n${i}` }));
  assert.equal((await meetingsPerNode(sim))[index], 1);
  assert.equal((await plenary.call('join', { meetingID: 'stays', fullName: 'A', role: 'VIEWER' })).status, 302);
  const again = assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'stays', attendeePW: 'ap', moderatorPW: 'mp' }));
  assert.equal(again.xml.get('createTime'), created.xml.get('createTime'), 'a running meeting does not move');
  assertSuccess(await plenary.call('end', { meetingID: 'stays', password: 'mp' }));
  await until(async () => (await plenary.server(ids[index])).state === 'disabled', 'the empty cordoned node to be disabled', 30_000);
});

test('LOAD_MODEL=round-robin takes turns', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 3, env: { LOAD_MODEL: 'round-robin' } });
  for (let i = 0; i < 9; i++) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `m${i}` }));
  assert.deepEqual(await meetingsPerNode(sim), [3, 3, 3]);
});

test('LOAD_MODEL=scalelite counts one per create and join until the next poll', async (t) => {
  const { plenary, ids } = await startPool(t, { nodes: 1, env: { LOAD_MODEL: 'scalelite' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm1' }));
  for (let i = 0; i < 3; i++) await plenary.call('join', { meetingID: 'm1', fullName: 'A', role: 'VIEWER', userID: 'same' });
  assert.equal((await plenary.server(ids[0])).load, 4);
});

test('a removed server takes its meetings along; their IDs can be placed again', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 2 });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'orphaned' }));
  const home = (await meetingsPerNode(sim)).indexOf(1);
  await assert.rejects(plenary.command('servers.remove', { id: ids[home] }), { code: 'conflict' });
  await plenary.command('servers.remove', { id: ids[home], force: true });
  for (const call of ['join', 'getMeetingInfo', 'end']) assertFailed(await plenary.call(call, { fullName: 'A', meetingID: 'orphaned' }), 'notFound', kTexts.notFound);
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'orphaned' }));
  assert.equal((await meetingsPerNode(sim))[1 - home], 1);
});

test('creates while the pool changes under them all end well', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 4 });
  let more = true;
  const operator = (async () => {
    while (more) {
      for (const id of ids.slice(1)) {
        for (const state of ['disabled', 'enabled']) await plenary.command('servers.set_state', { id, state });
      }
    }
  })();
  const client = async (k) => {
    for (let i = 0; i < 25; i++) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `moving-${k}-${i}` }));
  };
  await Promise.all(Array.from({ length: 8 }, (_, k) => client(k))).finally(() => { more = false; });
  await operator;
  assert.equal((await meetingsPerNode(sim)).reduce((sum, count) => sum + count, 0), 200);
});
