// Who may call: checksums over the raw query (spec bbb-api 1, scalelite 1.6).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts } from './lib/expect.mjs';
import { startPlenary, withXml } from './lib/plenary.mjs';
import { checksum, signed } from './lib/sign.mjs';

const refused = (reply) => assertFailed(withXml(reply), 'checksumError', kTexts.checksumError);
const accepted = (reply) => assertSuccess(withXml(reply));

test('checksums', async (t) => {
  const secret = 's3cr3t-Salt';
  const plenary = await startPlenary(t, { env: { LOADBALANCER_SECRET: secret } });
  const get = (call, query) => plenary.http(`/bigbluebutton/api/${call}?${query}`);

  await t.test('known vectors', async () => {
    const v2 = ['059839e83fa313f76700151869948c5dc2d7e61a', 'acc8114b7c00d34647a54f80fb393959270df2d566abc9b6fd1317feabf654c1',
      'a8518f93ea07cba06db689c55da479f2fb0e27fe8dfb8e343953824839eb400689997056190c9bc80b0479af44befad6'];
    for (const hex of v2) accepted(await get('isMeetingRunning', `meetingID=m1&checksum=${hex}`));
    for (const hex of ['dc169b9887a318083698a5b279bde14aacfc1c77', '2999d99d29b1459cd067f73f31f9aec05acd6564f0df59d8ed9823ed7fc04704']) {
      accepted(await get('getMeetings', `checksum=${hex}`));
      accepted(await get('getMeetings', `&checksum=${hex}`));
    }
    for (const [query, hex] of [
      ['name=Two+words&meetingID=m1', '71a72dccf4507338d8afbee24c07ed29325d492a'], ['name=Two%20words&meetingID=m1', 'a53516b49d1947731975dfb61f1b2811e7def2b3'],
      ['meetingID=m1&name=Two+words', 'ef9bc3667e64e236dfaa260325dd9ac21f775c1c'],
      ['name=%C3%9Cbung%20%E6%97%A5%F0%9F%98%80&meetingID=m1&meta_bbb-origin=x', 'f34e5a9d02fddcbcb1b1d8d9379eb9c0a0a9f2df075a0566f9f9392f237a7ef8'],
    ]) assertFailed(withXml(await get('create', `${query}&checksum=${hex}`)), 'internalError', kTexts.noServers);  // the checksum was right
  });

  await t.test('every algorithm, every position, either case', async () => {
    for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512']) {
      for (const position of ['start', 'middle', 'end']) {
        for (const upper of [false, true]) {
          accepted(await plenary.call('isMeetingRunning', { meetingID: 'm1', a: '1', b: '2' }, { algorithm, position, upper }));
        }
      }
    }
  });

  await t.test('the raw bytes count, not their meaning', async () => {
    for (const query of ['meetingID=a%2Bb', 'meetingID=a+b', 'meetingID=a%20b', 'meetingID=%7e%7E~', "meetingID=O'Neil!()*", 'a&meetingID=m1&b=', 'meetingID=m1&&c=1',
      'meetingID=m1&xchecksum=1', 'meetingID=m1&checksums=2', 'meetingID=%E6%97%A5', '&meetingID=m1', 'meetingID=m1&']) {
      const hex = checksum('isMeetingRunning', query, secret);
      accepted(await get('isMeetingRunning', `${query}&checksum=${hex}`));
    }
    const hex = checksum('isMeetingRunning', 'meetingID=a+b', secret);
    refused(await get('isMeetingRunning', `meetingID=a%20b&checksum=${hex}`));
  });

  await t.test('what is refused', async () => {
    const query = 'meetingID=m1';
    const right = checksum('isMeetingRunning', query, secret);
    const call = (tail) => get('isMeetingRunning', `${query}${tail}`);
    refused(await call(''));
    refused(await call('&checksum='));
    refused(await call('&checksum'));
    refused(await call(`&checksum=${right.slice(1)}`));
    refused(await call(`&checksum=${right}0`));
    refused(await call(`&checksum=${'0'.repeat(64)}`));
    refused(await call(`&checksum=${checksum('isMeetingRunning', query, 'other')}`));
    refused(await call(`&checksum=${checksum('getMeetingInfo', query, secret)}`));
    refused(await call(`&checksum=${checksum('isMeetingRunning', query, '')}`));
    refused(await call(`&checksum=${encodeURIComponent('é'.repeat(32))}`));
    refused(await call(`&checksum[]=${right}`));
    refused(await call(`&Checksum=${right}`));
    refused(await call(`&x=1&checksum=${right}`));
  });

  await t.test('more than one checksum is refused', async () => {
    const hex = checksum('isMeetingRunning', 'meetingID=m1', secret);
    refused(await get('isMeetingRunning', `meetingID=m1&checksum=${hex}&checksum=${hex}`));
    refused(await get('isMeetingRunning', `checksum=${hex}&meetingID=m1&checksum=${hex}`));
    refused(await plenary.http(`/bigbluebutton/api/isMeetingRunning?meetingID=m1&checksum=${hex}`,
      { method: 'POST', body: `checksum=${hex}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }));
  });

  await t.test('a form body is not signed; its checksum covers the query alone', async () => {
    accepted(await plenary.postForm('isMeetingRunning', { meetingID: 'm1' }));
    const body = 'meetingID=m1';
    refused(await plenary.http('/bigbluebutton/api/isMeetingRunning', { method: 'POST', body: `${body}&checksum=${checksum('isMeetingRunning', body, secret)}`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }));
  });

  await t.test('nothing is remembered by URL', async () => {
    const wrong = `meetingID=m1&checksum=${'a'.repeat(64)}`;
    const right = signed('isMeetingRunning', { meetingID: 'm1' }, secret);
    for (let round = 0; round < 3; round++) {
      refused(await get('isMeetingRunning', wrong));
      accepted(await get('isMeetingRunning', right));
    }
  });
});

test('several secrets, in any order', async (t) => {
  const plenary = await startPlenary(t, { env: { LOADBALANCER_SECRET: 'first', LOADBALANCER_SECRETS: 'second:third' } });
  for (const secret of ['first', 'second', 'third']) accepted(await plenary.call('getMeetings', '', { secret }));
  for (const secret of ['second:third', 'fourth', '']) refused(await plenary.call('getMeetings', '', { secret }));
});

test('only allowed algorithms', async (t) => {
  const plenary = await startPlenary(t, { env: { LOADBALANCER_CHECKSUM_ALGORITHM: 'SHA256:SHA512' } });
  for (const algorithm of ['sha256', 'sha512']) accepted(await plenary.call('getMeetings', '', { algorithm }));
  for (const algorithm of ['sha1', 'sha384']) refused(await plenary.call('getMeetings', '', { algorithm }));
});

test('without a secret in the environment one is generated, kept and private', async (t) => {
  const fs = await import('node:fs');
  const plenary = await startPlenary(t, { env: { LOADBALANCER_SECRET: undefined } });
  const file = `${plenary.data}/secret`;
  const secret = fs.readFileSync(file, 'utf8').trim();
  assert.ok(secret.length >= 32, secret);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  accepted(await plenary.call('getMeetings', '', { secret }));
  refused(await plenary.call('getMeetings', ''));
  assert.ok(!plenary.child.output.includes(secret), 'the secret was printed although there is no terminal');
  await plenary.stop();
  await plenary.start();
  assert.equal(fs.readFileSync(file, 'utf8').trim(), secret);
  accepted(await plenary.call('getMeetings', '', { secret }));
});
