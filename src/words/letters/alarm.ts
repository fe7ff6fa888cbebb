// What administrators are told of an alarm.
import type { Letter } from '../letter.ts'
import { dateInZone, namedTime } from '../zones.ts'

type Words = { subject: string; paragraphs: string[]; closing: string[] }

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const personOf = ({ userName, displayName }: Record<string, unknown>): string =>
  typeof displayName === 'string' ? `${displayName} (${text(userName)})` : text(userName)

type Zone = string | undefined

const dayOf = (value: unknown, zone: Zone): string => dateInZone(text(value), zone)
const timeOf = (value: unknown, zone: Zone): string => namedTime(text(value), zone)

const words = {
  last_administrator: (_, organization) => ({
    subject: `${organization} has lost its last administrator`,
    paragraphs: [
      `The identity provider has taken away the last person who could administer ${organization}. The change was carried out as it asked.`,
      'Only the emergency accounts can administer it now.',
    ],
    closing: ['Use an emergency account to make somebody an administrator, and settle the alarm afterwards.'],
  }),
  return_due: (detail, organization, zone) => ({
    subject: `${personOf(detail)} is due back at ${organization}`,
    paragraphs: [
      `${personOf(detail)} was deactivated for a time, to return on ${timeOf(detail['returnsAt'], zone)}.`,
      'Nothing happened by itself: please reactivate the account, or leave it as it is.',
    ],
    closing: [
      'Reactivated, they hold what their groups and unexpired assignments give then. Settle the alarm afterwards.',
    ],
  }),
  end_date_refused: (detail, organization) => ({
    subject: `${personOf(detail)} could not be deactivated at ${organization}`,
    paragraphs: [
      `All assignments of ${personOf(detail)} have ended, so the account was to be deactivated. That was refused: ${organization} would have no administrator left.`,
    ],
    closing: ['Make somebody else an administrator. Once the alarm is settled, it is tried again.'],
  }),
  inactivity_refused: (detail, organization) => ({
    subject: `${personOf(detail)} could not be deactivated at ${organization}`,
    paragraphs: [
      `${personOf(detail)} has been away long enough for the account to be deactivated. That was refused: ${organization} would have no administrator left.`,
    ],
    closing: ['Make somebody else an administrator. Once the alarm is settled, it is tried again.'],
  }),
  absence_refused: (detail, organization) => ({
    subject: `The absence of ${personOf(detail)} could not begin at ${organization}`,
    paragraphs: [
      detail['why'] === 'planner'
        ? `${personOf(detail)} was to be deactivated for a time. That was refused: the person who planned it is no longer allowed to do that.`
        : `${personOf(detail)} was to be deactivated for a time. That was refused: ${organization} would have no administrator left.`,
    ],
    closing: [
      detail['why'] === 'planner'
        ? 'Plan the absence anew if it is right, and settle the alarm.'
        : 'Make somebody else an administrator, plan the absence anew, and settle the alarm.',
    ],
  }),
  certificate_ending: (detail, organization, zone) => ({
    subject: `A sign-in certificate of ${organization} ends on ${dayOf(detail['notAfter'], zone)}`,
    paragraphs: [
      `A certificate that the connection ${text(detail['name'])} trusts ends on ${timeOf(detail['notAfter'], zone)}. Signatures by it are refused from then on.`,
    ],
    closing: [
      'Ask whoever runs the identity provider for the next certificate and add it to the connection beforehand; a connection with a metadata address takes it over by itself once it is published there.',
    ],
  }),
  client_secret_ending: (detail, organization, zone) => ({
    subject: `A client secret of ${organization} ends on ${dayOf(detail['notAfter'], zone)}`,
    paragraphs: [
      `The client secret of the connection ${text(detail['name'])} ends on ${timeOf(detail['notAfter'], zone)}. Nobody can sign in through it from then on.`,
    ],
    closing: [
      'Make a new secret at the identity provider, enter it with its end on the page of the connection, and remove the old one once a test sign-in has worked.',
    ],
  }),
  sponsor_left: (detail, organization, zone) => ({
    subject: `The sponsor of ${personOf(detail)} has left ${organization}`,
    paragraphs: [
      `${personOf(detail)} holds the role ${text(detail['role'])} in ${text(detail['brand']) || organization}. ${text(detail['sponsor'])}, who vouched for it, is no longer active.`,
      detail['expiresAt'] === null
        ? 'It does not end, since nobody else could administer the organization.'
        : `It ends on ${timeOf(detail['expiresAt'], zone)}, unless it gets another sponsor.`,
    ],
    closing: ['Give the assignment another sponsor and another end where it is still needed, and settle the alarm.'],
  }),
  support_request: (detail, organization) => ({
    subject: `Support asks to come into the console of ${organization}`,
    paragraphs: [
      `${text(detail['operator'])}, who runs this installation, asks to ${detail['wantsWrite'] === true ? 'look and change things' : 'look'}: ${text(detail['words'])}`,
      'Nobody comes in unless an administrator grants it.',
    ],
    closing: ['Grant or refuse it in the console, under Settings, Support. It can be ended there at any time.'],
  }),
  access_request: (detail, organization) => ({
    subject: `${personOf(detail)} asks for access at ${organization}`,
    paragraphs: [
      `${personOf(detail)} writes: ${text(detail['words'])}`,
      ...(typeof detail['refused'] === 'string' ? [`What they were told: ${detail['refused']}.`] : []),
    ],
    closing: [
      'Give them a role, or add them to a group at the identity provider, if that is right; they are told of what they are given. Settle the alarm either way.',
    ],
  }),
  link_request: (detail, organization) => ({
    subject: `Somebody signs in as ${personOf(detail)} at ${organization}: approve?`,
    paragraphs: [
      `Through the connection ${text(detail['name'])}, somebody with the address ${text(detail['email'])} wants to sign in as ${personOf(detail)}, who manages something at ${organization}.`,
      'They were not let in: for such people an address alone is not enough.',
    ],
    closing: [
      `Ask ${personOf(detail)} whether it was them. If so, approve the link in the console; otherwise refuse it, and see who can set addresses at that provider.`,
    ],
  }),
  link_undone: (detail, organization) => ({
    subject: `${personOf(detail)} has removed a sign-in at ${organization}`,
    paragraphs: [
      `An account of the connection ${text(detail['name'])} had been linked to ${personOf(detail)}, who manages something at ${organization}. They say that it was not them, and have removed it; the sessions that began through it have ended.`,
    ],
    closing: [
      'Look at the sign-ins of the last days, at what was done in them, and at who can set addresses at that provider. Settle the alarm afterwards.',
    ],
  }),
  self_grant: (detail, organization) => ({
    subject: `Somebody at ${organization} has given themselves a role`,
    paragraphs: [
      `An administrator has given themselves the role ${text(detail['role'])} in ${text(detail['brand']) || organization}. Their reason: ${text(detail['reason'])}`,
    ],
    closing: ['If that was not agreed upon, take the role back on their page, and settle the alarm.'],
  }),
  invitation_claimed: (detail, organization) => ({
    subject: `A directory brings ${text(detail['userName'])}, who is invited at ${organization}`,
    paragraphs: [
      `A directory of ${organization} delivers an account with the address of somebody who has an open invitation. It was refused: ${text(detail['reason'])}.`,
    ],
    closing: [
      'If it is the same person, let them accept the invitation, or cancel it and invite them once the directory has brought them. If nobody expected this, look at who holds a token of the directory.',
    ],
  }),
  adoption_request: (detail, organization) => ({
    subject: `The directory ${text(detail['name'])} brings ${personOf(detail)}, whom ${organization} has already`,
    paragraphs: [
      `The directory ${text(detail['name'])} delivers an account with the userName or the address of ${personOf(detail)}, who came to ${organization} another way. Its word alone is not enough for it to take them over.`,
    ],
    closing: [
      'Look at what would change for them, and confirm that it is the same person or refuse it; they keep their roles, groups and password either way.',
    ],
  }),
  address_proposal: (detail, organization) => ({
    subject: `A directory of ${organization} gives ${personOf(detail)} another address`,
    paragraphs: [
      `It says ${text((detail['proposed'] as Record<string, unknown> | undefined)?.['email']) || text((detail['proposed'] as Record<string, unknown> | undefined)?.['userName'])}. Addresses are never changed at ${organization} without a word of an administrator, so nothing has changed yet.`,
    ],
    closing: ['Accept the new address on their page if it is right, or refuse it: then the directory no longer asks.'],
  }),
  mass_change: (detail, organization) => ({
    subject: `The directory ${text(detail['name'])} takes many people out at ${organization}: is that meant?`,
    paragraphs: [
      `More than ${String(detail['limit'])} people lost something within ${String(detail['minutes'])} minutes by the word of the directory ${text(detail['name'])}. Whoever it switched off is out: their sessions have ended and they cannot sign in.`,
      'What would only take roles from people who are still there waits: memberships in groups, and groups that the directory deleted.',
    ],
    closing: [
      'Look at who it is. Confirm it if it was meant; otherwise put everybody back with one click, but those who have really left.',
    ],
  }),
  reactivation_held: (detail, organization) => ({
    subject: `${personOf(detail)} stays switched off at ${organization}`,
    paragraphs: [
      `A directory of ${organization} wants ${personOf(detail)} to be active. They were switched off here and not by the directory, so they stay switched off.`,
    ],
    closing: ['Reactivate them if that is right, and settle the alarm either way.'],
  }),
  groups_unreadable: (detail, organization) => ({
    subject: `Groups of a sign-in at ${organization} cannot be read`,
    paragraphs: [
      `Messages of the connection ${text(detail['name'])} have something else than names in the place of groups. Nobody lost a role by it: people keep the groups that they had.`,
      'Nor does anybody lose a group that they have left, for as long as this lasts.',
    ],
    closing: [
      'The trace of the sign-in says what was found. Have the provider send a list of names, or name the right claim or attribute in the settings of the connection, and settle the alarm.',
    ],
  }),
  draft_waiting: (detail, organization) => ({
    subject: `A draft of changes at ${organization} waits for a second person`,
    paragraphs: [
      `The draft ${text(detail['name'])} is ready, and ${organization} wants such changes approved by a second person. Nothing has changed yet.`,
    ],
    closing: ['Whoever has neither made nor changed it can look at what it would do, and approve it or send it back.'],
  }),
  draft_stalled: (detail, organization) => ({
    subject: `A draft of changes at ${organization} was not made at its time`,
    paragraphs: [
      `The draft ${text(detail['name'])} was to be made by itself. It was not: ${text(detail['reason'])}.`,
      'Nothing of it has been changed.',
    ],
    closing: [
      'Look at what it would do now, and make it, put it on another time or discard it. Settle the alarm afterwards.',
    ],
  }),
  review_stalled: (detail, organization) => ({
    subject: `The access review ${text(detail['name'])} of ${organization} has stopped`,
    paragraphs: [
      detail['why'] === 'too_much'
        ? `${text(detail['name'])} was to open, and is about more than one review can be. It is suspended.`
        : `What was answered in ${text(detail['name'])} cannot take effect: the person who started the review is no longer allowed to do that.`,
    ],
    closing: [
      ...(detail['why'] === 'too_much'
        ? [
            'Schedule reviews of single brands, roles or directories in its place, and cancel it. Settle the alarm afterwards.',
          ]
        : [
            'Take the review over in the console, so that it goes on in your name, or cancel it. Settle the alarm afterwards.',
          ]),
    ],
  }),
  review_tasks: (detail, organization) => ({
    subject: `${text(detail['name'])}: access to be removed at the identity provider of ${organization}`,
    paragraphs: [
      `The access review ${text(detail['name'])} has taken roles away that come from the identity provider, by groups or attributes. They are held back here until they have been changed there, too.`,
    ],
    closing: [
      'The list of tasks says whom to take out of which group. Each is done by itself once the change has arrived here, and the alarm is settled with the last.',
    ],
  }),
  webhook_failing: (detail, organization) => ({
    subject: `A webhook of ${organization} is failing`,
    paragraphs: [
      `${text(detail['name'])} has refused the same event, or not answered, again and again. It is tried for three days; what comes after it waits, so that the order stays.`,
    ],
    closing: [
      'Its page shows each attempt with what was answered. The alarm settles by itself once it takes events again.',
    ],
  }),
  webhook_paused: (detail, organization) => ({
    subject: `A webhook of ${organization} is paused`,
    paragraphs: [
      `${text(detail['name'])} has accepted nothing for three days, or answered that it is permanently gone, so nothing more is sent to it. What it has missed is kept for 30 days.`,
    ],
    closing: ['Have the receiver repaired and resume the webhook, or delete it. Settle the alarm afterwards.'],
  }),
  emergency_drill: (detail, organization) => ({
    subject: `Time to try the emergency accounts of ${organization}`,
    paragraphs: [
      `Nobody has signed in with these emergency accounts for 30 days or more: ${(Array.isArray(detail['accounts']) ? detail['accounts'] : []).map(text).join(', ')}.`,
      'An account that nobody tries may fail when it is needed. A drill is one sign-in with “Only a drill” ticked: it opens nothing.',
    ],
    closing: ['All administrators are told of it, as of every use of an emergency account.'],
  }),
} satisfies Record<string, (detail: Record<string, unknown>, organization: string, zone: Zone) => Words>

export type AlarmKind = keyof typeof words

/** Where it is seen to; the console, for all others. */
const actions: Partial<Record<AlarmKind, (detail: Record<string, unknown>) => { label: string; path: string }>> = {
  emergency_drill: () => ({ label: 'Emergency sign-in', path: '/emergency' }),
  link_request: () => ({ label: 'See the request', path: '/console/sign-ins/link-requests' }),
  adoption_request: (detail) => ({
    label: 'See the request',
    path: `/console/directories/${text(detail['directoryId'])}/adoptions`,
  }),
  mass_change: (detail) => ({
    label: 'See who it is',
    path: `/console/directories/${text(detail['directoryId'])}/mass-changes/${text(detail['massChangeId'])}`,
  }),
  review_tasks: () => ({ label: 'See the tasks', path: '/console/reviews/tasks' }),
  draft_waiting: (detail) => ({ label: 'See the draft', path: `/console/drafts/${text(detail['draftId'])}` }),
  draft_stalled: (detail) => ({ label: 'See the draft', path: `/console/drafts/${text(detail['draftId'])}` }),
  webhook_failing: (detail) => ({
    label: 'See the attempts',
    path: `/console/settings/webhooks/${text(detail['webhookId'])}`,
  }),
  webhook_paused: (detail) => ({
    label: 'See the attempts',
    path: `/console/settings/webhooks/${text(detail['webhookId'])}`,
  }),
  review_stalled: (detail) => ({ label: 'See the review', path: `/console/reviews/${text(detail['reviewId'])}` }),
}

/** @param page the address of a page of ours, by its path @param zone the reader's */
export function alarmLetter(
  { kind, detail }: { kind: AlarmKind; detail: Record<string, unknown> },
  { organization, page, zone }: { organization: string; page: (path: string) => string; zone: Zone },
): Letter {
  const { subject, paragraphs, closing } = words[kind](detail, organization, zone)
  const { label, path } = actions[kind]?.(detail) ?? { label: 'Open the console', path: '/console' }
  const action = { label, url: page(path) }
  return { subject, paragraphs, action, closing }
}
