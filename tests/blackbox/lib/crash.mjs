// Plenary is killed (SIGKILL) at random moments under load, again and again. What must hold afterwards: every meeting whose create was
// acknowledged is found on the node that holds it, and no meetingID is on two nodes.
import assert from 'node:assert/strict';

import { assertSuccess, locations } from './expect.mjs';
import { startPool } from './plenary.mjs';
import { sleep, slowness, until } from './process.mjs';

export async function killManyTimes(t, { kills, writers = 12 }) {
  const { plenary, sim } = await startPool(t, { nodes: 4, env: { POLL_INTERVAL: '0.5', WORKER_THREADS: '2' } });
  await sim.faults('all', 'slow', { delay_ms: 10, calls: ['create'], after: true });  // widens the window between claim and reply
  const acknowledged = new Map();
  let number = 0;
  let load = true;
  let down = false;
  let refusedWhileUp = 0;

  const writer = async () => {
    while (load) {
      const again = Math.random() < 0.2 && number > 10;
      const id = again ? `meeting-${Math.floor(Math.random() * number)}` : `meeting-${number++}`;
      try {
        const reply = await plenary.call('create', { name: 'Crash', meetingID: id, attendeePW: 'ap', moderatorPW: 'mp' });
        if (reply.xml?.get('returncode') === 'SUCCESS') acknowledged.set(id, reply.xml.get('internalMeetingID'));
        else if (!down) refusedWhileUp++;
      } catch {
        await sleep(20);  // the connection broke with the process
      }
    }
  };

  const writing = Array.from({ length: writers }, writer);
  try {
    for (let kill = 0; kill < kills; kill++) {
      await sleep(30 + Math.random() * 250 * slowness);
      down = true;
      await plenary.kill();
      await plenary.start();
      down = false;
    }
    await sleep(300 * slowness);
  } finally {
    load = false;
    await Promise.all(writing);
  }
  await sim.faults('all', 'ok');
  assert.ok(acknowledged.size > kills * 3, `too little load to mean anything: ${acknowledged.size}`);

  let where;
  await until(async () => {
    await plenary.command('poll.run', { what: 'all' });
    where = locations(await sim.state());
    return Object.values(where).every((nodes) => nodes.length === 1);
  }, () => `one copy of each meeting; more: ${JSON.stringify(Object.entries(where).filter(([, nodes]) => nodes.length > 1).slice(0, 5))}`, 40_000 * slowness, 500);

  const internals = new Map((await sim.state()).nodes.flatMap(({ meetings }) => meetings.map((meeting) => [meeting.meetingID, meeting.internalMeetingID])));
  for (const [id, internal] of acknowledged) {
    assert.equal(where[id]?.length, 1, `${id} was acknowledged and is on ${where[id] ?? 'no node'}`);
    assert.equal(internals.get(id), internal, `${id}: another copy took the place of the acknowledged one`);
    const join = await plenary.call('join', { fullName: 'A', meetingID: id, role: 'VIEWER' });
    assert.equal(join.status, 302, `${id}: ${join.text}`);
    assert.ok(join.headers.location.startsWith(`${sim.nodes[where[id][0]].url}/`), `${id} is on node ${where[id][0]}, the join leads to ${join.headers.location}`);
  }
  const bridges = (await plenary.command('meetings.list')).meetings.map((meeting) => meeting.voice_bridge).filter(Boolean);
  assert.equal(new Set(bridges).size, bridges.length, 'voice bridges are unique');
  assertSuccess(await plenary.call('create', { name: 'After', meetingID: 'after-all' }));
  return { acknowledged: acknowledged.size, refusedWhileUp };
}
