// Before a token or a directory goes: what will happen, and the word for it typed.
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import type { DirectoryTokenRecord } from '#connections/directories/directory-tokens.ts'
import type { DirectoryContent } from '#connections/setup-links/directory-content.ts'
import type { FormState } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import { Confirm } from '../ui/confirm.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'

type Common = { frame: Frame; directory: DirectoryRecord; state: FormState }

const trailOf = ({ id, name }: DirectoryRecord) => [
  ...sectionTrail('directories'),
  { label: name, href: `/console/directories/${id}` },
]

export type RevokeProps = Common & { token: DirectoryTokenRecord; tokens: readonly DirectoryTokenRecord[] }

export const RevokePage = ({ frame, directory, token, tokens, state }: RevokeProps) => {
  const now = frame.ctx.clock.now()
  const others = tokens.filter(
    ({ id, revokedAt, expiresAt }) =>
      id !== token.id && revokedAt === null && (expiresAt === null || new Date(expiresAt) > now),
  )
  return (
    <ConsolePage
      frame={frame}
      section="directories"
      title={`Revoke the token …${token.lastFour}`}
      trail={trailOf(directory)}
    >
      <Confirm
        action={`/console/directories/${directory.id}/tokens/${token.id}/revoke`}
        effects={[
          'Requests with this token are refused from the next one on. It cannot be undone.',
          <>
            It was last used: <Time at={token.lastUsedAt} empty="never" />.
          </>,
          others.length === 0
            ? 'No other token is live: the provider delivers nothing until it has a new one. Nobody is deactivated by that.'
            : `${counted(others.length, 'other token')} ${others.length === 1 ? 'goes' : 'go'} on working.`,
        ]}
        word={token.lastFour}
        submit="Revoke the token"
        back={`/console/directories/${directory.id}`}
        state={state}
      />
    </ConsolePage>
  )
}

const changes = {
  disable: { title: 'Switch off', submit: 'Switch it off' },
  enable: { title: 'Switch on', submit: 'Switch it on' },
  delete: { title: 'Delete', submit: 'Delete the directory' },
} as const

type DirectoryChange = keyof typeof changes

/** What is to be typed; undefined where nothing is lost. */
export const wordFor = (change: string, { name }: DirectoryRecord): string | undefined =>
  change === 'enable' ? undefined : name

export const isDirectoryChange = (text: string): text is DirectoryChange => Object.hasOwn(changes, text)

export type ChangeProps = Common & { change: DirectoryChange; content: DirectoryContent }

export const ChangePage = ({ frame, directory, content, change, state }: ChangeProps) => (
  <ConsolePage
    frame={frame}
    section="directories"
    title={`${changes[change].title}: ${directory.name}`}
    trail={trailOf(directory)}
  >
    <Confirm
      action={`/console/directories/${directory.id}/${change}`}
      effects={effectsOf(change, content)}
      word={wordFor(change, directory)}
      submit={changes[change].submit}
      back={`/console/directories/${directory.id}`}
      state={state}
    />
  </ConsolePage>
)

function effectsOf(change: DirectoryChange, { users, groups, mappings }: DirectoryContent): string[] {
  const people = counted(users, 'person', 'people')
  if (change === 'enable')
    return [
      'Its live tokens work again.',
      'The provider catches up by itself: with the next change, or the next full cycle.',
    ]
  if (change === 'disable')
    return [
      'All of its tokens are refused at once.',
      `${people} and ${counted(groups, 'group')} stay as they are, with what they may do; nobody is deactivated by it.`,
      'Whoever leaves the company meanwhile is not cut off here by the provider.',
    ]
  if (users + groups > 0)
    return [
      `It still has ${people} and ${counted(groups, 'group')}, so it cannot be deleted. Have the provider remove them first, or switch it off.`,
    ]
  return [
    'Its tokens are void and its log is gone. It cannot be undone.',
    ...(mappings > 0 ? [`${counted(mappings, 'mapping')} of its groups end.`] : []),
    'A connection that it decides for goes on without a directory.',
  ]
}
