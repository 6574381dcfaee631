// The simulated nodes: what a balancer under test may rely on (docs/simulator.md). Expectations are BBB's, not the simulator's.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';

import { verifiedClaims } from './lib/jwt.mjs';
import { exchange, freePorts, listening, request } from './lib/net.mjs';
import { cleanup, slowness, sleep, until } from './lib/process.mjs';
import { Receiver } from './lib/receiver.mjs';
import { Sim } from './lib/sim.mjs';
import { checksum, digest, encode, sha256, signed } from './lib/sign.mjs';
import { parseXml } from './lib/xml.mjs';

/** A client that calls one node directly. */
function client(sim, index = 0) {
  const { url, secret } = sim.nodes[index];
  const { hostname: host, port, pathname } = new URL(url);
  const raw = async (target, options = {}) => {
    const reply = await request({ host, port: Number(port), target, ...options });
    try {
      reply.xml = parseXml(reply.text);
    } catch {
      reply.xml = undefined;
    }
    return reply;
  };
  const call = (name, params, options = {}) => raw(`${pathname}/${name}?${signed(name, params, secret, options)}`, options);
  const link = (name, params) => `${url}/${name}?${signed(name, params, secret)}`;
  const info = async (meetingID) => (await call('getMeetingInfo', { meetingID })).xml;
  return { raw, call, link, info, secret, pathname, host, port: Number(port), url };
}

async function simulator(t, options) {
  const sim = await Sim.start(options);
  cleanup(t, () => sim.stop());
  return sim;
}

const create = (meetingID, more = {}) => ({ name: `Name of ${meetingID}`, meetingID, ...more });
const key = (reply) => reply.xml.get('messageKey');
const errorsOf = (reply) => JSON.parse(new URL(reply.headers.location).searchParams.get('errors'));

describe('BBB 3.0', () => {
  let sim;
  let node;
  before(async () => {
    sim = await Sim.start({ nodes: 3 });
    node = client(sim);
  });
  after(() => sim.stop());

  test('checksums: four lengths, any place, raw query', async () => {
    for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512']) {
      for (const position of ['start', 'middle', 'end']) {
        const reply = await node.call('isMeetingRunning', 'meetingID=none&x=%7e+%27', { algorithm, position, upper: position === 'middle' });
        assert.equal(reply.xml.get('returncode'), 'SUCCESS', `${algorithm} ${position}`);
      }
    }
    const good = checksum('getMeetings', '', node.secret);
    const running = checksum('isMeetingRunning', 'meetingID=m1', node.secret);
    const answer = async (target) => key(await node.raw(`${node.pathname}/${target}`));
    assert.equal(await answer(`getMeetings?&checksum=${good}`), 'noMeetings');
    assert.equal(await answer(`getMeetings?checksum=${good}`), 'noMeetings');
    assert.equal(await answer(`getMeetings?checksum=${good}&checksum=${good}`), 'noMeetings', 'two checksums pass before 3.0.37');
    assert.equal(await answer(`getMeetings?checksum=${good.slice(1)}`), 'checksumError');
    assert.equal(await answer('getMeetings'), 'checksumError');
    assert.equal(await answer(`isMeetingRunning?&meetingID=m1&checksum=${running}`), 'checksumError', 'a leading & is signed');
    assert.equal(await answer(`isMeetingRunning?meetingID=m%31&checksum=${running}`), 'checksumError', 'the raw query is signed');
  });

  test('a form body is signed over the empty string, and its type is checked', async () => {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const form = (algorithmInput) => encode({ ...create('form'), checksum: digest('sha256', `create${algorithmInput}${node.secret}`) });
    const target = `${node.pathname}/create`;
    const good = await node.raw(target, { method: 'POST', headers: type, body: form('') });
    assert.equal(good.xml.get('meetingID'), 'form');
    assert.equal(key(await node.raw(target, { method: 'POST', headers: type, body: form(encode(create('form'))) })), 'checksumError');
    const wrong = await node.call('getMeetings', {}, { method: 'POST', headers: { 'Content-Type': 'application/xml' }, body: '<x/>' });
    assert.equal(key(wrong), 'unsupportedContentType');
    const bodyless = await node.call('getMeetings', {}, { headers: { 'Content-Type': 'application/xml' } });
    assert.equal(bodyless.xml.get('returncode'), 'SUCCESS');
  });

  test('create answers in the order and form of bbb-web', async () => {
    const before = Date.now();
    const reply = await node.call('create', create('ordered', { 'meta_Bbb-Origin': 'x<y', attendeePW: 'ap', moderatorPW: 'mp', duration: 7 }));
    assert.equal(reply.headers['content-type'], 'text/xml;charset=utf-8');
    assert.deepEqual(reply.xml.children.map((child) => child.name), ['returncode', 'meetingID', 'internalMeetingID', 'parentMeetingID', 'attendeePW',
      'moderatorPW', 'createTime', 'voiceBridge', 'dialNumber', 'createDate', 'hasUserJoined', 'duration', 'hasBeenForciblyEnded', 'messageKey', 'message']);
    assert.ok(reply.text.startsWith('<response>\n<returncode>SUCCESS</returncode>\n<meetingID>ordered</meetingID>\n'));
    assert.ok(reply.text.endsWith('<messageKey></messageKey>\n<message></message>\n</response>'));
    const time = Number(reply.xml.get('createTime'));
    assert.ok(time >= before - 5 && time <= Date.now() + 5);
    assert.equal(reply.xml.get('internalMeetingID'), `${digest('sha1', 'ordered')}-${time}`);
    assert.match(reply.xml.get('voiceBridge'), /^\d{5}$/);
    assert.match(reply.xml.get('createDate'), /^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}$/);
    const info = await node.call('getMeetingInfo', { meetingID: 'ordered' });
    assert.deepEqual(info.xml.children.map((child) => child.name), ['returncode', 'meetingName', 'meetingID', 'internalMeetingID', 'createTime',
      'createDate', 'voiceBridge', 'dialNumber', 'attendeePW', 'moderatorPW', 'running', 'duration', 'hasUserJoined', 'recording',
      'hasBeenForciblyEnded', 'startTime', 'endTime', 'participantCount', 'listenerCount', 'voiceParticipantCount', 'videoCount', 'maxUsers',
      'moderatorCount', 'attendees', 'metadata', 'isBreakout']);
    assert.ok(info.text.includes('<attendees>\n</attendees>\n<metadata>\n<bbb-origin>x&lt;y</bbb-origin>\n</metadata>\n'));
    assert.equal(info.headers['cache-control'], undefined);
    assert.equal(reply.headers['cache-control'], 'no-cache');
  });

  test('repeating a create', async () => {
    const first = await node.call('create', create('again', { attendeePW: 'ap', moderatorPW: 'mp', name: 'First' }));
    const repeat = async (more) => node.call('create', create('again', more));
    for (const passwords of [{ attendeePW: 'ap', moderatorPW: 'mp' }, {}, { attendeePW: '', moderatorPW: '' }]) {
      const reply = await repeat({ ...passwords, name: 'Other', 'meta_x': '1' });
      assert.equal(reply.xml.get('returncode'), 'SUCCESS');
      assert.equal(key(reply), 'duplicateWarning');
      for (const name of ['internalMeetingID', 'createTime', 'attendeePW', 'moderatorPW', 'voiceBridge']) {
        assert.equal(reply.xml.get(name), first.xml.get(name), name);
      }
    }
    for (const passwords of [{ attendeePW: 'ap' }, { moderatorPW: 'mp' }, { attendeePW: 'ap', moderatorPW: 'no' }]) {
      const reply = await repeat(passwords);
      assert.equal(key(reply), 'idNotUnique');
      assert.equal(reply.xml.get('message'), 'A meeting already exists with that meeting ID.  Please use a different meeting ID.');
    }
    assert.equal((await node.info('again')).get('meetingName'), 'First');
    const many = await Promise.all(Array.from({ length: 20 }, () => node.call('create', create('at-once'))));
    assert.equal(many.filter((reply) => key(reply) === '').length, 1);
    assert.equal(new Set(many.map((reply) => reply.xml.get('createTime'))).size, 1);
  });

  test('what create refuses', async () => {
    const refused = async (params) => {
      const reply = await node.call('create', params);
      return [key(reply), reply.xml.get('message')];
    };
    assert.deepEqual(await refused({ meetingID: 'bad' }), ['validationError', 'You must provide a meeting name']);
    assert.deepEqual(await refused({ name: 'n'.repeat(257), meetingID: 'bad' }), ['validationError', 'Meeting name must be between 2 and 256 characters']);
    assert.deepEqual(await refused({ name: 'name' }), ['missingParamMeetingID', 'You must provide a meeting ID']);
    assert.deepEqual(await refused(create('a,b')), ['validationError', "Meeting ID cannot contain ','"]);
    assert.deepEqual(await refused(create('x', {})), ['validationError', 'Meeting ID must be between 2 and 256 characters']);
    assert.deepEqual(await refused(create('bad', { attendeePW: 'x' })), ['invalidPassword', 'Invalid password']);
    assert.deepEqual(await refused(create('bad', { voiceBridge: '12a' })), ['validationError', 'Voice bridge must be an integral value']);
    assert.deepEqual(await refused(create('bad', { record: 'yes' })), ['validationError', 'Record must be a boolean value (true or false)']);
    assert.equal((await refused(create('bad', { isBreakout: true })))[0], 'parentMeetingIDMissing');
    assert.equal((await refused(create('bad', { isBreakout: true, parentMeetingID: 'nobody' })))[0], 'parentMeetingDoesNotExist');
    const canvas = await node.call('create', create('canvas', { voiceBridge: '00000000000000073817' }));
    assert.equal(canvas.xml.get('voiceBridge'), '00000000000000073817');
    await node.call('create', create('bridge-1', { voiceBridge: '71234' }));
    const taken = await node.call('create', create('bridge-2', { voiceBridge: '71234' }));
    assert.equal(key(taken), undefined, 'no messageKey at the top');
    assert.equal(taken.xml.get('errors/error/key'), 'nonUniqueVoiceBridge');
    const other = await client(sim, 1).call('create', create('bridge-2', { voiceBridge: '71234' }));
    assert.equal(other.xml.get('returncode'), 'SUCCESS', 'another node knows nothing of it');
  });

  test('a breakout has the given ID as its internal one', async () => {
    const parent = await node.call('create', create('parent'));
    const internal = 'my-internal-id-1';
    const room = await node.call('create', create(internal, { name: 'Room', isBreakout: true, parentMeetingID: 'parent', sequence: 2, freeJoin: true }));
    assert.equal(room.xml.get('internalMeetingID'), internal);
    const parentInternal = parent.xml.get('internalMeetingID');
    const time = room.xml.get('createTime');
    assert.equal(room.xml.get('meetingID'), `${digest('sha1', `${parentInternal}-${time}-2`)}-${time}`);
    assert.equal(room.xml.get('parentMeetingID'), parentInternal);
    assert.deepEqual((await node.info('parent')).all('breakoutRooms/breakout').map((e) => e.text), [room.xml.get('meetingID')]);
    const info = await node.info(room.xml.get('meetingID'));
    assert.deepEqual(['isBreakout', 'parentMeetingID', 'sequence', 'freeJoin'].map((name) => info.get(name)), ['true', parentInternal, '2', 'true']);
  });

  test('lookup takes internal IDs and their prefixes, isMeetingRunning any text', async () => {
    const internal = (await node.call('create', create('lookup'))).xml.get('internalMeetingID');
    for (const id of ['lookup', internal, internal.slice(0, 30)]) assert.equal((await node.info(id)).get('meetingID'), 'lookup');
    assert.equal((await node.info('nobody')).get('messageKey'), 'notFound');
    const running = await node.call('isMeetingRunning', { meetingID: 'foobar' });
    assert.equal(running.xml.get('running'), 'false');
    assert.equal((await node.call('isMeetingRunning', { meetingID: 'z' })).xml.get('returncode'), 'SUCCESS');
  });

  test('join: redirect, cookie, attendee', async () => {
    await node.call('create', create('joined', { attendeePW: 'ap', moderatorPW: 'mp' }));
    const params = { fullName: "O'Neil & Co", meetingID: 'joined', role: 'Moderator', password: '', userID: 'gl-1', 'userdata-bbb_x': '1', 'userdata-a-b': '2' };
    const reply = await node.call('join', params);
    assert.equal(reply.status, 302);
    assert.match(reply.headers.location, new RegExp(`^http://127.0.0.1:${node.port}/html5client/\\?sessionToken=[a-z0-9]{16}$`));
    assert.match(reply.headers['set-cookie'][0], /^JSESSIONID=[0-9A-F]{32};/);
    await node.call('join', { ...params, role: '', password: 'ap', userID: undefined, fullName: 'Bob' });
    const info = await node.info('joined');
    assert.deepEqual(['running', 'hasUserJoined', 'participantCount', 'moderatorCount'].map((name) => info.get(name)), ['true', 'true', '2', '1']);
    const [ann, bob] = info.all('attendees/attendee');
    assert.deepEqual(ann.children.map((child) => child.name), ['userID', 'fullName', 'role', 'isPresenter', 'isListeningOnly', 'hasJoinedVoice',
      'hasVideo', 'clientType', 'customdata']);
    assert.equal(ann.get('fullName'), "O'Neil & Co");
    assert.equal(ann.get('isPresenter'), 'true');
    assert.deepEqual(ann.find('customdata').children.map((child) => child.name), ['bbb_x'], 'userdata-a-b is dropped');
    assert.match(bob.get('userID'), /^w_[a-z0-9]{12}$/);
    assert.equal(bob.get('role'), 'VIEWER');
  });

  test('join without redirect counts when the browser comes', async () => {
    await node.call('create', create('xml-join'));
    const reply = await node.call('join', { fullName: 'Ann', meetingID: 'xml-join', role: 'VIEWER', redirect: 'false' });
    assert.deepEqual(reply.xml.children.map((child) => child.name), ['returncode', 'messageKey', 'message', 'meeting_id', 'user_id', 'auth_token',
      'session_token', 'guestStatus', 'url']);
    assert.equal(key(reply), 'successfullyJoined');
    assert.match(reply.xml.get('auth_token'), /^[a-z0-9]{12}$/);
    assert.equal((await node.info('xml-join')).get('participantCount'), '0');
    assert.equal((await sim.follow(reply.xml.get('url'))).status, 200);
    assert.equal((await node.info('xml-join')).get('participantCount'), '1');
    const sessions = await node.call('getSessions', {});
    const mine = sessions.xml.all('sessions/meeting').filter((session) => session.get('meetingID') === reply.xml.get('meeting_id'));
    assert.deepEqual(mine.map((session) => session.get('userName')), ['Ann']);
    const out = await node.raw(`${node.pathname}/signOut?sessionToken=${reply.xml.get('session_token')}`);
    assert.equal(out.xml.get('returncode'), 'SUCCESS');
    const info = await node.info('xml-join');
    assert.equal(info.get('participantCount'), '0');
    assert.equal(info.all('attendees/attendee').length, 1, 'who left is listed for a while');
    assert.equal(info.get('running'), 'true');
    assert.ok(Number(info.get('endTime')) > 0);
  });

  test('join errors', async () => {
    const created = await node.call('create', create('strict', { attendeePW: 'ap', moderatorPW: 'mp', maxParticipants: 1, logoutURL: 'http://127.0.0.1:1/out' }));
    const good = { fullName: 'Ann', meetingID: 'strict', role: 'VIEWER' };
    const join = (more) => node.call('join', { ...good, ...more });
    const redirected = async (more) => {
      const reply = await join(more);
      assert.equal(reply.status, 302, reply.text);
      const { origin, pathname } = new URL(reply.headers.location);
      return [origin + pathname, errorsOf(reply)[0].key];
    };
    const own = `http://127.0.0.1:${node.port}/`;
    assert.deepEqual(await redirected({ fullName: '' }), ['http://127.0.0.1:1/out', 'missingParamFullName']);
    assert.deepEqual(await redirected({ meetingID: 'nobody' }), [own, 'invalidMeetingIdentifier']);
    assert.deepEqual(await redirected({ createTime: '1', errorRedirectUrl: 'http://127.0.0.1:2/err?a=1' }), ['http://127.0.0.1:2/err', 'mismatchCreateTimeParam']);
    assert.deepEqual(await redirected({ createTime: 'x', logoutURL: 'http://127.0.0.1:3/bye', redirect: 'false' }), ['http://127.0.0.1:3/bye', 'validationError']);
    for (const more of [{ role: '' }, { role: 'nobody', password: 'bad' }]) {
      const reply = await join(more);
      assert.equal(reply.status, 200);
      assert.equal(key(reply), 'Params required');
    }
    const unsigned = await node.raw(`${node.pathname}/join?${encode({ ...good, errorRedirectUrl: 'http://127.0.0.1:2/', checksum: '0'.repeat(40) })}`);
    assert.equal(new URL(unsigned.headers.location).origin + '/', own, 'an unsigned join redirects nowhere else');
    assert.deepEqual(errorsOf(unsigned), [{ message: 'Checksums do not match', key: 'checksumError' }]);
    assert.equal((await join({ createTime: created.xml.get('createTime') })).headers.location.includes('sessionToken='), true);
    assert.deepEqual(await redirected({}), ['http://127.0.0.1:1/out', 'maxParticipantsReached']);
    assert.equal(key(await join({ redirect: 'false' })), 'maxParticipantsReached');
  });

  test('guest policies', async () => {
    const joinAs = async (policy, more) => {
      await node.call('create', create(`guests-${policy}`, { guestPolicy: policy }));
      return node.call('join', { fullName: 'Gil', meetingID: `guests-${policy}`, role: 'VIEWER', redirect: 'false', ...more });
    };
    assert.equal(key(await joinAs('ALWAYS_DENY', {})), 'guestDeniedAccess');
    assert.equal((await joinAs('ALWAYS_DENY', { role: 'MODERATOR' })).xml.get('guestStatus'), 'ALLOW');
    assert.equal((await joinAs('ASK_MODERATOR', {})).xml.get('guestStatus'), 'WAIT');
    assert.equal((await joinAs('ALWAYS_ACCEPT_AUTH', { guest: 'true' })).xml.get('guestStatus'), 'WAIT');
    assert.equal((await joinAs('ALWAYS_ACCEPT_AUTH', { guest: 'false' })).xml.get('guestStatus'), 'ALLOW');
    assert.equal((await joinAs('nonsense', {})).xml.get('guestStatus'), 'ALLOW');
  });

  test('documents, chat and recordings', async () => {
    const body = "<?xml version='1.0' encoding='UTF-8'?><modules><module name='presentation'><document url='http://x/a.pdf'/></module></modules>";
    const options = { method: 'POST', headers: { 'Content-Type': 'application/xml; charset=utf-8' }, body };
    assert.equal((await node.call('create', create('slides'), options)).xml.get('returncode'), 'SUCCESS');
    const repeated = await node.call('create', create('slides'), options);
    assert.equal(key(repeated), 'duplicateWarning');
    const inserted = await node.call('insertDocument', { meetingID: 'slides' }, options);
    assert.deepEqual(inserted.xml.children.map((child) => child.text), ['SUCCESS', 'Presentation is being uploaded']);
    const lost = await node.call('insertDocument', { meetingID: 'nobody' }, options);
    assert.deepEqual(lost.xml.children.map((child) => child.text), ['FAILED', 'Meeting with id [nobody] not found.']);
    assert.equal(key(await node.call('create', create('broken'), { ...options, body: '<modules><module>' })), 'malformedXml');
    assert.equal(key(await node.call('sendChatMessage', { meetingID: 'slides', message: 'hi' })), 'meetingNotFound', 'it does not run yet');
    await sim.control(1, { users: { meeting: 'slides', viewers: 1 } });
    assert.equal((await node.call('sendChatMessage', { meetingID: 'slides', message: 'hi', userName: 'Bot' })).xml.get('returncode'), 'SUCCESS');
    const meeting = (await sim.state()).nodes[0].meetings.find((m) => m.meetingID === 'slides');
    assert.deepEqual(meeting.documents, ['http://x/a.pdf', 'http://x/a.pdf']);
    assert.deepEqual(meeting.chat, ['Bot: hi']);
    assert.equal(key(await node.call('getRecordings', { meetingID: 'slides' })), 'noRecordings');
    assert.equal(key(await node.call('publishRecordings', {})), 'missingParamRecordID');
  });

  test('sizes: 16 kB of query and 1 MB of body pass, more body is 413 HTML', async () => {
    assert.equal((await node.call('create', create('long', { meta_x: 'x'.repeat(16_000) }))).xml.get('returncode'), 'SUCCESS');
    const xml = (bytes) => `<modules><module name="presentation"><document name="a">${'A'.repeat(bytes - 90)}</document></module></modules>`;
    const post = (id, bytes) => node.call('create', create(id), { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body: xml(bytes) });
    await sim.log(1);
    assert.equal((await post('large', 1_048_000)).xml.get('returncode'), 'SUCCESS');
    const { requests } = await sim.log(1);
    assert.deepEqual([requests.length, requests[0].call, requests[0].method], [1, 'create', 'POST']);
    assert.equal(requests[0].body_sha256, sha256(xml(1_048_000)));
    const refused = await post('larger', 1_100_000);
    assert.equal(refused.status, 413);
    assert.match(refused.headers['content-type'], /^text\/html/);
  });

  test('unknown calls and methods, HTML pages', async () => {
    assert.equal((await node.raw(`${node.pathname}/nonsense`)).status, 404);
    assert.equal((await node.call('join', {}, { method: 'POST', body: '' })).status, 405);
    assert.equal((await node.raw('/elsewhere')).status, 404);
    const index = await node.raw('/bigbluebutton/api');
    assert.equal(index.xml.get('version'), '2.0');
    assert.equal(index.xml.get('bbbVersion'), '');
    assert.ok(index.xml.find('graphqlApiUrl'));
    const json = await node.call('getMeetingInfo', { meetingID: 'nobody' }, { headers: { Accept: 'application/json' } });
    assert.equal(JSON.parse(json.text).response.messageKey, 'notFound');
  });

  test('the log tells what came since it was last read', async () => {
    const third = client(sim, 2);
    await sim.log(3);
    await third.call('getMeetings', { random: 'a b' });
    await third.raw(`${third.pathname}/end?meetingID=x&checksum=00`);
    const { requests } = await sim.log(3);
    assert.deepEqual(requests.map((entry) => [entry.call, entry.checksum_ok]), [['getMeetings', true], ['end', false]]);
    assert.deepEqual(requests[0].params[0], ['random', 'a b']);
    assert.deepEqual((await sim.log(3)).requests, []);
  });

  test('orders: people, meetings behind our back, dropping, clock, secret', async () => {
    const second = client(sim, 1);
    await sim.control(2, { add: { meetingID: 'behind', name: 'Behind' }, bulk: { meetings: 3, users: 4, prefix: 'b' } });
    assert.equal((await second.info('b2-3')).get('participantCount'), '4');
    await sim.control(2, { users: { meeting: 'behind', viewers: 1200, moderators: 2, voice: 3, listen: 4, video: 5 } });
    const info = await second.info('behind');
    assert.deepEqual(['participantCount', 'moderatorCount', 'voiceParticipantCount', 'listenerCount', 'videoCount'].map((name) => info.get(name)),
      ['1202', '2', '3', '4', '5']);
    const count = async () => parseXml((await second.call('getMeetings', {})).text).all('meetings/meeting')
      .find((meeting) => meeting.get('meetingID') === 'behind').get('participantCount');
    assert.equal(await count(), '1202');
    await sim.control(2, { thousands: true });
    assert.equal(await count(), '1,202');
    await sim.control(2, { users: { meeting: 'behind', viewers: 0, moderators: 1 } });
    assert.equal(await count(), '1');
    await sim.control(2, { drop: ['b2-1'] });
    assert.equal((await second.info('b2-1')).get('messageKey'), 'notFound');
    await sim.control(2, { invalid_customdata: true });
    assert.equal((await second.call('getMeetings', {})).xml, undefined, 'the document is broken');
    await sim.control(2, { invalid_customdata: false, clock_skew_ms: -3_600_000 });
    const late = await second.call('create', create('late'));
    assert.ok(Math.abs(Date.now() - 3_600_000 - Number(late.xml.get('createTime'))) < 5_000);
    await sim.control(2, { secret: 'another' });
    assert.equal(key(await second.call('getMeetings', {})), 'checksumError');
    await sim.control(2, { secret: second.secret, restart: true });
    assert.equal(key(await second.call('getMeetings', {})), 'noMeetings');
    for (const bad of [{}, { nonsense: 1 }, { users: { meeting: 'nobody' } }, { faults: { mode: 'nonsense' } }]) {
      const reply = await request({ port: sim.controlPort, method: 'POST', target: '/control', body: JSON.stringify({ node: bad.nonsense ? 1 : 9, ...bad }) });
      assert.equal(reply.status, 400);
    }
  });

  test('following a link', async () => {
    await node.call('create', create('followed'));
    const landed = await sim.follow(node.link('join', { fullName: 'Ann', meetingID: 'followed', role: 'VIEWER' }));
    assert.equal(landed.node, 1);
    assert.match(landed.session_token, /^[a-z0-9]{16}$/);
    assert.equal(landed.hops.length, 2);
    const failed = await sim.follow(node.link('join', { fullName: 'Ann', meetingID: 'nobody', role: 'VIEWER' }));
    assert.equal(failed.errors[0].key, 'invalidMeetingIdentifier');
    for (const url of ['http://192.0.2.1/', 'http://example.org/', 'https://127.0.0.1/', 'http://127.0.0.1@192.0.2.1/', 'http://127.0.0.1:1\r\nX: y/']) {
      const refused = await sim.follow(url);
      assert.equal(refused.ok, false, url);
      assert.match(refused.error, /loopback|blank|port/, url);
    }
  });
});

test('faults', async (t) => {
  const sim = await simulator(t, { nodes: 1 });
  const node = client(sim);
  const getMeetings = (timeoutMs = 10_000 * slowness) => node.call('getMeetings', {}, { timeoutMs });
  await node.call('create', create('there'));
  const expectations = {
    http500: (reply) => assert.deepEqual([reply.status, reply.headers['content-type']], [500, 'text/html']),
    html502: (reply) => assert.deepEqual([reply.status, reply.headers['content-type']], [502, 'text/html']),
    garbage: (reply) => assert.deepEqual([reply.status, reply.xml], [200, undefined]),
    empty: (reply) => assert.deepEqual([reply.status, reply.text], [200, '']),
    noreturncode: (reply) => assert.equal(reply.xml.get('returncode'), undefined),
    failed: (reply) => assert.deepEqual([reply.xml.get('returncode'), key(reply)], ['FAILED', 'internalError']),
    failed_nokey: (reply) => assert.deepEqual([reply.xml.get('returncode'), key(reply)], ['FAILED', undefined]),
    ok: (reply) => assert.equal(reply.xml.all('meetings/meeting').length, 1),
  };
  for (const [mode, check] of Object.entries(expectations)) {
    await sim.faults(1, mode);
    check(await getMeetings());
  }
  await sim.faults(1, 'reset');
  await assert.rejects(getMeetings(), { code: 'ECONNRESET' });
  await sim.faults(1, 'truncated');
  await assert.rejects(getMeetings(), /aborted/);
  const query = signed('getMeetings', {}, node.secret);
  const cut = await exchange({ port: node.port, pieces: [`GET ${node.pathname}/getMeetings?${query} HTTP/1.1\r\nHost: x\r\n\r\n`] });
  const [head, body] = cut.text.split('\r\n\r\n');
  assert.equal(body.length, Math.floor(Number(/Content-Length: (\d+)/.exec(head)[1]) / 2));
  await sim.faults(1, 'down');
  await assert.rejects(getMeetings(), { code: 'ECONNREFUSED' });
  await sim.faults(1, 'slow', { delay_ms: 300 });
  const start = Date.now();
  assert.equal((await getMeetings()).status, 200, 'it listens again');
  assert.ok(Date.now() - start >= 295);
  await sim.faults(1, 'hang');
  await assert.rejects(getMeetings(400), /no answer within/);

  await sim.faults(1, 'html502', { calls: ['create'], after: true });
  assert.equal((await node.call('create', create('lost-reply'))).status, 502);
  assert.equal((await getMeetings()).xml.all('meetings/meeting').length, 2, 'other calls are untouched; the create was carried out');
  await sim.faults(1, 'http500', { calls: ['create'] });
  assert.equal((await node.call('create', create('never-made'))).status, 500);
  await sim.faults(1, 'ok');
  assert.equal((await node.info('never-made')).get('messageKey'), 'notFound');
  await sim.faults(1, 'down', { seconds: 0.3 });
  assert.equal(await listening(node.port), false);
  await until(() => listening(node.port), 'the node to come back');
});

test('life cycle, a hundred times faster', async (t) => {
  const sim = await simulator(t, { nodes: 1, timeScale: 0.01 });
  const node = client(sim);
  const gone = async (id) => (await node.info(id)).get('messageKey') === 'notFound';
  const lifetime = async (id, condition = () => gone(id)) => {
    const start = Date.now();
    await until(condition, `the end of ${id}`, 20_000 * slowness);
    return Date.now() - start;
  };
  await node.call('create', create('never-joined'));
  await node.call('create', create('timed', { duration: 2 }));
  await node.call('create', create('used'));
  await node.call('create', create('kept', { meetingExpireWhenLastUserLeftInMinutes: 0 }));
  await node.call('create', create('unmoderated', { endWhenNoModerator: true }));
  await node.call('create', create('ended'));
  for (const meeting of ['timed', 'used', 'kept', 'ended']) await sim.control(1, { users: { meeting, viewers: 1 } });
  await sim.control(1, { users: { meeting: 'unmoderated', viewers: 1, moderators: 1 } });
  await sim.control(1, { users: { meeting: 'kept', viewers: 0 } });
  await sim.control(1, { users: { meeting: 'unmoderated', moderators: 0 } });
  assert.equal((await node.call('end', { meetingID: 'ended' })).xml.get('messageKey'), 'sentEndMeetingRequest');
  assert.equal((await node.call('end', { meetingID: 'ended', password: 'wrong' })).xml.get('messageKey'), 'invalidPassword');
  const waits = await Promise.all(['ended', 'unmoderated', 'timed', 'never-joined'].map((id) => lifetime(id)));
  const between = ([low, high], ms) => assert.ok(ms >= low && (slowness > 1 || ms <= high), `${ms} ms is not within ${low} and ${high} ms`);
  [[0, 400], [350, 1500], [900, 2200], [2700, 4500]].forEach((range, i) => between(range, waits[i]));
  assert.equal(await gone('used'), false);
  await sim.control(1, { users: { meeting: 'used', viewers: 0 } });
  const info = await node.info('used');
  assert.deepEqual([info.get('running'), info.get('participantCount')], ['true', '0'], 'who left is in the list for a minute');
  await sleep(300);
  await sim.control(1, { users: { meeting: 'used', viewers: 2 } });
  await sleep(800);
  assert.equal((await node.info('used')).get('endTime'), '0', 'a return stops the expiry');
  await sim.control(1, { users: { meeting: 'used', viewers: 0 } });
  between([400, 1500], await lifetime('used'));
  assert.equal((await node.info('kept')).get('running'), 'false', 'the departed are purged, the meeting stays');
});

test('callbacks when a meeting ends', async (t) => {
  const hits = [];
  const server = http.createServer((req, res) => {
    hits.push(req.url);
    if (req.url.startsWith('/moved')) res.writeHead(302, { Location: `/landed${req.url.slice(6)}` }).end();
    else if (req.url.startsWith('/busy') && hits.filter((url) => url.startsWith('/busy')).length <= 2) res.writeHead(503).end();
    else res.end('ok');
  });
  const port = await freePorts();
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  cleanup(t, () => new Promise((done) => server.close(done)));
  const sim = await simulator(t, { nodes: 1, timeScale: 0.01, endDelay: 0.05 });
  const node = client(sim);
  const base = `http://127.0.0.1:${port}`;
  await node.call('create', create('a room', { meta_endCallbackUrl: `${base}/moved?salt=1`, meetingEndedURL: `${base}/mine?x=1`, record: true, autoStartRecording: true }));
  await node.call('create', create('retried', { meta_endCallbackUrl: `${base}/busy` }));
  await node.call('create', create('outside', { meta_endCallbackUrl: 'http://192.0.2.1/' }));
  for (const meetingID of ['a room', 'retried', 'outside']) await node.call('end', { meetingID });
  const count = (prefix) => hits.filter((url) => url.startsWith(prefix)).length;
  await until(() => count('/landed') === 2 && count('/mine') === 2 && count('/busy') === 4, () => `all callbacks: ${hits.join(' ')}`);
  assert.equal(hits.find((url) => url.startsWith('/landed')), '/landed?salt=1&recordingmarks=true&meetingID=a+room');
  assert.equal(hits.find((url) => url.startsWith('/mine')), '/mine?x=1', 'as it was given');
  assert.equal(hits.find((url) => url.startsWith('/busy')), '/busy?recordingmarks=false&meetingID=retried');
  await sleep(300);
  assert.equal(hits.length, 1 + 2 + 2 + 4, 'nothing is delivered twice after a 2xx');
  assert.equal(key(await node.call('getMeetings', {})), 'noMeetings');
});

const formOf = ({ body }) => new URLSearchParams(body);
const events = (posts) => posts.map((post) => JSON.parse(formOf(post).get('event'))[0]);
const eventIds = (posts) => events(posts).map((event) => event.data?.id ?? event.envelope.name);

test('analytics and recording-ready are signed as tokens', async (t) => {
  let failures = 2;
  const front = await Receiver.start(t);
  front.answer = ({ path }) => ({ status: path === '/analytics' && failures-- > 0 ? 503 : 200 });
  const sim = await simulator(t, { nodes: 1, timeScale: 0.01, endDelay: 0.05 });
  const node = client(sim);
  await node.call('create', create('reported', { record: true, 'meta_analytics-callback-url': front.url('/analytics'), 'meta_bbb-recording-ready-url': front.url('/bbb?x=1'),
    'meta_bn-recording-ready-url': front.url('/bn') }));
  await node.call('create', create('unrecorded', { 'meta_analytics-callback-url': front.url('/never'), 'meta_canvas-recording-ready-url': front.url('/canvas') }));
  await sim.control(1, { users: { meeting: 'reported', moderators: 1, viewers: 1 } });
  const internal = (await node.info('reported')).get('internalMeetingID');
  for (const meetingID of ['reported', 'unrecorded']) await node.call('end', { meetingID });
  await until(() => front.to('/analytics').length === 3, 'the report, after two refusals');
  const [{ headers, method, body }] = front.to('/analytics');
  assert.deepEqual([method, headers['content-type'], headers['user-agent']], ['POST', 'application/json', 'BigBlueButton Analytics Callback']);
  const { exp } = verifiedClaims(headers.authorization.replace(/^Bearer /, ''), node.secret, 'HS512');
  assert.ok(Math.abs(exp - (Date.now() / 1000 + 86_400)) < 60);
  const report = JSON.parse(body);
  assert.deepEqual([report.version, report.meeting_id, report.internal_meeting_id], ['1.0', 'reported', internal]);
  assert.deepEqual(report.data.attendees.map(({ name, moderator }) => [name, moderator]), [['Moderator 1', true], ['Viewer 1', false]]);

  await sim.control(1, { recording_ready: { meeting: 'reported', formats: 2 } });
  await sim.control(1, { recording_ready: { meeting: 'unrecorded', record_id: 'rec-7' } });
  await until(() => front.to('/bn').length === 2 && front.to('/canvas').length === 1, 'the announcements');
  const [ready] = front.to('/bn');
  assert.equal(ready.headers['content-type'], 'application/x-www-form-urlencoded');
  const claims = (post) => verifiedClaims(formOf(post).get('signed_parameters'), node.secret);
  assert.deepEqual(claims(ready), { meeting_id: 'reported', record_id: internal });
  assert.deepEqual(claims(front.to('/canvas')[0]), { meeting_id: 'unrecorded', record_id: 'rec-7' });
  assert.deepEqual([front.to('/bbb').length, front.to('/never').length], [0, 0]);
  await assert.rejects(sim.control(1, { recording_ready: { meeting: 'nowhere' } }), /knows no recording-ready URL/);
});

test('webhooks: registration', async (t) => {
  const sim = await simulator(t, { nodes: 1 });
  const node = client(sim);
  const hooks = async (name, params, options) => (await node.call(`hooks/${name}`, params, options)).text;
  const failed = (messageKey, message) => `<response><returncode>FAILED</returncode><messageKey>${messageKey}</messageKey><message>${message}</message></response>`;
  const created = await node.call('hooks/create', { callbackURL: 'https://lb.example/cb?a=1' });
  assert.equal(created.headers['content-type'], 'text/xml; charset=utf-8');
  const [, id] = /^<response><returncode>SUCCESS<\/returncode><hookID>([0-9a-f-]{36})<\/hookID><permanentHook>false<\/permanentHook><rawData>false<\/rawData><\/response>$/.exec(created.text);
  assert.equal(await hooks('create', { callbackURL: 'https://lb.example/cb?a=1', meetingID: 'x' }), `<response><returncode>SUCCESS</returncode><hookID>${id}</hookID>`
    + '<messageKey>duplicateWarning</messageKey><message>There is already a hook for this callback URL.</message></response>');
  await hooks('create', { callbackURL: 'https://lb.example/other', meetingID: 'm&1', eventID: 'User-Joined,user-left', getRaw: 'true' });
  const [, second] = /<hookID>([^<]*)<\/hookID><callbackURL><!\[CDATA\[https:\/\/lb.example\/other\]/.exec(await hooks('list', {}));
  const first = `<hook><hookID>${id}</hookID><callbackURL><![CDATA[https://lb.example/cb?a=1]]></callbackURL><permanentHook>false</permanentHook><rawData>false</rawData></hook>`;
  assert.equal(await hooks('list', { meetingID: 'm&1' }), `<response><returncode>SUCCESS</returncode><hooks>${first}<hook><hookID>${second}</hookID>`
    + '<callbackURL><![CDATA[https://lb.example/other]]></callbackURL><meetingID><![CDATA[m&1]]></meetingID><eventID>user-joined,user-left</eventID>'
    + '<permanentHook>false</permanentHook><rawData>true</rawData></hook></hooks></response>');
  assert.equal(await hooks('list', { meetingID: 'another' }), `<response><returncode>SUCCESS</returncode><hooks>${first}</hooks></response>`);
  assert.equal(await hooks('destroy', { hookID: second }), '<response><returncode>SUCCESS</returncode><removed>true</removed></response>');
  assert.equal(await hooks('destroy', { hookID: second }), failed('destroyMissingHook', 'The hook informed was not found.'));
  assert.equal(await hooks('destroy', {}), failed('missingParamHookID', 'You must specify a hookID in the parameters.'));
  assert.equal(await hooks('create', {}), failed('missingParamCallbackURL', 'You must specify a callbackURL in the parameters.'));
  const unsigned = await node.raw(`${node.pathname}/hooks/list?checksum=${'0'.repeat(64)}`);
  assert.equal(unsigned.text, failed('checksumError', 'You did not pass the checksum security check.'));
  assert.equal((await node.raw(`${node.pathname}/hooks/list?checksum=1`)).status, 500);
  assert.equal((await node.raw(`${node.pathname}/hooks/ping`)).text, 'bbb-webhooks API up!');

  await sim.control(1, { restart: true });
  assert.equal((await sim.state()).nodes[0].hooks.length, 1, 'kept in Redis');
  await sim.control(1, { forget_hooks: true });
  assert.deepEqual((await sim.state()).nodes[0].hooks, []);
  await sim.control(1, { version: '2.7.15' });
  assert.match(await hooks('list', {}), /checksumError/, 'SHA-1 only');
  assert.match(await hooks('create', { callbackURL: 'https://lb.example/cb' }, { algorithm: 'sha1' }), /<hookID>1<\/hookID>/);
  await sim.control(1, { webhooks: false });
  const missing = await node.call('hooks/list', {}, { algorithm: 'sha1' });
  assert.deepEqual([missing.status, missing.headers['content-type']], [404, 'text/html']);
});

test('webhooks: deliveries', async (t) => {
  const front = await Receiver.start(t);
  front.answer = ({ path }) => ({ status: { '/denied': 401, '/dead': 500 }[path] ?? 200 });
  const sim = await simulator(t, { nodes: 1, timeScale: 0.001, endDelay: 0.05 });
  const node = client(sim);
  const hook = (path, more = {}) => node.call('hooks/create', { callbackURL: front.url(path), ...more });
  await hook('/all?x=1');
  await hook('/joined', { eventID: 'user-joined' });
  await hook('/mine', { meetingID: 'mine' });
  await hook('/raw', { getRaw: true });
  await hook('/denied', { eventID: 'meeting-created' });
  await node.call('create', create('mine', { meta_x: 'y' }));
  await node.call('create', create('other', { meetingExpireIfNoUserJoinedInMinutes: 0 }));
  await sim.control(1, { users: { meeting: 'other', viewers: 2 } });
  await sim.control(1, { users: { meeting: 'other', viewers: 1 } });
  await node.call('end', { meetingID: 'other' });
  await until(() => eventIds(front.to('/all')).includes('meeting-ended'), 'the last event');
  await until(() => front.to('/raw').length >= 7 && front.to('/joined').length === 2, () => `all events: ${eventIds(front.to('/raw'))}`);
  const [post] = front.to('/all');
  assert.equal(post.headers['content-type'], 'application/x-www-form-urlencoded;charset=UTF-8');
  assert.equal(post.url, `/all?x=1&checksum=${digest('sha1', `${front.url('/all?x=1')}${post.body}${node.secret}`)}`);
  assert.deepEqual([...formOf(post).keys()], ['domain', 'event', 'timestamp']);
  assert.equal(formOf(post).get('domain'), '127.0.0.1');
  assert.ok(Math.abs(Number(formOf(post).get('timestamp')) - Date.now()) < 60_000);
  const [first] = events(front.to('/all'));
  assert.deepEqual([first.data.type, first.data.id, typeof first.data.event.ts], ['event', 'meeting-created', 'number']);
  const { meeting } = first.data.attributes;
  assert.deepEqual([meeting['external-meeting-id'], meeting['is-breakout'], meeting.metadata], ['mine', false, { x: 'y' }]);
  assert.match(meeting['internal-meeting-id'], /^[0-9a-f]{40}-\d+$/);
  const counted = (posts) => eventIds(posts).sort().join(' ');
  assert.match(counted(front.to('/all')), /meeting-created meeting-created (meeting-ended )+user-joined user-joined user-left user-left/, 'who is still there leaves with the meeting');
  assert.deepEqual(events(front.to('/joined')).map(({ data }) => data.attributes.user.name).sort(), ['Viewer 1', 'Viewer 2']);
  assert.ok(events(front.to('/mine')).every(({ data }) => data.attributes.meeting['external-meeting-id'] === 'mine') && front.to('/mine').length > 0);
  const raw = events(front.to('/raw'));
  assert.deepEqual([...new Set(raw.map(({ envelope }) => envelope.name))].sort(),
    ['MeetingCreatedEvtMsg', 'MeetingDestroyedEvtMsg', 'UserJoinedMeetingEvtMsg', 'UserLeftMeetingEvtMsg']);
  assert.equal(raw.find(({ envelope }) => envelope.name === 'MeetingCreatedEvtMsg').core.body.props.meetingProp.extId, 'mine');
  assert.equal(front.to('/denied').length, 2, '401 counts as delivered');

  const event = { data: { type: 'event', id: 'rap-publish-ended', attributes: { meeting: { 'external-meeting-id': 'long-gone' } }, event: { ts: 1 } } };
  await sim.control(1, { emit: { meeting: 'long-gone', event, copies: 2 } });
  await until(() => eventIds(front.to('/all')).filter((id) => id === 'rap-publish-ended').length === 2, 'both copies');
  assert.deepEqual(events(front.to('/all')).find(({ data }) => data.id === 'rap-publish-ended'), event);
  await hook('/dead', { eventID: 'rap-deleted' });
  await sim.control(1, { emit: { meeting: 'long-gone', event: { data: { id: 'rap-deleted' } } } });
  await until(async () => !(await sim.state()).nodes[0].hooks.some(({ callbackURL }) => callbackURL.endsWith('/dead')), 'the hook to be deleted');
  const tries = front.to('/dead');
  assert.equal(tries.length, 13);
  assert.equal(new Set(tries.map(({ body }) => body)).size, 1, 'the timestamp stays');
  await assert.rejects(sim.control(1, { emit: { meeting: 'x' } }), /emit/);
});

test('versions differ as BBB did', async (t) => {
  const sim = await simulator(t, { nodes: 1, version: '2.4.5', args: ['--reveal-version'] });
  const node = client(sim);
  const index = await node.raw('/bigbluebutton/api/');
  assert.equal(index.xml.get('bbbVersion'), '2.4.5');
  assert.equal(index.xml.find('graphqlApiUrl'), undefined);
  assert.equal(key(await node.call('getMeetings', {}, { algorithm: 'sha512' })), 'checksumError');
  const form = { name: 'A b*~', meetingID: 'old' };
  const sorted = 'meetingID=old&name=A+b*%7E';
  const rebuilt = await node.raw(`${node.pathname}/create`, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `${encode(form)}&checksum=${checksum('create', sorted, node.secret)}` });
  assert.equal(rebuilt.xml.get('returncode'), 'SUCCESS');
  assert.equal(key(await node.call('end', { meetingID: 'old' })), 'validationError');
  assert.equal(key(await node.call('end', { meetingID: 'old', password: 'no' })), 'invalidPassword');
  assert.equal(key(await node.call('getMeetingInfo', {})), 'validationError');
  await sim.control(1, { users: { meeting: 'old', viewers: 1001 } });
  const meetings = await node.call('getMeetings', {});
  assert.equal(meetings.xml.get('meetings/meeting/participantCount'), '1,001');
  assert.equal((await node.info('old')).get('participantCount'), '1001');
  assert.equal(meetings.xml.find('meetings/meeting/attendees/attendee/customdata'), undefined);
  const join = { fullName: 'Ann', meetingID: 'old' };
  assert.equal(errorsOf(await node.call('join', join))[0].key, 'invalidPassword');
  const joined = await node.call('join', { ...join, role: 'VIEWER' });
  assert.match(new URL(joined.headers.location).pathname, /^\/html5client\/join$/);
  assert.equal((await node.call('insertDocument', { meetingID: 'old' }, { method: 'POST', body: '<modules/>' })).status, 404);
  assert.equal((await node.call('getMeetings', {}, { headers: { Accept: 'text/plain' } })).text, '');

  await sim.control(1, { version: '2.7.15' });
  assert.equal((await node.call('sendChatMessage', { meetingID: 'old', message: 'x' })).status, 404);
  assert.equal(key(await node.call('getMeetingInfo', {})), 'missingParamMeetingID');
  assert.equal((await node.call('getMeetings', {}, { algorithm: 'sha512' })).xml.get('returncode'), 'SUCCESS');
  await node.call('create', create('waiting-room', { guestPolicy: 'ASK_MODERATOR' }));
  const guest = await node.call('join', { fullName: 'Gil', meetingID: 'waiting-room', role: 'VIEWER' });
  assert.equal(new URL(guest.headers.location).pathname, '/html5client/guestWait');

  await sim.control(1, { version: '3.0.37' });
  const good = checksum('getMeetings', '', node.secret);
  const twice = await node.raw(`${node.pathname}/getMeetings?checksum=${good}&checksum=${good}`);
  assert.equal(key(twice), 'checksumError');
  assert.ok((await node.call('getMeetings', {}, { headers: { Accept: 'text/plain' } })).text.includes('<meetings>'));
});

test('nodes by path and by address', async (t) => {
  const byPath = await simulator(t, { nodes: 300, by: 'path' });
  const last = client(byPath, 299);
  assert.match(last.pathname, /^\/n300\/bigbluebutton\/api$/);
  await byPath.control('all', { bulk: { meetings: 2, users: 3 } });
  assert.equal((await last.call('getMeetings', {})).xml.all('meetings/meeting').length, 2);
  const landed = await byPath.follow(last.link('join', { fullName: 'Ann', meetingID: 'm300-1', role: 'VIEWER' }));
  assert.equal(landed.node, 300);
  await byPath.faults(300, 'down');
  await assert.rejects(last.call('getMeetings', {}), { code: 'ECONNRESET' });
  assert.equal((await client(byPath, 298).call('getMeetings', {})).status, 200);
  assert.equal((await last.raw('/n301/bigbluebutton/api')).status, 404);

  const byAddress = await simulator(t, { nodes: 20, by: 'address', host: '127.0.3.250' });
  const urls = byAddress.nodes.map((node) => new URL(node.url));
  assert.deepEqual([urls[0].hostname, urls[6].hostname], ['127.0.3.250', '127.0.4.0']);
  assert.equal(new Set(urls.map((url) => url.port)).size, 1);
  await client(byAddress, 6).call('create', create('here'));
  assert.equal((await client(byAddress, 6).info('here')).get('returncode'), 'SUCCESS');
  assert.equal((await client(byAddress, 7).info('here')).get('returncode'), 'FAILED');
});
