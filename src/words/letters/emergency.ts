// To all administrators: an emergency account was used, or tried.
import type { Letter } from '../letter.ts'
import { namedTime } from '../zones.ts'

export type EmergencyEvent = {
  organization: string
  userName: string
  displayName: string | null
  at: string
  ip: string | null
  reason: string
}

const accountOf = ({ userName, displayName }: EmergencyEvent): string =>
  `The emergency account ${userName} (${displayName ?? 'without a name'})`

const whereOf = ({ organization, at, ip }: EmergencyEvent, zone: string | undefined): string =>
  `${organization} on ${namedTime(at, zone)}${ip === null ? '' : ` from ${ip}`}`

/** @param zone the reader's */
export const emergencyUseLetter = (
  event: EmergencyEvent,
  { sessionMinutes, url, zone }: { sessionMinutes: number; url: string; zone: string | undefined },
): Letter => ({
  subject: `Emergency access to ${event.organization} was used`,
  paragraphs: [`${accountOf(event)} signed in to ${whereOf(event, zone)}.`, 'The reason given was:'],
  quote: event.reason,
  closing: [
    `The session ends after ${sessionMinutes} minutes, and all that is done in it is in the audit trail. If nobody among you did this, switch the account off at once. If somebody did, seal the account anew afterwards and sign the report, both under Emergency access.`,
  ],
  action: { label: 'Emergency access', url },
})

/** @param zone the reader's */
export const emergencyDrillLetter = (event: EmergencyEvent, zone: string | undefined): Letter => ({
  subject: `Emergency access to ${event.organization} was tried`,
  paragraphs: [
    `${accountOf(event)} was tried for ${whereOf(event, zone)}, and it works. The drill opened no session.`,
    'The reason given was:',
  ],
  quote: event.reason,
  closing: ['If nobody among you did this, somebody else has the envelope: seal the account anew at once.'],
})
