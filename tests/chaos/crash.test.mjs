// The long form of the crash test.
import { test } from 'node:test';

import { killManyTimes } from '../blackbox/lib/crash.mjs';

test('kill -9 at 50 random moments under load', async (t) => {
  const { acknowledged } = await killManyTimes(t, { kills: 50, writers: 24 });
  t.diagnostic(`${acknowledged} meetings acknowledged`);
});
