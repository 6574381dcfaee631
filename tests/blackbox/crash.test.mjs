// kill -9 at any moment loses nothing that was acknowledged.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { killManyTimes } from './lib/crash.mjs';
import { assertSuccess, locations } from './lib/expect.mjs';
import { startPool } from './lib/plenary.mjs';
import { sanitized, sleep, slowness, until } from './lib/process.mjs';

test('kill -9 at random moments under load', async (t) => {
  const { acknowledged } = await killManyTimes(t, { kills: sanitized ? 8 : 20 });
  t.diagnostic(`${acknowledged} meetings acknowledged`);
});

test('kill -9 between the claim and the node\'s reply', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: { RESPONSE_TIMEOUT: String(5 * slowness) } });

  await t.test('the node had carried it out: the same meeting is found again', async () => {
    await sim.faults('all', 'slow', { delay_ms: 3_000, calls: ['create'], after: true });
    const lost = plenary.call('create', { name: 'Halfway', meetingID: 'carried-out', attendeePW: 'ap', moderatorPW: 'mp' }).catch((error) => error);
    await until(async () => locations(await sim.state())['carried-out'], 'the node to have it', 3_000 * slowness);
    await plenary.kill();
    assert.ok((await lost) instanceof Error);
    const [home] = locations(await sim.state())['carried-out'];
    await sim.faults('all', 'ok');
    await plenary.start();
    const reply = assertSuccess(await plenary.call('create', { name: 'Halfway', meetingID: 'carried-out', attendeePW: 'ap', moderatorPW: 'mp' }));
    assert.equal(reply.xml.get('messageKey'), 'duplicateWarning');
    assert.deepEqual(locations(await sim.state())['carried-out'], [home]);
  });

  await t.test('the node had not: the ID can be placed again', async () => {
    await sim.faults('all', 'hang', { calls: ['create'] });
    const lost = plenary.call('create', { name: 'Nothing', meetingID: 'not-carried-out', attendeePW: 'ap', moderatorPW: 'mp' }).catch((error) => error);
    await sleep(300 * slowness);
    await plenary.kill();
    assert.ok((await lost) instanceof Error);
    await sim.faults('all', 'ok');
    await plenary.start();
    assertSuccess(await plenary.call('create', { name: 'Nothing', meetingID: 'not-carried-out', attendeePW: 'ap', moderatorPW: 'mp' }));
    assert.equal(locations(await sim.state())['not-carried-out'].length, 1);
  });

  await t.test('the node is down after the restart: the ID goes elsewhere, the possible orphan is ended later', async () => {
    await sim.faults('all', 'slow', { delay_ms: 3_000, calls: ['create'], after: true });
    const lost = plenary.call('create', { name: 'Orphan', meetingID: 'orphan', attendeePW: 'ap', moderatorPW: 'mp' }).catch((error) => error);
    await until(async () => locations(await sim.state()).orphan, 'the node to have it', 3_000 * slowness);
    await plenary.kill();
    await lost;
    const [home] = locations(await sim.state()).orphan;
    await sim.faults('all', 'ok');
    await sim.faults(home + 1, 'down');
    await plenary.start();
    assertSuccess(await plenary.call('create', { name: 'Orphan', meetingID: 'orphan', attendeePW: 'ap', moderatorPW: 'mp' }));
    await sim.faults(home + 1, 'ok');
    await until(async () => {
      await plenary.command('poll.run', { what: 'all' });
      return locations(await sim.state()).orphan.join() === String(1 - home);
    }, 'the orphan to be ended', 20_000 * slowness, 300);
    const join = await plenary.call('join', { fullName: 'A', meetingID: 'orphan', role: 'VIEWER' });
    assert.ok(join.headers.location.startsWith(sim.nodes[1 - home].url));
  });
});

test('what an operator changed survives kill -9', async (t) => {
  const { plenary, ids } = await startPool(t, { nodes: 2 });
  await plenary.command('servers.update', { id: ids[0], load_multiplier: 2.5, tag: 'gpu' });
  await plenary.command('servers.set_state', { id: ids[1], state: 'disabled' });
  await plenary.kill();
  await plenary.start();
  const [first, second] = [await plenary.server(ids[0]), await plenary.server(ids[1])];
  assert.deepEqual([first.load_multiplier, first.tag, first.state, second.state], [2.5, 'gpu', 'enabled', 'disabled']);
});
