// Settings: the API keys of programs. A key is shown once.
import { type Context, Hono } from 'hono'
import { listBrands } from '#access/grants/brands/brands.ts'
import {
  type ApiKeyRecord,
  type IssuedApiKey,
  issueApiKey,
  listApiKeys,
  revokeApiKey,
} from '#access/organizations/api-keys/api-keys.ts'
import { readForm } from '#http/read-form.ts'
import { Buttons, SmallLink } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { notFound } from '#platform/errors.ts'
import { isPermitted } from '#src/context.ts'
import { Confirm, typedState } from '../ui/confirm.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, isRefused } from '../ui/forms.ts'
import { Badge, CopyField, Panel } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { reachWords, ScopeFields, unboundedWords, wantedKey } from './api-key-scope.tsx'
import { SettingsFrame } from './settings-frame.tsx'

const path = '/console/settings/api-keys'

/** @returns an app to be mounted at `/console/settings/api-keys` */
export function createApiKeyPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', (c) => showKeys(c, emptyForm))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showKeys(c, state) }, async (form) => {
      const issued = await issueApiKey(c.get('ctx'), wantedKey(form))
      return showKeys(c, emptyForm, issued)
    }),
  )

  pages.get('/:id/revoke', async (c) => showRevoke(c, await keyAt(c), emptyForm))

  pages.post('/:id/revoke', async (c) => {
    const key = await keyAt(c)
    const state = typedState(await readForm(c), key.name)
    if (isRefused(state)) return showRevoke(c, key, state)
    await revokeApiKey(c.get('ctx'), key.id)
    return c.redirect(`${path}?done=revoked`, 303)
  })
  return pages
}

async function keyAt(c: Context<ConsoleEnv>): Promise<ApiKeyRecord> {
  const key = (await listApiKeys(c.get('ctx'))).find(({ id }) => id === c.req.param('id'))
  if (key === undefined) throw notFound('API key')
  return key
}

async function showRevoke(c: Context<ConsoleEnv>, key: ApiKeyRecord, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const page = (
    <SettingsFrame frame={frame} tab="keys">
      <h2>Revoke the key {key.name}</h2>
      <Confirm
        action={`${path}/${key.id}/revoke`}
        effects={[
          'Requests with this key are refused from the next one on. It cannot be undone.',
          <>
            It was last used: <Time at={key.lastUsedAt} empty="never" />.
          </>,
        ]}
        word={key.name}
        submit="Revoke the key"
        back={path}
        state={state}
      />
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}

async function showKeys(c: Context<ConsoleEnv>, state: FormState, fresh?: IssuedApiKey): Promise<Response> {
  const frame = frameOf(c)
  const keys = isPermitted(frame.ctx, 'api_keys.write') ? await listApiKeys(frame.ctx) : []
  const brands = isPermitted(frame.ctx, 'brands.read') ? await listBrands(frame.ctx) : []
  const unbounded = keys.filter(({ access, revokedAt }) => access === 'everything' && revokedAt === null)
  const page = (
    <SettingsFrame frame={frame} tab="keys">
      {fresh === undefined ? null : (
        <Panel title="The new key" id="new-key">
          <Alert kind="warning" title="This key is shown once">
            It may do this: {reachWords(fresh)}. Keep it where secrets are kept.
          </Alert>
          <CopyField id="api-key" label="API key" value={fresh.key} />
        </Panel>
      )}
      {unbounded.length === 0 ? null : (
        <Alert kind="info" title={unboundedWords(unbounded)}>
          A host product needs no more than decisions: give it a key of its own, then revoke the old one.
        </Alert>
      )}
      {keys.length === 0 ? (
        <EmptyState title="No API key" text="Programs use the management API with a key of their own." />
      ) : (
        <Table
          caption="API keys"
          columns={['Name', 'Ends in', 'May do', 'From', 'Last used', 'Until', { label: 'Actions', isSilent: true }]}
          rows={keys.map((key) => [
            key.name,
            <code>…{key.lastFour}</code>,
            reachWords(key),
            key.addressRanges?.join(', ') ?? 'Anywhere',
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
      {isPermitted(frame.ctx, 'api_keys.write') ? (
        <Panel title="Issue a key" id="issue">
          <PostForm action={path} state={state}>
            <Field {...field(state, 'name')} label="What it is for" maxlength={200} />
            <ScopeFields {...{ state, brands }} />
            <Field
              {...field(state, 'expiresAt')}
              label="Good until"
              type="date"
              hint="A year from now, unless you say otherwise."
              isOptional
            />
            <Buttons submit="Issue the key" />
          </PostForm>
        </Panel>
      ) : null}
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}
