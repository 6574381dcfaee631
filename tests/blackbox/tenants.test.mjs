// Tenants: found by host and path, their secrets, their settings and look (spec scalelite 1.7, 1.10.2, 4.5, 8.8).
import assert from 'node:assert/strict';
import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts, listed } from './lib/expect.mjs';
import { verifiedClaims } from './lib/jwt.mjs';
import { kSecret, startPlenary, startPool } from './lib/plenary.mjs';
import { sleep, slowness, until } from './lib/process.mjs';
import { Receiver } from './lib/receiver.mjs';
import { digest } from './lib/sign.mjs';
import { addTenant } from './lib/tenants.mjs';

const kTenants = { MULTITENANCY_ENABLED: 'true' };
const refused = (reply) => assertFailed(reply, 'checksumError', kTexts.checksumError);

test('a tenant is found by its host', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: kTenants });
  const bn = await addTenant(plenary, 'bn');
  const other = await addTenant(plenary, 'other');
  const from = (headers, secret = bn.secret) => plenary.call('getMeetings', {}, { headers, secret });

  await t.test('by the first label, in any case, with any port', async () => {
    for (const host of ['bn.lb.test', 'BN.LB.test', 'bn.lb.test:8080', 'bn']) assertSuccess(await from({ Host: host }));
  });

  await t.test('with its own secret only', async () => {
    refused(await from({ Host: 'bn.lb.test' }, other.secret));
    refused(await from({ Host: 'bn.lb.test' }, kSecret));
    refused(await from({ Host: 'bn.lb.test' }, ''));
    refused(await from({ Host: 'nobody.lb.test' }));
    refused(await from({ Host: 'lb.test' }, kSecret));
  });

  await t.test('the last X-Forwarded-Host of a trusted proxy counts', async () => {
    assertSuccess(await from({ Host: 'inside', 'X-Forwarded-Host': 'other.lb.test, bn.lb.test' }));
    refused(await from({ Host: 'bn.lb.test', 'X-Forwarded-Host': 'bn.lb.test, other.lb.test' }));
  });

  await t.test('the version is told to everybody', async () => {
    const reply = await plenary.http('/bigbluebutton/api', { headers: { Host: 'nobody.lb.test' } });
    assert.match(reply.text, /<returncode>SUCCESS<\/returncode>/);
  });
});

test('X-Forwarded-Host of strangers is ignored', async (t) => {
  const plenary = await startPlenary(t, { env: { ...kTenants, TRUSTED_PROXIES: '192.0.2.1' } });
  const bn = await addTenant(plenary, 'bn');
  refused(await plenary.call('getMeetings', {}, { secret: bn.secret, headers: { Host: 'inside', 'X-Forwarded-Host': 'bn.lb.test' } }));
  assertSuccess(await plenary.call('getMeetings', {}, { secret: bn.secret, headers: { Host: 'bn.lb.test', 'X-Forwarded-Host': 'nobody.lb.test' } }));
});

test('a tenant is found by its path, which wins over the host', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: kTenants });
  const bn = await addTenant(plenary, 'bn', { byPath: true });
  const other = await addTenant(plenary, 'other');
  assertSuccess(await bn.call('create', { name: 'By path', meetingID: 'by-path' }));
  assert.deepEqual(listed(await bn.otherWay().call('getMeetings')), ['by-path'], 'it is the same tenant by host');
  assert.deepEqual(listed(await bn.call('getMeetings', {}, { headers: { Host: 'other.lb.test' } })), ['by-path']);
  refused(await bn.call('getMeetings', {}, { secret: other.secret, headers: { Host: 'other.lb.test' } }));
  for (const path of ['', '/t/nobody', '/t/', '/t/bn%2f..', '/t/bn/t/bn']) {
    assert.doesNotMatch((await plenary.http(`${path}${bn.target('getMeetings', {})}`)).text, /SUCCESS/, path);
  }
});

test('BASE_URL: exactly one label in front of it', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: { ...kTenants, BASE_URL: 'https://LB.test' } });
  const bn = await addTenant(plenary, 'bn');
  const lb = await addTenant(plenary, 'lb');
  const from = (host, secret) => plenary.call('getMeetings', {}, { secret, headers: { Host: host } });
  assertSuccess(await from('bn.lb.test', bn.secret));
  assertSuccess(await from('bn.lb.test:443', bn.secret));
  for (const host of ['bn.x.lb.test', 'x.bn.lb.test', 'bn.elsewhere.test', 'bn', 'bnlb.test']) refused(await from(host, bn.secret));
  refused(await from('lb.test', lb.secret));
  assertSuccess(await lb.otherWay().call('getMeetings'));
});

test('secrets', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { ...kTenants, CALLBACK_ALLOW_NETS: 'loopback' } });

  await t.test('each of several is accepted', async () => {
    const many = await addTenant(plenary, 'many', { secrets: ['one', 'two', 'three'] });
    for (const secret of ['one', 'two', 'three']) assertSuccess(await many.call('getMeetings', {}, { secret }));
    refused(await many.call('getMeetings', {}, { secret: 'one:two' }));
  });

  await t.test('one is made when none is given', async () => {
    const { tenant } = await plenary.command('tenants.add', { name: 'made' });
    assert.equal(tenant.secrets.length, 1);
    assert.ok(tenant.secrets[0].length >= 32);
  });

  await t.test('a roll-over leaves no gap', async () => {
    const bn = await addTenant(plenary, 'roll');
    const keepMs = 2_000 * slowness;
    let rolling = true;
    let checked = 0;
    const begin = Date.now();
    const caller = (async () => {  // the front-end still uses the old secret, all the time
      while (rolling) {
        assertSuccess(await bn.call('getMeetings'));
        checked++;
      }
    })();
    const { secret, tenant } = await plenary.command('tenants.roll_secret', { tenant: 'roll', keep_s: keepMs / 1000 });
    assertSuccess(await bn.call('getMeetings', {}, { secret }));
    assert.deepEqual(tenant.secrets, [secret]);
    assert.equal(tenant.retired_secrets.length, 1);
    assert.equal(tenant.retired_secrets[0].secret, bn.secret);
    assert.ok(Math.abs(tenant.retired_secrets[0].until_ms - begin - keepMs) < 1_500 * slowness, JSON.stringify(tenant.retired_secrets));
    await sleep(keepMs / 2);
    rolling = false;
    await caller;
    assert.ok(checked > 3);
    await until(async () => (await bn.call('getMeetings')).xml.get('returncode') === 'FAILED', 'the old secret to be refused', keepMs + 5_000 * slowness, 50);
    assert.ok(Date.now() - begin >= keepMs - 50, 'refused before its time');
    assertSuccess(await bn.call('getMeetings', {}, { secret }));
    await plenary.kill();
    await plenary.start();
    assertSuccess(await bn.call('getMeetings', {}, { secret }));
    refused(await bn.call('getMeetings'));
  });

  await t.test('what it is sent reaches a front-end with the old secret until that is outdated', async () => {
    const keepMs = 6_000 * slowness;
    const receiver = await Receiver.start(t);
    const bn = await addTenant(plenary, 'rolled-callbacks', { byPath: true });
    const urls = { 'meta_analytics-callback-url': receiver.url('/analytics'), meetingKeepEvents: 'true' };
    const knows = ({ path, url, headers, body }, secret) => {
      if (path === '/hook') return url.endsWith(`checksum=${digest('sha1', receiver.url('/hook') + body + secret)}`);
      try {
        return Boolean(verifiedClaims(headers.authorization.replace(/^Bearer /, ''), secret, 'HS512'));
      } catch {
        return false;
      }
    };
    let accepted = bn.secret;
    receiver.answer = (request) => ({ status: knows(request, accepted) ? 200 : 401 });
    const settled = () => until(async () => (await plenary.command('callbacks.list', {})).pending === 0, 'all callbacks to be settled', 30_000 * slowness, 100);
    const taken = (path) => receiver.to(path).filter(({ status }) => status === 200).length;
    const meet = async (meetingID, options) => {
      const before = { analytics: taken('/analytics'), hook: taken('/hook') };
      assertSuccess(await bn.call('create', { name: 'Rolled', meetingID, moderatorPW: 'mp', ...urls }, options));
      await until(() => taken('/hook') > before.hook, `the event that ${meetingID} was created`, 20_000 * slowness);
      assertSuccess(await bn.call('end', { meetingID, password: 'mp' }, options));
      await until(() => taken('/analytics') === before.analytics + 1, `the analytics of ${meetingID}`, 20_000 * slowness);
      await settled();
    };
    assertSuccess(await bn.call('hooks/create', { callbackURL: receiver.url('/hook') }));
    await until(async () => (await sim.state()).nodes[0].hooks.length > 0, 'the hook on the node', 20_000 * slowness, 50);
    await meet('before');
    assert.ok(receiver.requests.every(({ status }) => status === 200));

    const { secret } = await plenary.command('tenants.roll_secret', { tenant: 'rolled-callbacks', keep_s: keepMs / 1000 });
    const rolledAt = Date.now();
    await meet('during');
    assert.ok(Date.now() - rolledAt < keepMs, 'the machine was too slow for this test');
    for (const path of ['/analytics', '/hook']) {
      const refused = receiver.to(path).filter(({ status }) => status === 401);
      assert.ok(refused.length > 0 && refused.every((request) => knows(request, secret)), `${path}: the new one is tried first`);
    }
    accepted = secret;
    const refusals = receiver.requests.filter(({ status }) => status === 401).length;
    await meet('changed', { secret });
    assert.equal(receiver.requests.filter(({ status }) => status === 401).length, refusals, 'a front-end that was changed refuses nothing');
  });

  await t.test('a tenant may demand an algorithm', async () => {
    const strict = await addTenant(plenary, 'strict', { checksum_algorithms: ['SHA512'] });
    assertSuccess(await strict.call('getMeetings', {}, { algorithm: 'sha512' }));
    refused(await strict.call('getMeetings', {}, { algorithm: 'sha256' }));
    await strict.update({ checksum_algorithms: [] });
    assertSuccess(await strict.call('getMeetings', {}, { algorithm: 'sha256' }));
  });
});

test('a disabled tenant is refused everything, and finds all again', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: kTenants });
  const bn = await addTenant(plenary, 'bn');
  assertSuccess(await bn.call('create', { name: 'Stays', meetingID: 'stays' }));
  await bn.update({ enabled: false });
  for (const call of ['getMeetings', 'create', 'join', 'end', 'getMeetingInfo', 'hooks/list']) refused(await bn.call(call, { meetingID: 'stays', fullName: 'A', name: 'B' }));
  refused(await bn.otherWay().call('getMeetings'));
  await bn.update({ enabled: true });
  assert.deepEqual(listed(await bn.call('getMeetings')), ['stays']);
});

test('what operators do wrong', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: kTenants });
  const bn = await addTenant(plenary, 'bn');
  const fails = (command, args, code) => assert.rejects(plenary.command(command, args), (error) => error.code === code || assert.fail(`${error.code}: ${error.message}`));
  await fails('tenants.add', { name: 'BN', secrets: ['x'] }, 'already_exists');
  for (const name of ['', 'a/b', 'a b', '-'.repeat(64), 'ä', undefined]) await fails('tenants.add', { name }, 'invalid_argument');
  for (const secrets of [[''], ['a:b'], 'text', [7]]) await fails('tenants.add', { name: 'new', secrets }, 'invalid_argument');
  await fails('tenants.add', { name: 'new', limits: { meetings: -1 } }, 'invalid_argument');
  await fails('tenants.update', { tenant: bn.id, logo_url: 'javascript:alert(1)' }, 'invalid_argument');
  await fails('tenants.show', { tenant: 'nobody' }, 'not_found');
  await fails('tenants.update', { tenant: 'nobody', enabled: true }, 'not_found');
  await fails('tenants.settings_remove', { id: 'none' }, 'not_found');
  await fails('tenants.settings_add', { tenant: bn.id, param: '', value: 'x' }, 'invalid_argument');
  const { revision } = await bn.show();
  await bn.update({ enabled: true, if_revision: revision, logo_url: 'https://a.example/l.png' });
  await fails('tenants.update', { tenant: bn.id, if_revision: revision, logo_url: '' }, 'conflict');
  assert.equal((await bn.show()).logo_url, 'https://a.example/l.png');
  assertSuccess(await bn.call('create', { name: 'Room', meetingID: 'room' }));
  await fails('tenants.remove', { tenant: 'bn' }, 'conflict');
  assert.equal((await plenary.command('tenants.remove', { tenant: 'bn', force: true })).meetings, 1);
  refused(await bn.call('getMeetings'));
  await fails('tenants.show', { tenant: bn.id }, 'not_found');
});

test('settings', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: kTenants });
  const bn = await addTenant(plenary, 'bn');
  const other = await addTenant(plenary, 'other');
  let number = 0;
  const created = async (params = {}, front = bn) => {
    const meetingID = `settings-${++number}`;
    assertSuccess(await front.call('create', { name: 'Settings', meetingID, ...params }));
    return (await sim.sent('create', meetingID)).at(-1);
  };

  /** Of the create, in their order, names that come twice included. */
  const sentParams = async (meetingID) =>
    (await sim.log(1)).requests.map(({ params }) => params).filter((params) => params.some(([name, value]) => name === 'meetingID' && value === meetingID)).at(-1);

  await t.test('say whose meeting it is', async () => {
    const sent = await created({ 'meta_tenant-id': 'forged', 'meta_tenant-name': 'forged' });
    assert.equal(sent['meta_tenant-id'], bn.id);
    assert.equal(sent['meta_tenant-name'], 'bn');
  });

  // BBB reads the names of metadata in any case, and of a name that comes twice the first.
  await t.test('no spelling of a parameter puts a meeting into another tenant', async () => {
    const spellings = ['meta_Tenant-Id', 'META_TENANT-ID', 'meta_tenant-id[]', 'meta_Tenant-ID[]'];
    for (const spelling of spellings) {
      for (const query of [`${encodeURIComponent(spelling)}=${other.id}&name=Forged&meetingID=`, `meta_x=1&name=Forged&${encodeURIComponent(spelling)}=${other.id}&meetingID=`]) {
        const meetingID = `forged-${++number}`;
        assertSuccess(await bn.call('create', query + meetingID));
        const sent = await sentParams(meetingID);
        assert.deepEqual(sent.filter(([name]) => name.toLowerCase().startsWith('meta_tenant-id')), [['meta_tenant-id', bn.id]], spelling);
        assert.ok(listed(await bn.call('getMeetings')).includes(meetingID));
        assert.ok(!listed(await other.call('getMeetings')).includes(meetingID));
      }
    }
    for (const call of ['create', 'join', 'getMeetingInfo']) {
      const reply = await bn.call(call, `meetingID=mine&name=N&fullName=F&${encodeURIComponent('meetingID[]')}=theirs`);
      assert.equal(reply.status, 400, 'a list and not a list');
    }
  });

  await t.test('no spelling of a callback URL gets past us', async () => {
    for (const [name, kept] of [['meta_Analytics-Callback-URL', /analytics_callback$/], ['meta_BBB-recording-ready-url', undefined], ['meta_bn-Recording-Ready-Url[]', undefined]]) {
      const meetingID = `spelled-${++number}`;
      assertSuccess(await bn.call('create', `name=Spelled&meetingID=${meetingID}&${encodeURIComponent(name)}=${encodeURIComponent('http://10.9.8.7/secret')}`));
      const sent = await sentParams(meetingID);
      assert.ok(sent.every(([, value]) => !value.includes('10.9.8.7')), name);
      if (kept) assert.match(new Map(sent).get('meta_analytics-callback-url'), kept);
    }
  });

  await t.test('defaults give way to the client, overrides do not', async () => {
    await bn.addSetting('welcome', 'Hello');
    await bn.addSetting('muteOnStart', 'true', true);
    assert.deepEqual([(await created()).welcome, (await created()).muteOnStart], ['Hello', 'true']);
    assert.deepEqual([(await created({ welcome: 'Mine' })).welcome, (await created({ muteOnStart: 'false' })).muteOnStart], ['Mine', 'true']);
    assert.equal((await created({}, other)).welcome, undefined, 'of another tenant');
  });

  await t.test('can be taken back', async () => {
    const setting = await bn.addSetting('copyright', 'us', true);
    assert.equal((await created()).copyright, 'us');
    await plenary.command('tenants.settings_remove', { id: setting.id });
    assert.equal((await created()).copyright, undefined);
  });

  await t.test('"<=" caps', async () => {
    await bn.addSetting('duration<=', '120');
    for (const [wish, expected] of [[undefined, '120'], ['0', '120'], ['500', '120'], ['120', '120'], ['30', '30']]) {
      assert.equal((await created({ duration: wish })).duration, expected, `wish ${wish}`);
    }
    assert.equal((await created({ duration: '500' }, other)).duration, '500');
  });

  await t.test('"+=" adds to a list', async () => {
    await bn.addSetting('disabledFeatures+=', 'chat,polls');
    assert.deepEqual((await created()).disabledFeatures.split(',').sort(), ['chat', 'polls']);
    assert.deepEqual((await created({ disabledFeatures: 'captions,chat' })).disabledFeatures.split(',').sort(), ['captions', 'chat', 'polls']);
  });

  await t.test('"-=" denies', async () => {
    await bn.addSetting('bannerText-=', '');
    assert.equal((await created({ bannerText: 'Buy!' })).bannerText, undefined);
    assert.equal((await created({ bannerText: 'Buy!' }, other)).bannerText, 'Buy!');
  });

  await t.test('concern joins, too', async () => {
    await bn.addSetting('userdata-bbb_auto_join_audio', 'true', true);
    assertSuccess(await bn.call('create', { name: 'Join', meetingID: 'join' }));
    const join = await bn.call('join', { fullName: 'A', meetingID: 'join', role: 'VIEWER', 'userdata-bbb_auto_join_audio': 'false', bannerText: 'x' });
    const to = new URL(join.headers.location).searchParams;
    assert.equal(to.get('userdata-bbb_auto_join_audio'), 'true');
    assert.equal(to.get('bannerText'), null);
    assert.equal(to.get('duration'), null, 'a cap adds nothing to a join');
  });

  await t.test('survive kill -9', async () => {
    await plenary.kill();
    await plenary.start();
    assert.equal((await created()).welcome, 'Hello');
  });
});

test('slide, logo and style of a tenant', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: kTenants });
  const look = { presentation_url: 'https://bn.example/slide.pdf', logo_url: 'https://bn.example/logo.png', style_url: 'https://bn.example/bn.css' };
  const bn = await addTenant(plenary, 'bn', look);
  const plain = await addTenant(plenary, 'plain');
  const sent = async (front, meetingID, reply) => {
    assertSuccess(await reply);
    return (await sim.sent('create', meetingID)).at(-1);
  };
  const style = async (front, params) => new URL((await front.call('join', { fullName: 'A', role: 'VIEWER', ...params })).headers.location)
    .searchParams.get('userdata-bbb_custom_style_url');

  const own = await sent(bn, 'look', bn.call('create', { name: 'Look', meetingID: 'look' }));
  assert.deepEqual([own.preUploadedPresentation, own.logo], [look.presentation_url, look.logo_url]);
  assert.equal(await style(bn, { meetingID: 'look' }), look.style_url);
  assert.equal(await style(bn, { meetingID: 'look', 'userdata-bbb_custom_style_url': 'https://mine.example/x.css' }), 'https://mine.example/x.css');

  const given = await sent(bn, 'given', bn.call('create', { name: 'Given', meetingID: 'given', logo: 'https://mine.example/l.png', preUploadedPresentation: 'https://mine.example/s.pdf' }));
  assert.deepEqual([given.preUploadedPresentation, given.logo], ['https://mine.example/s.pdf', 'https://mine.example/l.png']);

  const slides = '<modules><module name="presentation"><document name="a.pdf" url="https://mine.example/a.pdf"/></module></modules>';
  const body = await sent(bn, 'body', bn.post('create', { name: 'Body', meetingID: 'body' }, slides, 'application/xml'));
  assert.deepEqual([body.preUploadedPresentation, body.logo], [undefined, look.logo_url], 'slides in the body are the client\'s choice');

  const none = await sent(plain, 'none', plain.call('create', { name: 'None', meetingID: 'none' }));
  assert.deepEqual([none.preUploadedPresentation, none.logo, await style(plain, { meetingID: 'none' })], [undefined, undefined, null]);

  await bn.update({ presentation_url: '', logo_url: '', style_url: '' });
  const removed = await sent(bn, 'removed', bn.call('create', { name: 'Removed', meetingID: 'removed' }));
  assert.deepEqual([removed.preUploadedPresentation, removed.logo, await style(bn, { meetingID: 'removed' })], [undefined, undefined, null]);
});

/** What a node finds in meta_secret-lrs-payload (spec scalelite 8.8). */
function opened(payload, nodeSecret) {
  const raw = Buffer.from(payload, 'base64');
  const derived = pbkdf2Sync(nodeSecret, raw.subarray(8, 16), 10_000, 48, 'sha256');
  const cipher = createDecipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32));
  return JSON.parse(Buffer.concat([cipher.update(raw.subarray(16)), cipher.final()]).toString('utf8'));
}

test('learning records', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { ...kTenants, CALLBACK_ALLOW_NETS: 'loopback' } });
  const keycloak = await Receiver.start(t);
  const payload = async (front, meetingID) => {
    assertSuccess(await front.call('create', { name: 'Records', meetingID }));
    return (await sim.sent('create', meetingID)).at(-1)['meta_secret-lrs-payload'];
  };

  await t.test('name and password reach the node, sealed for it alone', async () => {
    const basic = await addTenant(plenary, 'basic', { lrs: { endpoint: 'https://lrs/e', username: 'u', password: 'p' } });
    const text = await payload(basic, 'basic');
    assert.deepEqual(opened(text, sim.nodes[0].secret), { lrs_endpoint: 'https://lrs/e', lrs_username: 'u', lrs_password: 'p' });
    assert.throws(() => opened(text, 'another secret'));
  });

  await t.test('a tenant without gets none', async () => {
    assert.equal(await payload(await addTenant(plenary, 'without'), 'without'), undefined);
  });

  await t.test('without a token of Keycloak the meeting starts all the same', async () => {
    const lrs = { endpoint: 'https://lrs/e', kc_token_url: keycloak.url('/token'), kc_client_id: 'c', kc_client_secret: 's', kc_username: 'u', kc_password: 'p' };
    const down = await addTenant(plenary, 'down', { lrs });
    keycloak.answer = 403;
    assert.equal(await payload(down, 'kc-403'), undefined);
    const form = new URLSearchParams(keycloak.to('/token')[0].body);
    assert.deepEqual(Object.fromEntries(form), { client_id: 'c', client_secret: 's', username: 'u', password: 'p', grant_type: 'password' });
    await keycloak.close();
    assert.equal(await payload(down, 'kc-down'), undefined);
    await keycloak.open();
  });

  await t.test('a token of Keycloak takes the place of the password, and is asked for once', async () => {
    const lrs = { endpoint: 'https://lrs/e', kc_token_url: keycloak.url('/ok'), kc_client_id: 'c', kc_client_secret: 's', kc_username: 'u', kc_password: 'p' };
    const kc = await addTenant(plenary, 'kc', { lrs });
    keycloak.answer = () => ({ status: 200, body: JSON.stringify({ access_token: 'token', expires_in: 300 }) });
    for (const meetingID of ['kc-1', 'kc-2']) {
      assert.deepEqual(opened(await payload(kc, meetingID), sim.nodes[0].secret), { lrs_endpoint: 'https://lrs/e', lrs_token: 'token' });
    }
    assert.equal(keycloak.to('/ok').length, 1);
  });

  assert.doesNotMatch(plenary.child.output, /secret-of-|kc_password|"p"/);
});

test('use per tenant and month', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: kTenants });
  const bn = await addTenant(plenary, 'bn');
  const other = await addTenant(plenary, 'other');
  for (const meetingID of ['use-1', 'use-2']) assertSuccess(await bn.call('create', { name: 'Use', meetingID }));
  assertSuccess(await other.call('create', { name: 'Use', meetingID: 'use-1' }));
  await sim.control(1, { users: { meeting: 'use-1', viewers: 3, moderators: 1 } });
  const month = new Date().toISOString().slice(0, 7);
  const use = async (name) => (await plenary.command('tenants.usage', {})).usage.find((row) => row.tenant === name && row.month === month);
  let seen;
  await until(async () => {
    await plenary.command('poll.run', { what: 'all' });
    seen = await use('bn');
    return seen?.meetings === 2 && seen.peak_participants === 4 && seen.participant_minutes > 0;
  }, () => `two meetings and four people; seen: ${JSON.stringify(seen)}`, 20_000 * slowness, 300);
  assert.deepEqual([(await use('other')).meetings, (await use('other')).peak_participants], [1, 0]);
  assert.deepEqual((await plenary.command('tenants.usage', { month: '2001-01' })).usage, []);
  await assert.rejects(plenary.command('tenants.usage', { month: 'May' }), { code: 'invalid_argument' });
  const { stdout, code } = await plenary.cli(['tenants', 'usage']);
  assert.equal(code, 0);
  const [head, ...rows] = stdout.trimEnd().split('\n').map((line) => line.split(','));
  const csv = rows.map((row) => Object.fromEntries(row.map((value, column) => [head[column], value])));
  const row = csv.find(({ tenant }) => tenant === 'bn');
  assert.deepEqual([row.month, row.meetings, row.peak_participants], [month, '2', '4']);
  assert.ok(Number(row.participant_minutes) > 0);
});
