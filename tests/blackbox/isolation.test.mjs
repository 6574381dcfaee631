// No call of one tenant sees, ends, joins, counts or lists anything of another: every call, with every pair of tenants, with the same
// meetingIDs on both sides, and with a meeting that belongs to nobody.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts, listed } from './lib/expect.mjs';
import { kSecret, startPool, withXml } from './lib/plenary.mjs';
import { slowness, until } from './lib/process.mjs';
import { addTenant } from './lib/tenants.mjs';

const kNames = ['alpha', 'beta', 'gamma'];
const kDocument = '<modules><module name="presentation"><document url="https://a.example/a.pdf" filename="a.pdf"/></module></modules>';
const kAuthorization = (secret) => ({ Authorization: `Basic ${Buffer.from(`fsapi:${secret}`).toString('base64')}`, 'Content-Type': 'application/x-www-form-urlencoded' });

/** A tenant's own things, all of them named after it. */
const own = (name) => ({ meetingName: `Room of ${name}`, only: `only-${name}`, attendeePW: `ap-${name}`, moderatorPW: `mp-${name}`, person: `Person of ${name}`, userID: `user-${name}` });

/** Nothing in a reply to `front` may come from elsewhere. Its own name, ID and rooms may. */
function assertNothingForeign(reply, front, others, what) {
  for (const { name, id } of others) {
    for (const mark of [`Room of ${name}`, `only-${name}`, `ap-${name}`, `mp-${name}`, `Person of ${name}`, `user-${name}`, id, `tenant-name>${name}<`]) {
      assert.ok(!reply.text.includes(mark), `${what}: ${front.name} sees ${mark}\n${reply.text}`);
    }
  }
  assert.ok(!reply.text.includes('~'), `${what}: ${front.name} sees a scoped ID\n${reply.text}`);
  assert.ok(!reply.text.includes('nobody'), `${what}: ${front.name} sees what belongs to nobody\n${reply.text}`);
}

async function dial(front, pin, secret = front.secret) {
  const body = new URLSearchParams({ section: 'dialplan', 'Caller-Destination-Number': '5551234', variable_pin: pin }).toString();
  return withXml(await front.http('/fsapi', { method: 'POST', body, headers: kAuthorization(secret) }));
}

test('tenants with the same meetingIDs', async (t) => {
  // Before there were tenants: a meeting that is nobody's.
  const { plenary, sim } = await startPool(t, { nodes: 2 });
  assertSuccess(await plenary.call('create', { name: 'Room of nobody', meetingID: 'nobody', attendeePW: 'ap-nobody', moderatorPW: 'mp-nobody' }));
  await plenary.stop();
  plenary.env.MULTITENANCY_ENABLED = 'true';
  await plenary.start();

  const fronts = [];
  for (const name of kNames) fronts.push(await addTenant(plenary, name, { byPath: name === 'gamma' }));
  const pins = new Map();
  const people = async () => Object.fromEntries((await sim.state()).nodes.flatMap(({ meetings }) => meetings.map((meeting) => [meeting.meetingID, meeting.participants])));
  const nodeMeetings = async () => (await sim.state()).nodes.flatMap(({ meetings }) => meetings);
  const othersOf = (front) => fronts.filter((other) => other !== front);
  const pairs = fronts.flatMap((front) => othersOf(front).map((other) => [front, other]));

  await t.test('all of them create "same" at once, and one of their own', async () => {
    await Promise.all(fronts.map(async (front) => {
      const { meetingName, only, attendeePW, moderatorPW } = own(front.name);
      for (const meetingID of ['same', only]) {
        const reply = assertSuccess(await front.call('create', { name: meetingName, meetingID, attendeePW, moderatorPW }));
        assert.equal(reply.xml.get('meetingID'), meetingID);
        assert.notEqual(reply.xml.get('messageKey'), 'duplicateWarning');
        pins.set(`${front.name}/${meetingID}`, reply.xml.get('voiceBridge'));
        assertNothingForeign(reply, front, othersOf(front), 'create');
      }
    }));
    assert.equal(new Set(pins.values()).size, pins.size, 'dial-in numbers are unique over all tenants');
  });

  await t.test('nodes know them by different IDs: one plain, the others <id>~<tenant>', async () => {
    const ids = (await nodeMeetings()).map(({ meetingID }) => meetingID).filter((id) => id.startsWith('same'));
    assert.equal(ids.length, 3);
    assert.equal(ids.filter((id) => id === 'same').length, 1);
    const scoped = ids.filter((id) => id !== 'same');
    for (const id of scoped) assert.ok(fronts.some((front) => id === `same~${front.id}`), id);
    assert.equal(new Set(scoped).size, 2);
  });

  await t.test('a repeated create is the own meeting', async () => {
    for (const front of fronts) {
      const { meetingName, attendeePW, moderatorPW } = own(front.name);
      const reply = assertSuccess(await front.call('create', { name: meetingName, meetingID: 'same', attendeePW, moderatorPW }));
      assert.equal(reply.xml.get('messageKey'), 'duplicateWarning');
      assert.equal(reply.xml.get('meetingID'), 'same');
      assert.equal(reply.xml.get('moderatorPW'), moderatorPW);
      assertNothingForeign(reply, front, othersOf(front), 'create');
    }
    assert.equal((await nodeMeetings()).length, 7);
  });

  await t.test('join leads into the own meeting', async () => {
    for (const front of fronts) {
      const { person, userID, moderatorPW } = own(front.name);
      const join = await front.call('join', { fullName: person, userID, meetingID: 'same', password: moderatorPW });
      assert.equal(join.status, 302, join.text);
      assert.equal((await sim.follow(join.headers.location)).ok, true);
    }
    for (const { meetingID, users, name } of (await nodeMeetings()).filter((meeting) => meeting.meetingID.startsWith('same'))) {
      const [front] = fronts.filter((candidate) => name === own(candidate.name).meetingName);
      assert.match(JSON.stringify(users), new RegExp(own(front.name).person), meetingID);
      for (const other of othersOf(front)) assert.doesNotMatch(JSON.stringify(users), new RegExp(own(other.name).person));
    }
  });

  await t.test('getMeetingInfo and isMeetingRunning tell of the own meeting', async () => {
    for (const front of fronts) {
      const info = assertSuccess(await front.call('getMeetingInfo', { meetingID: 'same' }));
      const { meetingName, person, moderatorPW } = own(front.name);
      assert.deepEqual(['meetingName', 'meetingID', 'moderatorPW', 'participantCount'].map((name) => info.xml.get(name)), [meetingName, 'same', moderatorPW, '1']);
      assert.equal(info.xml.get('attendees/attendee/fullName'), person);
      assertNothingForeign(info, front, othersOf(front), 'getMeetingInfo');
      assert.equal((await front.call('isMeetingRunning', { meetingID: 'same' })).xml.get('running'), 'true');
      assert.equal((await front.call('isMeetingRunning', { meetingID: own(front.name).only })).xml.get('running'), 'false');
    }
  });

  await t.test('getMeetings and getSessions list the own meetings', async () => {
    for (const front of fronts) {
      const meetings = await front.call('getMeetings');
      assert.deepEqual(listed(meetings).sort(), [own(front.name).only, 'same'].sort());
      assertNothingForeign(meetings, front, othersOf(front), 'getMeetings');
      const sessions = assertSuccess(await front.call('getSessions'));
      assertNothingForeign(sessions, front, othersOf(front), 'getSessions');
      assertNothingForeign(await front.call('getRecordings'), front, othersOf(front), 'getRecordings');
    }
  });

  await t.test('getMeetings from the last poll does so too', async () => {
    await plenary.command('poll.run', { what: 'all' });
    await sim.faults('all', 'html502', { calls: ['getMeetings'] });
    for (const front of fronts) {
      const meetings = await front.call('getMeetings');
      assert.deepEqual(listed(meetings).sort(), [own(front.name).only, 'same'].sort());
      assertNothingForeign(meetings, front, othersOf(front), 'getMeetings of silent nodes');
    }
    await sim.faults('all', 'ok');
  });

  await t.test('documents and messages go to the own meeting', async () => {
    for (const front of fronts) {
      assertSuccess(await front.post('insertDocument', { meetingID: 'same' }, kDocument, 'application/xml'));
      assertSuccess(await front.call('sendChatMessage', { meetingID: 'same', message: `Hello ${front.name}` }));
    }
    for (const { name, chat, meetingID } of (await nodeMeetings()).filter((meeting) => meeting.meetingID.startsWith('same'))) {
      const [front] = fronts.filter((candidate) => name === own(candidate.name).meetingName);
      assert.match(JSON.stringify(chat), new RegExp(`Hello ${front.name}`), meetingID);
      for (const other of othersOf(front)) assert.doesNotMatch(JSON.stringify(chat), new RegExp(`Hello ${other.name}`));
    }
  });

  // What another tenant, or nobody, has: by its ID, and by the ID that its node uses.
  for (const [index, [front, other]] of [...pairs, ...fronts.map((lone) => [lone, undefined])].entries()) {
    const foreign = other ? [own(other.name).only, `same~${other.id}`, `${own(other.name).only}~${other.id}`] : ['nobody'];
    await t.test(`${front.name} reaches nothing of ${other?.name ?? 'nobody'}`, async () => {
      const before = JSON.stringify(await people());
      const count = (await nodeMeetings()).length;
      for (const meetingID of foreign) {
        const password = other ? own(other.name).moderatorPW : 'mp-nobody';
        assertFailed(await front.call('getMeetingInfo', { meetingID }), 'notFound', kTexts.notFound);
        assert.equal(assertSuccess(await front.call('isMeetingRunning', { meetingID })).xml.get('running'), 'false');
        assertFailed(await front.call('join', { fullName: 'Intruder', meetingID, password }), 'notFound');
        assertFailed(await front.call('end', { meetingID, password }), 'notFound');
        assertFailed(await front.post('insertDocument', { meetingID }, kDocument, 'application/xml'), 'notFound');
        assertFailed(await front.call('sendChatMessage', { meetingID, message: 'x' }), 'meetingNotFound');
      }
      assert.equal(JSON.stringify(await people()), before, 'nothing changed at the nodes');
      if (!other) return;
      for (const call of ['getMeetings', 'getSessions', 'getMeetingInfo', 'isMeetingRunning', 'create', 'end', 'join', 'sendChatMessage', 'getRecordings', 'hooks/list', 'hooks/create', 'hooks/destroy']) {
        const reply = await front.call(call, { meetingID: 'same', name: 'x', fullName: 'x', callbackURL: 'https://a.example/x' }, { secret: other.secret });
        assertFailed(reply, 'checksumError', kTexts.checksumError);
      }
      for (const [key, pin] of pins) {
        const mine = key.startsWith(`${front.name}/`);
        assert.equal((await dial(front, pin)).text.includes('bridge_to_bbb_server'), mine, `${front.name} dials ${key}`);
      }
      assert.equal((await dial(front, pins.get(`${front.name}/same`), other.secret)).status, 401);
      // To create another's ID makes a meeting of one's own, and leaves the other's as it was.
      const taken = foreign[index % foreign.length];
      assertSuccess(await front.call('create', { name: own(front.name).meetingName, meetingID: taken, moderatorPW: own(front.name).moderatorPW }));
      const mine = assertSuccess(await front.call('getMeetingInfo', { meetingID: taken }));
      assert.equal(mine.xml.get('meetingID'), taken);
      assert.equal(mine.xml.get('meetingName'), own(front.name).meetingName);
      for (const meetingID of ['same', own(other.name).only]) {
        assert.equal(assertSuccess(await other.call('getMeetingInfo', { meetingID })).xml.get('meetingName'), own(other.name).meetingName);
      }
      assertSuccess(await front.call('end', { meetingID: taken, password: own(front.name).moderatorPW }));
      await until(async () => (await nodeMeetings()).length === count, 'the own copy to end');
      assertFailed(await front.call('getMeetingInfo', { meetingID: taken }), 'notFound');
      for (const meetingID of ['same', own(other.name).only]) assertSuccess(await other.call('getMeetingInfo', { meetingID }));
    });
  }

  await t.test('nobody in particular is refused', async () => {
    for (const headers of [{ Host: 'lb.test' }, { Host: 'unknown.lb.test' }, {}]) {
      for (const call of ['getMeetings', 'getSessions', 'getMeetingInfo', 'isMeetingRunning', 'create', 'end', 'join', 'hooks/list']) {
        assertFailed(await plenary.call(call, { meetingID: 'same', fullName: 'x', name: 'x' }, { headers, secret: kSecret }), 'checksumError');
      }
    }
  });

  await t.test('hooks', async () => {
    const hooks = (front) => front.call('hooks/list').then((reply) => assertSuccess(reply).xml.all('hooks/hook'));
    for (const front of fronts) assertSuccess(await front.call('hooks/create', { callbackURL: 'http://127.0.0.1:9/hook', meetingID: 'same' }));
    for (const [front, other] of pairs) {
      const [mine] = await hooks(front);
      const [theirs] = await hooks(other);
      assert.equal((await hooks(front)).length, 1);
      assert.equal(mine.get('meetingID'), 'same');
      assert.notEqual(mine.get('hookID'), theirs.get('hookID'), 'the same URL in two tenants is two hooks');
      assertFailed(await front.call('hooks/destroy', { hookID: theirs.get('hookID') }), 'destroyMissingHook');
      assert.equal((await hooks(other)).length, 1);
    }
    const [first] = fronts;
    assertSuccess(await first.call('hooks/destroy', { hookID: (await hooks(first))[0].get('hookID') }));
    assert.deepEqual(await Promise.all(fronts.map(async (front) => (await hooks(front)).length)), [0, 1, 1]);
  });

  await t.test('use is counted apart', async () => {
    await plenary.command('poll.run', { what: 'all' });
    for (const front of fronts) {
      const { use } = await front.show();
      assert.deepEqual([use.meetings, use.participants], [2, 1], front.name);
    }
  });

  await t.test('all of it is the same after kill -9', async () => {
    await plenary.kill();
    await plenary.start();
    await plenary.command('poll.run', { what: 'all' });
    for (const front of fronts) {
      assert.deepEqual(listed(await front.call('getMeetings')).sort(), [own(front.name).only, 'same'].sort());
      assert.equal((await front.call('getMeetingInfo', { meetingID: 'same' })).xml.get('meetingName'), own(front.name).meetingName);
    }
  });

  await t.test('end ends the own meeting', async () => {
    for (const [position, front] of fronts.entries()) {
      const before = (await nodeMeetings()).length;
      assertSuccess(await front.call('end', { meetingID: 'same', password: own(front.name).moderatorPW }));
      await until(async () => (await nodeMeetings()).length === before - 1, 'one meeting less', 10_000 * slowness);
      for (const other of fronts.slice(position + 1)) {
        assert.equal(assertSuccess(await other.call('getMeetingInfo', { meetingID: 'same' })).xml.get('meetingName'), own(other.name).meetingName);
      }
    }
  });
});

test('TENANT_SCOPE=off: the second tenant is told that the ID is taken', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { MULTITENANCY_ENABLED: 'true', TENANT_SCOPE: 'off' } });
  const alpha = await addTenant(plenary, 'alpha');
  const beta = await addTenant(plenary, 'beta');
  assertSuccess(await alpha.call('create', { name: 'Of alpha', meetingID: 'same' }));
  const refused = await beta.call('create', { name: 'Of beta', meetingID: 'same' });
  assertFailed(refused, 'idNotUnique');
  assertFailed(await beta.call('getMeetingInfo', { meetingID: 'same' }), 'notFound');
  assert.deepEqual((await sim.state()).nodes[0].meetings.map(({ meetingID }) => meetingID), ['same']);
});
