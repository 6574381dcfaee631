// Nodes fail in every way at random while meetings are created, joined, listed and ended. Afterwards the pool and we must agree.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertSuccess, listed, locations } from '../blackbox/lib/expect.mjs';
import { startPool } from '../blackbox/lib/plenary.mjs';
import { sleep, slowness, until } from '../blackbox/lib/process.mjs';

const kModes = ['down', 'hang', 'slow', 'http500', 'html502', 'garbage', 'truncated', 'empty', 'noreturncode', 'reset', 'failed'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

test('60 seconds of failing nodes', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 6, env: { POLL_INTERVAL: '0.5', RESPONSE_TIMEOUT: '0.5', CONNECT_TIMEOUT: '0.5', SERVER_UNHEALTHY_THRESHOLD: '2' } });
  const end = Date.now() + 60_000;
  const alive = new Set();  // IDs to come back to; clients race, so what is right in the end is asked of the nodes
  let number = 0;
  let answered = 0;

  const breaker = async () => {
    while (Date.now() < end) {
      const mode = pick(kModes);
      // A call may be carried out although its reply is lost; a node that says FAILED has not carried it out.
      const after = !mode.startsWith('failed') && Math.random() < 0.3;
      await sim.faults(1 + Math.floor(Math.random() * 4), mode, { delay_ms: 300, after });  // nodes 5 and 6 stay well
      await sleep(200);
      if (Math.random() < 0.5) await sim.faults(1 + Math.floor(Math.random() * 4), 'ok');
    }
    await sim.faults('all', 'ok');
  };
  const client = async () => {
    while (Date.now() < end) {
      const id = Math.random() < 0.5 || alive.size === 0 ? `m${number++}` : pick([...alive]);
      const action = Math.random();
      if (action < 0.5) {
        const reply = await plenary.call('create', { name: 'Chaos', meetingID: id, attendeePW: 'ap', moderatorPW: 'mp' });
        assert.equal(reply.status, 200);
        assert.ok(reply.xml, reply.text);
        if (reply.xml.get('returncode') === 'SUCCESS') alive.add(id);
      } else if (action < 0.8) {
        const reply = await plenary.call('join', { fullName: 'A', meetingID: id, role: 'VIEWER' });
        assert.ok(reply.status === 302 || reply.xml?.get('returncode') === 'FAILED');
      } else if (action < 0.9) {
        const begin = performance.now();
        listed(await plenary.call('getMeetings'));
        assert.ok(performance.now() - begin < 5_000 * slowness, 'getMeetings waits for nobody for long');
      } else {
        const reply = await plenary.call('end', { meetingID: id, password: 'mp' });
        assert.equal(reply.status, 200);
        alive.delete(id);
      }
      answered++;
    }
  };
  await Promise.all([breaker(), ...Array.from({ length: 8 }, client)]);
  t.diagnostic(`${answered} calls answered, ${number} meetings`);

  await until(async () => {
    await plenary.command('poll.run', { what: 'all' });
    return Object.values(locations(await sim.state())).every((nodes) => nodes.length === 1);
  }, 'one copy of each meeting', 60_000, 500);
  const where = locations(await sim.state());
  for (const id of Object.keys(where)) {
    const join = await plenary.call('join', { fullName: 'A', meetingID: id, role: 'VIEWER' });
    assert.equal(join.status, 302, id);
    assert.ok(join.headers.location.startsWith(`${sim.nodes[where[id][0]].url}/`), id);
  }
  assertSuccess(await plenary.call('create', { name: 'After', meetingID: 'after-all' }));
});
