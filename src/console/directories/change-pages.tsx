// Before a token or a directory goes: what will happen, and the word for it typed.
import type { DirectoryRecord } from '#connections/directories.ts'
import type { DirectoryTokenRecord } from '#connections/directory-tokens.ts'
import type { DirectoryContent } from '#connections/setup-links/directory-content.ts'
import { Alert } from '#http/ui/content.tsx'
import { Actions, Field, SubmitButton } from '#http/ui/forms.tsx'
import type { CallContext } from '#src/context.ts'
import { count } from '../connect/words.ts'
import type { Manager } from '../env.ts'
import type { FormState } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel, Time } from '../ui/parts.tsx'

type Common = { ctx: CallContext; manager: Manager; directory: DirectoryRecord; state: FormState }

const trailOf = ({ id, name }: DirectoryRecord) => [
  ...sectionTrail('directories'),
  { label: name, href: `/console/directories/${id}` },
]

export type RevokeProps = Common & { token: DirectoryTokenRecord; tokens: readonly DirectoryTokenRecord[] }

export const RevokePage = ({ ctx, manager, directory, token, tokens, state }: RevokeProps) => {
  const now = ctx.clock.now()
  const others = tokens.filter(
    ({ id, revokedAt, expiresAt }) =>
      id !== token.id && revokedAt === null && (expiresAt === null || new Date(expiresAt) > now),
  )
  return (
    <ConsolePage
      {...{ ctx, manager }}
      section="directories"
      title={`Revoke the token …${token.lastFour}`}
      trail={trailOf(directory)}
    >
      <Panel title="What will happen">
        <ul>
          <li>Requests with this token are refused from the next one on. It cannot be undone.</li>
          <li>
            It was last used: <Time at={token.lastUsedAt} empty="never" />.
          </li>
          <li>
            {others.length === 0
              ? 'No other token is live: the provider delivers nothing until it has a new one. Nobody is deactivated by that.'
              : `${count(others.length, 'other token')} ${others.length === 1 ? 'goes' : 'go'} on working.`}
          </li>
        </ul>
        <form method="post" action={`/console/directories/${directory.id}/tokens/${token.id}/revoke`}>
          <Field
            name="confirm"
            label={`To revoke it, type its last four characters: ${token.lastFour}`}
            value={state.values['confirm']}
            error={state.errors['confirm']}
            autocomplete="off"
          />
          <Actions>
            <SubmitButton label="Revoke the token" kind="danger" />
            <a class="btn" href={`/console/directories/${directory.id}`}>
              Keep it
            </a>
          </Actions>
        </form>
      </Panel>
    </ConsolePage>
  )
}

const changes = {
  disable: { title: 'Switch off', submit: 'Switch it off' },
  enable: { title: 'Switch on', submit: 'Switch it on' },
  delete: { title: 'Delete', submit: 'Delete the directory' },
} as const

type DirectoryChange = keyof typeof changes

export const isDirectoryChange = (text: string): text is DirectoryChange => Object.hasOwn(changes, text)

export type ChangeProps = Common & { change: DirectoryChange; content: DirectoryContent }

export const ChangePage = ({ ctx, manager, directory, content, change, state }: ChangeProps) => (
  <ConsolePage
    {...{ ctx, manager }}
    section="directories"
    title={`${changes[change].title}: ${directory.name}`}
    trail={trailOf(directory)}
  >
    <Panel title="What will happen">
      {state.message === undefined ? null : <Alert kind="danger" title={state.message} />}
      <ul>
        {effectsOf(change, content).map((sentence) => (
          <li>{sentence}</li>
        ))}
      </ul>
      <form method="post" action={`/console/directories/${directory.id}/${change}`}>
        {change === 'enable' ? null : (
          <Field
            name="confirm"
            label={`To go on, type its name: ${directory.name}`}
            value={state.values['confirm']}
            error={state.errors['confirm']}
            autocomplete="off"
          />
        )}
        <Actions>
          <SubmitButton label={changes[change].submit} kind={change === 'enable' ? 'primary' : 'danger'} />
          <a class="btn" href={`/console/directories/${directory.id}`}>
            Leave it as it is
          </a>
        </Actions>
      </form>
    </Panel>
  </ConsolePage>
)

function effectsOf(change: DirectoryChange, { users, groups, mappings }: DirectoryContent): string[] {
  const people = count(users, 'person', 'people')
  if (change === 'enable')
    return [
      'Its live tokens work again.',
      'The provider catches up by itself: with the next change, or the next full cycle.',
    ]
  if (change === 'disable')
    return [
      'All of its tokens are refused at once.',
      `${people} and ${count(groups, 'group')} stay as they are, with what they may do; nobody is deactivated by it.`,
      'Whoever leaves the company meanwhile is not cut off here by the provider.',
    ]
  if (users + groups > 0)
    return [
      `It still has ${people} and ${count(groups, 'group')}, so it cannot be deleted. Have the provider remove them first, or switch it off.`,
    ]
  return [
    'Its tokens are void and its log is gone. It cannot be undone.',
    ...(mappings > 0 ? [`${count(mappings, 'mapping')} of its groups end.`] : []),
    'A connection that it decides for goes on without a directory.',
  ]
}
