// create: idempotency, slides, voice bridges, durations (spec scalelite 1.11.5, bbb-api 2.3 and 4).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts, locations } from './lib/expect.mjs';
import { startPool } from './lib/plenary.mjs';
import { sha256 } from './lib/sign.mjs';

const kXml = 'application/xml';

test('create', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 3, env: { MAX_MEETING_DURATION: '90', WORKER_THREADS: '4' } });

  await t.test('50 concurrent first creates of one ID end in one meeting with one createTime', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2
      ? plenary.call('create', { name: 'Same', meetingID: 'same' })
      : plenary.postForm('create', { name: 'Same', meetingID: 'same' }))));
    replies.forEach(assertSuccess);
    for (const field of ['internalMeetingID', 'createTime', 'moderatorPW', 'voiceBridge']) {
      assert.equal(new Set(replies.map((reply) => reply.xml.get(field))).size, 1, field);
    }
    assert.equal(locations(await sim.state()).same.length, 1);
  });

  await t.test('a repeated create answers as BBB does', async () => {
    const params = { name: 'Again', meetingID: 'again', attendeePW: 'ap', moderatorPW: 'mp' };
    const first = assertSuccess(await plenary.call('create', params));
    const second = assertSuccess(await plenary.call('create', params));
    assert.equal(first.xml.get('messageKey'), '');
    assert.equal(second.xml.get('messageKey'), 'duplicateWarning');
    assert.equal(second.xml.get('createTime'), first.xml.get('createTime'));
    assertFailed(await plenary.call('create', { ...params, moderatorPW: 'other' }), 'idNotUnique');
    assert.equal(locations(await sim.state()).again.length, 1, 'the refused create moved nothing');
  });

  await t.test('parameters come in the query, a form, a multipart body, or in query and form', async () => {
    assertSuccess(await plenary.postForm('create', { name: 'Form ü&=+', meetingID: 'by-form', meta_a: 'b c' }));
    assertSuccess(await plenary.post('create', { meetingID: 'by-both' }, 'name=Both&meetingID=ignored', 'application/x-www-form-urlencoded'));
    const boundary = '----x';
    const part = (name, value) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    assertSuccess(await plenary.post('create', '', `${part('name', 'Multi')}${part('meetingID', 'by-parts')}--${boundary}--\r\n`, `multipart/form-data; boundary=${boundary}`));
    const meetings = (await sim.state()).nodes.flatMap((node) => node.meetings);
    for (const [id, name] of [['by-form', 'Form ü&=+'], ['by-both', 'Both'], ['by-parts', 'Multi']]) {
      const info = assertSuccess(await plenary.call('getMeetingInfo', { meetingID: id }));
      assert.equal(info.xml.get('meetingName'), name);
      assert.equal(meetings.filter((meeting) => meeting.meetingID === id).length, 1);
    }
    assert.ok(!meetings.some((meeting) => meeting.meetingID === 'ignored'));
  });

  await t.test('the client\'s order of parameters is kept towards the node; unknown ones are passed on', async () => {
    await Promise.all([1, 2, 3].map((node) => sim.log(node)));
    assertSuccess(await plenary.call('create', 'zebra=1&meetingID=order&name=Order&bbbCanvasCourseName=a%20b&meta_x=%E6%97%A5&alpha='));
    const { entry } = await findCreate(sim, 'order');
    const names = paramNames(entry);
    assert.deepEqual(names.filter((name) => !['moderatorPW', 'voiceBridge', 'duration', 'meetingEndedURL', 'checksum'].includes(name)),
      ['zebra', 'meetingID', 'name', 'bbbCanvasCourseName', 'meta_x', 'alpha']);
    assert.equal(names.at(-1), 'checksum');
  });

  await t.test('slides reach the node byte for byte, small and large', async () => {
    for (const [id, size] of [['slides-small', 1_000], ['slides-medium', 300_000], ['slides-large', 700_000]]) {
      await Promise.all([1, 2, 3].map((node) => sim.log(node)));
      const body = Buffer.concat([Buffer.from('<modules><module name="presentation"><document name="a.pdf">'), Buffer.from(randomBytes(size).toString('base64').slice(0, size)),
        Buffer.from('</document></module></modules>')]);
      assertSuccess(await plenary.post('create', { name: 'Slides', meetingID: id }, body, kXml));
      const { entry } = await findCreate(sim, id);
      assert.equal(entry.method, 'POST');
      assert.equal(bodyDigest(entry), sha256(body), id);
    }
  });

  await t.test('a chunked body is forwarded whole', async () => {
    const body = `<modules><!--${'x'.repeat(20_000)}--></modules>`;
    const reply = await plenary.post('create', { name: 'Chunked', meetingID: 'chunked' }, body, kXml, { headers: { 'Transfer-Encoding': 'chunked' } });
    assertSuccess(reply);
    assert.equal(bodyDigest((await findCreate(sim, 'chunked')).entry), sha256(body));
  });

  await t.test('MAX_MEETING_DURATION caps', async () => {
    for (const [id, duration, expected] of [['d-none', undefined, '90'], ['d-zero', '0', '90'], ['d-long', '91', '90'], ['d-short', '30', '30'], ['d-junk', 'abc', '90']]) {
      const reply = assertSuccess(await plenary.call('create', { name: 'Duration', meetingID: id, duration }));
      assert.equal(reply.xml.get('duration'), expected, id);
    }
  });

  await t.test('voice bridges are unique in the pool', async () => {
    const replies = await Promise.all(Array.from({ length: 60 }, (_, i) => plenary.call('create', { name: 'Voice', meetingID: `voice-${i}`, voiceBridge: '77777' })));
    replies.forEach(assertSuccess);
    const bridges = replies.map((reply) => reply.xml.get('voiceBridge'));
    assert.equal(new Set(bridges).size, bridges.length);
    for (const bridge of bridges) assert.match(bridge, /^[0-9]{9}$/);
  });

  await t.test('a generated moderator password works', async () => {
    const reply = assertSuccess(await plenary.call('create', { name: 'Password', meetingID: 'password' }));
    assert.match(reply.xml.get('moderatorPW'), /^[A-Za-z0-9]{8}$/);
  });

  await t.test('a node\'s FAILED for the request itself is the answer; no other node is tried and nothing stays claimed', async () => {
    await Promise.all([1, 2, 3].map((node) => sim.log(node)));
    const reply = await plenary.call('create', { meetingID: 'nameless' });
    assert.equal(reply.xml.get('returncode'), 'FAILED', reply.text);
    assert.equal(reply.xml.get('messageKey'), 'validationError');
    const asked = (await logs(sim)).filter(({ entry }) => isCreate(entry, 'nameless'));
    assert.equal(asked.length, 1);
    assertFailed(await plenary.call('join', { meetingID: 'nameless', fullName: 'A', role: 'viewer' }), 'notFound', kTexts.notFound);
    assertSuccess(await plenary.call('create', { meetingID: 'nameless', name: 'Named' }));
  });

  await t.test('meeting IDs with every odd character', async () => {
    const ids = ['a b', 'ä日本😀', '<&>"\'', 'a+b&c=d/e?f#g', '%41', 'abc-1-2[3]', '..', 'a/../b', "O'Neil", '~-_.!*()', 'x'.repeat(256), ';{}|\\^`$@:'];
    for (const id of ids) {
      const created = assertSuccess(await plenary.call('create', { name: 'Odd', meetingID: id }));
      assert.equal(created.xml.get('meetingID'), id);
      const join = await plenary.call('join', { fullName: 'A', meetingID: id, role: 'MODERATOR' });
      assert.equal(join.status, 302, `${id}: ${join.text}`);
      assert.equal(new URL(join.headers.location).searchParams.get('meetingID'), id);
      assert.equal(assertSuccess(await plenary.call('getMeetingInfo', { meetingID: id })).xml.get('meetingID'), id);
    }
    const listedIds = (await plenary.call('getMeetings')).xml.all('meetings/meeting').map((meeting) => meeting.get('meetingID'));
    for (const id of ids) assert.ok(listedIds.includes(id), id);
  });

  await t.test('IDs that BBB refuses', async () => {
    for (const id of ['x', 'y'.repeat(257), 'a\u0000b', 'a\nb', 'a,b']) {
      const reply = await plenary.call('create', { name: 'Bad', meetingID: id });
      assert.equal(reply.xml?.get('returncode'), 'FAILED', JSON.stringify(id));
      assert.equal(reply.xml.get('messageKey'), 'validationError', reply.text);
    }
  });
});

test('USE_EXTERNAL_VOICE_BRIDGE lets a free wish win', async (t) => {
  const { plenary } = await startPool(t, { nodes: 2, env: { USE_EXTERNAL_VOICE_BRIDGE: 'true', VOICE_BRIDGE_LEN: '7' } });
  const create = async (id) => (await plenary.call('create', { name: 'Wish', meetingID: id, voiceBridge: '1234567' })).xml.get('voiceBridge');
  assert.equal(await create('wish-1'), '1234567');
  const other = await create('wish-2');
  assert.notEqual(other, '1234567');
  assert.match(other, /^[0-9]{7}$/);
});

test('a body over MAX_BODY_BYTES is refused, and the service goes on', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1, env: { MAX_BODY_BYTES: '100000' } });
  const reply = await plenary.post('create', { name: 'Big', meetingID: 'big' }, 'x'.repeat(100_001), kXml).catch((error) => error);
  if (reply instanceof Error) assert.match(reply.message, /EPIPE|ECONNRESET|socket hang up/);
  else assertFailed(reply, 'requestTooLarge');
  assertSuccess(await plenary.post('create', { name: 'Big', meetingID: 'big' }, `<modules>${' '.repeat(90_000)}</modules>`, kXml));
});

async function logs(sim) {
  const all = [];
  for (let node = 1; node <= sim.nodes.length; node++) {
    for (const entry of (await sim.log(node)).requests) all.push({ node, entry });
  }
  return all;
}

function isCreate(entry, id) {
  return entry.call === 'create' && entry.params.some(([name, value]) => name === 'meetingID' && value === id);
}

async function findCreate(sim, id) {
  const found = (await logs(sim)).filter(({ entry }) => isCreate(entry, id));
  assert.equal(found.length, 1, `requests that create ${id}`);
  return found[0];
}

const paramNames = (entry) => entry.params.map(([name]) => name);
const bodyDigest = (entry) => entry.body_sha256;

test('every element of a list reaches the node', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1 });
  assertSuccess(await plenary.call('create', 'name=Room&meetingID=lists&userdata%5B%5D=1&userdata%5B%5D=2&flag'));
  const create = (await sim.log(1)).requests.find(({ call }) => call === 'create');
  assert.deepEqual(create.params.filter(([name]) => name === 'userdata').map(([, value]) => value), ['1', '2']);
});
