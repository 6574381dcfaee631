// join: memory only, a signed redirect; errors that a browser shows (design: join errors; spec scalelite 1.11.6, bbb-api 2.4).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts } from './lib/expect.mjs';
import { startPool, withXml } from './lib/plenary.mjs';
import { checksum } from './lib/sign.mjs';

const kHtml = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

test('join', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 1 });
  const created = assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'room', attendeePW: 'ap', moderatorPW: 'mp' }));
  const node = sim.nodes[0];

  await t.test('the redirect is signed with the node\'s secret, parameters in the client\'s order', async () => {
    const reply = await plenary.call('join', 'userdata-x=%7B%22a%22%3A1%7D&meetingID=room&fullName=A%20%2B%20B&password=&role=Moderator');
    assert.equal(reply.status, 302);
    assert.equal(reply.text, '');
    const { location } = reply.headers;
    assert.ok(location.startsWith(`${node.url}/join?userdata-x=`), location);
    const [query, hex] = location.slice(location.indexOf('?') + 1).split('&checksum=');
    assert.equal(hex, checksum('join', query, node.secret, 'sha256'));
    assert.deepEqual([...new URLSearchParams(query)], [['userdata-x', '{"a":1}'], ['meetingID', 'room'], ['fullName', 'A + B'], ['password', ''], ['role', 'Moderator']]);
  });

  await t.test('createTime passes through, so that the node can judge it', async () => {
    const landed = await sim.follow(plenary.link('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER', createTime: created.xml.get('createTime') }));
    assert.match(JSON.stringify(landed), /sessionToken=/);
    const wrong = await sim.follow(plenary.link('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER', createTime: '1' }));
    assert.doesNotMatch(JSON.stringify(wrong), /sessionToken=\w/);
  });

  await t.test('an error redirects to errorRedirectUrl, else to logoutURL, with errors=', async () => {
    for (const name of ['errorRedirectUrl', 'logoutURL']) {
      const reply = await plenary.call('join', { fullName: 'A', meetingID: 'unknown', [name]: 'https://portal.example/back' }, { headers: kHtml });
      assert.equal(reply.status, 302, name);
      const target = new URL(reply.headers.location);
      assert.equal(target.origin + target.pathname, 'https://portal.example/back');
      const errors = JSON.parse(target.searchParams.get('errors'));
      assert.deepEqual(errors, [{ message: kTexts.notFound, key: 'notFound' }]);
    }
    const both = await plenary.call('join', { fullName: 'A', meetingID: 'unknown', logoutURL: 'https://b.example/', errorRedirectUrl: 'https://a.example/?x=1' });
    assert.match(both.headers.location, /^https:\/\/a\.example\/\?x=1&errors=/);
  });

  await t.test('only to http and https', async () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'https://a.example/\r\nX: y', 'x']) {
      const reply = await plenary.call('join', { fullName: 'A', meetingID: 'unknown', errorRedirectUrl: url });
      assert.notEqual(reply.status, 302, url);
      assert.equal(reply.headers.x, undefined);
    }
  });

  await t.test('without such a URL a browser gets a page, a program gets XML', async () => {
    const page = await plenary.call('join', { fullName: 'A', meetingID: 'unknown<script>' }, { headers: kHtml });
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.match(page.text, /<!doctype html>/i);
    assert.doesNotMatch(page.text, /unknown<script>/);
    assertFailed(await plenary.call('join', { fullName: 'A', meetingID: 'unknown' }), 'notFound', kTexts.notFound);
    assertFailed(await plenary.call('join', { fullName: 'A', meetingID: 'unknown' }, { headers: { Accept: '*/*' } }), 'notFound');
  });

  await t.test('an unsigned request never redirects', async () => {
    for (const headers of [{}, kHtml]) {
      const reply = withXml(await plenary.http('/bigbluebutton/api/join?meetingID=room&fullName=A&errorRedirectUrl=https%3A%2F%2Fevil.example&logoutURL=https%3A%2F%2Fevil.example&checksum=00', { headers }));
      assert.equal(reply.status, 200);
      assert.equal(reply.headers.location, undefined);
      if (headers.Accept) assert.match(reply.headers['content-type'], /^text\/html/);
      else assertFailed(reply, 'checksumError', kTexts.checksumError);
    }
  });

  await t.test('a cordoned node\'s meeting can be joined, a disabled one\'s can\'t', async () => {
    await plenary.command('servers.set_state', { id: ids[0], state: 'cordoned' });
    assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER' })).status, 302);
    await plenary.command('servers.set_state', { id: ids[0], state: 'disabled' });
    assertFailed(await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER' }), 'serverUnavailable', kTexts.serverUnavailable);
    await plenary.command('servers.set_state', { id: ids[0], state: 'enabled' });
    await plenary.untilOnline(ids);
    assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER' })).status, 302);
  });

  await t.test('the node is not asked', async () => {
    await sim.faults(1, 'hang');
    const begin = performance.now();
    assert.equal((await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER' })).status, 302);
    assert.ok(performance.now() - begin < 500);
    await sim.faults(1, 'ok');
  });

  await t.test('a link of 20 kB is served or refused with 414, never cut', async () => {
    const css = 'x'.repeat(15_000);
    const reply = await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER', 'userdata-bbb_custom_style': css });
    assert.equal(reply.status, 302);
    assert.equal(new URL(reply.headers.location).searchParams.get('userdata-bbb_custom_style'), css);
    const long = await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER', 'userdata-x': 'y'.repeat(40_000) });
    assert.equal(long.status, 414);
  });
});

test('the checksum algorithm towards nodes', async (t) => {
  const { plenary, sim, ids } = await startPool(t, { nodes: 1, env: { LOADBALANCER_CHECKSUM_ALGORITHM: 'SHA1:SHA512' } });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'room' }, { algorithm: 'sha1' }));
  const algorithmOf = async () => {
    const reply = await plenary.call('join', { fullName: 'A', meetingID: 'room', role: 'VIEWER' }, { algorithm: 'sha1' });
    const [query, hex] = reply.headers.location.slice(reply.headers.location.indexOf('?') + 1).split('&checksum=');
    return ['sha1', 'sha256', 'sha384', 'sha512'].find((algorithm) => checksum('join', query, sim.nodes[0].secret, algorithm) === hex);
  };
  assert.equal(await algorithmOf(), 'sha512', 'the strongest that is listed');
  await plenary.command('servers.update', { id: ids[0], checksum_algorithm: 'SHA1' });
  assert.equal(await algorithmOf(), 'sha1', 'a node\'s own wins');
});
