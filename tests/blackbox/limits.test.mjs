// Limits of tenants: exact however many ask at once, told in words that front-ends understand, and the use is visible.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess } from './lib/expect.mjs';
import { startPool } from './lib/plenary.mjs';
import { sleep, slowness, until } from './lib/process.mjs';
import { addTenant } from './lib/tenants.mjs';

const kEnv = { MULTITENANCY_ENABLED: 'true', WORKER_THREADS: '4' };
const many = (count, call) => Promise.all(Array.from({ length: count }, (_, i) => call(i)));
const successes = (replies) => replies.filter((reply) => reply.xml.get('returncode') === 'SUCCESS');
const create = (front, meetingID) => front.call('create', { name: 'Limit', meetingID, moderatorPW: 'mp', attendeePW: 'ap' });

test('meetings at the same time', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 3, env: kEnv });
  const bn = await addTenant(plenary, 'bn', { limits: { meetings: 10 } });
  const free = await addTenant(plenary, 'free');

  await t.test('100 parallel creates against a limit of 10 give exactly 10', async () => {
    const replies = await many(100, (i) => create(bn, `m${i}`));
    assert.equal(successes(replies).length, 10);
    for (const reply of replies.filter((candidate) => !successes([candidate]).length)) assertFailed(reply, 'maxConcurrent');
    assert.equal((await sim.state()).nodes.flatMap(({ meetings }) => meetings).length, 10, 'on the nodes as well');
    assert.deepEqual([(await bn.show()).use.meetings, (await bn.show()).use.refused], [10, 90]);
  });

  await t.test('of another tenant there may be more', async () => {
    assert.equal(successes(await many(20, (i) => create(free, `m${i}`))).length, 20);
  });

  await t.test('a meeting that is there may be created again and joined', async () => {
    const [{ meeting_id }] = (await plenary.command('meetings.list')).meetings.filter((meeting) => meeting.tenant_id === bn.id);
    assertSuccess(await create(bn, meeting_id));
    assert.equal((await bn.call('join', { fullName: 'A', meetingID: meeting_id, role: 'VIEWER' })).status, 302);
  });

  await t.test('one that ended makes room for exactly one', async () => {
    const [{ meeting_id }] = (await plenary.command('meetings.list')).meetings.filter((meeting) => meeting.tenant_id === bn.id);
    assertSuccess(await bn.call('end', { meetingID: meeting_id, password: 'mp' }));
    await until(async () => (await bn.show()).use.meetings === 9, 'the end to be counted');
    await until(async () => (await sim.state()).nodes.flatMap(({ meetings }) => meetings).length === 29, 'the node to carry it out');
    assert.equal(successes(await many(10, (i) => create(bn, `again${i}`))).length, 1);
  });

  await t.test('a create that its node refuses uses nothing up', async () => {
    await bn.update({ limits: { meetings: 11 } });
    assertFailed(await bn.call('create', { meetingID: 'nameless' }), 'validationError');
    assert.equal(successes(await many(5, (i) => create(bn, `after${i}`))).length, 1);
  });

  await t.test('a restart forgets no meeting of them', async () => {
    const meetings = async () => (await plenary.command('meetings.list')).meetings.filter(({ tenant_id }) => tenant_id === bn.id).map(({ meeting_id }) => meeting_id).sort();
    const before = await meetings();
    await plenary.kill();
    await plenary.start();
    assert.deepEqual(await meetings(), before);
    assert.equal((await bn.show()).use.meetings, 11);
    assertFailed(await create(bn, 'restarted'), 'maxConcurrent');
  });

  await t.test('a limit that is taken away binds nobody', async () => {
    await bn.update({ limits: { meetings: 0 } });
    assert.equal(successes(await many(20, (i) => create(bn, `free${i}`))).length, 20);
  });
});

test('new meetings per second', async (t) => {
  const { plenary } = await startPool(t, { nodes: 2, env: kEnv });
  const bn = await addTenant(plenary, 'bn', { limits: { creates_per_second: 5 } });
  const begin = performance.now();
  const replies = await many(60, (i) => create(bn, `rate${i}`));
  const seconds = (performance.now() - begin) / 1000;
  const made = successes(replies);
  // Within one second exactly 5; on a slow machine each further second may let 5 more in.
  assert.ok(made.length >= 5 && made.length <= 5 * Math.ceil(seconds), `${made.length} in ${seconds} s`);
  const refused = replies.filter((reply) => !made.includes(reply));
  assert.ok(refused.length > 0);
  for (const reply of refused) {
    assertFailed(reply, 'tooManyRequests');
    assert.match(reply.headers['retry-after'] ?? '', /^[1-9][0-9]*$/);
  }
  const existing = made[0].xml.get('meetingID');
  for (const reply of await many(20, () => create(bn, existing))) assertSuccess(reply);
  await sleep(1_100);
  assertSuccess(await create(bn, 'later'));
});

test('participants at the same time', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: kEnv });
  const bn = await addTenant(plenary, 'bn', { limits: { participants: 5 } });
  for (const meetingID of ['a', 'b']) assertSuccess(await create(bn, `room-${meetingID}`));
  const join = (userID, params = {}) => bn.call('join', { fullName: `P ${userID}`, userID, meetingID: userID % 2 ? 'room-a' : 'room-b', role: 'VIEWER', ...params });

  const replies = await many(60, (i) => join(i));
  const seated = replies.filter((reply) => reply.status === 302);
  assert.equal(seated.length, 5, 'exactly the limit, over all meetings of the tenant');
  for (const reply of replies.filter((candidate) => candidate.status !== 302)) assertFailed(reply, 'maxParticipantsReached');
  const { use } = await bn.show();
  assert.deepEqual([use.people, use.refused], [5, 55]);

  await t.test('who has a seat gets in again', async () => {
    const known = replies.findIndex((reply) => reply.status === 302);
    for (const reply of await many(10, () => join(known))) assert.equal(reply.status, 302, reply.text);
    assert.equal((await bn.show()).use.people, 5);
  });

  await t.test('people who are there are counted once, and those who left make room', async () => {
    for (const reply of seated) assert.equal((await sim.follow(reply.headers.location)).ok, true);
    await plenary.command('poll.run', { what: 'all' });
    assert.deepEqual([(await bn.show()).use.people, (await bn.show()).use.participants], [5, 5]);
    assertFailed(await join(1_000), 'maxParticipantsReached');
    for (const meeting of ['room-a', 'room-b']) {
      const node = (await sim.state()).nodes.find(({ meetings }) => meetings.some(({ meetingID }) => meetingID === meeting)).node;
      await sim.control(node, { users: { meeting, viewers: 0, moderators: 0 } });
    }
    await until(async () => {
      await plenary.command('poll.run', { what: 'all' });
      return (await bn.show()).use.people === 0;
    }, 'the seats to be free', 20_000 * slowness, 200);
    assert.equal((await join(1_000)).status, 302);
  });

  await t.test('a signed refusal goes where the front-end asked for', async () => {
    await bn.update({ limits: { participants: 1 } });
    const reply = await join(2_000, { errorRedirectUrl: 'https://front.example/error' });
    assert.equal(reply.status, 302);
    const to = new URL(reply.headers.location);
    assert.equal(to.origin + to.pathname, 'https://front.example/error');
    assert.equal(JSON.parse(to.searchParams.get('errors'))[0].key, 'maxParticipantsReached');
  });
});

test('calls per second', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: kEnv });
  const bn = await addTenant(plenary, 'bn', { limits: { calls_per_second: 20 } });
  const free = await addTenant(plenary, 'free');
  const call = (front) => front.call('isMeetingRunning', { meetingID: 'none' });
  const begin = performance.now();
  const replies = await many(150, () => call(bn));
  const seconds = (performance.now() - begin) / 1000;
  const served = successes(replies).length;
  assert.ok(served >= 1 && served <= 20 * Math.ceil(seconds + 1), `${served} in ${seconds} s`);
  const refused = replies.filter((reply) => reply.xml.get('returncode') !== 'SUCCESS');
  assert.ok(refused.length > 0);
  for (const reply of refused) {
    assertFailed(reply, 'tooManyRequests');
    assert.match(reply.headers['retry-after'] ?? '', /^[1-9][0-9]*$/);
  }
  assert.ok((await bn.show()).use.refused >= refused.length);
  assert.equal(successes(await many(100, () => call(free))).length, 100, 'others are not concerned');
  assertFailed(await bn.call('getMeetings', {}, { secret: 'wrong' }), 'checksumError');
  await sleep(1_100);
  assertSuccess(await call(bn));
});

test('the use is shown to operators', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: kEnv });
  const bn = await addTenant(plenary, 'bn', { limits: { meetings: 7, participants: 70, creates_per_second: 3, calls_per_second: 100 } });
  assertSuccess(await create(bn, 'shown'));
  const { tenant } = await plenary.cliJson(['tenants', 'show', 'bn']);
  assert.deepEqual(tenant.limits, { meetings: 7, participants: 70, creates_per_second: 3, calls_per_second: 100 });
  assert.equal(tenant.use.meetings, 1);
  assert.doesNotMatch(JSON.stringify(tenant), /secret-of-bn/);
  const { stdout, code } = await plenary.cli(['tenants', 'show', 'bn']);
  assert.equal(code, 0);
  assert.match(stdout, /7/);
  assert.doesNotMatch(stdout, /secret-of-bn/);
});
