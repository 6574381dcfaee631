// Every call of the API, with every method, path form and content type (spec scalelite 1.1–1.11, bbb-api 2).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts, listed } from './lib/expect.mjs';
import { exchange } from './lib/net.mjs';
import { startPlenary, startPool, withXml } from './lib/plenary.mjs';
import { until } from './lib/process.mjs';
import { signed } from './lib/sign.mjs';

const kForm = 'application/x-www-form-urlencoded';

test('an empty pool', async (t) => {
  const plenary = await startPlenary(t, { env: { BUILD_NUMBER: 'v9' } });

  await t.test('the version call needs no checksum and names the build', async () => {
    for (const path of ['/bigbluebutton/api', '/bigbluebutton/api/', '//bigbluebutton///api//', '/bigbluebutton/api?checksum=', '/bigbluebutton/api?&checksum=abc']) {
      const reply = await plenary.http(path);
      assert.equal(reply.status, 200);
      assert.equal(reply.headers['content-type'], 'application/xml; charset=utf-8');
      assert.equal(reply.text,
        '<?xml version="1.0"?>\n<response>\n  <returncode>SUCCESS</returncode>\n  <version>2.0</version>\n  <build>v9</build>\n</response>\n', path);
    }
    assertSuccess(withXml(await plenary.http('/bigbluebutton/api', { method: 'POST' })));
  });

  await t.test('errors have the exact bytes of the catalogue', async () => {
    const reply = await plenary.http('/bigbluebutton/api/create?meetingID=x&checksum=00');
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['content-type'], 'application/xml; charset=utf-8');
    assert.equal(reply.text, '<?xml version="1.0"?>\n<response>\n  <returncode>FAILED</returncode>\n  <messageKey>checksumError</messageKey>\n'
      + `  <message>${kTexts.checksumError}</message>\n</response>\n`);
  });

  await t.test('HEAD answers as GET without the body', async () => {
    const get = await plenary.http('/bigbluebutton/api');
    const head = await plenary.http('/bigbluebutton/api', { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(head.headers['content-length'], get.headers['content-length']);
  });

  await t.test('every reply carries X-Request-Id, and the client\'s own is kept', async () => {
    const first = await plenary.http('/bigbluebutton/api');
    const second = await plenary.http('/bigbluebutton/api');
    assert.match(first.headers['x-request-id'], /^[A-Za-z0-9._-]{8,}$/);
    assert.notEqual(first.headers['x-request-id'], second.headers['x-request-id']);
    const named = await plenary.http('/nowhere', { headers: { 'X-Request-Id': 'abc-123' } });
    assert.equal(named.headers['x-request-id'], 'abc-123');
    const hostile = await plenary.http('/nowhere', { headers: { 'X-Request-Id': 'a"<b>\tc' } });
    assert.doesNotMatch(hostile.headers['x-request-id'], /[<>"\t]/);
  });

  await t.test('/health_check answers', async () => {
    assert.equal((await plenary.http('/health_check')).status, 200);
    assert.equal((await plenary.http('/health_check.json')).status, 200);
  });

  await t.test('unknown paths and methods are unsupported requests, also unsigned', async () => {
    const cases = [
      ['GET', '/bigbluebutton/api/getJoinUrl'], ['GET', '/bigbluebutton/api/getMeetings.xml'], ['GET', '/bigbluebutton/api.json'],
      ['GET', '/bigbluebutton/api/CREATE'], ['GET', '/bigbluebutton/api/create/x'], ['GET', '/bigbluebutton'], ['GET', '/nowhere'],
      ['GET', '/bigbluebutton/api/%69sMeetingRunning'], ['PUT', '/bigbluebutton/api/create'], ['DELETE', '/bigbluebutton/api/end'],
      ['PATCH', '/bigbluebutton/api'], ['OPTIONS', '/bigbluebutton/api/create'], ['POST', '/bigbluebutton/api/join'],
      ['GET', '/bigbluebutton/api/insertDocument'], ['GET', '/bigbluebutton/api/hooks'], ['POST', '/bigbluebutton/api/hooks/create'],
      ['GET', '/bigbluebutton/api/learningDashboard?sessionToken=x'], ['POST', '/bigbluebutton/api/feedback'],
      ['GET', '/bigbluebutton/api/getDefaultConfigXML'], ['POST', '/bigbluebutton/api/setConfigXML'],
    ];
    for (const [method, target] of cases) {
      const reply = withXml(await plenary.http(target, { method }));
      assertFailed(reply, 'unsupportedRequest', kTexts.unsupportedRequest);
    }
  });

  await t.test('browsers with a session token get BBB\'s JSON form of the refusal', async () => {
    const reply = await plenary.http('/bigbluebutton/api/getJoinUrl?sessionToken=x', { headers: { Accept: 'application/json' } });
    assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8');
    assert.deepEqual(JSON.parse(reply.text), { response: { returncode: 'FAILED', messageKey: 'unsupportedRequest', message: kTexts.unsupportedRequest } });
  });

  await t.test('paths: runs of slashes are one, one trailing slash is dropped', async () => {
    const query = signed('isMeetingRunning', { meetingID: 'm1' }, plenary.secret);
    for (const path of ['//bigbluebutton//api///isMeetingRunning', '/bigbluebutton/api/isMeetingRunning/']) {
      assert.equal(assertSuccess(withXml(await plenary.http(`${path}?${query}`))).xml.get('running'), 'false');
    }
  });

  await t.test('calls about unknown meetings', async () => {
    const running = await plenary.call('isMeetingRunning', { meetingID: 'unknown' });
    assert.equal(running.text, '<?xml version="1.0"?>\n<response>\n  <returncode>SUCCESS</returncode>\n  <running>false</running>\n</response>\n');
    assertSuccess(await plenary.call('isMeetingRunning', { meetingID: '0' }));  // Greenlight's health check: shorter than a meetingID may be
    for (const call of ['getMeetingInfo', 'end', 'join']) {
      assertFailed(await plenary.call(call, { meetingID: 'unknown', fullName: 'A' }), 'notFound', kTexts.notFound);
    }
    assertFailed(await plenary.call('sendChatMessage', { meetingID: 'unknown', message: 'x' }), 'meetingNotFound');
    assertFailed(await plenary.post('insertDocument', { meetingID: 'unknown' }, '<modules/>', 'application/xml'), 'notFound', kTexts.notFound);
  });

  await t.test('a missing, empty or blank meetingID', async () => {
    for (const call of ['isMeetingRunning', 'getMeetingInfo', 'end', 'join', 'create', 'sendChatMessage']) {
      for (const params of ['', 'meetingID=', 'meetingID=+%20', 'meetingID', 'meetingid=x']) {
        assertFailed(await plenary.call(call, params), 'missingParamMeetingID', kTexts.missingParamMeetingID);
      }
    }
    assertFailed(await plenary.post('insertDocument', '', '<modules/>', 'application/xml'), 'missingParamMeetingID');
  });

  await t.test('lists of nothing', async () => {
    assert.equal((await plenary.call('getMeetings')).text, '<?xml version="1.0"?>\n<response>\n  <returncode>SUCCESS</returncode>\n'
      + '  <messageKey>noMeetings</messageKey>\n  <message>no meetings were found on this server</message>\n  <meetings/>\n</response>\n');
    const sessions = assertSuccess(await plenary.call('getSessions'));
    assert.equal(sessions.xml.get('messageKey'), 'noSessions');
    const recordings = assertSuccess(await plenary.call('getRecordings', { meetingID: 'a,b' }));
    assert.equal(recordings.xml.get('messageKey'), 'noRecordings');
    assert.equal(recordings.xml.find('recordings').children.length, 0);
  });

  await t.test('a create without nodes', async () => {
    assertFailed(await plenary.call('create', { meetingID: 'm1', name: 'One' }), 'internalError', kTexts.noServers);
  });

  await t.test('the content type of a POST is judged before the checksum, and only when there is a body', async () => {
    for (const [call, type, allowed] of [
      ['create', 'application/json', false], ['create', undefined, false], ['create', 'text/plain', false], ['create', 'application/xml; charset=utf-8', true],
      ['create', 'TEXT/XML', true], ['create', 'application/x-xml', true], ['create', kForm, true], ['create', 'multipart/form-data; boundary=x', true],
      ['end', 'application/xml', false], ['end', kForm, true], ['getMeetings', 'text/xml', false], ['getMeetingInfo', `${kForm}; charset=UTF-8`, true],
      ['insertDocument', kForm, false], ['insertDocument', 'application/xml', true], ['isMeetingRunning', 'application/json', false],
    ]) {
      const reply = withXml(await plenary.http(`/bigbluebutton/api/${call}?meetingID=x&checksum=wrong`,
        { method: 'POST', body: type?.startsWith('multipart') ? '--x--\r\n' : 'a=b', headers: type ? { 'Content-Type': type } : {} }));
      assertFailed(reply, allowed ? 'checksumError' : 'unsupportedContentType');
    }
    assertFailed(withXml(await plenary.http('/bigbluebutton/api/create?checksum=x', { method: 'POST', body: '', headers: { 'Content-Type': 'application/json' } })), 'checksumError');
    assertSuccess(await plenary.call('isMeetingRunning', { meetingID: 'xx' }, { headers: { 'Content-Type': 'application/xml' } }));  // a GET may carry the header
  });
});

test('a meeting through every call', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2 });
  const created = assertSuccess(await plenary.call('create', { name: 'Two words', meetingID: 'room-1', attendeePW: 'ap', moderatorPW: 'mp', 'meta_Course-Id': '7' }));
  assert.equal(created.xml.get('meetingID'), 'room-1');
  const password = created.xml.get('moderatorPW');

  await t.test('its reply is the node\'s, byte for byte', async () => {
    const { nodes } = await sim.state();
    const meetings = nodes.flatMap((node) => node.meetings);
    assert.equal(meetings.length, 1);
    assert.equal(created.xml.get('internalMeetingID'), meetings[0].internalMeetingID);
    assert.doesNotMatch(created.text, /\n\s*\n|> +</, 'no indentation was added');
    assert.ok(created.text.startsWith('<response>\n<returncode>SUCCESS</returncode>'), created.text);
  });

  await t.test('join redirects to the node with a checksum that the node accepts', async () => {
    const reply = await plenary.call('join', { fullName: 'Ann Ö', meetingID: 'room-1', password: 'mp', userID: 'u1' });
    assert.equal(reply.status, 302, reply.text);
    const target = new URL(reply.headers.location);
    assert.ok(sim.nodes.some((node) => reply.headers.location.startsWith(`${node.url}/join?`)), reply.headers.location);
    assert.deepEqual([...target.searchParams.keys()], ['fullName', 'meetingID', 'password', 'userID', 'checksum']);
    assert.equal(target.searchParams.get('fullName'), 'Ann Ö');
    const landed = await sim.follow(plenary.link('join', { fullName: 'Ann', meetingID: 'room-1', password: 'mp', userID: 'u1' }));
    assert.match(JSON.stringify(landed), /sessionToken=/);
  });

  await t.test('isMeetingRunning, getMeetingInfo, getMeetings and getSessions see the user', async () => {
    await until(async () => (await plenary.call('isMeetingRunning', { meetingID: 'room-1' })).xml.get('running') === 'true', 'the meeting to run');
    const info = assertSuccess(await plenary.call('getMeetingInfo', { meetingID: 'room-1', password: '#<junk>' }));
    assert.equal(info.xml.get('meetingName'), 'Two words');
    assert.equal(info.xml.get('metadata/course-id'), '7');
    assert.equal(info.xml.get('participantCount'), '1');
    const meetings = await plenary.call('getMeetings', { random: '123' });
    assert.deepEqual(listed(meetings), ['room-1']);
    assert.equal(meetings.xml.get('meetings/meeting/participantCount'), '1');
    const sessions = assertSuccess(await plenary.call('getSessions'));
    assert.equal(sessions.xml.all('sessions/meeting').length, 1);
  });

  await t.test('the same calls by POST, with a form or a multipart body', async () => {
    assertSuccess(await plenary.postForm('isMeetingRunning', { meetingID: 'room-1' }));
    assert.equal((await plenary.postForm('getMeetingInfo', { meetingID: 'room-1' })).xml.get('meetingID'), 'room-1');
    assert.deepEqual(listed(await plenary.postForm('getMeetings', {})), ['room-1']);
    const boundary = 'XyZ';
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="meetingID"\r\n\r\nroom-1\r\n--${boundary}--\r\n`;
    const reply = await plenary.post('getMeetingInfo', '', body, `multipart/form-data; boundary=${boundary}`);
    assert.equal(reply.xml.get('meetingID'), 'room-1');
  });

  await t.test('the query wins over the body', async () => {
    const reply = await plenary.post('getMeetingInfo', { meetingID: 'room-1' }, 'meetingID=other', kForm);
    assert.equal(reply.xml.get('meetingID'), 'room-1', reply.text);
  });

  await t.test('insertDocument reaches the node with its bytes', async () => {
    const body = '<?xml version="1.0" encoding="UTF-8"?><modules><module name="presentation"><document url="https://x.example/a.pdf"/></module></modules>';
    for (const type of ['application/xml', 'text/xml; charset=utf-8']) {
      const reply = assertSuccess(await plenary.post('insertDocument', { meetingID: 'room-1' }, body, type));
      assert.equal(reply.xml.get('message'), 'Presentation is being uploaded');
    }
  });

  await t.test('sendChatMessage', async () => {
    assertSuccess(await plenary.call('sendChatMessage', { meetingID: 'room-1', message: 'hello', userName: 'Bot' }));
    const reply = await plenary.call('sendChatMessage', { meetingID: 'room-1' });
    assert.equal(reply.xml.get('returncode'), 'FAILED', 'the node\'s own refusal is passed on');
  });

  await t.test('a node\'s own refusal keeps its key and message', async () => {
    assertFailed(await plenary.call('end', { meetingID: 'room-1', password: 'wrong' }), 'invalidPassword');
    assert.deepEqual(listed(await plenary.call('getMeetings')), ['room-1']);
  });

  await t.test('end asks the node, then forgets', async () => {
    const reply = assertSuccess(await plenary.call('end', { meetingID: 'room-1', password }));
    assert.equal(reply.xml.get('messageKey'), 'sentEndMeetingRequest');
    await until(async () => (await plenary.call('isMeetingRunning', { meetingID: 'room-1' })).xml.get('running') === 'false', 'the end');
    assertFailed(await plenary.call('join', { fullName: 'Ann', meetingID: 'room-1', password: 'mp' }), 'notFound', kTexts.notFound);
    await until(async () => (await sim.state()).nodes.every((node) => node.meetings.length === 0), 'the node to end it');
  });

  await t.test('pipelined calls are answered in order', async () => {
    const head = (target) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const last = `GET /bigbluebutton/api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const { text, closed } = await exchange({ port: plenary.port, pieces: [head('/nowhere') + head(plenary.target('getMeetings', '')) + head('/health_check') + last] });
    const order = [...text.matchAll(/unsupportedRequest|noMeetings|<version>/g)].map((match) => match[0]);
    assert.deepEqual(order, ['unsupportedRequest', 'noMeetings', '<version>']);
    assert.equal([...text.matchAll(/HTTP\/1\.1 200/g)].length, 4);
    assert.ok(closed);
  });
});

test('GET_MEETINGS_API_DISABLED answers an empty list without asking for a checksum', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: { GET_MEETINGS_API_DISABLED: 'true' } });
  assertSuccess(await plenary.call('create', { name: 'One', meetingID: 'm1' }));
  const reply = withXml(await plenary.http('/bigbluebutton/api/getMeetings'));
  assert.deepEqual(listed(reply), []);
  assert.equal(reply.xml.get('messageKey'), 'noMeetings');
});

test('URL_HOST refuses other hosts', async (t) => {
  const plenary = await startPlenary(t, { env: { URL_HOST: 'lb.example.org' } });
  const status = async (host, more = {}) => (await plenary.http('/bigbluebutton/api', { headers: { Host: host, ...more } })).status;
  assert.equal(await status('lb.example.org'), 200);
  assert.equal(await status('LB.Example.org:8443'), 200);
  assert.equal(await status('evil.example.org'), 403);
  assert.equal(await status('a.lb.example.org'), 403);
  assert.equal((await plenary.http('/health_check', { headers: { Host: 'other' } })).status, 200);
});

test('an empty URL_HOST accepts every host', async (t) => {
  const plenary = await startPlenary(t, { env: { URL_HOST: '' } });
  assert.equal((await plenary.http('/bigbluebutton/api', { headers: { Host: 'any.example' } })).status, 200);
});

test('the log tells of every call, and holds no secret, password or checksum', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { LOG_LEVEL: 'debug' }, sim: { secret: 'very-secret-of-the-node' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'logged', attendeePW: 'attendee-password', moderatorPW: 'moderator-password' }));
  const join = await plenary.call('join', { fullName: 'Ann', meetingID: 'logged', password: 'moderator-password' });
  await plenary.call('end', { meetingID: 'logged', password: 'wrong-password' });
  await sim.faults(1, 'garbage');
  await plenary.call('getMeetingInfo', { meetingID: 'logged' });
  await plenary.command('poll.run', { what: 'all' });
  await plenary.stop();
  const log = plenary.child.output;
  for (const call of ['create', 'join', 'end', 'getMeetingInfo']) assert.match(log, new RegExp(call));
  for (const secret of [plenary.secret, sim.nodes[0].secret, 'attendee-password', 'moderator-password', 'wrong-password',
    new URL(join.headers.location).searchParams.get('checksum')]) assert.ok(!log.includes(secret), `the log holds ${secret}`);
});
