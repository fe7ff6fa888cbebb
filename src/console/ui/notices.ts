// What a form has just done, as the page after it says: a word in the address (`?done=…`), never a text from it.

export const notices = {
  saved: 'Saved',
  issuer: 'Saved. The issuer was taken from what you entered; the step shows it',
  created: 'Created',
  deleted: 'Deleted',
  erased: 'Erased permanently',
  deactivated: 'Deactivated: everything that was open is closed',
  reactivated: 'Reactivated',
  restored: 'Restored as they were',
  handedOver: 'Handed over',
  takenBack: 'Undone',
  asked: 'Administrators are asked for their approval',
  approved: 'Approved',
  sentBack: 'Sent back',
  discarded: 'Discarded',
  ended: 'Ended',
  assigned: 'The role is given',
  invited: 'The invitation is on its way',
  kept: 'The invitation is made: hand its link on yourself, since there is no mail server',
  resent: 'A new link is on its way; the old one is void',
  cancelled: 'The invitation is cancelled; its link is void',
  installed: 'The roles are installed',
  revoked: 'Revoked',
  retried: 'It is tried again now',
  supportAsked: 'Asked: the administrators of the organization are told',
  supportEnded: 'The support access is over',
  rotated: 'Replaced',
  settled: 'Settled',
  signed: 'Signed',
  mailQueued: 'The mail is on its way',
  mailKept: 'The mail is kept here: there is no mail server',
  verified: 'Verified',
  unverified: 'Not found yet; DNS may take a while',
} as const

export type NoticeKey = keyof typeof notices

export type Notice = { key: NoticeKey; kind: 'success' | 'info' }

export const noticeText = ({ key }: Notice): string => notices[key]

/** From the query parameter `done`; undefined for anything else than one of our words. */
export function noticeOf(done: string | undefined): Notice | undefined {
  if (done === undefined || !Object.hasOwn(notices, done)) return undefined
  return { key: done as NoticeKey, kind: done === 'unverified' ? 'info' : 'success' }
}
