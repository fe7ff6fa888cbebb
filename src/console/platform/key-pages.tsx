// Keys of the platform: the list, a new one, and the end of one.
import { type Context, Hono } from 'hono'
import { platformScopes } from '#access/ground/platform-rights.ts'
import {
  issuePlatformKey,
  listPlatformKeys,
  type PlatformKeyRecord,
  revokePlatformKey,
} from '#access/platform/keys/platform-keys.ts'
import { type Form, formOf } from '#http/read-form.ts'
import { Buttons, SmallLink } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { notFound } from '#platform/errors.ts'
import { requireFreshProof } from '#src/context.ts'
import { Confirm, typedState } from '../ui/confirm.tsx'
import { emptyForm, isRefused } from '../ui/forms.ts'
import { Badge, CopyField, Panel, Select } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'

const path = '/platform/keys'

export function createKeyPages(): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/keys', (c) => showKeys(c, emptyForm))
  pages.post('/keys', (c) =>
    submit(c, { again: (state) => showKeys(c, state) }, async (form) => {
      const { key } = await issuePlatformKey(c.get('ctx'), wantedKey(form))
      return showKeys(c, emptyForm, key)
    }),
  )
  pages.get('/keys/:id/revoke', (c) => showRevoke(c, emptyForm))
  pages.post('/keys/:id/revoke', async (c) => {
    const key = await named(c)
    const state = typedState(await formOf(c), key.name)
    if (isRefused(state)) return showRevoke(c, state)
    await revokePlatformKey(c.get('ctx'), key.id)
    return c.redirect(`${path}?done=revoked`, 303)
  })
  return pages
}

const accesses = ['nothing', 'decisions', 'everything'] as const

const wantedKey = (form: Form): Parameters<typeof issuePlatformKey>[1] => ({
  name: form['name'] ?? '',
  scopes: platformScopes.filter((scope) => form[`scope.${scope}`] !== undefined),
  access: accesses.find((access) => access === form['access']) ?? 'nothing',
})

const insideWords = {
  nothing: 'Nothing',
  decisions: 'Decisions',
  permissions: 'Chosen permissions',
  everything: 'Everything',
} satisfies Record<PlatformKeyRecord['access'], string>

const reachWords = ({ reach, organizationIds }: PlatformKeyRecord): string =>
  reach === 'all' ? 'All organizations' : `${reach === 'only' ? 'Only' : 'All except'} ${organizationIds.length}`

async function showKeys(c: Context<PlatformEnv>, state: FormState, fresh?: string): Promise<Response> {
  const frame = frameOf(c)
  const keys = frame.mayChange ? await listPlatformKeys(frame.ctx) : []
  const page = (
    <PlatformPage
      frame={frame}
      section="keys"
      title="Platform keys"
      lead="Programs of your product use them above organizations, and inside of those that they reach."
    >
      {fresh === undefined ? null : (
        <Panel title="The new key" id="new-key">
          <Alert kind="warning" title="This key is shown once">
            Keep it where secrets are kept.
          </Alert>
          <CopyField id="platform-key" label="Platform key" value={fresh} />
        </Panel>
      )}
      {keys.length === 0 ? (
        <EmptyState
          title={frame.mayChange ? 'No platform key' : 'Only administrators see platform keys'}
          text="A platform key creates organizations, changes them, or asks for decisions in all of them."
        />
      ) : (
        <Table
          caption="Platform keys"
          columns={[
            'Name',
            'Scopes',
            'Inside organizations',
            'Reach',
            'Last used',
            'Until',
            { label: 'Actions', isSilent: true },
          ]}
          rows={keys.map((key) => [
            <>
              {key.name} <code>…{key.lastFour}</code>
            </>,
            key.scopes.join(', ') || 'None',
            insideWords[key.access],
            reachWords(key),
            <Time at={key.lastUsedAt} empty="Never" />,
            <Time at={key.expiresAt} empty="No end" />,
            key.revokedAt === null ? (
              <SmallLink href={`${path}/${key.id}/revoke`}>
                Revoke<span class="visually-hidden"> {key.name}</span>
              </SmallLink>
            ) : (
              <Badge tone="bad">revoked</Badge>
            ),
          ])}
        />
      )}
      {frame.mayChange ? <IssueForm state={state} /> : null}
    </PlatformPage>
  )
  return renderForm(c, state, page)
}

const IssueForm = ({ state }: { state: FormState }) => (
  <Panel title="Issue a key" id="issue" lead="For a key that reaches single organizations, use the command line.">
    <PostForm action={path} state={state}>
      <Field {...field(state, 'name')} label="What it is for" maxlength={200} />
      <fieldset>
        <legend>Above organizations it may</legend>
        {platformScopes.map((scope) => (
          <Check name={`scope.${scope}`} label={scope} isChecked={state.values[`scope.${scope}`] !== undefined} />
        ))}
      </fieldset>
      <Select
        name="access"
        label="Inside organizations it may do"
        options={accesses.map((value) => ({ value, label: insideWords[value] }))}
        value={state.values['access'] ?? 'nothing'}
      />
      <Buttons submit="Issue the key" />
    </PostForm>
  </Panel>
)

/** @throws AppError not_found */
async function named(c: Context<PlatformEnv>): Promise<PlatformKeyRecord> {
  const found = (await listPlatformKeys(c.get('ctx'))).find(({ id }) => id === c.req.param('id'))
  if (found === undefined) throw notFound('Platform key')
  return found
}

async function showRevoke(c: Context<PlatformEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  requireFreshProof(frame.ctx)
  const { id, name, lastUsedAt } = await named(c)
  const effects = [
    'Requests with this key are refused from the next one on. It cannot be undone.',
    <>
      It was last used: <Time at={lastUsedAt} empty="never" />.
    </>,
  ]
  const page = (
    <PlatformPage frame={frame} section="keys" title={`Revoke the key ${name}`}>
      <Confirm
        {...{ effects, state }}
        action={`${path}/${id}/revoke`}
        word={name}
        submit="Revoke the key"
        back={path}
      />
    </PlatformPage>
  )
  return renderForm(c, state, page)
}
