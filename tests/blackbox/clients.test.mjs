// The npm clients that front-ends use do whole meetings through Plenary.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { startPool } from './lib/plenary.mjs';
import { until } from './lib/process.mjs';
import { addTenant } from './lib/tenants.mjs';

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

test('both under two tenants at once, with the same meetingIDs', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 2, env: { MULTITENANCY_ENABLED: 'true' } });
  const address = (name) => `http://127.0.0.1:${plenary.port}/t/${name}/bigbluebutton`;
  const [one, two] = [await addTenant(plenary, 'one'), await addTenant(plenary, 'two')];
  const bbb = require('bigbluebutton-js');
  const api = bbb.api(address('one'), one.secret);
  const server = require('bbb-promise').server(address('two'), two.secret);

  // Each a whole meeting, so that their calls mix: what one does may never show in what the other sees.
  const byJs = async (meetingID) => {
    const created = await bbb.http(api.administration.create('Of one', meetingID, { attendeePW: 'ap-1', moderatorPW: 'mp-1' }));
    assert.equal(created.returncode, 'SUCCESS');
    assert.equal(created.meetingID, meetingID);
    assert.match(JSON.stringify(await sim.follow(api.administration.join('Ann', meetingID, 'mp-1'))), /sessionToken=/);
    await until(async () => String((await bbb.http(api.monitoring.isMeetingRunning(meetingID))).running) === 'true', 'the meeting of one to run');
    const info = await bbb.http(api.monitoring.getMeetingInfo(meetingID));
    assert.deepEqual([info.meetingName, info.meetingID, info.moderatorPW, String(info.participantCount)], ['Of one', meetingID, 'mp-1', '1']);
    const listed = await bbb.http(api.monitoring.getMeetings());
    assert.doesNotMatch(JSON.stringify(listed), /Of two|mp-2|~/);
    assert.equal((await bbb.http(api.administration.end(meetingID, 'mp-1'))).returncode, 'SUCCESS');
    await until(async () => String((await bbb.http(api.monitoring.isMeetingRunning(meetingID))).running) === 'false', 'the end of one\'s');
  };
  const byPromise = async (meetingID) => {
    const created = await server.administration.create('Of two', meetingID, { attendeePW: 'ap-2', moderatorPW: 'mp-2' });
    assert.equal(text(created.response.returncode), 'SUCCESS');
    assert.equal(text(created.response.meetingID), meetingID);
    const url = await server.administration.join('Bob', meetingID, 'ap-2', {});
    assert.match(JSON.stringify(await sim.follow(typeof url === 'string' ? url : url.url)), /sessionToken=/);
    await until(async () => text((await server.monitoring.isMeetingRunning(meetingID)).response.running) === 'true', 'the meeting of two to run');
    const { response } = await server.monitoring.getMeetingInfo(meetingID);
    assert.deepEqual(['meetingName', 'meetingID', 'moderatorPW', 'participantCount'].map((name) => text(response[name])), ['Of two', meetingID, 'mp-2', '1']);
    const listed = await server.monitoring.getMeetings();
    assert.doesNotMatch(JSON.stringify(listed), /Of one|mp-1|~/);
    assert.equal(text((await server.administration.end(meetingID, 'mp-2')).response.returncode), 'SUCCESS');
    await until(async () => text((await server.monitoring.isMeetingRunning(meetingID)).response.running) === 'false', 'the end of two\'s');
  };
  const ids = ['same-1', 'same-2', 'same 3 ü', 'same.4'];
  await Promise.all(ids.flatMap((id) => [byJs(id), byPromise(id)]));
});

const text = (value) => String(Array.isArray(value) ? value[0] : value);
