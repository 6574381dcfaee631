// The command line against a running server, and without one. Texts and exit codes: docs/cli.md.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { assertSuccess } from './lib/expect.mjs';
import { startPlenary, startPool } from './lib/plenary.mjs';
import { cleanup } from './lib/process.mjs';
import { Sim } from './lib/sim.mjs';

test('servers and meetings on a running server', async (t) => {
  const sim = await Sim.start({ nodes: 2 });
  cleanup(t, () => sim.stop());
  const plenary = await startPlenary(t, { env: { POLL_INTERVAL: '600' } });
  const ok = async (...args) => {
    const result = await plenary.cli(args);
    assert.equal(result.code, 0, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
    return result.stdout;
  };

  await t.test('add with the secret on standard input, in a file, as an argument', async () => {
    const first = await plenary.cli(['servers', 'add', sim.nodes[0].url, '-', '--id', 'bbb1'], { input: `${sim.nodes[0].secret}\n` });
    assert.equal(first.code, 0, first.stderr);
    const file = path.join(plenary.data, 'node-secret');
    fs.writeFileSync(file, `${sim.nodes[1].secret}\n`, { mode: 0o600 });
    await ok('servers', 'add', sim.nodes[1].url, '--secret-file', file, '--id', 'bbb2');
    const third = await plenary.cli(['servers', 'add', 'http://127.0.0.1:9/bigbluebutton/api', 'argument', '--id', 'bbb3']);
    assert.equal(third.code, 0, third.stderr);
    assert.match(await ok('servers', 'add', '--help'), /process list|history|visible/i);
  });
  await t.test('a new server is not enabled; enabling it acts at once', async () => {
    assert.equal((await plenary.call('create', { name: 'Room', meetingID: 'm1' })).xml.get('returncode'), 'FAILED');
    await ok('servers', 'enable', 'bbb1');
    await plenary.untilOnline(['bbb1']);
    assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm1', attendeePW: 'ap', moderatorPW: 'mp' }));
  });
  await t.test('list, show and status hide secrets', async () => {
    for (const args of [['servers', 'list'], ['servers', 'show', 'bbb1'], ['status'], ['servers', 'list', '--json']]) {
      const text = await ok(...args);
      assert.match(text, /bbb1/);
      assert.ok(!text.includes(sim.nodes[0].secret), args.join(' '));
    }
    assert.ok((await ok('servers', 'list', '--show-secrets')).includes(sim.nodes[0].secret));
  });
  await t.test('status says what is wrong first', async () => {
    assert.match(await ok('status'), /^Nothing is wrong/);
    await ok('servers', 'enable', 'bbb3');
    const text = await ok('status');
    assert.match(text, /^1 problem/);
    assert.ok(text.indexOf('bbb3') < text.indexOf('bbb1'), text);
  });
  await t.test('update, cordon, disable', async () => {
    await ok('servers', 'update', 'bbb1', '--load-multiplier', '2.5');
    assert.equal((await plenary.server('bbb1')).load_multiplier, 2.5);
    for (const [verb, state] of [['cordon', 'cordoned'], ['disable', 'disabled'], ['enable', 'enabled']]) {
      await ok('servers', verb, 'bbb1');
      assert.equal((await plenary.server('bbb1')).state, state);
    }
    await plenary.untilOnline(['bbb1']);
  });
  await t.test('meetings list, info, end; poll', async () => {
    assert.match(await ok('meetings', 'list'), /m1/);
    assert.match(await ok('meetings', 'info', 'm1'), /m1/);
    await ok('poll');
    await ok('meetings', 'end', 'm1', '--yes');
    assert.equal((await plenary.command('meetings.list')).meetings.length, 0);
  });
  await t.test('remove', async () => {
    await ok('servers', 'remove', 'bbb3');
    assert.deepEqual((await plenary.cliJson(['servers', 'list'])).servers.map((server) => server.id), ['bbb1', 'bbb2']);
  });
  await t.test('exit codes: 1 failed, 2 wrong usage', async () => {
    assert.equal((await plenary.cli(['servers', 'show', 'bbb9'])).code, 1);
    assert.equal((await plenary.cli(['servers', 'shwo', 'bbb1'])).code, 2);
    assert.equal((await plenary.cli(['servers', 'add'])).code, 2);
    assert.equal((await plenary.cli(['nonsense'])).code, 2);
    const hint = await plenary.cli(['servres', 'list']);
    assert.match(hint.stderr + hint.stdout, /servers/);
  });
  await t.test('rake speaks Scalelite\'s tasks', async () => {
    const list = await plenary.cli(['rake', 'servers']);
    assert.equal(list.code, 0);
    assert.match(list.stdout, /^id: bbb1$/m);
    const added = await plenary.cli(['rake', `servers:add[http://127.0.0.1:9/bigbluebutton/api,secret]`]);
    assert.match(added.stdout, /^OK\s+id: \S+/m);
    const unknown = await plenary.cli(['rake', 'nothing:there']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /Don't know how to build task 'nothing:there'/);
  });
  await t.test('version, config check, completion', async () => {
    assert.match(await ok('version'), /\d+\.\d+\.\d+/);
    const check = await plenary.cli(['config', 'check'], { env: { RAILS_ENV: 'production' } });
    assert.equal(check.code, 0, check.stderr);
    assert.ok(!check.stdout.includes(plenary.secret));
    assert.notEqual((await plenary.cli(['config', 'check'], { env: { LOAD_MODEL: 'x' } })).code, 0);
    assert.match(await ok('completion', 'bash'), /plenary/);
  });
});

test('without a server the command line does the work itself, and a server finds it', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1 });
  await plenary.stop();
  const added = await plenary.cli(['servers', 'add', `${sim.nodes[0].url}/`, '-', '--id', 'offline'], { input: sim.nodes[0].secret });
  assert.equal(added.code, 0, added.stderr);
  await plenary.start();
  assert.equal((await plenary.server('offline')).id, 'offline');
});

test('only the owner may use the control socket', async (t) => {
  const plenary = await startPlenary(t);
  assert.equal(fs.statSync(path.join(plenary.data, 'plenary.sock')).mode & 0o777, 0o600);
});

test('a pool is exported and synchronised as YAML', async (t) => {
  const { plenary, ids } = await startPool(t, { nodes: 2 });
  const exported = await plenary.cli(['servers', 'export']);
  assert.equal(exported.code, 0, exported.stderr);
  for (const id of ids) assert.ok(exported.stdout.includes(id));
  const same = await plenary.cli(['servers', 'sync', '-'], { input: exported.stdout });
  assert.ok([0, 64].includes(same.code), `${same.code} ${same.stderr}`);
  assert.equal((await plenary.command('servers.list')).servers.length, 2);
  const changed = exported.stdout.replace(ids[0], 'renamed');
  const dry = await plenary.cli(['servers', 'sync', '-', '--mode', 'force', '--dry-run'], { input: changed });
  assert.equal(dry.code, 0, dry.stderr);
  assert.ok(!(await plenary.command('servers.list')).servers.some((server) => server.id === 'renamed'), 'a dry run changed something');
  const real = await plenary.cli(['servers', 'sync', '-', '--mode', 'force'], { input: changed });
  assert.equal(real.code, 0, real.stderr);
  assert.deepEqual((await plenary.command('servers.list')).servers.map((server) => server.id).sort(), [ids[1], 'renamed'].sort());
});

test('meetings info says why the meeting is where it is', async (t) => {
  const { plenary, ids } = await startPool(t, { nodes: 2 });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'why' }));
  const { meeting, decision } = await plenary.cliJson(['meetings', 'info', 'why']);
  assert.equal(decision.candidates, 2);
  assert.equal(decision.best[0].id, meeting.server_id);
  assert.deepEqual(decision.best.map(({ id }) => id).sort(), [...ids].sort());
  const text = (await plenary.cli(['meetings', 'info', 'why'])).stdout;
  assert.match(text, /Chosen +of 2: /);
});
