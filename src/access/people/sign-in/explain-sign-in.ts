// Why can somebody not sign in? For administrators: what stands in the way, in the order in which the person meets it, and what
// to do about it.
import { z } from 'zod'
import type { UserStatus } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, requirePermission } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { dateInZone } from '#words/zones.ts'
import type { SignInAttempt } from '../../sign-in/attempts.ts'
import { type Connection, readSignInFacts, type SignInFacts } from './sign-in-facts.ts'

export type FindingCode =
  | 'organization_suspended'
  | 'not_found'
  | 'other_name'
  | 'comes_to_exist'
  | 'deleted_by_directory'
  | 'invited'
  | 'invitation_expired'
  | 'awaits_approval'
  | 'inactive'
  | 'erased'
  | 'emergency_account'
  | 'provider_required'
  | 'provider_by_domain'
  | 'provider_known'
  | 'password_off'
  | 'no_way_in'
  | 'link_awaits_approval'
  | 'locked'
  | 'no_role'
  | 'works'

export type Finding = {
  code: FindingCode
  /** Whether it keeps them out; otherwise it is good to know. */
  blocks: boolean
  message: string
  advice: string
}

export type SignInExplanation = {
  name: string
  /** What settles it: the first finding that keeps them out, or else the one to know of. */
  outcome: FindingCode
  findings: Finding[]
  person: {
    id: string
    userName: string
    displayName: string | null
    status: UserStatus
    statusReason: string | null
  } | null
  connections: Connection[]
  /** The newest first: theirs, and those of nobody that named the address. */
  attempts: SignInAttempt[]
}

const Input = z.object({ name: z.string().trim().min(1, 'type an e-mail address or a user name').max(320) })

/** @throws AppError forbidden, invalid */
export async function explainSignIn(ctx: CallContext, input: z.input<typeof Input>): Promise<SignInExplanation> {
  requirePermission(ctx, 'sign_ins.read')
  const { name } = parseInput(Input, input)
  const facts = await readSignInFacts(ctx, name)
  if (facts === undefined) throw notFound('Organization')
  const found = findingsOf(facts, name)
  const blocking = found.find(({ blocks }) => blocks)
  const findings = blocking === undefined ? [...found, works(facts)] : found
  const { person } = facts
  return {
    name,
    outcome: (blocking ?? found.find(({ code }) => code === 'no_role') ?? found[0])?.code ?? 'works',
    findings,
    person:
      person === null
        ? null
        : {
            ...{ id: person.id, userName: person.userName, displayName: person.displayName },
            ...{ status: person.status, statusReason: person.statusReason },
          },
    connections: facts.connections,
    attempts: facts.attempts,
  }
}

const finding = (code: FindingCode, blocks: boolean, message: string, advice: string): Finding => ({
  ...{ code, blocks, message, advice },
})

function findingsOf(facts: SignInFacts, name: string): Finding[] {
  const suspended = facts.organization.isActive
    ? []
    : [
        finding(
          'organization_suspended',
          true,
          'The organization is suspended.',
          'Ask the operator of this installation.',
        ),
      ]
  const { person } = facts
  if (person === null) return [...suspended, ...ofNamesakes(facts, name), ofNobody(facts, name)]
  return [
    ...suspended,
    ...ofStatus(person),
    ...ofWays(facts, person),
    ...ofLinks(person),
    ...ofLock(facts),
    ...ofRoles(person),
  ]
}

/** Further addresses sign nobody in, and former ones no longer do: the person has another, which an administrator cannot guess. */
const ofNamesakes = ({ namesakes }: SignInFacts, name: string): Finding[] =>
  namesakes.map(({ userName, isFurther, hasLeft }) =>
    finding(
      'other_name',
      isFurther || hasLeft,
      isFurther
        ? `${name} is a further address of ${userName}; further addresses sign nobody in.`
        : `${name} is a former name of ${userName}${hasLeft ? ', who has left' : ''}.`,
      hasLeft
        ? `Type ${userName} here to see what keeps them out.`
        : `They sign in as ${userName}. Where the identity provider sends ${name}, change it there, or change their sign-in address here.`,
    ),
  )

function ofNobody({ isDeleted, isVerifiedDomain, connections, domain }: SignInFacts, name: string): Finding {
  if (isDeleted)
    return finding(
      'deleted_by_directory',
      true,
      `The identity provider has deleted ${name}.`,
      'Assign the application to them at the identity provider again; they then come as a new person.',
    )
  const maker = connections.find(({ jit, leads }) => leads && jit !== 'off')
  if (isVerifiedDomain && maker !== undefined)
    return finding(
      'comes_to_exist',
      false,
      `Nobody has the name or address ${name} yet; a first sign-in through ${maker.name} creates them${maker.jit === 'approval' ? ' and waits for your approval' : ''}.`,
      'Check that the identity provider sends this very address.',
    )
  const at = domain === null ? '' : ` The domain ${domain} is ${isVerifiedDomain ? '' : 'not '}verified here.`
  return finding(
    'not_found',
    true,
    `Nobody in this organization has the name or address ${name}.${at}`,
    'Check the spelling; invite them, or assign the application to them at the identity provider.',
  )
}

type Person = NonNullable<SignInFacts['person']>

const inactiveBecause: Record<string, [message: string, advice: string]> = {
  directory: [
    'Their identity provider has switched them off.',
    'Switch them on again there; reactivating them here lasts until the identity provider says otherwise.',
  ],
  directory_deleted: ['Their identity provider has deleted them.', 'Assign the application to them there again.'],
  administrator: ['An administrator has deactivated them.', 'Reactivate them on their page.'],
  inactivity: ['They were deactivated since they had not been here for long.', 'Reactivate them on their page.'],
  end_date: ['Their access had an end date.', 'Reactivate them on their page, and give them a new end.'],
}

function ofStatus({ status, statusReason, returnsAt, invitation }: Person): Finding[] {
  if (status === 'erased') return [finding('erased', true, 'The person was erased.', 'Invite them anew.')]
  if (status === 'inactive') {
    if (statusReason === 'administrator' && returnsAt !== null) {
      const message = `An administrator has deactivated them until ${dateInZone(returnsAt, undefined)}.`
      return [finding('inactive', true, message, 'If they are back already, reactivate them on their page.')]
    }
    const [message, advice] = inactiveBecause[statusReason ?? ''] ?? ['They are inactive.', 'Reactivate them.']
    return [finding('inactive', true, message, advice)]
  }
  if (status !== 'invited') return []
  if (invitation === null)
    return [
      finding('awaits_approval', true, 'They wait for somebody to let them in.', 'Approve them, or deactivate them.'),
    ]
  if (invitation.isExpired)
    return [finding('invitation_expired', true, 'Their invitation expired before they accepted it.', 'Send it again.')]
  const lost = invitation.delivery === 'failed' ? ' The mail could not be delivered.' : ''
  const kept = invitation.delivery === 'kept' ? ' There is no mail server: the mail waits in the outbox.' : ''
  return [
    finding(
      'invited',
      true,
      `They have not accepted their invitation yet.${lost}${kept}`,
      'They open the link in the mail; send it again if they cannot find it.',
    ),
  ]
}

/** The ways that are open to them; invited people are shown theirs with the invitation. */
function ofWays(facts: SignInFacts, person: Person): Finding[] {
  if (person.status === 'invited') return []
  if (person.isEmergencyAccount)
    return [
      finding(
        'emergency_account',
        true,
        'This is an emergency account.',
        'It signs in at /emergency, and nowhere else.',
      ),
    ]
  const { organization, connections } = facts
  const enforced = connections.find(({ status }) => status === 'enforced')
  const leading = connections.find(({ leads, status }) => leads && (enforced === undefined || status === 'enforced'))
  if (leading !== undefined) return [ofProvider(facts, leading)]
  const hasOwn = person.passkeys > 0 || (person.hasPassword && organization.passwordSignIn === 'allowed')
  return hasOwn && enforced === undefined ? [] : [ofNoWay(facts, person, enforced)]
}

function ofProvider({ isVerifiedDomain }: SignInFacts, { name, status }: Connection): Finding {
  const isAssigned = `The application has to be assigned to them at ${name}.`
  if (status === 'enforced')
    return finding(
      'provider_required',
      false,
      `Everybody signs in through ${name}; passwords and passkeys open nothing.`,
      `${isAssigned} If that refuses them, its own log says why.`,
    )
  if (isVerifiedDomain)
    return finding('provider_by_domain', false, `The domain of the address leads to ${name}.`, isAssigned)
  return finding(
    'provider_known',
    false,
    `They are known through ${name}, but the domain of their address does not lead there.`,
    `They begin at the application, or on the page of your organization, and choose ${name}.`,
  )
}

function ofNoWay({ connections, domain }: SignInFacts, person: Person, enforced: Connection | undefined): Finding {
  const noProvider =
    domain === null ? 'no provider can say who they are' : `no provider may say who somebody at ${domain} is`
  const prove = 'prove the domain under Settings, Domains, and let its provider vouch for it'
  if (enforced !== undefined)
    return finding(
      'no_way_in',
      true,
      `Everybody signs in through ${enforced.name}, and ${noProvider}.`,
      `To let them in, ${prove}.`,
    )
  if (person.hasPassword)
    return finding(
      'password_off',
      true,
      'The organization has switched passwords off.',
      connections.length === 0 ? 'Allow them, or connect a provider.' : `Allow them, or ${prove}.`,
    )
  if (connections.length === 0)
    return finding(
      'no_way_in',
      true,
      'They have neither a password nor a passkey, and no provider is connected.',
      'Give them a password on their page.',
    )
  return finding(
    'no_way_in',
    true,
    `They have neither a password nor a passkey, and ${noProvider}.`,
    `Give them a password on their page; or ${prove}.`,
  )
}

/** No address links somebody who manages something; the first sign-in through a provider wants a word. */
const ofLinks = ({ waitingLinks }: Person): Finding[] =>
  waitingLinks.map((name) =>
    finding(
      'link_awaits_approval',
      false,
      `Somebody signs in through ${name} as them; since they manage something here, that waits for an administrator.`,
      'Look at it under Sign-ins, “Links to approve”; or let them link it themselves at My account, Security.',
    ),
  )

function ofLock({ lockedSeconds }: SignInFacts): Finding[] {
  if (lockedSeconds === 0) return []
  const minutes = Math.ceil(lockedSeconds / 60)
  return [
    finding(
      'locked',
      true,
      `Too many wrong passwords: attempts are refused for another ${counted(minutes, 'minute')}.`,
      'Wait, or sign in through the provider or with a passkey; a forgotten password can be set anew meanwhile.',
    ),
  ]
}

const ofRoles = ({ roles }: Person): Finding[] =>
  roles > 0
    ? []
    : [
        finding(
          'no_role',
          false,
          'They hold no role: once they are signed in, they see nothing.',
          'Give them a role, or put them into a group that is mapped to one.',
        ),
      ]

function works({ attempts }: SignInFacts): Finding {
  const last = attempts[0]
  const advice =
    last === undefined || last.outcome === 'signed_in'
      ? 'If they still cannot, ask for the reference on their screen.'
      : 'The last attempt was nevertheless refused: its trace says which check it failed.'
  return finding('works', false, 'Nothing here keeps them from signing in.', advice)
}
