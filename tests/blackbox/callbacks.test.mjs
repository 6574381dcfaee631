// What nodes tell of meetings reaches the front-end: signed with its secret, once, in order, whatever goes down meanwhile (spec scalelite
// 1.11.9, 8.7, bbb-api 6). And the end of a meeting: nodes' word for it is checked, the front-end hears of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess } from './lib/expect.mjs';
import { signJwt, verifiedClaims } from './lib/jwt.mjs';
import { kSecret, startPool, withXml } from './lib/plenary.mjs';
import { sleep, slowness, until } from './lib/process.mjs';
import { Receiver } from './lib/receiver.mjs';
import { addTenant } from './lib/tenants.mjs';

const kEnv = { CALLBACK_ALLOW_NETS: 'loopback', RECORDINGS_SOURCE: 'nodes' };
const kReadyNames = ['meta_bn-recording-ready-url', 'meta_bbb-recording-ready-url', 'meta_canvas-recording-ready-url'];
const kAnalytics = '/bigbluebutton/api/analytics_callback';
const kReady = '/bigbluebutton/api/callbacks/recording-ready';
/** Longer than the first two pauses between attempts. */
const kPatienceMs = 45_000 * slowness;

const claimsOf = (request, secret, algorithm) => verifiedClaims(new URLSearchParams(request.body).get('signed_parameters'), secret, algorithm);

/** What a node's script posts after a recording was made. */
async function announce(plenary, nodeSecret, meeting_id, record_id, { path = kReady, algorithm } = {}) {
  const body = new URLSearchParams({ signed_parameters: signJwt({ meeting_id, record_id }, nodeSecret, algorithm) }).toString();
  return plenary.http(path, { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
}

/** What a node posts when it has analysed a meeting. */
async function analyse(plenary, body, authorization, path = kAnalytics) {
  const headers = { 'Content-Type': 'application/json', ...(authorization === undefined ? {} : { Authorization: authorization }) };
  return plenary.http(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });
}
const bearer = (secret, algorithm = 'HS512', exp = Math.floor(Date.now() / 1000) + 86_400) => `Bearer ${signJwt({ exp }, secret, algorithm)}`;

const pending = async (plenary) => (await plenary.command('callbacks.list', { state: 'pending' })).callbacks;
const dead = async (plenary) => (await plenary.command('callbacks.list', { state: 'dead' })).callbacks;
const settled = (plenary) => until(async () => (await plenary.command('callbacks.list', {})).pending === 0, 'all callbacks to be delivered or dead', kPatienceMs, 100);

/** A meeting whose recordings are announced to `url`. */
async function createWithReady(front, meetingID, url, more = {}) {
  assertSuccess(await front.call('create', { name: 'Callback', meetingID, moderatorPW: 'mp', attendeePW: 'ap', 'meta_bbb-recording-ready-url': url, ...more }));
}

test('analytics, end to end', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: kEnv });
  const receiver = await Receiver.start(t);
  const url = receiver.url('/analytics?course=7');
  assertSuccess(await plenary.call('create', { name: 'Lesson', meetingID: 'lesson', moderatorPW: 'mp', meetingKeepEvents: 'true', 'meta_analytics-callback-url': url }));
  const [sent] = await sim.sent('create', 'lesson');
  assert.equal(sent['meta_analytics-callback-url'], `http://127.0.0.1:${plenary.port}${kAnalytics}`);
  await sim.control(1, { users: { meeting: 'lesson', viewers: 2, moderators: 1 } });
  assertSuccess(await plenary.call('end', { meetingID: 'lesson', password: 'mp' }));

  await t.test('the report reaches the front-end, signed with its secret', async () => {
    const [request] = await receiver.untilCalled('/analytics');
    assert.equal(request.method, 'POST');
    assert.equal(request.url, '/analytics?course=7');
    assert.match(request.headers['content-type'], /^application\/json/);
    assert.equal(request.headers['user-agent'], 'BigBlueButton Analytics Callback');
    const { exp } = verifiedClaims(request.headers.authorization.replace(/^Bearer /, ''), kSecret, 'HS512');
    assert.ok(Math.abs(exp - Date.now() / 1000 - 86_400) < 60);
    const report = JSON.parse(request.body);
    assert.deepEqual([report.meeting_id, report.customer, report.version], ['lesson', 'scalelite', '1.0']);
    assert.equal(report.data.attendees.length, 3);
  });

  await t.test('only nodes are believed, and nobody learns what is known', async () => {
    const body = { version: '1.0', meeting_id: 'lesson', data: { forged: true } };
    const nodeSecret = sim.nodes[0].secret;
    for (const authorization of [undefined, '', 'Bearer', 'Bearer x', 'Bearer a.b.c', bearer('wrong'), bearer(kSecret), bearer(nodeSecret, 'HS256'),
      bearer(nodeSecret, 'HS512', Math.floor(Date.now() / 1000) - 3_600), `Bearer ${signJwt({}, '', 'HS512')}`]) {
      const reply = await analyse(plenary, body, authorization);
      assert.deepEqual([reply.status, reply.text], [204, ''], authorization);
    }
    for (const rubbish of ['', 'no JSON', '[]', '{}', '{"meeting_id":7}', `{"meeting_id":"${'x'.repeat(2_000)}"}`, '{"meeting_id":"unknown"}', '['.repeat(100_000)]) {
      assert.equal((await analyse(plenary, rubbish, bearer(nodeSecret))).status, 204, rubbish.slice(0, 30));
    }
    await settled(plenary);
    assert.equal(receiver.requests.length, 1);
    assert.equal((await dead(plenary)).length, 0);
  });

  await t.test('a report that a node sends twice is delivered once, another one is news', async () => {
    const nodeSecret = sim.nodes[0].secret;
    const report = (number) => analyse(plenary, { meeting_id: 'lesson', number }, bearer(nodeSecret));
    for (const number of [1, 1, 1, 2]) assert.equal((await report(number)).status, 204);
    await receiver.untilCalled('/analytics', 3);
    await settled(plenary);
    assert.deepEqual(receiver.requests.slice(1).map(({ body }) => JSON.parse(body).number), [1, 2]);
  });

  await t.test('what a node adds is passed on as it is', async () => {
    const body = '{"meeting_id":"lesson","number":1.50,"big":12345678901234567890,"text":"ä\\u2028","nested":{"a":[1,{}]}}';
    await analyse(plenary, body, bearer(sim.nodes[0].secret));
    const request = (await receiver.untilCalled('/analytics', 4)).at(-1);
    assert.ok(request.body.includes('12345678901234567890') && request.body.includes('1.50'), request.body);
    assert.deepEqual(JSON.parse(request.body).nested, { a: [1, {}] });
  });
});

test('recordings that are ready', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: kEnv });
  const receiver = await Receiver.start(t);

  await t.test('create puts our own URL in the place of the front-end\'s', async () => {
    for (const [index, name] of kReadyNames.entries()) {
      const meetingID = `ready-${index}`;
      assertSuccess(await plenary.call('create', { name: 'Ready', meetingID, moderatorPW: 'mp', [name]: receiver.url(`/ready-${index}`) }));
      const [sent] = await sim.sent('create', meetingID);
      assert.equal(sent['meta_bbb-recording-ready-url'], `http://127.0.0.1:${plenary.port}${kReady}`);
      assert.deepEqual(kReadyNames.filter((other) => other in sent), ['meta_bbb-recording-ready-url']);
    }
  });

  await t.test('the announcement is verified, signed anew, and made once for all formats', async () => {
    for (const index of [0, 1, 2]) {
      await sim.control(1, { recording_ready: { meeting: `ready-${index}`, record_id: `record-${index}`, formats: 3 } });
      const [request] = await receiver.untilCalled(`/ready-${index}`);
      assert.equal(request.method, 'POST');
      assert.match(request.headers['content-type'], /^application\/x-www-form-urlencoded/);
      assert.deepEqual(claimsOf(request, kSecret), { meeting_id: `ready-${index}`, record_id: `record-${index}` });
    }
    await settled(plenary);
    assert.equal(receiver.requests.length, 3);
  });

  await t.test('hours after the end, too', async () => {
    assertSuccess(await plenary.call('end', { meetingID: 'ready-0', password: 'mp' }));
    await until(async () => (await plenary.call('getMeetingInfo', { meetingID: 'ready-0' })).xml.get('returncode') === 'FAILED', 'the end');
    await plenary.kill();
    await plenary.start();
    await sim.control(1, { recording_ready: { meeting: 'ready-0', record_id: 'record-late' } });
    assert.equal(claimsOf((await receiver.untilCalled('/ready-0', 2))[1], kSecret).record_id, 'record-late');
  });

  await t.test('only nodes are believed', async () => {
    const node = sim.nodes[0].secret;
    for (const [secret, status] of [['wrong', 401], [kSecret, 401], ['', 401]]) assert.equal((await announce(plenary, secret, 'ready-1', 'forged')).status, status);
    assert.equal((await announce(plenary, node, 'unknown', 'r')).status, 404);
    assert.equal((await announce(plenary, node, '', 'r')).status, 400);
    assert.equal((await plenary.http(kReady, { method: 'POST', body: 'signed_parameters=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).status, 401);
    assert.match((await plenary.http(kReady)).text, /unsupportedRequest/);
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"meeting_id":"ready-1","record_id":"x"}').toString('base64url')}.`;
    assert.equal((await plenary.http(kReady, { method: 'POST', body: `signed_parameters=${none}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).status, 401);
    await settled(plenary);
    assert.equal(receiver.requests.length, 4);
  });

  await t.test('a later create with an analytics URL alone loses nothing', async () => {
    await createWithReady(plenary, 'kept', receiver.url('/kept'));
    assertSuccess(await plenary.call('create', { name: 'Callback', meetingID: 'kept', moderatorPW: 'mp', attendeePW: 'ap', 'meta_analytics-callback-url': receiver.url('/kept-analytics') }));
    assert.equal((await announce(plenary, sim.nodes[0].secret, 'kept', 'r')).status, 200);
    await receiver.untilCalled('/kept');
  });

  await t.test('a receiver that is gone is not asked again', async () => {
    for (const status of [404, 410]) {
      await createWithReady(plenary, `gone-${status}`, receiver.url(`/gone-${status}`));
      receiver.answer = status;
      assert.equal((await announce(plenary, sim.nodes[0].secret, `gone-${status}`, 'r')).status, 200);
      await receiver.untilCalled(`/gone-${status}`);
      await settled(plenary);
      assert.equal(receiver.to(`/gone-${status}`).length, 1);
    }
  });
});

test('with the default RECORDINGS_SOURCE nodes are not asked to announce recordings', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { CALLBACK_ALLOW_NETS: 'loopback' } });
  for (const [index, name] of kReadyNames.entries()) {
    assertSuccess(await plenary.call('create', { name: 'Index', meetingID: `index-${index}`, [name]: 'https://front.example/ready' }));
    const [sent] = await sim.sent('create', `index-${index}`);
    assert.deepEqual(kReadyNames.filter((other) => other in sent), []);
  }
});

test('a tenant hears of its own meetings under its own ID, signed with its own secret', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { ...kEnv, MULTITENANCY_ENABLED: 'true' } });
  const receiver = await Receiver.start(t);
  const fronts = [];
  for (const name of ['one', 'two']) fronts.push(await addTenant(plenary, name, { byPath: true }));
  for (const front of fronts) {
    const more = { meetingKeepEvents: 'true', 'meta_analytics-callback-url': receiver.url(`/analytics-${front.name}`), meetingEndedURL: receiver.url(`/ended-${front.name}`),
      meta_endCallbackUrl: receiver.url(`/callback-${front.name}`) };
    await createWithReady(front, 'same', receiver.url(`/ready-${front.name}`), more);
  }
  const ids = (await sim.state()).nodes[0].meetings.map(({ meetingID }) => meetingID);
  for (const meeting of ids) await sim.control(1, { recording_ready: { meeting, record_id: `record of ${meeting}` } });
  for (const front of fronts) assertSuccess(await front.call('end', { meetingID: 'same', password: 'mp' }));

  for (const front of fronts) {
    const id = ids.includes(`same~${front.id}`) ? `same~${front.id}` : 'same';
    const [ready] = await receiver.untilCalled(`/ready-${front.name}`);
    assert.deepEqual(claimsOf(ready, front.secret), { meeting_id: 'same', record_id: `record of ${id}` });
    const [analytics] = await receiver.untilCalled(`/analytics-${front.name}`);
    verifiedClaims(analytics.headers.authorization.replace('Bearer ', ''), front.secret, 'HS512');
    const report = JSON.parse(analytics.body);
    assert.deepEqual([report.meeting_id, report.customer], ['same', front.name]);
    await receiver.untilCalled(`/ended-${front.name}`);
    for (const { url } of await receiver.untilCalled(`/callback-${front.name}`)) {
      assert.equal(new URL(url, 'http://x').searchParams.get('meetingID'), 'same', 'the front-end\'s own ID');
    }
  }
  await settled(plenary);
  assert.equal(receiver.requests.filter(({ url }) => !url.startsWith('/callback-')).length, 6);
  for (const { body } of receiver.requests) assert.ok(!body.includes('~') || body.startsWith('signed_parameters='), body);

  await t.test('a node\'s message by another tenant\'s address finds nothing', async () => {
    const [one, two] = fronts;
    await createWithReady(two, 'of-two', receiver.url('/of-two'));
    assert.equal((await announce(plenary, sim.nodes[0].secret, 'of-two', 'r', { path: `/t/${one.name}${kReady}` })).status, 404);
    assert.equal((await announce(plenary, sim.nodes[0].secret, 'of-two', 'r', { path: '/t/nobody' + kReady })).status, 404);
    assert.equal((await announce(plenary, sim.nodes[0].secret, 'of-two', 'r')).status, 404);
    assertFailed(withXml(await analyse(plenary, { meeting_id: 'of-two' }, bearer(sim.nodes[0].secret), `/t/nobody${kAnalytics}`)), 'checksumError');
    await settled(plenary);
    assert.equal(receiver.to('/of-two').length, 0);
  });

  await t.test('each of several secrets is tried, a new one first, the replaced ones as long as they are accepted', async () => {
    const many = await addTenant(plenary, 'many', { byPath: true, secrets: ['first', 'second'] });
    receiver.answer = (request) => {
      try {
        claimsOf(request, 'second');
        return { status: 200 };
      } catch {
        return { status: 401 };
      }
    };
    await createWithReady(many, 'many', receiver.url('/many'));
    assert.equal((await announce(plenary, sim.nodes[0].secret, 'many', 'r', { path: `/t/many${kReady}` })).status, 200);
    const [first] = await receiver.untilCalled('/many', 2);
    claimsOf(first, 'first');
    await settled(plenary);
    assert.equal(receiver.to('/many').length, 2);

    const { secret } = await plenary.command('tenants.roll_secret', { tenant: 'many' });
    assert.equal((await announce(plenary, sim.nodes[0].secret, 'many', 'rolled', { path: `/t/many${kReady}` })).status, 200);
    const rolled = (await receiver.untilCalled('/many', 5)).slice(2);
    for (const [index, used] of [secret, 'first', 'second'].entries()) assert.equal(claimsOf(rolled[index], used).record_id, 'rolled');
    await settled(plenary);
    assert.equal(receiver.to('/many').length, 5);
  });
});

test('delivery', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: kEnv });
  const node = sim.nodes[0].secret;
  const receiver = await Receiver.start(t);
  const records = (path) => receiver.to(path).filter(({ status }) => status === 200).map((request) => claimsOf(request, kSecret).record_id);

  await t.test('a receiver that was down gets it when it is up again', async () => {
    await createWithReady(plenary, 'down', receiver.url('/down'));
    await receiver.close();
    assert.equal((await announce(plenary, node, 'down', 'while-down')).status, 200);
    const [waiting] = await until(async () => {
      const callbacks = await pending(plenary);
      return callbacks.length === 1 && callbacks[0].attempts >= 1 && callbacks;
    }, 'a first attempt', 10_000 * slowness);
    assert.deepEqual([waiting.kind, waiting.meeting_id, waiting.url, waiting.last_status], ['recording-ready', 'down', receiver.url('/down'), 0]);
    assert.ok(waiting.last_error !== '' && waiting.next_attempt_ms > Date.now() - 1_000, JSON.stringify(waiting));
    await receiver.open();
    await receiver.untilCalled('/down', 1, kPatienceMs);
    await settled(plenary);
    assert.deepEqual(records('/down'), ['while-down']);
  });

  await t.test('attempts come at growing intervals', async () => {
    await createWithReady(plenary, 'slow', receiver.url('/slow'));
    let failures = 2;
    receiver.answer = ({ path }) => ({ status: path === '/slow' && failures-- > 0 ? 503 : 200 });
    await announce(plenary, node, 'slow', 'third-time');
    const calls = await receiver.untilCalled('/slow', 3, kPatienceMs);
    const [first, second] = [calls[1].atMs - calls[0].atMs, calls[2].atMs - calls[1].atMs];
    assert.ok(first >= 3_000 && second >= 2 * first, `${first} ms, then ${second} ms`);
    await settled(plenary);
    assert.equal(receiver.to('/slow').length, 3);
    receiver.answer = 200;
  });

  await t.test('the order of a meeting is kept, others go ahead', async () => {
    await createWithReady(plenary, 'ordered', receiver.url('/ordered'));
    await createWithReady(plenary, 'ahead', receiver.url('/ahead'));
    let failed = false;
    receiver.answer = ({ path }) => {
      if (path !== '/ordered' || failed) return { status: 200 };
      failed = true;
      return { status: 500 };
    };
    for (const record of ['a', 'b', 'c', 'd']) assert.equal((await announce(plenary, node, 'ordered', record)).status, 200);
    assert.equal((await announce(plenary, node, 'ahead', 'x')).status, 200);
    await receiver.untilCalled('/ahead');
    await until(() => failed, 'the first to fail');
    assert.deepEqual(records('/ordered'), [], 'nothing overtakes the one that failed');
    await receiver.untilCalled('/ordered', 5, kPatienceMs);
    assert.deepEqual(records('/ordered'), ['a', 'b', 'c', 'd']);
    receiver.answer = 200;
  });

  await t.test('kill -9 between acceptance and delivery loses nothing, and nothing is delivered twice', async () => {
    await createWithReady(plenary, 'killed', receiver.url('/killed'));
    await receiver.close();
    const accepted = [];
    for (let kill = 0; kill < 4; kill++) {
      await Promise.all([0, 1, 2].map(async (i) => {
        const record = `record-${kill}-${i}`;
        assert.equal((await announce(plenary, node, 'killed', record)).status, 200);
        accepted.push(record);
      }));
      await plenary.kill();
      await plenary.start();
    }
    await receiver.open();
    await plenary.command('callbacks.retry', { all: true });
    await receiver.untilCalled('/killed', accepted.length, kPatienceMs * 3);
    await settled(plenary);
    assert.deepEqual(records('/killed').sort(), [...accepted].sort());
    await plenary.kill();
    await plenary.start();
    for (const record of accepted) assert.equal((await announce(plenary, node, 'killed', record)).status, 200, 'a node may say it again');
    await sleep(2_000 * slowness);
    await settled(plenary);
    assert.equal(receiver.to('/killed').length, accepted.length);
  });

  await t.test('a receiver that hangs or sends too much holds up nobody else', async () => {
    const endless = await Receiver.start(t);
    endless.answer = () => ({ status: 200, body: 'x'.repeat(1 << 20) });
    await createWithReady(plenary, 'big', endless.url('/big'));
    await createWithReady(plenary, 'quick', receiver.url('/quick'));
    await announce(plenary, node, 'big', 'b');
    await announce(plenary, node, 'quick', 'q');
    await receiver.untilCalled('/quick');
    await endless.untilCalled('/big');
    await settled(plenary);
    assert.equal(endless.to('/big').length, 1);
  });
});

test('dead letters', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { ...kEnv, CALLBACK_ALLOW_NETS: undefined } });
  const node = sim.nodes[0].secret;
  const receiver = await Receiver.start(t);
  const refuse = async (...meetings) => {
    for (const meeting of meetings) {
      await createWithReady(plenary, meeting, receiver.url(`/${meeting}`));
      assert.equal((await announce(plenary, node, meeting, `record-${meeting}`)).status, 200);
    }
    await settled(plenary);
  };
  await refuse('one', 'two', 'three');
  assert.equal(receiver.requests.length, 0);

  await t.test('are kept, with the line that would have let them through', async () => {
    const letters = await dead(plenary);
    assert.deepEqual(letters.map(({ meeting_id }) => meeting_id).sort(), ['one', 'three', 'two']);
    for (const letter of letters) assert.match(letter.last_error, /CALLBACK_ALLOW_NETS.*127\.0\.0\.1/);
    assert.equal((await plenary.command('callbacks.list', {})).dead, 3);
    const { stdout, code } = await plenary.cli(['callbacks', 'list']);
    assert.equal(code, 0);
    for (const { id, meeting_id } of letters) assert.match(stdout, new RegExp(`\\b${id}\\b[^\\n]*${meeting_id}`));
    assert.deepEqual((await plenary.cliJson(['callbacks', 'list'])).dead, 3);
  });

  await t.test('config check names the front-ends that would be hit', async () => {
    const check = await plenary.cli(['config', 'check']);
    assert.match(check.stdout + check.stderr, new RegExp(`127\\.0\\.0\\.1:${receiver.port}`));
    assert.match(check.stdout + check.stderr, /CALLBACK_ALLOW_NETS/);
  });

  await t.test('a retry without the line is in vain', async () => {
    const [{ id }] = await dead(plenary);
    assert.equal((await plenary.command('callbacks.retry', { ids: [id] })).changed, 1);
    await settled(plenary);
    assert.equal((await dead(plenary)).length, 3);
    assert.equal(receiver.requests.length, 0);
  });

  await t.test('drop removes one', async () => {
    const [letter] = await dead(plenary);
    assert.equal((await plenary.cli(['callbacks', 'drop', letter.id, '--yes'])).code, 0);
    assert.ok(!(await dead(plenary)).some(({ id }) => id === letter.id));
    assert.equal((await dead(plenary)).length, 2);
  });

  await t.test('with the line set, a retry delivers', async () => {
    const left = (await dead(plenary)).map(({ meeting_id }) => meeting_id);
    await plenary.stop();
    plenary.env.CALLBACK_ALLOW_NETS = '127.0.0.0/8';
    await plenary.start();
    assert.equal((await dead(plenary)).length, 2, 'they survive a restart');
    assert.equal((await plenary.cli(['callbacks', 'retry', '--all'])).code, 0);
    await settled(plenary);
    assert.deepEqual(receiver.requests.map(({ path }) => path.slice(1)).sort(), left.sort());
    assert.equal((await dead(plenary)).length, 0);
  });

  await t.test('what operators do wrong', async () => {
    for (const [command, args] of [['callbacks.retry', {}], ['callbacks.drop', {}], ['callbacks.drop', { ids: 'x' }], ['callbacks.list', { state: 'lost' }], ['callbacks.list', { limit: 0 }],
      ['callbacks.list', { limit: 1_001 }]]) {
      await assert.rejects(plenary.command(command, args), { code: 'invalid_argument' }, `${command} ${JSON.stringify(args)}`);
    }
    assert.equal((await plenary.command('callbacks.retry', { ids: [999_999] })).changed, 0);
    assert.notEqual((await plenary.cli(['callbacks', 'drop'])).code, 0);
  });
});

test('the end of a meeting', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: kEnv, sim: { timeScale: 0.05 } });
  const receiver = await Receiver.start(t);
  const claimed = async (meetingID) => (await plenary.command('meetings.list')).meetings.some(({ meeting_id }) => meeting_id === meetingID);
  const create = async (meetingID, more = {}) => {
    assertSuccess(await plenary.call('create', { name: 'End', meetingID, moderatorPW: 'mp', ...more }));
    return (await sim.sent('create', meetingID)).at(-1);
  };
  const signalOf = (sent) => {
    const url = new URL(sent.meetingEndedURL);
    assert.equal(url.origin, `http://127.0.0.1:${plenary.port}`);
    return url.pathname + url.search;
  };

  await t.test('a node\'s word frees the claim at once, between two polls', async () => {
    const sent = await create('ends');
    assert.ok(sent.meetingEndedURL.includes('/bigbluebutton/api/callbacks/meeting-ended?'));
    await sim.control(1, { expire: 'ends' });
    await until(async () => !(await claimed('ends')), 'the claim to go', 10_000 * slowness);
  });

  await t.test('a node that is wrong, or somebody who isn\'t one, ends nothing', async () => {
    const target = signalOf(await create('stays'));
    assert.equal((await plenary.http(target)).status, 200, 'the meeting is still there');
    const url = new URL(target, 'http://x');
    for (const name of url.searchParams.keys()) {
      const forged = new URL(url);
      const value = forged.searchParams.get(name);
      forged.searchParams.set(name, value === '' ? 'x' : value.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
      assert.equal((await plenary.http(forged.pathname + forged.search)).status, 403, `${name} forged`);
      if (value === '') continue;
      forged.searchParams.delete(name);
      assert.equal((await plenary.http(forged.pathname + forged.search)).status, 403, `without ${name}`);
    }
    assert.equal((await plenary.http(url.pathname)).status, 403);
    assert.ok(await claimed('stays'));
    await sim.control(1, { drop: ['stays'] });
    const forged = new URL(url);
    forged.searchParams.set([...url.searchParams.keys()].at(-1), 'x');
    assert.equal((await plenary.http(forged.pathname + forged.search)).status, 403);
    await sleep(300);
    assert.ok(await claimed('stays'), 'a forged word triggers no look, though the node has lost it');
    assert.equal((await plenary.http(target)).status, 200);
    await until(async () => !(await claimed('stays')), 'a true one to trigger it');
  });

  await t.test('a word for an earlier meeting of that ID doesn\'t touch the present one', async () => {
    const old = signalOf(await create('again'));
    await sim.control(1, { expire: 'again' });
    await until(async () => !(await claimed('again')), 'the claim to go');
    await create('again');
    assert.equal((await plenary.http(old)).status, 200);
    assert.ok(await claimed('again'));
  });

  await t.test('while the node does not answer nothing is concluded', async () => {
    const target = signalOf(await create('silent'));
    await sim.faults(1, 'http500', { calls: ['getMeetingInfo'] });
    assert.equal((await plenary.http(target)).status, 503);
    assert.ok(await claimed('silent'));
    await sim.faults(1, 'ok');
  });

  await t.test('the front-end\'s own meetingEndedURL is called once, its meta_endCallbackUrl stays its own', async () => {
    const own = { meetingEndedURL: receiver.url('/ended?id=5'), meta_endCallbackUrl: receiver.url('/end-callback') };
    const sent = await create('told', own);
    assert.notEqual(sent.meetingEndedURL, own.meetingEndedURL);
    assert.equal(sent.meta_endCallbackUrl, own.meta_endCallbackUrl);
    await sim.control(1, { expire: 'told' });
    const [request] = await receiver.untilCalled('/ended');
    assert.deepEqual([request.method, request.url], ['GET', '/ended?id=5']);
    await settled(plenary);
    await plenary.command('poll.run', { what: 'all' });
    await plenary.kill();
    await plenary.start();
    await plenary.command('poll.run', { what: 'all' });
    await sleep(500);
    assert.equal(receiver.to('/ended').length, 1);
  });

  await t.test('not of a meeting that an operator only forgets', async () => {
    await create('forgotten', { meetingEndedURL: receiver.url('/forgotten') });
    await plenary.command('meetings.forget', { ids: ['forgotten'] });
    await sleep(300);
    await settled(plenary);
    assert.equal(receiver.to('/forgotten').length, 0);
  });

  await t.test('also when the end comes from the front-end or is found by a poll', async () => {
    await create('by-end', { meetingEndedURL: receiver.url('/by-end') });
    assertSuccess(await plenary.call('end', { meetingID: 'by-end', password: 'mp' }));
    await receiver.untilCalled('/by-end');
    await create('by-poll', { meetingEndedURL: receiver.url('/by-poll') });
    await sim.control(1, { drop: ['by-poll'] });
    await until(async () => {
      await plenary.command('poll.run', { what: 'all' });
      return receiver.to('/by-poll').length > 0;
    }, 'the poll to find it', 20_000 * slowness, 300);
    await settled(plenary);
    assert.deepEqual([receiver.to('/by-end').length, receiver.to('/by-poll').length], [1, 1]);
  });
});

test('with POLL_ON_CHANGE=false a meetingEndedURL is the front-end\'s and goes to the node', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { POLL_ON_CHANGE: 'false', POLL_INTERVAL: '0.5' } });
  assertSuccess(await plenary.call('create', { name: 'Plain', meetingID: 'plain', meetingEndedURL: 'https://front.example/ended' }));
  assert.equal((await sim.sent('create', 'plain'))[0].meetingEndedURL, 'https://front.example/ended');
  assertSuccess(await plenary.call('create', { name: 'Plain', meetingID: 'none' }));
  assert.equal((await sim.sent('create', 'none'))[0].meetingEndedURL, undefined);
});
