// JSON Web Tokens as BBB and front-ends make and read them: HS256 and HS512.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

const kDigests = { HS256: 'sha256', HS512: 'sha512' };

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const mac = (text, secret, algorithm) => createHmac(kDigests[algorithm], secret).update(text).digest('base64url');

export function signJwt(claims, secret, algorithm = 'HS256') {
  const text = `${encoded({ alg: algorithm })}.${encoded(claims)}`;
  return `${text}.${mac(text, secret, algorithm)}`;
}

/** The claims; fails the test when the token is not signed with `secret`. */
export function verifiedClaims(token, secret, algorithm = 'HS256') {
  const [header, claims, signature] = token.split('.');
  assert.equal(JSON.parse(Buffer.from(header, 'base64url')).alg, algorithm);
  assert.equal(signature, mac(`${header}.${claims}`, secret, algorithm), 'signed with another secret');
  return JSON.parse(Buffer.from(claims, 'base64url'));
}
