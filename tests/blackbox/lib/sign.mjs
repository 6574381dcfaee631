// Signing calls as BBB clients do: hex(HASH(call + query + secret)), the checksum at any position.
import { createHash } from 'node:crypto';

export const digest = (algorithm, text) => createHash(algorithm).update(text).digest('hex');
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** An object or a list of pairs as a query, `application/x-www-form-urlencoded`. Strings pass as they are. */
export function encode(params) {
  if (typeof params === 'string') return params;
  const pairs = Array.isArray(params) ? params : Object.entries(params ?? {}).filter(([, value]) => value !== undefined);
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value)).replace(/%20/g, '+')}`).join('&');
}

export const checksum = (call, query, secret, algorithm = 'sha256') => digest(algorithm, call + query + secret);

/** The signed query. `position`: "end", "start" or "middle". */
export function signed(call, params, secret, { algorithm = 'sha256', position = 'end', upper = false } = {}) {
  const query = encode(params);
  const hex = checksum(call, query, secret, algorithm);
  const field = `checksum=${upper ? hex.toUpperCase() : hex}`;
  if (position === 'start') return query ? `${field}&${query}` : field;
  if (position === 'middle') {
    const parts = query.split('&');
    return [parts[0], field, ...parts.slice(1)].join('&');
  }
  return query ? `${query}&${field}` : field;
}
