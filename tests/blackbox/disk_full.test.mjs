// A full disk: nothing is acknowledged that is not stored, joins go on, and it heals by itself. Needs root for a small tmpfs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { assertFailed, assertSuccess, locations } from './lib/expect.mjs';
import { freePorts } from './lib/net.mjs';
import { Plenary, scratchFolder } from './lib/plenary.mjs';
import { cleanup, slowness, until } from './lib/process.mjs';
import { Sim } from './lib/sim.mjs';

function mountSmallDisk(t) {
  const folder = path.join(scratchFolder(t), 'small');
  fs.mkdirSync(folder, { mode: 0o700 });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=0700', 'tmpfs', folder]);
  if (mounted.status !== 0) return undefined;
  cleanup(t, () => spawnSync('umount', ['-l', folder]));
  return folder;
}

function fill(folder) {
  const file = path.join(folder, 'ballast');
  const handle = fs.openSync(file, 'a');
  try {
    for (const size of [65_536, 4_096, 512, 1]) {
      try {
        for (;;) if (fs.writeSync(handle, Buffer.alloc(size)) < size) break;
      } catch (error) {
        assert.equal(error.code, 'ENOSPC');
      }
    }
  } finally {
    fs.closeSync(handle);
  }
  return file;
}

test('disk full', async (t) => {
  const data = mountSmallDisk(t);
  if (!data) return t.skip('no tmpfs can be mounted here (needs root)');
  const sim = await Sim.start({ nodes: 2 });
  cleanup(t, () => sim.stop());
  const plenary = new Plenary({ data, port: await freePorts() });
  cleanup(t, () => plenary.child.alive && plenary.stop());
  await plenary.start();
  await plenary.addNodes(sim.nodes);
  assertSuccess(await plenary.call('create', { name: 'Before', meetingID: 'before' }));

  const ballast = fill(data);
  const acknowledged = [];
  let refused = 0;
  for (let i = 0; i < 600 && refused < 20; i++) {
    const reply = await plenary.call('create', { name: `Full ${'x'.repeat(200)}`, meetingID: `full-${i}`, attendeePW: 'ap', moderatorPW: 'mp' });
    assert.equal(reply.status, 200);
    if (reply.xml.get('returncode') === 'SUCCESS') {
      acknowledged.push(`full-${i}`);
    } else {
      assertFailed(reply, 'internalError');
      refused++;
    }
    if (i % 50 === 49 && refused === 0) fill(data);
  }
  assert.ok(refused > 0, 'the disk was not full');

  await t.test('joins and reads go on', async () => {
    assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'before', role: 'VIEWER' })).status, 302);
    assertSuccess(await plenary.call('getMeetings'));
    assertSuccess(await plenary.call('getMeetingInfo', { meetingID: 'before' }));
  });
  await t.test('an operator\'s change is refused, not lost silently', async () => {
    const { servers } = await plenary.command('servers.list');
    await plenary.command('servers.update', { id: servers[0].id, tag: 'x'.repeat(20_000) }).then(
      () => assert.fail('acknowledged on a full disk'), (error) => assert.equal(error.code, 'io', error.message));
  });
  await t.test('with room again it works again, without a restart', async () => {
    fs.rmSync(ballast);
    await until(async () => (await plenary.call('create', { name: 'After', meetingID: 'after' })).xml.get('returncode') === 'SUCCESS', 'creates to work', 5_000 * slowness);
  });
  await t.test('what was acknowledged survives kill -9', async () => {
    await plenary.kill();
    await plenary.start();
    const where = locations(await sim.state());
    for (const id of ['before', 'after', ...acknowledged]) {
      assert.equal(where[id].length, 1, id);
      assert.equal((await plenary.call('join', { fullName: 'A', meetingID: id, role: 'VIEWER' })).status, 302, id);
    }
  });
});
