// Faults of nodes and bad input of clients. The service must go on, with an answer that fits.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts, listed, locations } from './lib/expect.mjs';
import { exchange, listening } from './lib/net.mjs';
import { startPlenary, startPool, withXml } from './lib/plenary.mjs';
import { sleep, slowness, until } from './lib/process.mjs';
import { signed } from './lib/sign.mjs';

const kModes = ['down', 'http500', 'html502', 'garbage', 'empty', 'noreturncode', 'reset', 'hang'];

test('pools without a usable node', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 2, env: { SERVER_UNHEALTHY_THRESHOLD: '1' } });
  const create = () => plenary.call('create', { name: 'Room', meetingID: 'nowhere' });

  await t.test('all disabled', async () => {
    for (const id of ids) await plenary.command('servers.set_state', { id, state: 'disabled' });
    assertFailed(await create(), 'internalError', kTexts.noServers);
    assert.deepEqual(listed(await plenary.call('getMeetings')), []);
    for (const id of ids) await plenary.command('servers.set_state', { id, state: 'enabled' });
    await plenary.untilOnline(ids);
  });
  await t.test('all offline', async () => {
    await sim.faults('all', 'down');
    await plenary.command('poll.run', { what: 'all' });
    assertFailed(await create(), 'internalError', kTexts.noServers);
    assert.deepEqual(listed(await plenary.call('getMeetings')), []);
    await sim.faults('all', 'ok');
    await plenary.command('poll.run', { what: 'all' });
    assertSuccess(await create());
  });
  await t.test('none at all', async () => {
    for (const id of ids) await plenary.command('servers.remove', { id, force: true });
    assertFailed(await plenary.call('create', { name: 'Room', meetingID: 'none' }), 'internalError', kTexts.noServers);
    assert.deepEqual(listed(await plenary.call('getMeetings')), []);
  });
});

test('a node fails during create: the next one takes the meeting', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: { SERVER_UNHEALTHY_THRESHOLD: '1000', RESPONSE_TIMEOUT: String(0.7 * slowness) } });
  for (const mode of kModes) {
    await t.test(mode, async () => {
      await sim.faults(1, mode, { calls: ['create'] });
      const ids = Array.from({ length: 6 }, (_, i) => `${mode}-${i}`);
      const replies = await Promise.all(ids.map((meetingID) => plenary.call('create', { name: 'Room', meetingID })));
      replies.forEach(assertSuccess);
      await sim.faults(1, 'ok');
      const where = locations(await sim.state());
      for (const id of ids) {
        assert.deepEqual(where[id], [1], id);
        const join = await plenary.call('join', { fullName: 'A', meetingID: id, role: 'VIEWER' });
        assert.ok(join.headers.location.startsWith(sim.nodes[1].url), id);
      }
    });
  }
});

test('a create that was carried out but whose reply was lost leaves no second copy', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: { SERVER_UNHEALTHY_THRESHOLD: '1000', RESPONSE_TIMEOUT: String(0.7 * slowness) } });
  for (const mode of ['hang', 'reset', 'http500']) {
    await t.test(mode, async () => {
      await sim.faults(1, mode, { calls: ['create'], after: true });
      const ids = Array.from({ length: 4 }, (_, i) => `lost-${mode}-${i}`);
      (await Promise.all(ids.map((meetingID) => plenary.call('create', { name: 'Room', meetingID })))).forEach(assertSuccess);
      await sim.faults(1, 'ok');
      const where = locations(await sim.state());
      assert.ok(ids.some((id) => where[id].length === 2), 'the fault made orphans');
      await until(async () => {
        await plenary.command('poll.run', { what: 'all' });
        const now = locations(await sim.state());
        return ids.every((id) => now[id].length === 1);
      }, 'the orphans to be ended', 20_000 * slowness, 300);
      for (const id of ids) {
        const join = await plenary.call('join', { fullName: 'A', meetingID: id, role: 'VIEWER' });
        const [home] = locations(await sim.state())[id];
        assert.ok(join.headers.location.startsWith(sim.nodes[home].url), id);
      }
    });
  }
});

test('a create reply that was cut off never gives wrong values', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: { SERVER_UNHEALTHY_THRESHOLD: '1000' } });
  await sim.faults(1, 'truncated', { calls: ['create'] });
  for (let i = 0; i < 12; i++) {
    const id = `cut-${'x'.repeat(i * 20)}`;  // moves the cut through the reply
    const reply = assertSuccess(await plenary.call('create', { name: 'Room', meetingID: id }));
    const { location } = (await plenary.call('join', { fullName: 'A', meetingID: id, role: 'VIEWER' })).headers;
    const node = (await sim.state()).nodes[sim.nodes.findIndex(({ url }) => location.startsWith(`${url}/`))];
    const meeting = node.meetings.find(({ meetingID }) => meetingID === id);
    assert.equal(reply.xml.get('createTime'), String(meeting.createTime), id);
    assert.equal(reply.xml.get('internalMeetingID'), meeting.internalMeetingID, id);
  }
});

test('a create is never sent twice to one node', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { SERVER_UNHEALTHY_THRESHOLD: '1000', RESPONSE_TIMEOUT: String(0.5 * slowness) } });
  for (const mode of ['hang', 'reset', 'empty', 'truncated']) {
    await sim.faults(1, 'ok');
    await plenary.call('getMeetingInfo', { meetingID: 'x' });
    await sim.log(1);
    await sim.faults(1, mode, { calls: ['create'] });
    await plenary.call('create', { name: 'Room', meetingID: `once-${mode}` });
    const sent = (await sim.log(1)).requests.filter((entry) => entry.call === 'create');
    assert.equal(sent.length, 1, mode);
  }
  await sim.faults(1, 'ok');
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'after' }));
});

test('a node fails during other calls', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: { SERVER_UNHEALTHY_THRESHOLD: '1000', RESPONSE_TIMEOUT: String(0.7 * slowness) } });
  for (let i = 0; i < 4; i++) assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `m${i}`, attendeePW: 'ap', moderatorPW: 'mp' }));
  const where = locations(await sim.state());
  const mine = Object.keys(where).find((id) => where[id][0] === 0);
  await plenary.command('poll.run', { what: 'all' });

  for (const mode of [...kModes, 'truncated']) {
    await t.test(mode, async () => {
      await sim.faults(1, mode);
      const begin = performance.now();
      const meetings = await plenary.call('getMeetings');
      for (const id of ['m0', 'm1', 'm2', 'm3']) assert.ok(listed(meetings).includes(id), `${id} is omitted`);
      assert.ok(performance.now() - begin < (700 + 500) * slowness + 200, 'RESPONSE_TIMEOUT + 0.5 s');
      if (mode !== 'truncated') assertFailed(await plenary.call('getMeetingInfo', { meetingID: mine }), 'internalError');
      assert.equal((await plenary.call('join', { fullName: 'A', meetingID: mine, role: 'VIEWER' })).status, 302);
      assertSuccess(await plenary.call('create', { name: 'Room', meetingID: `during-${mode}` }));
      await sim.faults(1, 'ok');
      assertSuccess(await plenary.call('getMeetingInfo', { meetingID: mine }));
    });
  }

  await t.test('meetings created since the last poll are listed too when their node falls silent', async () => {
    for (let i = 0; i < 4; i++) assertSuccess(await plenary.call('create', { name: 'Fresh', meetingID: `fresh-${i}` }));
    await sim.faults('all', 'hang');
    const ids = listed(await plenary.call('getMeetings'));
    for (let i = 0; i < 4; i++) assert.ok(ids.includes(`fresh-${i}`), `fresh-${i} in ${ids}`);
    await sim.faults('all', 'ok');
  });
});

test('an end that can\'t be delivered is queued, and carried out later', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 1, env: { SERVER_UNHEALTHY_THRESHOLD: '1' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm1', attendeePW: 'ap', moderatorPW: 'mp' }));
  await sim.faults(1, 'down');
  await plenary.command('poll.run', { what: 'all' });
  assert.equal((await plenary.server(ids[0])).online, false);
  const reply = assertSuccess(await plenary.call('end', { meetingID: 'm1', password: 'mp' }));
  assert.equal(reply.xml.get('messageKey'), 'sentEndMeetingRequest');
  assert.equal((await sim.state()).nodes[0].meetings.length, 1);
  await sim.faults(1, 'ok');
  await until(async () => {
    await plenary.command('poll.run', { what: 'all' });
    return (await sim.state()).nodes[0].meetings.length === 0;
  }, 'the queued end', 15_000 * slowness, 300);
});

test('hostile input', async (t) => {
  const plenary = await startPlenary(t, { env: { MAX_BODY_BYTES: '200000' } });
  const { port } = plenary;
  const alive = async () => assert.equal((await plenary.http('/bigbluebutton/api')).status, 200);
  const status = ({ text }) => Number(text.match(/^HTTP\/1\.[01] (\d+)/)?.[1] ?? 0);
  const send = async (...pieces) => status(await exchange({ port, pieces, quietMs: 2_000 * slowness }));

  await t.test('a 20 kB URL', async () => {
    assertSuccess(await plenary.call('isMeetingRunning', { meetingID: 'm1', x: 'y'.repeat(20_000) }));
    const reply = await plenary.call('isMeetingRunning', { meetingID: 'z'.repeat(20_000) });
    assert.equal(reply.status, 200, 'an answer, not a crash');
  });
  await t.test('longer than any limit: 414', async () => {
    assert.equal(await send(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`), 414);
  });
  await t.test('header floods: 431', async () => {
    assert.equal(await send(`GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(5_000)}\r\n`), 431);
    assert.equal(await send(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'b'.repeat(200_000)}\r\n\r\n`), 431);
  });
  await t.test('malformed heads: 400', async () => {
    for (const head of ['GET / HTTP/1.1\r\n\r\n', 'GET /\r\n\r\n', 'G\u0000T / HTTP/1.1\r\nHost: x\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n',
      'GET /a\u0000b HTTP/1.1\r\nHost: x\r\n\r\n', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', '\u0016\u0003\u0001\u0002\u0000garbage\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n']) {
      assert.equal(await send(Buffer.from(head, 'latin1')), 400, JSON.stringify(head));
    }
  });
  await t.test('a body over the limit, announced or not', async () => {
    const head = `POST /bigbluebutton/api/create?${signed('create', { meetingID: 'm1', name: 'Room' }, plenary.secret)} HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\n`;
    const announced = await exchange({ port, pieces: [`${head}Content-Length: 99999999\r\n\r\n`, 'x'.repeat(1000)], quietMs: 3_000 });
    assert.match(announced.text, /requestTooLarge/);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const chunked = await exchange({ port, pieces: [`${head}Transfer-Encoding: chunked\r\n\r\n`, chunk, chunk, chunk, chunk, chunk], quietMs: 3_000 });
    assert.match(chunked.text, /requestTooLarge/);
    await alive();
  });
  await t.test('slow clients hold up nobody', async () => {
    const slow = Array.from({ length: 200 }, () => exchange({ port, pieces: ['GET / HTTP/1.1\r\n', 300, 'Host: x\r\n', 300, 'A: b\r\n', 300, 'C'], quietMs: 1_000 }));
    const begin = performance.now();
    for (let i = 0; i < 20; i++) await alive();
    assert.ok(performance.now() - begin < 2_000 * slowness);
    await Promise.all(slow);
  });
  await t.test('a head that never ends is cut off', async () => {
    const pieces = ['GET / HTTP/1.1\r\n'];
    for (let i = 0; i < 25; i++) pieces.push(1_000, `X-${i}: y\r\n`);
    const begin = performance.now();
    const { closed } = await exchange({ port, pieces, quietMs: 5_000 });
    assert.ok(closed);
    assert.ok(performance.now() - begin < 24_000, 'although it kept sending');
  });
  await t.test('bad percent-encoding, bad UTF-8 and NUL bytes', async () => {
    for (const query of ['meetingID=%zz', 'meetingID=%', 'meetingID=a%2', 'meetingID=%ff%fe', 'meetingID=%c3%28', 'name=%C0%80&meetingID=m1']) {
      const reply = withXml(await plenary.http(`/bigbluebutton/api/create?${signed('create', query, plenary.secret)}`));
      assert.ok(reply.status === 400 || reply.xml?.get('returncode') === 'FAILED', `${query}: ${reply.status} ${reply.text}`);
      assert.doesNotMatch(reply.text, /Could not find any available/, `${query} must not get as far as placement`);
    }
    for (const id of ['a%00b', '%00', 'a%0d%0aSet-Cookie:x', '%e2%80%ae%01']) {
      const reply = await plenary.call('create', `meetingID=${id}&name=Room`);
      assert.equal(reply.xml?.get('returncode'), 'FAILED', reply.text);
      assert.equal(reply.headers['set-cookie'], undefined);
    }
  });
  await t.test('duplicate parameters: the last one counts', async () => {
    const reply = await plenary.call('isMeetingRunning', 'meetingID=&meetingID=m1');
    assertSuccess(reply);
    assertFailed(await plenary.call('isMeetingRunning', 'meetingID=m1&meetingID='), 'missingParamMeetingID');
  });
  await t.test('thousands of parameters and deep XML', async () => {
    await plenary.call('isMeetingRunning', `meetingID=m1&${Array.from({ length: 5_000 }, (_, i) => `a${i}`).join('&')}`).catch(() => {});
    await plenary.post('create', { meetingID: 'm1', name: 'Room' }, '<a>'.repeat(50_000), 'application/xml');
    await plenary.post('create', '', `${'a&'.repeat(50_000)}meetingID=m1`, 'application/x-www-form-urlencoded');
    await plenary.post('create', '', '--x\r\n'.repeat(20_000), 'multipart/form-data; boundary=x');
    await alive();
  });
  await t.test('connections that come and go', async () => {
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => exchange({ port, pieces: i % 2 ? [] : ['GET'], quietMs: 30 })));
    }
    await sleep(100);
    await alive();
    assert.ok(await listening(port));
  });
});

test('hostile replies of nodes', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { SERVER_UNHEALTHY_THRESHOLD: '1000' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm1' }));
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm2' }));

  await t.test('invalid customdata in one meeting loses no meeting', async () => {
    await sim.control(1, { users: { meeting: 'm1', viewers: 2, moderators: 0 } });
    await sim.control(1, { invalid_customdata: true });
    const reply = await plenary.call('getMeetings');
    assert.deepEqual(listed(reply).sort(), ['m1', 'm2'], reply.text);
    await plenary.command('poll.run', { what: 'all' });
    const join = await plenary.call('join', { fullName: 'A', meetingID: 'm1', role: 'VIEWER' });
    await sim.control(1, { invalid_customdata: false });
    assert.equal(join.status, 302, 'a meeting that can\'t be read is not an ended one');
  });
  await t.test('FAILED without a key', async () => {
    await sim.faults(1, 'failed_nokey');
    const reply = await plenary.call('getMeetingInfo', { meetingID: 'm2' });
    await sim.faults(1, 'ok');
    assertFailed(reply, 'internalError');
  });
  await t.test('a node with a wrong clock', async () => {
    await sim.control(1, { clock_skew_ms: -86_400_000 });
    assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'skewed' }));
    await plenary.command('poll.run', { what: 'all' });
    await plenary.command('poll.run', { what: 'all' });
    assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'skewed', role: 'VIEWER' })).status, 302);
  });
});
