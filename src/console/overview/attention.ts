// What needs somebody's attention, in words, with where to go about it; the worst first.
import type { Alarm } from '#access/notices/alarms/alarms.ts'
import type { ConnectionHealth, OverviewCounts } from '#access/organizations/overview.ts'
import type { DirectoryActivity } from '#connections/provisioning/activity.ts'
import { isOpenForSignIn } from '#connections/sign-in/connections.ts'
import { counted } from '#words/counts.ts'

export type Attention = {
  level: 'bad' | 'warning' | 'info'
  title: string
  text: string
  /** Of an alarm: when it was raised. */
  since?: string
  href: string
  /** Of an alarm, which can be settled here. */
  alarmId?: string
}

export type DirectoryHealth = {
  directoryId: string
  name: string
  /** Null where it was never asked anything. */
  activity: DirectoryActivity | null
}

export type AttentionInput = {
  counts: OverviewCounts | undefined
  alarms: readonly Alarm[]
  connections: readonly ConnectionHealth[]
  directories: readonly DirectoryHealth[]
  now: Date
}

const day = 86_400_000
const certificateDays = 30
/** Entra asks every 40 minutes, others when something changes: silence of days says something. */
const silentDays = 3

const alarmWords: Record<Alarm['kind'], { title: string; href: (detail: Record<string, unknown>) => string }> = {
  last_administrator: { title: 'The last administrator is gone', href: () => '/console/emergency' },
  return_due: { title: 'Somebody is due back', href: (detail) => `/console/users/${String(detail['userId'])}` },
  end_date_refused: {
    title: 'Somebody could not be deactivated at their end date',
    href: (detail) => `/console/users/${String(detail['userId'])}`,
  },
  inactivity_refused: {
    title: 'Somebody could not be deactivated for not being here',
    href: (detail) => `/console/users/${String(detail['userId'])}`,
  },
  absence_refused: {
    title: 'An absence could not begin',
    href: (detail) => `/console/users/${String(detail['userId'])}`,
  },
  certificate_ending: {
    title: 'A certificate ends soon',
    href: (detail) => `/console/connections/${String(detail['connectionId'])}`,
  },
  client_secret_ending: {
    title: 'A client secret ends soon',
    href: (detail) => `/console/connections/${String(detail['connectionId'])}`,
  },
  sponsor_left: {
    title: 'A sponsor has left',
    href: ({ userId, assignmentId }) => `/console/users/${String(userId)}/assignments/${String(assignmentId)}`,
  },
  support_request: {
    title: 'Support asks to come in',
    href: () => '/console/settings/support',
  },
  access_request: {
    title: 'Somebody asks for access',
    href: (detail) => `/console/users/${String(detail['userId'])}`,
  },
  link_request: {
    title: 'Somebody signs in as a person who manages something: approve?',
    href: () => '/console/sign-ins/link-requests',
  },
  link_undone: {
    title: 'Somebody took a sign-in back that was linked to them',
    href: (detail) => `/console/users/${String(detail['userId'])}/sign-ins`,
  },
  self_grant: {
    title: 'An administrator gave themselves a role',
    href: (detail) => `/console/users/${String(detail['userId'])}`,
  },
  invitation_claimed: {
    title: 'A directory brings somebody who is invited',
    href: (detail) => `/console/users/${String(detail['userId'])}`,
  },
  adoption_request: {
    title: 'A directory brings somebody whom you have already: the same person?',
    href: (detail) => `/console/directories/${String(detail['directoryId'])}/adoptions`,
  },
  address_proposal: {
    title: 'A directory gives somebody another address: accept it?',
    href: (detail) => `/console/users/${String(detail['userId'])}`,
  },
  mass_change: {
    title: 'A directory takes many people out: is that meant?',
    href: (detail) =>
      `/console/directories/${String(detail['directoryId'])}/mass-changes/${String(detail['massChangeId'])}`,
  },
  reactivation_held: {
    title: 'A directory wants somebody active who was switched off here',
    href: (detail) => `/console/users/${String(detail['userId'])}`,
  },
  groups_unreadable: {
    title: 'Groups in sign-ins cannot be read',
    href: (detail) => `/console/sign-ins?connection=${String(detail['connectionId'])}`,
  },
  review_stalled: {
    title: 'An access review has stopped',
    href: (detail) => `/console/reviews/${String(detail['reviewId'])}`,
  },
  review_tasks: { title: 'Access is to be removed at the identity provider', href: () => '/console/reviews/tasks' },
  draft_waiting: {
    title: 'A draft waits for the word of a second person',
    href: (detail) => `/console/drafts/${String(detail['draftId'])}`,
  },
  draft_stalled: {
    title: 'A draft could not be made at its time',
    href: (detail) => `/console/drafts/${String(detail['draftId'])}`,
  },
  webhook_failing: {
    title: 'A webhook is failing',
    href: (detail) => `/console/settings/webhooks/${String(detail['webhookId'])}`,
  },
  webhook_paused: {
    title: 'A webhook is paused',
    href: (detail) => `/console/settings/webhooks/${String(detail['webhookId'])}`,
  },
  emergency_drill: { title: 'Try the emergency accounts', href: () => '/console/emergency' },
}

const ofAlarm = ({ id, kind, detail, raisedAt }: Alarm): Attention => {
  const { title, href } = alarmWords[kind]
  const subject = [
    detail['displayName'],
    detail['userName'],
    detail['name'],
    detail['email'],
    detail['role'],
    detail['reason'],
    detail['words'],
    detail['refused'],
  ]
  const text = subject.filter((part) => typeof part === 'string').join(', ')
  return {
    level: kind === 'last_administrator' || kind === 'mass_change' ? 'bad' : 'warning',
    ...{ title, text: text === '' ? '' : `${text}.`, since: raisedAt, href: href(detail), alarmId: id },
  }
}

function ofConnection(connection: ConnectionHealth, now: Date): Attention[] {
  const { id, name, status, signedIn, refused, certificateEndsAt } = connection
  const href = `/console/connections/${id}`
  const found: Attention[] = []
  if (isOpenForSignIn({ status }) && refused > 0 && refused >= signedIn) {
    const text = `${counted(refused, 'sign-in was', 'sign-ins were')} refused in the last day, and ${signedIn} went well.`
    found.push({
      level: 'bad',
      title: `People cannot sign in through ${name}`,
      text,
      href: `/console/sign-ins?connection=${id}`,
    })
  }
  const left = certificateEndsAt === null ? Number.POSITIVE_INFINITY : Date.parse(certificateEndsAt) - now.getTime()
  if (left < certificateDays * day && status !== 'disabled') {
    const text =
      left < 0 ? 'Signatures by it are refused.' : `It ends in ${counted(Math.ceil(left / day), 'day', 'days')}.`
    found.push({ level: left < 7 * day ? 'bad' : 'warning', title: `The certificate of ${name}`, text, href })
  }
  if (status === 'draft' || status === 'tested') {
    const text = status === 'draft' ? 'It waits for a test sign-in.' : 'It is tested and waits to be turned on.'
    found.push({ level: 'info', title: `${name} is not in use yet`, text, href: `/console/connect/${id}` })
  }
  return found
}

function ofDirectory({ directoryId, name, activity }: DirectoryHealth, now: Date): Attention[] {
  if (activity === null) return []
  const { lastRequestAt, lastErrorAt, lastError } = activity
  const href = `/console/directories/${directoryId}`
  const found: Attention[] = []
  const silent = now.getTime() - Date.parse(lastRequestAt)
  if (silent > silentDays * day) {
    const text = `No request for ${counted(Math.floor(silent / day), 'day', 'days')}: who leaves is not switched off.`
    found.push({ level: 'bad', title: `${name} has gone silent`, text, href })
  }
  if (lastErrorAt !== null && now.getTime() - Date.parse(lastErrorAt) < day) {
    const text = lastError ?? 'A request was refused in the last day.'
    found.push({
      level: 'warning',
      title: `${name} had refusals`,
      text,
      href: `/console/provisioning?directory=${directoryId}&status=failed`,
    })
  }
  return found
}

function ofCounts(counts: OverviewCounts): Attention[] {
  const { people, emergencyAccounts, overdueReviews } = counts
  const found: (Attention | false)[] = [
    counts.administrators + emergencyAccounts.all > 0 &&
      counts.independentAdministrators + emergencyAccounts.proven < 2 && {
        level: 'warning',
        title: 'Fewer than two ways in without the identity provider',
        text: 'If it fails, nobody can repair it. Set up two emergency accounts and try them.',
        href: '/console/emergency',
      },
    counts.unsignedReports > 0 && {
      level: 'bad',
      title: counted(counts.unsignedReports, 'emergency use has no report', 'emergency uses have no report'),
      text: 'See what was done, seal the account anew, and sign.',
      href: '/console/emergency',
    },
    people.awaitingApproval > 0 && {
      level: 'warning',
      title: counted(people.awaitingApproval, 'person waits to be let in', 'people wait to be let in'),
      text: 'After a first sign-in that asks for an approval, or brought by a directory whose people wait.',
      href: '/console/users?status=invited',
    },
    counts.failedMails > 0 && {
      level: 'warning',
      title: counted(counts.failedMails, 'mail was not delivered', 'mails were not delivered'),
      text: 'Somebody did not get an invitation or a link.',
      href: '/console/settings/mail',
    },
    counts.expiredInvitations > 0 && {
      level: 'info',
      title: counted(counts.expiredInvitations, 'invitation has expired', 'invitations have expired'),
      text: 'Send them again, or cancel them.',
      href: '/console/invitations?status=expired',
    },
    overdueReviews.assignments + overdueReviews.roles > 0 && {
      level: 'info',
      title: 'Reviews are overdue',
      text: `${counted(overdueReviews.assignments, 'exception', 'exceptions')} and ${counted(overdueReviews.roles, 'role', 'roles')} are due for review.`,
      href: '/console/roles',
    },
    counts.overdueCampaigns > 0 && {
      level: 'warning' as const,
      title: counted(counts.overdueCampaigns, 'access review is overdue', 'access reviews are overdue'),
      text: 'Reviewers have not answered in time. When it closes, no answer means what the review says.',
      href: '/console/reviews',
    },
    counts.reviewTasks > 0 && {
      level: 'info' as const,
      title: counted(
        counts.reviewTasks,
        'task for the identity provider waits',
        'tasks for the identity provider wait',
      ),
      text: 'Access that a review took is held back here until its group has changed there.',
      href: '/console/reviews/tasks',
    },
    counts.leftBehind.things > 0 && {
      level: 'warning' as const,
      title: counted(counts.leftBehind.people, 'person has left work behind', 'people have left work behind'),
      text: `${counted(counts.leftBehind.things, 'thing waits', 'things wait')} for somebody to take over.`,
      href: '/console/left-behind',
    },
    counts.endingSoon > 0 && {
      level: 'info',
      title: counted(counts.endingSoon, 'assignment ends', 'assignments end'),
      text: 'Within the next 14 days. Whoever sponsors them is reminded.',
      href: '/console/users?ending=1',
    },
    counts.unboundedKeys.length > 0 && {
      level: 'info' as const,
      title: counted(counts.unboundedKeys.length, 'API key may do everything', 'API keys may do everything'),
      text: `${counts.unboundedKeys.join(', ')}. A host product needs no more than decisions.`,
      href: '/console/settings/api-keys',
    },
    counts.unverifiedDomains > 0 && {
      level: 'info',
      title: counted(counts.unverifiedDomains, 'domain is not proven', 'domains are not proven'),
      text: 'Until the DNS record exists, nobody is recognized by an address there.',
      href: '/console/settings/domains',
    },
  ]
  return found.filter((each) => each !== false)
}

const order = { bad: 0, warning: 1, info: 2 }

export function attentionOf({ counts, alarms, connections, directories, now }: AttentionInput): Attention[] {
  const found = [
    ...alarms.filter(({ settledAt }) => settledAt === null).map(ofAlarm),
    ...connections.flatMap((connection) => ofConnection(connection, now)),
    ...directories.flatMap((directory) => ofDirectory(directory, now)),
    ...(counts === undefined ? [] : ofCounts(counts)),
  ]
  return found.toSorted((a, b) => order[a.level] - order[b.level])
}
