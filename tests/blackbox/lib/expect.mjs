// Assertions that many tests share.
import assert from 'node:assert/strict';

import { parseXml } from './xml.mjs';

/** A FAILED answer of ours: HTTP 200, the exact document. */
export function assertFailed(reply, key, message) {
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.xml?.get('returncode'), 'FAILED', reply.text);
  assert.equal(reply.xml.get('messageKey'), key, reply.text);
  if (message !== undefined) assert.equal(reply.xml.get('message'), message);
}

export function assertSuccess(reply) {
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.xml?.get('returncode'), 'SUCCESS', reply.text);
  return reply;
}

export const kTexts = {
  checksumError: 'You did not pass the checksum security check',
  missingParamMeetingID: 'You must specify a meeting ID for the meeting.',
  notFound: 'We could not find a meeting with that meeting ID - perhaps the meeting is not yet running?',
  unsupportedRequest: 'This request is not supported.',
  unsupportedContentType: 'POST request Content-Type is missing or unsupported',
  serverUnavailable: 'The server for this meeting is disabled/offline.',
  noServers: 'Could not find any available servers.',
  createFailed: 'Unable to create meeting on server.',
};

/** IDs of the meetings in a getMeetings answer. */
export function listed(reply) {
  assertSuccess(reply);
  return reply.xml.all('meetings/meeting').map((meeting) => meeting.get('meetingID'));
}

/** Where each meeting really is: {meetingID: [index of node…]} from the simulator's own state. */
export function locations(state) {
  const found = {};
  state.nodes.forEach((node, index) => {
    for (const meeting of node.meetings) (found[meeting.meetingID] ??= []).push(index);
  });
  return found;
}

export { parseXml };
