// Tenants, tokens, callbacks and webhooks on the command line, and Scalelite's tasks for tenants, against a running server and without one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';

import { assertFailed, assertSuccess } from './lib/expect.mjs';
import { plenaryProgram, startPlenary, startPool } from './lib/plenary.mjs';
import { minimalEnvironment, until } from './lib/process.mjs';
import { FrontEnd } from './lib/tenants.mjs';

/** Runs the command line and expects it to succeed. */
const succeeding = (plenary) => async (...args) => {
  const result = await plenary.cli(args);
  assert.equal(result.code, 0, `${args.join(' ')}: ${result.code} ${result.stdout}${result.stderr}`);
  return result.stdout;
};

test('a secret that is given as an argument is gone from the process list', async (t) => {
  const plenary = await startPlenary(t);
  // It waits for a second secret on its standard input meanwhile.
  const child = spawn(plenaryProgram, ['tenants', 'add', 'moodle', 'secret-in-an-argument', '-'], { env: { ...minimalEnvironment(), ...plenary.env } });
  t.after(() => child.kill('SIGKILL'));
  const listed = () => fs.readFileSync(`/proc/${child.pid}/cmdline`, 'latin1');
  await until(() => listed().includes('tenants') && !listed().includes('secret-in-an-argument'), () => `the secret to be gone from ${listed()}`);
  child.stdin.end('another\n');
  const ended = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(ended, 0);
  assert.deepEqual((await plenary.command('tenants.show', { tenant: 'moodle' })).tenant.secrets, ['secret-in-an-argument', 'another']);
});

test('tenants on a running server', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { MULTITENANCY_ENABLED: 'true' } });
  const ok = succeeding(plenary);
  const front = (secret, name = 'moodle') => new FrontEnd(plenary, name, secret);

  await t.test('add: the tenant\'s calls are accepted at once', async () => {
    assert.equal((await plenary.cli(['tenants', 'add', 'moodle', '-'], { input: 'first-secret\n' })).code, 0);
    assertSuccess(await front('first-secret').call('create', { name: 'Room', meetingID: 'm1' }));
    const made = JSON.parse(await ok('tenants', 'add', 'canvas', '--show-secrets', '--json')).tenant.secrets[0];
    assert.match(made, /^[A-Za-z0-9]{40}$/);
    assertSuccess(await front(made, 'canvas').call('getMeetings'));
    const twice = await plenary.cli(['tenants', 'add', 'Moodle']);
    assert.equal(twice.code, 1);
    assert.match(twice.stderr, /already/);
  });
  await t.test('list and show hide secrets and show use', async () => {
    for (const args of [['list'], ['show', 'moodle'], ['list', '--json'], ['show', 'moodle', '--json']]) {
      const text = await ok('tenants', ...args);
      assert.match(text, /moodle/);
      assert.doesNotMatch(text, /first-secret/, args.join(' '));
    }
    assert.match(await ok('tenants', 'show', 'moodle', '--show-secrets'), /first-secret/);
    assert.equal(JSON.parse(await ok('tenants', 'show', 'moodle', '--json')).tenant.use.meetings, 1);
    assert.match(await ok('meetings', 'list'), /moodle +m1/);
  });
  await t.test('roll-secret: old and new are accepted; without --keep-ing, only the new one', async () => {
    assert.equal((await plenary.cli(['tenants', 'roll-secret', 'moodle', '-'], { input: 'second-secret\n' })).code, 0);
    for (const secret of ['first-secret', 'second-secret']) assertSuccess(await front(secret).call('getMeetings'));
    const sure = JSON.parse(await ok('tenants', 'roll-secret', 'moodle', 'third-secret', '--keep', '0', '--json'));
    assert.equal(sure.secret, null);
    assertSuccess(await front('third-secret').call('getMeetings'));
    assertFailed(await front('second-secret').call('getMeetings'), 'checksumError');
  });
  await t.test('set, unset: the next create is made so', async () => {
    assert.match(await ok('tenants', 'set', 'moodle', 'duration<=30', 'welcome=Hello, all'), /Changed 2 settings of moodle/);
    assertSuccess(await front('third-secret').call('create', { name: 'Room', meetingID: 'm2', duration: '60' }));
    const created = (await sim.sent('create', 'm2')).at(-1);
    assert.equal(created.duration, '30');
    assert.equal(created.welcome, 'Hello, all');
    assert.equal((await plenary.cli(['tenants', 'set', 'moodle', 'duration<=30'])).code, 64);
    await ok('tenants', 'set', 'moodle', 'duration<=20');
    assert.equal(JSON.parse(await ok('tenants', 'show', 'moodle', '--json')).tenant.settings.filter(({ param }) => param === 'duration<=').length, 1);
    await ok('tenants', 'unset', 'moodle', 'duration<=', 'welcome');
    assert.deepEqual(JSON.parse(await ok('tenants', 'show', 'moodle', '--json')).tenant.settings, []);
    assert.equal((await plenary.cli(['tenants', 'set', 'moodle', 'duration'])).code, 2);
    assert.equal((await plenary.cli(['tenants', 'set', 'moodle', 'duration<=long'])).code, 2);
  });
  await t.test('limits, lrs, look', async () => {
    await ok('tenants', 'limits', 'moodle', '--meetings', '2');
    assert.equal((await front('third-secret').call('create', { name: 'Room', meetingID: 'm3' })).xml.get('returncode'), 'FAILED');
    await ok('tenants', 'limits', 'moodle', '--meetings', '0');
    assertSuccess(await front('third-secret').call('create', { name: 'Room', meetingID: 'm3' }));
    assert.equal((await plenary.cli(['tenants', 'lrs', 'moodle', '--endpoint', 'https://lrs.example.org/x', '--password', '-'], { input: 'lrs-password\n' })).code, 0);
    assert.doesNotMatch(await ok('tenants', 'show', 'moodle'), /lrs-password/);
    await ok('tenants', 'look', 'moodle', '--logo', 'https://l.example.org/logo.png');
    assert.equal((await plenary.cli(['tenants', 'look', 'moodle', '--logo', 'javascript:alert(1)'])).code, 2);
  });
  await t.test('usage as CSV', async () => {
    assert.match(await ok('tenants', 'usage'), /^month,tenant,tenant_id,meetings,peak_participants,participant_minutes\n/);
    assert.equal((await plenary.cli(['tenants', 'usage', '--month', 'november'])).code, 2);
  });
  await t.test('disable, enable, remove', async () => {
    await ok('tenants', 'disable', 'moodle');
    assertFailed(await front('third-secret').call('getMeetings'), 'checksumError');
    await ok('tenants', 'enable', 'moodle');
    assertSuccess(await front('third-secret').call('getMeetings'));
    assert.equal((await plenary.cli(['tenants', 'remove', 'moodle'])).code, 1, 'without a terminal it needs --yes');
    const busy = await plenary.cli(['tenants', 'remove', 'moodle', '--yes']);
    assert.equal(busy.code, 1);
    assert.match(busy.stderr, /meetings/);
    await ok('tenants', 'remove', 'moodle', '--yes', '--force');
    assertFailed(await front('third-secret').call('getMeetings'), 'checksumError');
    const unknown = await plenary.cli(['tenants', 'show', 'canvass']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /Did you mean canvas\?/);
  });
});

test('tokens: the secret is shown once, works, and works no more after revoke', async (t) => {
  const plenary = await startPlenary(t);
  const ok = succeeding(plenary);
  const token = (await ok('tokens', 'create', 'read-only', '--name', 'monitoring', '--expires', '1d')).trim();
  assert.match(token, /^plt_[A-Za-z0-9]{40}$/);
  const answer = () => plenary.http('/api/v1/servers', { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await answer()).status, 200);
  const list = await ok('tokens', 'list', '--json');
  assert.ok(!list.includes(token));
  await ok('tokens', 'revoke', JSON.parse(list).tokens[0].id);
  assert.equal((await answer()).status, 401);
  assert.equal((await plenary.cli(['tokens', 'create', 'root'])).code, 2);
  assert.equal((await plenary.cli(['tokens', 'create', 'node', '--server', 'nobody'])).code, 1);
});

test('callbacks and hooks: lists, and what there is to change', async (t) => {
  const plenary = await startPlenary(t);
  const empty = await plenary.cli(['callbacks', 'list']);
  assert.equal(empty.code, 0, empty.stderr);
  assert.match(empty.stderr, /0 pending, 0 dead/);
  assert.equal((await plenary.cli(['callbacks', 'retry', '--all'])).code, 64);
  assert.equal((await plenary.cli(['callbacks', 'drop', '--all'])).code, 1, 'without a terminal it needs --yes');
  assert.equal((await plenary.cli(['callbacks', 'drop', '--all', '--yes'])).code, 64);
  assert.equal((await plenary.cli(['callbacks', 'retry'])).code, 2);
  assert.equal((await plenary.cli(['hooks', 'list'])).code, 0);
  assert.equal((await plenary.cli(['hooks', 'remove', 'nobody'])).code, 1);
});

test('without MULTITENANCY_ENABLED tenants can be prepared, with a warning', async (t) => {
  const plenary = await startPlenary(t);
  const added = await plenary.cli(['tenants', 'add', 'moodle']);
  assert.equal(added.code, 0, added.stderr);
  assert.match(added.stderr, /MULTITENANCY_ENABLED/);
  assert.match((await plenary.cli(['status'])).stdout, /There are tenants, but MULTITENANCY_ENABLED is not set/);
});

test('tenants survive a restart, also when they were made while nobody served', async (t) => {
  const plenary = await startPlenary(t, { env: { MULTITENANCY_ENABLED: 'true' } });
  await plenary.stop();
  assert.equal((await plenary.cli(['tenants', 'add', 'offline', '-'], { input: 'offline-secret' })).code, 0);
  await plenary.start();
  assertSuccess(await new FrontEnd(plenary, 'offline', 'offline-secret').call('getMeetings'));
});

test('Scalelite\'s tasks for tenants', async (t) => {
  const plenary = await startPlenary(t, { env: { MULTITENANCY_ENABLED: 'true' } });
  const rake = (task, env) => plenary.cli(['rake', task], { env });
  const off = await rake('tenants', { MULTITENANCY_ENABLED: undefined });
  assert.deepEqual([off.code, off.stdout, off.stderr], [1, '', 'Multitenancy is disabled, task can not be completed\n']);
  const added = await rake('tenants:add[t1,t1secret:t1other,third]');
  assert.equal(added.code, 0, added.stderr);
  const [, id] = /^OK\nNew Tenant id: (\S+)\n$/.exec(added.stdout);
  for (const secret of ['t1secret', 't1other', 'third']) assertSuccess(await new FrontEnd(plenary, 't1', secret).call('getMeetings'));
  const setting = await rake(`tenantSettings:add[${id},muteOnStart,false,true]`);
  const [, settingId] = /^OK\nNew TenantSetting id: (\S+)\n$/.exec(setting.stdout);
  assert.equal((await rake('tenantSettings')).stdout, `Tenant: t1\n  id: ${settingId}\n\tparam: muteOnStart\n\tvalue: false\n\toverride: true\n`);
  assert.equal((await rake(`tenantSettings:remove[${settingId}]`)).stdout, 'TenantSetting was successfully deleted.\n');
  assert.equal((await rake(`tenants:update_lrs_basic[${id},http://lrs.example.org/x,user,pass]`)).stdout, `OK\nUpdated Tenant id: ${id}\n`);
  assert.equal((await rake('tenants:showall')).stdout,
    `id: ${id}\n\tname: t1\n\tsecrets: t1secret:t1other:third\n\tlrs_endpoint: http://lrs.example.org/x\n\tlrs_username: user\n\tlrs_password: pass\nTotal number of tenants: 1\n`);
  assert.equal((await rake('tenants:add[no name,secret]')).code, 1);
  assert.equal((await rake(`tenants:remove[${id}]`)).stdout, 'Tenant was successfully deleted.\n');
  assert.equal((await rake(`tenants:remove[${id}]`)).code, 1);
});
