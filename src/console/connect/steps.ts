// The steps of connecting a provider, and how far each of them is, by what is in the database and nothing that anybody ticks.
import { presets } from '#connections/providers/providers.ts'
import type { SetupFacts } from '#connections/setup-links/setup-facts.ts'
import { isConfigured } from '#connections/sign-in/connections.ts'
import { counted } from '#words/counts.ts'
import { agoInShort } from '#words/times.ts'
import { type Ending, endingOf } from './endings.ts'

export type StepKey = 'domain' | 'provider' | 'scim' | 'test' | 'mappings' | 'on'

export type Step = {
  key: StepKey
  title: string
  isDone: boolean
  /** Something was tried and refused. */
  isFailed: boolean
  /** What has happened so far. */
  says: string[]
  warnings: string[]
}

type Part = Pick<Step, 'title' | 'isDone' | 'says'> & Partial<Pick<Step, 'isFailed' | 'warnings'>>

/** In the order in which they are best done. @param isConsole with what only managers do: mappings, and turning on */
export function stepsOf(facts: SetupFacts, { now, isConsole }: { now: Date; isConsole: boolean }): Step[] {
  const parts: [StepKey, Part | undefined][] = [
    ['domain', domainStep(facts)],
    ['provider', providerStep(facts, now)],
    ['scim', scimStep(facts, now)],
    ['test', testStep(facts, { now, isConsole })],
    ['mappings', isConsole ? mappingsStep(facts) : undefined],
    ['on', isConsole ? onStep(facts) : undefined],
  ]
  return parts.flatMap(([key, part]) => (part === undefined ? [] : [{ key, isFailed: false, warnings: [], ...part }]))
}

function domainStep({ domains }: SetupFacts): Part {
  const proven = domains.filter(({ status }) => status === 'verified').map(({ name }) => name)
  const lapsed = domains.filter(({ status }) => status === 'lapsed').map(({ name }) => name)
  return {
    title: 'Prove your e-mail domain',
    isDone: proven.length > 0,
    says: [
      proven.length > 0
        ? `Proven: ${proven.join(', ')}.`
        : 'No domain is proven yet. Go on meanwhile: test sign-ins work, but nobody is recognized by their address.',
    ],
    warnings: lapsed.map((name) => `The DNS record of ${name} is gone, so the domain no longer counts.`),
  }
}

function providerStep(facts: SetupFacts, now: Date): Part {
  const { connection } = facts
  const provider = presets[connection.preset].title
  const title = connection.preset === 'generic' ? 'Connect your provider' : `Connect ${provider}`
  if (!isConfigured(connection))
    return { title, isDone: false, says: ['Waits for what the provider shows once our values are entered there.'] }
  if (connection.type === 'oidc') {
    const { issuer, secretExpiresAt } = connection.settings
    const ending = typeof secretExpiresAt === 'string' ? endingOf(secretExpiresAt, now) : undefined
    return {
      ...{ title, isDone: ending?.isOver !== true, isFailed: ending?.isOver === true },
      says: [`The provider is ${issuer}.`, ...(ending === undefined ? [] : [`The client secret is ${ending.words}.`])],
      warnings: ending?.isNear === true ? [secretAdvice(ending)] : [],
    }
  }
  const { idpEntityId, certificates } = connection.settings
  const endings = certificates.map(({ notAfter }) => endingOf(notAfter, now))
  const isOver = endings.every((ending) => ending.isOver)
  return {
    ...{ title, isDone: !isOver, isFailed: isOver },
    says: [`The provider is ${idpEntityId}.`, ...endings.map(({ words }) => `Its certificate is ${words}.`)],
    warnings: endings.every(({ isNear }) => isNear)
      ? [
          `The certificate ${isOver ? 'has ended' : 'is near its end'}: make a new one at the provider, and enter its metadata again.`,
        ]
      : [],
  }
}

const secretAdvice = ({ isOver }: Ending): string =>
  isOver
    ? 'The client secret has ended: make a new one at the provider, and enter it here.'
    : 'Make a new client secret at the provider before this one ends.'

function scimStep(facts: SetupFacts, now: Date): Part | undefined {
  const { directory, quirks, users, waiting: people, groups, connection } = facts
  if (directory === null) return undefined
  const { firstRequestAt, lastRequestAt, lastErrorAt, lastError, liveTokens } = directory
  const pace = presets[connection.preset].provisioningPace
  const isRefused = lastErrorAt !== null && lastErrorAt === lastRequestAt
  const waiting =
    liveTokens === 0
      ? 'Make a token and enter it at the provider.'
      : 'The token is made. Waiting for the first request: press “Test” or “Verify” at the provider.'
  return {
    title: 'Have people and groups delivered',
    isDone: firstRequestAt !== null,
    isFailed: isRefused,
    says:
      firstRequestAt === null || lastRequestAt === null
        ? [waiting]
        : [
            `First request received ${agoInShort(firstRequestAt, now)}, the last one ${agoInShort(lastRequestAt, now)}.`,
            `${counted(users, 'person', 'people')} and ${counted(groups, 'group')} have arrived.`,
            ...(people === 0
              ? []
              : [`${counted(people, 'of them waits', 'of them wait')} until an administrator lets them in.`]),
            ...(pace === undefined ? [] : [pace]),
          ],
    warnings: [
      ...(isRefused && lastError !== null ? [`The last request was refused: ${lastError}`] : []),
      ...(directory.status === 'disabled' ? ['The directory is switched off, so every request is refused.'] : []),
      ...quirkWarnings(quirks),
    ],
  }
}

/** What is changed in one place is said once. */
function quirkWarnings(quirks: SetupFacts['quirks']): string[] {
  const changes = [...new Set(quirks.map(({ change }) => change))]
  return changes.map((change) => {
    const about = quirks.filter((quirk) => quirk.change === change).map(({ explanation }) => explanation)
    return `${about.join(' ')} ${change ?? ''}`.trim()
  })
}

function testStep(
  { connection, lastGood, lastRefused, hasOverage, directory }: SetupFacts,
  { now, isConsole }: { now: Date; isConsole: boolean },
): Part {
  const isDone = connection.testedAt !== null
  const isRefused = lastRefused !== null && (lastGood === null || lastRefused.occurredAt > lastGood.occurredAt)
  const overage =
    directory === null
      ? 'The person is in more groups than the provider lists in a message; assign the groups to the application.'
      : 'The person is in more groups than a message lists. SCIM is authoritative for this connection; claims are ignored.'
  return {
    title: 'Try a sign-in',
    isDone,
    isFailed: isRefused,
    says:
      lastGood === null
        ? [isRefused ? 'No sign-in has worked yet.' : 'Nobody has come back from the provider yet.']
        : [`A sign-in worked ${agoInShort(lastGood.occurredAt, now)} (reference ${lastGood.reference}).`],
    warnings: [
      ...(isRefused ? [isConsole ? refusedWords(lastRefused) : refusedInShort(lastRefused)] : []),
      ...(isRefused && isConsole && lastRefused.reason === 'unknown_user' ? [unknownAdvice(directory !== null)] : []),
      ...(hasOverage ? [overage] : []),
    ],
  }
}

type Refused = NonNullable<SetupFacts['lastRefused']>

const refusedWords = ({ detail, reason, reference }: Refused): string =>
  `The last attempt was refused: ${detail ?? reason ?? ''} (reference ${reference}).`

/** Behind a setup link: why somebody is not let in is for the organization to know. */
const refusedInShort = ({ reference }: Refused): string =>
  `The last attempt was refused. If its page found nothing wrong with the message, ask the organization (reference ${reference}).`

const unknownAdvice = (hasDirectory: boolean): string =>
  hasDirectory
    ? 'The message itself was in order. Have the provider deliver the person first: assign them to the application.'
    : 'The message itself was in order. Invite the person, or let first sign-ins create people of proven domains.'

function mappingsStep({ mappings, groups }: SetupFacts): Part {
  return {
    title: 'Give groups their roles',
    isDone: mappings > 0,
    says: [
      mappings > 0
        ? `${counted(mappings, 'mapping')} ${mappings === 1 ? 'gives' : 'give'} roles.`
        : `No group gives a role yet; ${counted(groups, 'group')} could.`,
    ],
  }
}

function onStep({ connection: { status } }: SetupFacts): Part {
  const words = {
    draft: 'Only test sign-ins work so far.',
    tested: 'Tested, but people do not sign in through it yet.',
    optional: 'People can sign in through it, and by password too.',
    enforced: 'People sign in through it and in no other way, but for emergency accounts.',
    disabled: 'Switched off: nobody signs in through it.',
  }
  return { title: 'Turn it on', isDone: status === 'optional' || status === 'enforced', says: [words[status]] }
}
