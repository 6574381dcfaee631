// Settings: every variable of Scalelite's, the settings file, and what `plenary config check` says about both.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { assertFailed, assertSuccess } from './lib/expect.mjs';
import { freePorts } from './lib/net.mjs';
import { kSecret, plenaryProgram, scratchFolder, startPlenary, startPool } from './lib/plenary.mjs';
import { run, slowness, until } from './lib/process.mjs';
import { FrontEnd } from './lib/tenants.mjs';

/** Spec scalelite 9.1 and 9.2 but for PORT and BIND, which each test chooses itself. */
const kWithEffect = {
  URL_HOST: 'sl.example.com', SECRET_KEY_BASE: 'key-base-of-the-tests', LOADBALANCER_SECRET: kSecret, LOADBALANCER_SECRETS: 'further-1:further-2',
  LOADBALANCER_CHECKSUM_ALGORITHM: 'SHA1:SHA256:SHA512', RAILS_LOG_LEVEL: 'info', BUILD_NUMBER: 'alpine-v1', MAX_MEETING_DURATION: '240',
  SERVER_HEALTHY_THRESHOLD: '1', SERVER_UNHEALTHY_THRESHOLD: '2', CONNECT_TIMEOUT: '5', RESPONSE_TIMEOUT: '10', LOAD_MIN_USER_COUNT: '15', LOAD_JOIN_BUFFER_TIME: '15',
  SERVER_ID_IS_HOSTNAME: 'false', GET_MEETINGS_API_DISABLED: 'false', CREATE_EXCLUDE_PARAMS: 'logo,bannerText', JOIN_EXCLUDE_PARAMS: 'customStyleUrl',
  DEFAULT_CREATE_PARAMS: 'record=false', OVERRIDE_CREATE_PARAMS: 'muteOnStart=true', DEFAULT_JOIN_PARAMS: 'userdata-a=b=c', OVERRIDE_JOIN_PARAMS: 'guest=true',
  MULTITENANCY_ENABLED: 'true', VOICE_BRIDGE_LEN: '9', VOICE_BRIDGE_MIN: '5', VOICE_BRIDGE_MAX: '9', USE_EXTERNAL_VOICE_BRIDGE: 'true', FSAPI_PASSWORD: 'fsapi-password',
  FSAPI_MAX_DURATION: '90', DEFAULT_MEETING_TTL: '86400', http_proxy: 'http://me:proxy-password@127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', no_proxy: 'localhost',
  POLL_INTERVAL: '60', INTERVAL: '60', SCALELITE_API_PORT: '3000',
};
const kWithoutEffect = {
  DATABASE_URL: 'postgresql://u:database-password@127.0.0.1:9/x', REDIS_URL: 'redis://:redis-password@127.0.0.1:9', REDIS_NAMESPACE: 'scalelite', REDIS_POOL: '5', WEB_CONCURRENCY: '2',
  RAILS_MAX_THREADS: '5', RAILS_MIN_THREADS: '5', RAILS_ENV: 'production', RAILS_LOG_TO_STDOUT: 'true', RAILS_SERVE_STATIC_FILES: 'true', RECORDING_DISABLED: 'false',
  GET_RECORDINGS_API_FILTERED: 'false', RECORDING_SPOOL_DIR: '/nonexistent/spool', RECORDING_WORK_DIR: '/nonexistent/work', RECORDING_PUBLISH_DIR: '/nonexistent/published',
  RECORDING_UNPUBLISH_DIR: '/nonexistent/unpublished', RECORDING_IMPORT_UNPUBLISHED: 'false', RECORDING_PLAYBACK_FORMATS: 'presentation:video', PROTECTED_RECORDINGS_ENABLED: 'true',
  PROTECTED_RECORDINGS_TOKEN_TIMEOUT: '60', PROTECTED_RECORDINGS_TIMEOUT: '360', DB_CONNECTION_RETRY_COUNT: '3', PREPARED_STATEMENT: 'true', DB_DISABLED: 'false', POLLER_THREADS: '5',
  POLLER_WAIT_TIMEOUT: '10', DEFAULT_LOCALE: 'en', S3_RECORDING: '1', S3_BUCKET_NAME: 'bucket', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'aws-key', AWS_SESSION_TOKEN: 'aws-token',
  AWS_REGION: 'eu-central-1', CLOUDFRONT_URL: 'https://d.example.net', CF_KEY_PAIR_ID: 'K1', CF_PRIVATE_KEY_B64: 'cf-key', RECORDING_IMPORT_POLL: 'true', RECORDING_IMPORT_POLL_INTERVAL: '60',
  NGINX_SSL: 'true', NGINX_BEHIND_PROXY: 'true', NGINX_RECORDINGS_ONLY: 'true', BEHIND_PROXY: 'true', NGINX_HOSTNAME: 'localhost', SCALELITE_TAG: 'v1', SCALELITE_RECORDING_DIR: '/mnt',
  SCALELITE_API_EXTRA_OPTS: '-v /x:/y', SCALELITE_NGINX_EXTRA_OPTS: '-p 443:443',
};
const kSecretValues = /key-base-of-the-tests|lb-secret-of-the-tests|further-1|fsapi-password|proxy-password|database-password|redis-password|aws-key|aws-token|cf-key/;

/** Runs `serve`, which must refuse to start. */
async function refusedStart(t, env) {
  const port = await freePorts();
  const result = await run(plenaryProgram, ['serve'], { env: { PLENARY_DATA_DIR: scratchFolder(t), BIND: `tcp://127.0.0.1:${port}`, LOADBALANCER_SECRET: kSecret, ...env }, timeoutMs: 10_000 * slowness });
  assert.equal(result.code, 2, `${result.code}\n${result.stdout}${result.stderr}`);
  return result.stderr;
}

function settingsFile(t, text, mode = 0o600) {
  const file = path.join(scratchFolder(t), 'plenary.yml');
  fs.writeFileSync(file, text, { mode });
  return file;
}

test('an environment with every variable of Scalelite\'s starts, and each is in force or named as without effect', async (t) => {
  const plenary = await startPlenary(t, { env: { ...kWithEffect, ...kWithoutEffect } });
  const unnamed = () => Object.keys(kWithoutEffect).filter((name) => !plenary.child.output.includes(name));
  await until(() => unnamed().length === 0, () => `${unnamed()} to be named at start`);
  const log = plenary.child.output;
  assert.doesNotMatch(log, kSecretValues);

  const { settings } = await plenary.cliJson(['config', 'check']);
  for (const [names, effect] of [[kWithEffect, true], [kWithoutEffect, false]]) {
    for (const name of Object.keys(names)) {
      const row = settings.find((setting) => setting.name === name);
      assert.deepEqual([row?.source, row?.has_effect], ['environment', effect], name);
    }
  }
  const text = (await plenary.cli(['config', 'check'])).stdout;
  assert.match(text, /^Set, but without effect:$/m);
  assert.match(text, /^ {2}REDIS_URL: .*cluster/m, 'the reason is given');
  assert.doesNotMatch(text + JSON.stringify(settings), kSecretValues);

  const { tenant } = await plenary.command('tenants.add', { name: 'moodle', secrets: ['moodle-secret'] });
  const front = new FrontEnd(plenary, tenant.name, 'moodle-secret', { domain: 'sl.example.com' });
  assertSuccess(await front.call('getMeetings'));
  assertFailed(await plenary.call('getMeetings', {}, { headers: { Host: 'sl.example.com' } }), 'checksumError');
});

test('an item without "=" refuses the start and is named with its variable', async (t) => {
  for (const name of ['DEFAULT_CREATE_PARAMS', 'OVERRIDE_CREATE_PARAMS', 'DEFAULT_JOIN_PARAMS', 'OVERRIDE_JOIN_PARAMS']) {
    const output = await refusedStart(t, { [name]: 'a=1,oops' });
    assert.ok(output.includes(name) && output.includes("'oops' has no '='"), output);
  }
  assert.match(await refusedStart(t, { DEFAULT_CREATE_PARAMS: 'a=1,,b=2' }), /its item '' has no '='/);
});

test('invalid settings of tenants, proxies, callbacks and dial-in refuse to start', async (t) => {
  for (const [name, value] of [
    ['MULTITENANCY_ENABLED', 'maybe'], ['BASE_URL', 'https://x/path'], ['TENANT_SCOPE', 'some'], ['TRUSTED_PROXIES', 'proxy.example.org'], ['CALLBACK_ALLOW_NETS', '10.0.0.0/99'],
    ['RECORDINGS_SOURCE', 'disk'], ['VOICE_BRIDGE_MIN', '0'], ['VOICE_BRIDGE_MAX', 'many'], ['FSAPI_MAX_DURATION', '-1'],
  ]) {
    const output = await refusedStart(t, { [name]: value });
    assert.ok(output.includes(name) && output.includes(value), `${name}=${value}: ${output}`);
  }
});

test('a settings file holds the same keys; the environment wins', async (t) => {
  const file = settingsFile(t, [
    'build_number: from-the-file', 'max_meeting_duration: 60', 'LOADBALANCER_SECRETS: [file-secret-1, file-secret-2]', 'default_create_params:', '  welcome: Hello, all of you', '',
  ].join('\n'));
  const { plenary, sim } = await startPool(t, { nodes: 1, env: { PLENARY_CONFIG: file, MAX_MEETING_DURATION: '90' } });
  assert.equal((await plenary.http('/bigbluebutton/api')).text.includes('from-the-file'), true);
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm1' }, { secret: 'file-secret-2' }));
  const created = (await sim.sent('create', 'm1')).at(-1);
  assert.equal(created.welcome, 'Hello, all of you', 'a map may hold commas');
  assert.equal(created.duration, '90', 'the environment wins');

  const { settings, warnings } = await plenary.cliJson(['config', 'check']);
  const source = (name) => settings.find((setting) => setting.name === name)?.source;
  assert.equal(source('BUILD_NUMBER'), 'plenary.yml:1');
  assert.equal(source('LOADBALANCER_SECRETS'), 'plenary.yml:3');
  assert.equal(source('MAX_MEETING_DURATION'), 'environment');
  assert.deepEqual(warnings, []);
  assert.doesNotMatch(JSON.stringify(settings), /file-secret/);
});

test('a settings file that can\'t be meant refuses to start', async (t) => {
  assert.match(await refusedStart(t, { PLENARY_CONFIG: settingsFile(t, 'port: 1\nurl_hots: x\n') }), /plenary\.yml:2: url_hots: there is no such setting; did you mean URL_HOST\?/);
  assert.match(await refusedStart(t, { PLENARY_CONFIG: settingsFile(t, 'port: [1, 2]\n') }), /plenary\.yml:1: port: it must be a text/);
  assert.match(await refusedStart(t, { PLENARY_CONFIG: settingsFile(t, 'port: x\n') }), /plenary\.yml:1: PORT is 'x'; accepted: /);
  const secret = await refusedStart(t, { PLENARY_CONFIG: settingsFile(t, 'loadbalancer_secret: "hush') });
  assert.doesNotMatch(secret, /hush/);
  const missing = await run(plenaryProgram, ['config', 'check', '--config', '/nonexistent/plenary.yml'], { env: { PLENARY_DATA_DIR: scratchFolder(t) } });
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /\/nonexistent\/plenary\.yml can't be read: No such file/);
});

test('secrets in a file that everybody can read are warned of', async (t) => {
  const file = settingsFile(t, 'loadbalancer_secret: file-secret\n', 0o644);
  fs.chmodSync(file, 0o644);
  const plenary = await startPlenary(t, { env: { PLENARY_CONFIG: file } });
  await until(() => /chmod o-r/.test(plenary.child.output), 'the warning in the log');
  assert.match((await plenary.cli(['config', 'check'])).stdout, /^Warnings:\n.*chmod o-r/m);
});

test('config check names the front-ends that callbacks would not reach, and the line to set', async (t) => {
  const { plenary } = await startPool(t, { nodes: 1 });
  assertSuccess(await plenary.call('create', { name: 'Room', meetingID: 'm1', meetingEndedURL: 'http://127.0.0.1:9/ended', 'meta_bbb-recording-ready-url': 'http://user:hush@10.1.2.3/ready' }));
  const text = (await plenary.cli(['config', 'check'])).stdout;
  assert.match(text, /^Front-ends that callbacks would not reach:$/m);
  assert.match(text, /^ {2}127\.0\.0\.1.*CALLBACK_ALLOW_NETS/m);
  assert.match(text, /^ {2}10\.1\.2\.3.*CALLBACK_ALLOW_NETS/m);
  assert.doesNotMatch(text, /hush/);
  const allowed = (await plenary.cli(['config', 'check'], { env: { CALLBACK_ALLOW_NETS: 'private, loopback' } })).stdout;
  assert.doesNotMatch(allowed, /Front-ends that/, 'the line helps before the server is started with it');
});
