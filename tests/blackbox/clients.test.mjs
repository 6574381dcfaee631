// The npm clients that front-ends use do whole meetings through Plenary.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { startPool } from './lib/plenary.mjs';
import { until } from './lib/process.mjs';

const require = createRequire(import.meta.url);

for (const name of ['Plain', 'Two words', 'Ünïcødé 日本 😀', 'a+b&c=d/e?f#g', 'tilde~-_.']) {
  test(`bigbluebutton-js: a meeting called ${name}`, async (t) => {
    const { plenary, sim } = await startPool(t, { nodes: 2 });
    const bbb = require('bigbluebutton-js');
    const api = bbb.api(`http://127.0.0.1:${plenary.port}/bigbluebutton`, plenary.secret);
    assert.equal((await bbb.http(api.monitoring.getMeetings())).messageKey, 'noMeetings');
    const created = await bbb.http(api.administration.create(name, 'js-1', { attendeePW: 'ap', moderatorPW: 'mp', duration: 2 }));
    assert.equal(created.returncode, 'SUCCESS');
    const landed = await sim.follow(api.administration.join('Ann B', 'js-1', 'mp'));
    assert.match(JSON.stringify(landed), /sessionToken=/);
    await until(async () => String((await bbb.http(api.monitoring.isMeetingRunning('js-1'))).running) === 'true', 'the meeting to run');
    const info = await bbb.http(api.monitoring.getMeetingInfo('js-1'));
    assert.equal(info.meetingName.replaceAll('&amp;', '&'), name);  // this client leaves entities as they are
    assert.equal((await bbb.http(api.monitoring.getMeetings())).meetings.length, 1);
    assert.equal((await bbb.http(api.recording.getRecordings({ meetingID: 'js-1' }))).returncode, 'SUCCESS');
    assert.equal((await bbb.http(api.administration.end('js-1', 'mp'))).returncode, 'SUCCESS');
    await until(async () => String((await bbb.http(api.monitoring.isMeetingRunning('js-1'))).running) === 'false', 'the end');
  });
}

test('bbb-promise: a whole meeting', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2 });
  const server = require('bbb-promise').server(`http://127.0.0.1:${plenary.port}/bigbluebutton`, plenary.secret);
  const created = await server.administration.create('Two words ü', 'promise-1', { attendeePW: 'ap', moderatorPW: 'mp' });
  assert.equal(text(created.response.returncode), 'SUCCESS');
  const url = await server.administration.join('Bob', 'promise-1', 'ap', {});
  assert.match(JSON.stringify(await sim.follow(typeof url === 'string' ? url : url.url)), /sessionToken=/);
  await until(async () => text((await server.monitoring.isMeetingRunning('promise-1')).response.running) === 'true', 'the meeting to run');
  const info = await server.monitoring.getMeetingInfo('promise-1');
  assert.equal(text(info.response.meetingName), 'Two words ü');
  const meetings = await server.monitoring.getMeetings();
  assert.match(JSON.stringify(meetings), /promise-1/);
  assert.equal(text((await server.recording.getRecordings({})).response.returncode), 'SUCCESS');
  assert.equal(text((await server.administration.end('promise-1', 'mp')).response.returncode), 'SUCCESS');
});

const text = (value) => String(Array.isArray(value) ? value[0] : value);
