// /api/v1 against its own OpenAPI document: every documented route is called and its answer checked, and what is not documented does not
// exist. Then tokens, scopes, revisions and pages (docs/api.md).
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertSuccess } from './lib/expect.mjs';
import { startPlenary, startPool } from './lib/plenary.mjs';
import { mismatches, resolve } from './lib/schema.mjs';

const kMethods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'];

/** One call. Resolves with {status, headers, text, json}. */
async function call(plenary, token, method, target, { body, headers = {}, type = 'application/json' } = {}) {
  const reply = await plenary.http(`/api/v1${target}`, { method, body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'Content-Type': type }), ...headers } });
  if (reply.text && /json/.test(reply.headers['content-type'] ?? '')) reply.json = JSON.parse(reply.text);
  return reply;
}

const newToken = async (plenary, scope, more = {}) => (await plenary.command('tokens.create', { scope, ...more })).secret;

function assertProblem(reply, status, pattern = /./) {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.headers['content-type'], 'application/problem+json');
  assert.equal(reply.json.status, status);
  assert.match(reply.text, pattern);
}

const operationsOf = (document) => Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })));

/** The answer is one that the document has for this operation. */
function assertDocumented(document, operation, reply) {
  const response = operation.responses[reply.status];
  assert.ok(response, `${operation.operationId}: ${reply.status} is not documented: ${reply.text}`);
  const { content } = resolve(document, response);
  if (!content) return assert.equal(reply.text, '');
  const type = reply.headers['content-type'].split(';')[0];
  assert.ok(content[type], `${operation.operationId}: ${type} is not documented`);
  assert.deepEqual(mismatches(document, content[type].schema, type === 'text/csv' ? reply.text : reply.json), [], operation.operationId);
}

test('every documented route answers as documented', async (t) => {
  const { plenary, ids } = await startPool(t, { nodes: 2, env: { MULTITENANCY_ENABLED: 'true' } });
  const token = await newToken(plenary, 'admin');
  const { json: document } = await call(plenary, undefined, 'GET', '/openapi.json');
  const operations = operationsOf(document);
  const byId = Object.fromEntries(operations.map((operation) => [operation.operationId, operation]));
  assert.equal(Object.keys(byId).length, operations.length, 'operation IDs are unique');

  const { tenant: school } = await plenary.command('tenants.add', { name: 'school', secrets: ['school-secret'] });
  await plenary.command('tenants.settings_add', { tenant: 'school', param: 'duration<=', value: '120', id: 'doomed' });
  const { token: doomed } = await plenary.command('tokens.create', { scope: 'read-only' });
  assertSuccess(await plenary.call('create', { meetingID: 'room 1/a', name: 'Room' }, { secret: 'school-secret', headers: { Host: 'school.example.org' } }));
  const [id, empty] = ids;
  const room = encodeURIComponent('room 1/a');

  // In this order; each must be called at least once.
  const plan = [
    ['getVersion'], ['getOpenApi'], ['getStatus'], ['listSettings'], ['listSettings', { query: '?limit=2' }],
    ['listServers'], ['listServers', { query: '?limit=1&show_secrets=true' }], ['getServer', { values: [id] }], ['listServerMeetings', { values: [id] }],
    ['createServer', { body: { url: 'https://bbb9.example.org/bigbluebutton/api', secret: 's', id: 'bbb9', load_multiplier: 1.5, checksum_algorithm: 'SHA512' } }],
    ['updateServer', { values: ['bbb9'], body: { tag: 'gpu', load_multiplier: 2 } }], ['setServerState', { values: ['bbb9'], body: { state: 'cordoned' } }],
    ['poll', { body: { what: 'servers' } }],
    ['listMeetings'], ['listMeetings', { query: `?tenant=school&server=${id}` }], ['getMeeting', { values: [room] }],
    ['getMeetingInfo', { values: [room] }], ['getMeetingInfo', { values: [room], query: '?show_secrets=true&tenant=school' }],
    ['endMeeting', { values: [room] }],
    ['panicServer', { values: [empty], body: { keep_state: true } }], ['deleteServer', { values: ['bbb9'], query: '?force=true' }],
    ['listTenants'], ['getTenant', { values: ['school'] }], ['getTenant', { values: [school.id], query: '?show_secrets=true' }],
    ['createTenant', { body: { name: 'second', limits: { meetings: 5 }, lrs: { endpoint: 'https://lrs.example.org/x' }, checksum_algorithms: ['SHA256'] } }],
    ['updateTenant', { values: ['second'], body: { enabled: false, limits: { meetings: 0 } } }], ['rollTenantSecret', { values: ['second'], body: { keep_s: 60 } }],
    ['addTenantSetting', { values: ['second'], body: { param: 'welcome', value: 'Hello', override: true } }],
    ['removeTenantSetting', { values: ['school', 'doomed'] }], ['deleteTenant', { values: ['second'] }],
    ['listUsage'], ['listUsage', { query: '?format=csv' }],
    ['listTokens'], ['createToken', { body: { scope: 'node', server: id, name: 'n', expires_s: 60 } }], ['revokeToken', { values: [doomed.id] }],
    ['listCallbacks'], ['listCallbacks', { query: '?state=dead&limit=5' }], ['retryCallbacks', { body: { all: true } }], ['dropCallbacks', { body: { ids: [1] } }],
    ['listHooks', { query: '?tenant=school' }],
    ['removeHook', { values: ['none'], status: '404' }],  // with one, the webhooks' own test
  ];
  for (const [name, { values = [], query = '', body, status } = {}] of plan) {
    const operation = byId[name];
    assert.ok(operation, `${name} is not documented`);
    let at = 0;
    const path = operation.path.replace(/\{\w+\}/g, () => encodeURIComponent(decodeURIComponent(values[at++])));
    const reply = await call(plenary, token, operation.method.toUpperCase(), path + query, { body });
    assertDocumented(document, operation, reply);
    const expected = status ?? Object.keys(operation.responses).find((code) => code.startsWith('2'));
    assert.equal(String(reply.status), expected, `${name}: ${reply.text}`);
  }
  const called = new Set(plan.map(([name]) => name));
  assert.deepEqual(operations.map((operation) => operation.operationId).filter((name) => !called.has(name)), [], 'documented, but not called here');

  await t.test('what is not documented does not exist', async () => {
    for (const [path, item] of Object.entries(document.paths)) {
      const target = path.replace(/\{\w+\}/g, 'x');
      for (const method of kMethods.filter((one) => !(one in item) && !(one === 'head' && 'get' in item))) {
        const reply = await call(plenary, token, method.toUpperCase(), target);
        assert.equal(reply.status, 405, `${method} ${path}`);
        const allowed = reply.headers.allow.split(', ').map((one) => one.toLowerCase()).filter((one) => one !== 'head' || !('get' in item)).sort();
        assert.deepEqual(allowed, Object.keys(item).sort());
      }
      for (const other of [`${target}/`, `${target}/undocumented`, `${target}x`]) {
        if (Object.keys(document.paths).some((known) => new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(other))) continue;
        assertProblem(await call(plenary, token, 'GET', other), 404);
      }
    }
    for (const path of ['', '/', '/%2e%2e', '//servers']) assertProblem(await call(plenary, token, 'GET', path), 404);
  });

  await t.test('scopes are those of the document', async () => {
    const tokens = { admin: token, 'read-only': await newToken(plenary, 'read-only'), tenant: await newToken(plenary, 'tenant', { tenant: 'school' }),
      node: await newToken(plenary, 'node', { server: id }) };
    for (const operation of operations.filter((one) => one['x-scopes'])) {
      for (const [scope, value] of Object.entries(tokens)) {
        if (operation['x-scopes'].includes(scope)) continue;
        const reply = await call(plenary, value, operation.method.toUpperCase(), operation.path.replace(/\{\w+\}/g, 'x'));
        assertProblem(reply, 403);
      }
      assertProblem(await call(plenary, undefined, operation.method.toUpperCase(), operation.path.replace(/\{\w+\}/g, 'x')), 401);
    }
  });

  const text = plenary.child.output;
  for (const secret of [token, 'school-secret', 'node-secret', 'bbb9-secret']) assert.ok(!text.includes(secret), 'no secrets in the log');
});

test('tokens', async (t) => {
  const plenary = await startPlenary(t, { env: { MULTITENANCY_ENABLED: 'true' } });
  const admin = await newToken(plenary, 'admin');
  const none = await call(plenary, undefined, 'GET', '/servers');
  assertProblem(none, 401);
  assert.match(none.headers['www-authenticate'], /^Bearer /);
  assertProblem(await call(plenary, `${admin}x`, 'GET', '/servers'), 401);
  assert.equal((await plenary.http('/api/v1/servers', { headers: { Authorization: `Basic ${Buffer.from(admin).toString('base64')}` } })).status, 401);

  const created = await call(plenary, admin, 'POST', '/tokens', { body: { scope: 'read-only', name: 'monitoring' } });
  assert.equal(created.status, 201);
  const { secret, token } = created.json;
  assert.equal((await call(plenary, secret, 'GET', '/status')).status, 200);
  assertProblem(await call(plenary, secret, 'POST', '/tokens', { body: { scope: 'admin' } }), 403);
  const listed = await call(plenary, admin, 'GET', '/tokens');
  assert.ok(listed.json.tokens.some((one) => one.id === token.id && one.name === 'monitoring'));
  assert.ok(!listed.text.includes(secret) && !listed.text.includes(admin));
  assert.equal((await call(plenary, admin, 'DELETE', `/tokens/${token.id}`)).status, 200);
  assertProblem(await call(plenary, secret, 'GET', '/status'), 401);
  assertProblem(await call(plenary, admin, 'DELETE', `/tokens/${token.id}`), 404);

  await plenary.kill();
  await plenary.start();
  assert.equal((await call(plenary, admin, 'GET', '/status')).status, 200, 'an acknowledged token survives a crash');

  const brief = await newToken(plenary, 'admin', { expires_s: 1 });
  assert.equal((await call(plenary, brief, 'GET', '/status')).status, 200);
  await new Promise((wake) => setTimeout(wake, 1_100));
  assertProblem(await call(plenary, brief, 'GET', '/status'), 401);
});

test('a tenant and a node see nothing of others', async (t) => {
  const { plenary, ids } = await startPool(t, { nodes: 2, env: { MULTITENANCY_ENABLED: 'true' } });
  const admin = await newToken(plenary, 'admin');
  for (const name of ['one', 'two']) {
    await plenary.command('tenants.add', { name, secrets: [`${name}-secret`] });
    assertSuccess(await plenary.call('create', { meetingID: 'shared', name }, { secret: `${name}-secret`, headers: { Host: `${name}.example.org` } }));
  }
  const token = await newToken(plenary, 'tenant', { tenant: 'one' });
  const meetings = (await call(plenary, token, 'GET', '/meetings')).json.meetings;
  assert.deepEqual(meetings.map((meeting) => [meeting.meeting_id, meeting.name]), [['shared', 'one']]);
  assert.deepEqual((await call(plenary, token, 'GET', '/tenants')).json.tenants.map((tenant) => tenant.name), ['one']);
  for (const target of ['/tenants/two', '/tenants/unknown', '/meetings?tenant=two', '/meetings/shared?tenant=two', '/usage?tenant=two', '/callbacks?tenant=two',
    '/hooks?tenant=two']) {
    assertProblem(await call(plenary, token, 'GET', target), 404);
  }
  for (const target of ['/servers', '/status', '/tokens', '/tenants?show_secrets=true']) assertProblem(await call(plenary, token, 'GET', target), 403);
  assertProblem(await call(plenary, admin, 'DELETE', '/meetings/shared'), 409, /tenant=/);
  assert.equal((await call(plenary, token, 'DELETE', '/meetings/shared')).status, 200);
  const left = (await call(plenary, admin, 'GET', '/meetings')).json.meetings;
  assert.deepEqual(left.map((meeting) => meeting.name), ['two'], 'only its own was ended');

  const rolled = await call(plenary, token, 'POST', '/tenants/one/roll-secret', { body: {} });
  assert.equal(rolled.json.tenant.secrets, null);
  for (const secret of ['one-secret', rolled.json.secret]) {
    assertSuccess(await plenary.call('getMeetings', {}, { secret, headers: { Host: 'one.example.org' } }));
  }

  const node = await newToken(plenary, 'node', { server: ids[0] });
  assert.deepEqual((await call(plenary, node, 'GET', '/servers')).json.servers.map((server) => [server.id, server.secret]), [[ids[0], null]]);
  assert.equal((await call(plenary, node, 'PUT', `/servers/${ids[0]}/state`, { body: { state: 'disabled' } })).json.state, 'disabled');
  assertProblem(await call(plenary, node, 'PUT', `/servers/${ids[1]}/state`, { body: { state: 'disabled' } }), 404);
  assertProblem(await call(plenary, node, 'PATCH', `/servers/${ids[0]}`, { body: { tag: 'x' } }), 403);
});

test('revisions, pages and wrong requests', async (t) => {
  const plenary = await startPlenary(t);
  const admin = await newToken(plenary, 'admin');
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    const reply = await call(plenary, admin, 'POST', '/servers', { body: { url: `https://${id}.example.org/bigbluebutton/api`, secret: `${id}-secret`, id } });
    assert.equal(reply.status, 201);
    assert.equal(reply.headers.location, `/api/v1/servers/${id}`);
    assert.equal(reply.json.secret, null);
  }

  await t.test('If-Match and If-None-Match', async () => {
    const { headers: { etag } } = await call(plenary, admin, 'GET', '/servers/a');
    assert.match(etag, /^"\d+"$/);
    assert.equal((await call(plenary, admin, 'GET', '/servers/a', { headers: { 'If-None-Match': etag } })).status, 304);
    const changes = await Promise.all([1, 2, 3, 4].map((n) =>
      call(plenary, admin, 'PATCH', '/servers/a', { body: { tag: `t${n}` }, headers: { 'If-Match': etag } })));
    assert.deepEqual(changes.map((reply) => reply.status).sort(), [200, 412, 412, 412], 'of changes at once one wins');
    const won = changes.find((reply) => reply.status === 200);
    assert.notEqual(won.headers.etag, etag);
    assert.equal((await plenary.server('a')).tag, won.json.tag);
    const states = await Promise.all(['enabled', 'cordoned', 'enabled', 'cordoned'].map((state) =>
      call(plenary, admin, 'PUT', '/servers/a/state', { body: { state }, headers: { 'If-Match': won.headers.etag } })));
    assert.deepEqual(states.map((reply) => reply.status).sort(), [200, 412, 412, 412], 'of states as well');
    const now = states.find((reply) => reply.status === 200).headers.etag;
    assertProblem(await call(plenary, admin, 'DELETE', '/servers/a', { headers: { 'If-Match': etag } }), 412);
    assert.equal((await call(plenary, admin, 'GET', '/servers/a', { headers: { 'If-None-Match': etag } })).status, 200);
    assert.equal((await call(plenary, admin, 'DELETE', '/servers/a', { headers: { 'If-Match': now } })).status, 200);
    assertProblem(await call(plenary, admin, 'GET', '/servers/a'), 404);
  });

  await t.test('every row once, by next and by Link', async () => {
    const seen = [];
    let target = '/servers?limit=3';
    for (let page = 0; target; page++) {
      assert.ok(page < 5);
      const reply = await call(plenary, admin, 'GET', target);
      seen.push(...reply.json.servers.map((server) => server.id));
      if (page === 0) await call(plenary, admin, 'DELETE', '/servers/b');  // shifts nothing
      const link = /^<\/api\/v1([^>]+)>; rel="next"$/.exec(reply.headers.link ?? '')?.[1];
      assert.equal(link === undefined, reply.json.next === null);
      assert.ok(!link || link.endsWith(reply.json.next));
      target = link;
    }
    assert.deepEqual(seen, ['b', 'c', 'd', 'e']);
  });

  await t.test('what is wrong is named', async () => {
    assertProblem(await call(plenary, admin, 'GET', '/servers?limit=0&color=red'), 400, /"limit".*"color"/);
    assertProblem(await call(plenary, admin, 'GET', '/servers?cursor=%00'), 400, /cursor/);
    assertProblem(await call(plenary, admin, 'GET', '/servers?%zz'), 400);
    assertProblem(await call(plenary, admin, 'POST', '/servers', { body: { url: 'https://x.example.org', color: 'red' } }), 400, /"color".*"secret"/);
    assertProblem(await call(plenary, admin, 'POST', '/servers', { body: '{' }), 400);
    assertProblem(await call(plenary, admin, 'POST', '/servers', { body: '[]' }), 400);
    assertProblem(await call(plenary, admin, 'POST', '/servers', { body: '{"a":'.repeat(64) + '1' + '}'.repeat(64) }), 400);
    assertProblem(await call(plenary, admin, 'POST', '/servers', { body: ' '.repeat(1_100_000) }), 413);
    assertProblem(await call(plenary, admin, 'POST', '/servers', { body: 'url=x', type: 'application/x-www-form-urlencoded' }), 415);
    assertProblem(await call(plenary, admin, 'POST', '/servers', { body: { url: 'no url', secret: 's' } }), 422);
    assertProblem(await call(plenary, admin, 'POST', '/servers', { body: { url: 'https://c.example.org', secret: 's', id: 'c' } }), 409);
    assertProblem(await call(plenary, admin, 'PATCH', '/servers/c', { body: { load_multiplier: 0 } }), 422);
    assertProblem(await call(plenary, admin, 'GET', '/servers/unknown'), 404);
    assertProblem(await call(plenary, admin, 'GET', '/meetings/unknown'), 404);
  });

  await t.test('HEAD is GET without the body, and nothing may be stored', async () => {
    const head = await call(plenary, admin, 'HEAD', '/servers');
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.equal((await call(plenary, admin, 'GET', '/servers')).headers['cache-control'], 'no-store');
  });
});
