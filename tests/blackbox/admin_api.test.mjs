// Scalelite's admin API (spec scalelite 2): its JSON, its errors, and that what it does is done.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertFailed, assertSuccess, kTexts, locations } from './lib/expect.mjs';
import { startPlenary, startPool, withXml } from './lib/plenary.mjs';
import { signed } from './lib/sign.mjs';

const kServerKeys = ['id', 'url', 'secret', 'tag', 'bbb_version', 'state', 'load', 'load_multiplier', 'online'];

/** A signed call; `json` undefined = no body. Resolves with {status, json, xml, text}. */
async function call(plenary, method, name, { query = '', json, body, type = 'application/json', secret } = {}) {
  if (json !== undefined) body = JSON.stringify(json);
  const target = `/scalelite/api/${name}?${signed(name, query, secret ?? plenary.secret)}`;
  const reply = withXml(await plenary.http(target, { method, body, headers: body === undefined ? {} : { 'Content-Type': type } }));
  reply.json = /^application\/json/.test(reply.headers['content-type'] ?? '') ? JSON.parse(reply.text) : undefined;
  return reply;
}

test('servers over the admin API', async (t) => {
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { LOAD_MODEL: 'scalelite' } });
  const before = await call(plenary, 'GET', 'getServers');
  assert.equal(before.status, 200);
  assert.deepEqual(Object.keys(before.json[0]), kServerKeys);
  assert.match(before.text, /"load":0\.0,"load_multiplier":"1\.0","online":"online"/);

  const { json: added, status } = await call(plenary, 'POST', 'addServer',
    { json: { server: { url: 'https://bbb9.example.org/bigbluebutton/api', secret: 's9', load_multiplier: '2.5', tag: 'gpu' } } });
  assert.equal(status, 201);
  assert.deepEqual({ ...added, id: 'ID' }, { id: 'ID', url: 'https://bbb9.example.org/bigbluebutton/api', secret: 's9', tag: 'gpu', bbb_version: '',
    state: 'disabled', load: 'unavailable', load_multiplier: '2.5', online: 'offline' });
  const bare = await call(plenary, 'POST', 'addServer', { json: { url: 'https://bbb8.example.org/bigbluebutton/api', secret: 's8', load_multiplier: 0 } });
  assert.equal(bare.status, 201);
  assert.equal(bare.json.load_multiplier, '1.0');

  const updated = await call(plenary, 'POST', 'updateServer', { json: { id: added.id, server: { state: 'cordon', load_multiplier: 3, secret: 'new', tag: '' } } });
  assert.deepEqual([updated.status, updated.json.state, updated.json.load_multiplier, updated.json.secret, updated.json.tag], [200, 'cordoned', '3.0', 'new', '']);
  const wrong = await call(plenary, 'POST', 'updateServer', { json: { id: added.id, server: { state: 'enable', load_multiplier: 'x' } } });
  assert.deepEqual([wrong.status, wrong.json], [400, { error: 'Load-multiplier must be a non-zero number' }]);
  assert.equal((await plenary.server(added.id)).state, 'cordoned', 'nothing of a refused change is kept');

  const removed = await call(plenary, 'POST', 'deleteServer', { query: `id=${added.id}` });
  assert.deepEqual([removed.status, removed.json], [200, { success: `Server id=${added.id} was destroyed` }]);
  const gone = await call(plenary, 'POST', 'deleteServer', { json: { id: added.id } });
  assert.deepEqual([gone.status, gone.json], [404, { error: `Couldn't find server with id=${added.id}` }]);
  await call(plenary, 'POST', 'deleteServer', { json: { id: bare.json.id } });

  await t.test('panicServer ends what runs there', async () => {
    const id = before.json[0].id;
    assertSuccess(await plenary.call('create', { meetingID: 'm1', name: 'Meeting' }));
    const kept = await call(plenary, 'POST', 'panicServer', { json: { id, keep_state: true } });
    assert.deepEqual([kept.status, kept.json], [200, { success: `Server id=${id} has been disabled and the meetings have been destroyed` }]);
    assert.equal((await plenary.server(id)).state, 'enabled');
    assert.deepEqual((await plenary.command('meetings.list')).meetings, []);
    assertSuccess(await plenary.call('create', { meetingID: 'm2', name: 'Meeting' }));
    await sim.faults('all', 'down');
    assert.equal((await call(plenary, 'POST', 'panicServer', { json: { id } })).status, 200, 'also when the server does not answer');
    assert.equal((await plenary.server(id)).state, 'disabled');
    assertFailed(await plenary.call('getMeetingInfo', { meetingID: 'm2' }), 'notFound', kTexts.notFound);
  });
});

test('what the admin API refuses', async (t) => {
  const plenary = await startPlenary(t, { env: { LOADBALANCER_SECRETS: 'second:third' } });
  assert.deepEqual((await call(plenary, 'GET', 'getServers')).json, { error: 'No servers are configured' });
  assert.equal((await call(plenary, 'GET', 'getServers', { secret: 'third' })).status, 404, 'all secrets of the pool count');
  for (const secret of ['wrong', '']) assertFailed(await call(plenary, 'GET', 'getServers', { secret }), 'checksumError', kTexts.checksumError);
  for (const [method, name] of [['POST', 'getServers'], ['GET', 'addServer'], ['DELETE', 'getServers'], ['GET', 'nope'], ['GET', 'getServers/x']]) {
    assertFailed(await call(plenary, method, name), 'unsupportedRequest', kTexts.unsupportedRequest);
  }
  for (const type of ['application/x-www-form-urlencoded', 'text/xml', '']) {
    assertFailed(await call(plenary, 'POST', 'addServer', { body: '{}', type }), 'unsupportedContentType', kTexts.unsupportedContentType);
  }
  for (const json of [{}, { server: {} }, undefined]) {
    assertFailed(await call(plenary, 'POST', 'addServer', { json }), 'internalError', 'param is missing or the value is empty: server');
  }
  for (const body of ['{', '\xff', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`]) {
    const reply = await call(plenary, 'POST', 'addServer', { body });
    assert.deepEqual([reply.status, reply.headers['content-type'].toLowerCase(), reply.text], [400, 'text/html; charset=utf-8', '']);
  }
  assert.equal((await call(plenary, 'POST', 'addServer', { body: ' '.repeat(1_100_000) })).status, 413);
  for (const [method, name] of [['GET', 'getTenants'], ['GET', 'getTenantInfo'], ['POST', 'addTenant'], ['POST', 'updateTenant'], ['POST', 'deleteTenant']]) {
    const reply = await call(plenary, method, name);
    assert.deepEqual([reply.status, reply.json], [412, { message: 'Multitenancy is disabled' }]);
  }
  const text = plenary.child.output;
  assert.ok(!text.includes(plenary.secret) && !text.includes('checksum='), 'no secrets in the log');
});

test('tenants over the admin API', async (t) => {
  const plenary = await startPlenary(t, { env: { MULTITENANCY_ENABLED: 'true' } });
  assert.deepEqual((await call(plenary, 'GET', 'getTenants')).json, { message: 'No tenants exist' });
  const added = await call(plenary, 'POST', 'addTenant', { json: { tenant: { name: 'bn', secrets: 's1:s2' } } });
  assert.equal(added.status, 201);
  assert.deepEqual(Object.keys(added.json.tenant), ['name', 'secrets', 'new_record', 'destroyed', 'id']);
  const { id } = added.json.tenant;
  assert.deepEqual((await call(plenary, 'GET', 'getTenants')).json, [{ id, name: 'bn', secrets: 's1:s2' }]);
  assert.deepEqual((await call(plenary, 'POST', 'addTenant', { json: { name: 'x' } })).json, { message: 'Error: both name and secrets are required to create a Tenant' });
  await plenary.command('tenants.update', { tenant: id, lrs: { endpoint: 'https://lrs/e', username: 'u', password: 'p' } });
  const full = await call(plenary, 'GET', 'getTenantInfo', { query: `id=${id}` });
  assert.equal(full.text, `{"new_record":false,"destroyed":false,"name":"bn","secrets":"s1:s2","lrs_endpoint":"https://lrs/e","lrs_username":"u","lrs_password":"p","id":"${id}"}`);
  const updated = await call(plenary, 'POST', 'updateTenant', { json: { id, tenant: { name: '', secrets: 'other' } } });
  assert.deepEqual([updated.status, updated.json.tenant.name, updated.json.tenant.secrets], [200, 'bn', 'other']);
  const answers = async (secret) => (await plenary.call('getMeetings', {}, { secret, headers: { Host: 'bn.example.org' } })).xml.get('returncode');
  assert.deepEqual([await answers('other'), await answers('s1'), await answers(plenary.secret)], ['SUCCESS', 'FAILED', 'FAILED']);
  assert.deepEqual((await call(plenary, 'GET', 'getTenantInfo', { query: 'id=nope' })).json, { error: "Couldn't find Tenant with id=nope" });
  assert.deepEqual((await call(plenary, 'POST', 'deleteTenant', { query: `id=${id}` })).json, { success: `Tenant id=${id} was destroyed` });
  assert.equal((await call(plenary, 'POST', 'deleteTenant', { json: { id } })).status, 404);
});
