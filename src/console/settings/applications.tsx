// Settings: host applications that sign people in through Rolecall, and the API keys of programs. Secrets are shown once.
import { type Context, Hono } from 'hono'
import { issueApiKey, listApiKeys, revokeApiKey } from '#access/api-keys/api-keys.ts'
import { type ApplicationRecord, getApplication, listApplications } from '#access/applications/applications.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { deleteApplication } from '#access/applications/delete-application.ts'
import { rotateApplicationSecret } from '#access/applications/rotate-application-secret.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { Actions, Field, SubmitButton } from '#http/ui/forms.tsx'
import { isPermitted } from '#src/context.ts'
import type { ConsoleEnv, ConsoleServices } from '../env.ts'
import { emptyForm, endOfDay, type FormState, filledForm, isRefused, refusedForm, textOf } from '../ui/forms.ts'
import { noticeOf } from '../ui/notices.ts'
import { Badge, ButtonForm, CopyField, Panel, TextArea, Time } from '../ui/parts.tsx'
import { SettingsFrame } from './settings-frame.tsx'

const path = '/console/settings/applications'

/** @returns an app to be mounted at `/console/settings` */
export function createApplicationPages(services: ConsoleServices): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/applications', (c) => showList(c, emptyForm))

  pages.post('/applications', async (c) => {
    const form = await readForm(c)
    try {
      const input = { name: form['name'] ?? '', ...addressesOf(form) }
      const { application, clientSecret } = await createApplication(c.get('ctx'), input)
      return showSecret(c, services, application, clientSecret)
    } catch (error) {
      return showList(c, refusedForm(form, error))
    }
  })

  pages.get('/applications/:id', async (c) => {
    const application = await getApplication(c.get('ctx'), c.req.param('id'))
    return showApplication(c, services, application, formOf(application))
  })

  pages.post('/applications/:id', async (c) => {
    const [form, applicationId] = [await readForm(c), c.req.param('id')]
    try {
      await updateApplication(c.get('ctx'), { applicationId, name: form['name'] ?? '', ...addressesOf(form) })
      return c.redirect(`${path}/${applicationId}?done=saved`, 303)
    } catch (error) {
      const application = await getApplication(c.get('ctx'), applicationId)
      return showApplication(c, services, application, refusedForm(form, error))
    }
  })

  pages.post('/applications/:id/rotate', async (c) => {
    const application = await getApplication(c.get('ctx'), c.req.param('id'))
    return showSecret(c, services, application, await rotateApplicationSecret(c.get('ctx'), application.id))
  })

  pages.post('/applications/:id/status', async (c) => {
    const status = (await readForm(c))['status'] === 'disabled' ? 'disabled' : 'active'
    await updateApplication(c.get('ctx'), { applicationId: c.req.param('id'), status })
    return c.redirect(`${path}/${c.req.param('id')}?done=saved`, 303)
  })

  pages.post('/applications/:id/delete', async (c) => {
    const application = await getApplication(c.get('ctx'), c.req.param('id'))
    const form = await readForm(c)
    if (form['confirm'] !== application.name) {
      const errors = { confirm: 'Type the name exactly as it is written above' }
      return showApplication(c, services, application, { ...formOf(application), errors })
    }
    await deleteApplication(c.get('ctx'), application.id)
    return c.redirect(`${path}?done=deleted`, 303)
  })

  pages.get('/api-keys', (c) => showKeys(c, emptyForm))

  pages.post('/api-keys', async (c) => {
    const form = await readForm(c)
    try {
      const expiresAt = endOfDay(form, 'expiresAt') ?? null
      const { key } = await issueApiKey(c.get('ctx'), { name: form['name'] ?? '', expiresAt })
      return showKeys(c, emptyForm, key)
    } catch (error) {
      return showKeys(c, refusedForm(form, error))
    }
  })

  pages.post('/api-keys/:id/revoke', async (c) => {
    await revokeApiKey(c.get('ctx'), c.req.param('id'))
    return c.redirect('/console/settings/api-keys?done=revoked', 303)
  })
  return pages
}

const linesOf = (form: Form, name: string): string[] => (form[name] ?? '').split(/\s+/).filter((line) => line !== '')

const addressesOf = (form: Form) => ({
  redirectUris: linesOf(form, 'redirectUris'),
  postLogoutRedirectUris: linesOf(form, 'postLogoutRedirectUris'),
  backchannelLogoutUri: textOf(form, 'backchannelLogoutUri') ?? null,
})

const formOf = (application: ApplicationRecord): FormState =>
  filledForm({
    name: application.name,
    redirectUris: application.redirectUris.join('\n'),
    postLogoutRedirectUris: application.postLogoutRedirectUris.join('\n'),
    backchannelLogoutUri: application.backchannelLogoutUri ?? '',
  })

const errorAt = ({ errors }: FormState, name: string): string | undefined =>
  Object.entries(errors).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1]

const ApplicationForm = ({ action, submit, state }: { action: string; submit: string; state: FormState }) => (
  <form method="post" action={action}>
    {state.message === undefined ? null : <Alert kind="danger" title={state.message} />}
    <Field name="name" label="Name" value={state.values['name']} error={state.errors['name']} maxlength={200} />
    <TextArea
      name="redirectUris"
      label="Redirect addresses"
      value={state.values['redirectUris']}
      error={errorAt(state, 'redirectUris')}
      hint="One a line, each exactly as the application sends it."
    />
    <TextArea
      name="postLogoutRedirectUris"
      label="Addresses after signing out"
      value={state.values['postLogoutRedirectUris']}
      error={errorAt(state, 'postLogoutRedirectUris')}
      isOptional
    />
    <Field
      name="backchannelLogoutUri"
      label="Back-channel logout address"
      type="url"
      value={state.values['backchannelLogoutUri']}
      error={state.errors['backchannelLogoutUri']}
      hint="Told at once when a session ends, for example because the person was deactivated."
      isOptional
    />
    <Actions>
      <SubmitButton label={submit} />
    </Actions>
  </form>
)

async function showList(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [ctx, manager] = [c.get('ctx'), c.get('manager')]
  const applications = await listApplications(ctx)
  const page = (
    <SettingsFrame {...{ ctx, manager }} tab="applications" notice={noticeOf(c.req.query('done'))}>
      {applications.length === 0 ? (
        <EmptyState
          title="No application yet"
          text="A host application signs people in through Rolecall by OpenID Connect and gets their roles and brands with it."
        />
      ) : (
        <Table
          caption="Applications"
          columns={[{ label: 'Application' }, { label: 'Status' }, { label: 'Since' }]}
          rows={applications.map(({ id, name, status, createdAt }) => [
            <a href={`${path}/${id}`}>{name}</a>,
            <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge>,
            <Time at={createdAt} />,
          ])}
        />
      )}
      {isPermitted(ctx, 'applications.write') ? (
        <Panel title="Register an application" id="register">
          <ApplicationForm action={path} submit="Register" state={state} />
        </Panel>
      ) : null}
    </SettingsFrame>
  )
  return renderPage(c, page, { status: isRefused(state) ? 400 : 200 })
}

/** The only page that shows the secret; it is an answer, not an address, so that it cannot be gone back to. */
function showSecret(
  c: Context<ConsoleEnv>,
  { urls }: ConsoleServices,
  { id, name }: ApplicationRecord,
  secret: string,
): Promise<Response> {
  const [ctx, manager] = [c.get('ctx'), c.get('manager')]
  const page = (
    <SettingsFrame {...{ ctx, manager }} tab="applications">
      <Panel title={name} id="new-secret">
        <Alert kind="warning" title="This secret is shown once">
          Copy it into the application now; Rolecall cannot show it again. An older secret is void.
        </Alert>
        <CopyField id="client-id" label="Client ID" value={id} />
        <CopyField id="client-secret" label="Client secret" value={secret} />
        <CopyField id="discovery" label="Discovery address" value={urls.provider.discoveryUrl} />
        <a class="btn btn-primary" href={`${path}/${id}`}>
          I have copied it
        </a>
      </Panel>
    </SettingsFrame>
  )
  return renderPage(c, page)
}

async function showApplication(
  c: Context<ConsoleEnv>,
  { urls }: ConsoleServices,
  application: ApplicationRecord,
  state: FormState,
): Promise<Response> {
  const [ctx, manager] = [c.get('ctx'), c.get('manager')]
  const { id, name, status } = application
  const page = (
    <SettingsFrame {...{ ctx, manager }} tab="applications" notice={noticeOf(c.req.query('done'))}>
      <h2>{name}</h2>
      <Facts
        facts={[
          { term: 'Client ID', value: <code>{id}</code> },
          { term: 'Status', value: <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge> },
          { term: 'Issuer', value: <code>{urls.provider.issuer}</code> },
          { term: 'Discovery address', value: <code>{urls.provider.discoveryUrl}</code> },
        ]}
      />
      {!isPermitted(ctx, 'applications.write') ? null : (
        <>
          <Panel title="Addresses" id="addresses">
            <ApplicationForm action={`${path}/${id}`} submit="Save" state={state} />
          </Panel>
          <Panel title="Secret" lead="A new secret makes the old one void at once.">
            <ButtonForm action={`${path}/${id}/rotate`} label="Make a new secret" />
          </Panel>
          <Panel
            title="Turn off or delete"
            lead="Either way everybody who is signed in there is signed out, and its tokens are void."
          >
            <div class="actions">
              <ButtonForm
                action={`${path}/${id}/status`}
                label={status === 'active' ? 'Turn off' : 'Turn on'}
                fields={{ status: status === 'active' ? 'disabled' : 'active' }}
              />
            </div>
            <form method="post" action={`${path}/${id}/delete`}>
              <Field
                name="confirm"
                label={`To delete it, type its name: ${name}`}
                error={state.errors['confirm']}
                autocomplete="off"
              />
              <SubmitButton label="Delete the application" kind="danger" />
            </form>
          </Panel>
        </>
      )}
    </SettingsFrame>
  )
  return renderPage(c, page, { status: isRefused(state) ? 400 : 200 })
}

async function showKeys(c: Context<ConsoleEnv>, state: FormState, fresh?: string): Promise<Response> {
  const [ctx, manager] = [c.get('ctx'), c.get('manager')]
  const keys = isPermitted(ctx, 'api_keys.write') ? await listApiKeys(ctx) : []
  const page = (
    <SettingsFrame {...{ ctx, manager }} tab="keys" notice={noticeOf(c.req.query('done'))}>
      {fresh === undefined ? null : (
        <Panel title="The new key" id="new-key">
          <Alert kind="warning" title="This key is shown once">
            It may do everything in this organization. Keep it where secrets are kept.
          </Alert>
          <CopyField id="api-key" label="API key" value={fresh} />
        </Panel>
      )}
      {keys.length === 0 ? (
        <EmptyState title="No API key" text="Programs use the management API with a key of their own." />
      ) : (
        <Table
          caption="API keys"
          columns={[
            { label: 'Name' },
            { label: 'Ends in' },
            { label: 'Last used' },
            { label: 'Until' },
            { label: 'Actions', isSilent: true },
          ]}
          rows={keys.map(({ id, name, lastFour, lastUsedAt, expiresAt, revokedAt }) => [
            name,
            <code>…{lastFour}</code>,
            <Time at={lastUsedAt} empty="Never" />,
            <Time at={expiresAt} empty="No end" />,
            revokedAt === null ? (
              <ButtonForm
                action={`/console/settings/api-keys/${id}/revoke`}
                label={
                  <>
                    Revoke<span class="visually-hidden"> {name}</span>
                  </>
                }
                kind="btn-sm"
              />
            ) : (
              <Badge tone="bad">revoked</Badge>
            ),
          ])}
        />
      )}
      {isPermitted(ctx, 'api_keys.write') ? (
        <Panel title="Issue a key" id="issue">
          <form method="post" action="/console/settings/api-keys">
            {state.message === undefined ? null : <Alert kind="danger" title={state.message} />}
            <Field
              name="name"
              label="What it is for"
              value={state.values['name']}
              error={state.errors['name']}
              maxlength={200}
            />
            <Field
              name="expiresAt"
              label="Good until"
              type="date"
              value={state.values['expiresAt']}
              error={state.errors['expiresAt']}
              isOptional
            />
            <Actions>
              <SubmitButton label="Issue" />
            </Actions>
          </form>
        </Panel>
      ) : null}
    </SettingsFrame>
  )
  return renderPage(c, page, { status: isRefused(state) ? 400 : 200 })
}
