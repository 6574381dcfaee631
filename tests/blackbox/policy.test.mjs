// Operators' say in the parameters of create and join (spec scalelite 1.10.2, 1.11.5, 1.11.6).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess } from './lib/expect.mjs';
import { kSecret, plenaryProgram, scratchFolder, startPool } from './lib/plenary.mjs';
import { run } from './lib/process.mjs';
import { addTenant } from './lib/tenants.mjs';

const kOurs = ['meetingID', 'checksum', 'meetingEndedURL', 'moderatorPW', 'voiceBridge'];
/** What a create brought to its node. */
async function sent(sim, front, params) {
  assertSuccess(await front.call('create', { name: 'Policy', ...params }));
  return (await sim.sent('create', params.meetingID)).at(-1);
}
/** The query that a join was sent to its node with. */
async function joined(front, params) {
  const reply = await front.call('join', { fullName: 'A', ...params });
  assert.equal(reply.status, 302, reply.text);
  return Object.fromEntries(new URL(reply.headers.location).searchParams);
}

test('defaults, overrides and exclusions of the pool', async (t) => {
  const { plenary, sim } = await startPool(t, {
    nodes: 1,
    env: {
      DEFAULT_CREATE_PARAMS: 'muteOnStart=true,welcome=Hello=World,meta_x=de fault',
      OVERRIDE_CREATE_PARAMS: 'record=false,lockSettingsDisableCam=false',
      CREATE_EXCLUDE_PARAMS: 'secretParam,otherParam,meta_x,record',
      DEFAULT_JOIN_PARAMS: 'userdata-bbb_x=default,userdata-y=dy',
      OVERRIDE_JOIN_PARAMS: 'role=MODERATOR',
      JOIN_EXCLUDE_PARAMS: 'dropMe,role',
      MAX_MEETING_DURATION: '90',
    },
  });

  await t.test('defaults are added, overrides replace, excluded ones are dropped', async () => {
    const bare = await sent(sim, plenary, { meetingID: 'bare' });
    assert.deepEqual([bare.muteOnStart, bare.welcome, bare.meta_x, bare.record, bare.lockSettingsDisableCam], ['true', 'Hello=World', 'de fault', 'false', 'false']);
    const full = await sent(sim, plenary, { meetingID: 'full', muteOnStart: 'false', welcome: 'mine', record: 'true', lockSettingsDisableCam: 'true', secretParam: '1', otherParam: '' });
    assert.deepEqual([full.muteOnStart, full.welcome, full.record, full.lockSettingsDisableCam], ['false', 'mine', 'false', 'false']);
    assert.ok(!('secretParam' in full) && !('otherParam' in full));
  });

  await t.test('exclusion concerns what the client sent, not what the operator sets', async () => {
    const params = await sent(sim, plenary, { meetingID: 'both', meta_x: 'client', record: 'true' });
    assert.deepEqual([params.meta_x, params.record], ['de fault', 'false']);
  });

  await t.test('a repeated create is treated alike', async () => {
    const again = await sent(sim, plenary, { meetingID: 'bare' });
    assert.deepEqual([again.welcome, again.record], ['Hello=World', 'false']);
  });

  await t.test('parameters of a form, too', async () => {
    assertSuccess(await plenary.postForm('create', { name: 'Form', meetingID: 'form', record: 'true', secretParam: '1' }));
    const [params] = await sim.sent('create', 'form');
    assert.equal(params.record, 'false');
    assert.ok(!('secretParam' in params));
  });

  await t.test('the order: defaults first, at the place of their first appearance; the checksum last', async () => {
    assertSuccess(await plenary.call('create', 'name=Order&meetingID=order&welcome=mine&zebra=1'));
    const [params] = await sim.sent('create', 'order');
    const names = Object.keys(params);
    assert.deepEqual(names.filter((name) => !kOurs.includes(name)),
      ['muteOnStart', 'welcome', 'meta_x', 'name', 'zebra', 'duration', 'record', 'lockSettingsDisableCam']);
    assert.equal(names.at(-1), 'checksum');
  });

  await t.test('joins', async () => {
    const bare = await joined(plenary, { meetingID: 'bare' });
    assert.deepEqual([bare['userdata-bbb_x'], bare['userdata-y'], bare.role], ['default', 'dy', 'MODERATOR']);
    assert.equal(bare.muteOnStart, undefined, 'the lists of create are of create');
    const full = await joined(plenary, { meetingID: 'bare', 'userdata-bbb_x': 'client', role: 'VIEWER', dropMe: '1', redirect: 'false' });
    assert.deepEqual([full['userdata-bbb_x'], full.role, full.redirect], ['client', 'MODERATOR', 'false']);
    assert.ok(!('dropMe' in full));
    assert.equal((await sim.follow((await plenary.call('join', { fullName: 'A', meetingID: 'bare', dropMe: '1' })).headers.location)).ok, true, 'the node accepts its checksum');
  });
});

test('what Plenary computes can be overridden and excluded', async (t) => {
  const { plenary, sim } = await startPool(t, {
    nodes: 1,
    env: { OVERRIDE_CREATE_PARAMS: 'duration=7', CREATE_EXCLUDE_PARAMS: 'voiceBridge', MAX_MEETING_DURATION: '90' },
  });
  const params = await sent(sim, plenary, { meetingID: 'computed', duration: '500', voiceBridge: '71234' });
  assert.equal(params.duration, '7');
  assert.ok(!('voiceBridge' in params));
});

test('who wins: tenant override, override, request, tenant default, default', async (t) => {
  const { plenary, sim } = await startPool(t, {
    nodes: 1,
    env: {
      MULTITENANCY_ENABLED: 'true',
      DEFAULT_CREATE_PARAMS: 'a=1,b=1,c=1,d=1,e=1', OVERRIDE_CREATE_PARAMS: 'd=4,e=4',
      DEFAULT_JOIN_PARAMS: 'a=1,b=1,c=1,d=1,e=1', OVERRIDE_JOIN_PARAMS: 'd=4,e=4',
    },
  });
  const bn = await addTenant(plenary, 'bn');
  const other = await addTenant(plenary, 'other');
  for (const param of ['b', 'c', 'd', 'e']) await bn.addSetting(param, '2');
  await bn.addSetting('e', '5', true);
  const request = { meetingID: 'all', c: '3', d: '3', e: '3' };
  const letters = (params) => ['a', 'b', 'c', 'd', 'e'].map((name) => params[name]);
  assert.deepEqual(letters(await sent(sim, bn, request)), ['1', '2', '3', '4', '5']);
  assert.deepEqual(letters(await joined(bn, request)), ['1', '2', '3', '4', '5']);
  assert.deepEqual(letters(await sent(sim, other, { ...request, meetingID: 'other' })), ['1', '1', '3', '4', '4']);
});

test('meta_server-tag in defaults and overrides places meetings and reaches no node', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 2, env: { MULTITENANCY_ENABLED: 'true', DEFAULT_CREATE_PARAMS: 'meta_server-tag=gpu' } });
  await plenary.command('servers.update', { id: ids[1], tag: 'gpu' });
  const bn = await addTenant(plenary, 'bn');
  const strict = await addTenant(plenary, 'strict');
  await strict.addSetting('meta_server-tag', 'moon!', true);
  const home = async (meetingID) => (await sim.state()).nodes.findIndex(({ meetings }) => meetings.some((meeting) => meeting.meetingID === meetingID));
  const params = await sent(sim, bn, { meetingID: 'by-default' });
  assert.equal(await home('by-default'), 1);
  assert.equal(params['meta_server-tag'], 'gpu', 'the tag of the node');
  const elsewhere = await sent(sim, bn, { meetingID: 'by-client', 'meta_server-tag': 'none' });
  assert.equal(await home('by-client'), 0);
  assert.ok(!('meta_server-tag' in elsewhere));
  assertFailed(await strict.call('create', { name: 'Tag', meetingID: 'strict', 'meta_server-tag': 'gpu' }), 'serverTagUnavailable');
  assert.equal(await home('strict'), -1);
});

test('lists that can\'t be read refuse to start', async (t) => {
  for (const name of ['DEFAULT_CREATE_PARAMS', 'OVERRIDE_CREATE_PARAMS', 'DEFAULT_JOIN_PARAMS', 'OVERRIDE_JOIN_PARAMS']) {
    for (const value of ['a=1,b', 'a=1,,b=2', 'noequals']) {
      const result = await run(plenaryProgram, ['config', 'check'], { env: { PLENARY_DATA_DIR: scratchFolder(t), LOADBALANCER_SECRET: kSecret, [name]: value } });
      assert.equal(result.code, 2, `${name}=${value}: ${result.stdout}${result.stderr}`);
      assert.ok((result.stdout + result.stderr).includes(name));
    }
  }
});
