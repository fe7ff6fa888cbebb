// Settings: host applications that sign people in through Rolecall. Secrets are shown once.
import { type Context, Hono } from 'hono'
import { type ApplicationRecord, getApplication, listApplications } from '#access/applications/applications.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { deleteApplication } from '#access/applications/delete-application.ts'
import { rotateApplicationSecret } from '#access/applications/rotate-application-secret.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { Buttons, LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { Confirm, typedState } from '../ui/confirm.tsx'
import { type ConsoleEnv, type ConsoleServices, frameOf } from '../ui/env.ts'
import { emptyForm, filledForm, isRefused, textOf } from '../ui/forms.ts'
import { Badge, ButtonForm, CopyField, Panel, Select, TextArea } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { SettingsFrame } from './settings-frame.tsx'

const path = '/console/settings/applications'

/** @returns an app to be mounted at `/console/settings` */
export function createApplicationPages(services: ConsoleServices): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/applications', (c) => showList(c, emptyForm))

  pages.post('/applications', (c) =>
    submit(c, { again: (state) => showList(c, state) }, async (form) => {
      const input = { name: form['name'] ?? '', ...addressesOf(form), ...optionsOf(form) }
      const { application, clientSecret } = await createApplication(c.get('ctx'), input)
      return showSecret(c, services, application, clientSecret)
    }),
  )

  pages.get('/applications/:id', async (c) => {
    const application = await getApplication(c.get('ctx'), c.req.param('id'))
    return showApplication(c, services, application, formOf(application))
  })

  pages.post('/applications/:id', async (c) => {
    const [ctx, applicationId] = [c.get('ctx'), c.req.param('id')]
    const again = async (state: FormState) =>
      showApplication(c, services, await getApplication(ctx, applicationId), state)
    return submit(c, { again }, async (form) => {
      await updateApplication(ctx, {
        applicationId,
        name: form['name'] ?? '',
        ...addressesOf(form),
        ...optionsOf(form),
      })
      return `${path}/${applicationId}?done=saved`
    })
  })

  pages.get('/applications/:id/:change{rotate|disable|delete}', (c) => showChange(c, emptyForm))

  pages.post('/applications/:id/:change{rotate|disable|delete}', async (c) => {
    const [ctx, { id, change }] = [c.get('ctx'), c.req.param()]
    const application = await getApplication(ctx, id)
    const state = typedState(await readForm(c), application.name)
    if (isRefused(state)) return showChange(c, state)
    if (change === 'rotate') return showSecret(c, services, application, await rotateApplicationSecret(ctx, id))
    if (change === 'disable') await updateApplication(ctx, { applicationId: id, status: 'disabled' })
    else await deleteApplication(ctx, id)
    return c.redirect(change === 'disable' ? `${path}/${id}?done=saved` : `${path}?done=deleted`, 303)
  })

  pages.post('/applications/:id/enable', async (c) => {
    const applicationId = c.req.param('id')
    await updateApplication(c.get('ctx'), { applicationId, status: 'active' })
    return c.redirect(`${path}/${applicationId}?done=saved`, 303)
  })
  return pages
}

const linesOf = (form: Form, name: string): string[] => (form[name] ?? '').split(/\s+/).filter((line) => line !== '')

/** What it may want otherwise; the verb checks what was chosen. */
const optionsOf = (form: Form) => ({
  isPkceRequired: form['isPkceOptional'] === undefined,
  idTokenAlgorithm: (form['idTokenAlgorithm'] ?? 'RS256') as ApplicationRecord['idTokenAlgorithm'],
  brandsClaim: (form['brandsClaim'] ?? 'objects') as ApplicationRecord['brandsClaim'],
})

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
    ...(application.isPkceRequired ? {} : { isPkceOptional: 'on' }),
    ...{ idTokenAlgorithm: application.idTokenAlgorithm, brandsClaim: application.brandsClaim },
  })

const errorAt = ({ errors }: FormState, name: string): string | undefined =>
  Object.entries(errors).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1]

const ApplicationForm = ({ action, submit, state }: { action: string; submit: string; state: FormState }) => (
  <PostForm action={action} state={state}>
    <Field {...field(state, 'name')} label="Name" maxlength={200} />
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
      {...field(state, 'backchannelLogoutUri')}
      label="Back-channel logout address"
      type="url"
      hint="Told at once when a session ends, for example because the person was deactivated."
      isOptional
    />
    <Select
      {...field(state, 'idTokenAlgorithm')}
      label="ID tokens are signed by"
      options={[
        { value: 'RS256', label: 'RS256, which every application knows' },
        { value: 'ES256', label: 'ES256' },
      ]}
    />
    <Select
      {...field(state, 'brandsClaim')}
      label="Tokens list brands"
      options={[
        { value: 'objects', label: 'With their roles' },
        { value: 'slugs', label: 'By their short names alone' },
      ]}
    />
    <Check
      name="isPkceOptional"
      label="It knows no PKCE"
      isChecked={state.values['isPkceOptional'] !== undefined}
      hint="Only for an application that keeps its client secret on a server."
    />
    <Buttons submit={submit} />
  </PostForm>
)

async function showList(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const applications = await listApplications(frame.ctx)
  const page = (
    <SettingsFrame frame={frame} tab="applications">
      {applications.length === 0 ? (
        <EmptyState
          title="No application yet"
          text="A host application signs people in through Rolecall by OpenID Connect and gets their roles and brands with it."
        />
      ) : (
        <Table
          caption="Applications"
          columns={['Application', 'Status', 'Since']}
          rows={applications.map(({ id, name, status, createdAt }) => [
            <a href={`${path}/${id}`}>{name}</a>,
            <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge>,
            <Time at={createdAt} />,
          ])}
        />
      )}
      {isPermitted(frame.ctx, 'applications.write') ? (
        <Panel title="Register an application" id="register">
          <ApplicationForm action={path} submit="Register" state={state} />
        </Panel>
      ) : null}
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}

/** The only page that shows the secret; it is an answer, not an address, so that it cannot be gone back to. */
function showSecret(
  c: Context<ConsoleEnv>,
  { urls }: ConsoleServices,
  { id, name }: ApplicationRecord,
  secret: string,
): Promise<Response> {
  const frame = frameOf(c)
  const page = (
    <SettingsFrame frame={frame} tab="applications">
      <Panel title={name} id="new-secret">
        <Alert kind="warning" title="This secret is shown once">
          Copy it into the application now; Rolecall cannot show it again. An older secret is void.
        </Alert>
        <CopyField id="client-id" label="Client ID" value={id} />
        <CopyField id="client-secret" label="Client secret" value={secret} />
        <CopyField id="discovery" label="Discovery address" value={urls.provider.discoveryUrl} />
        <PrimaryLink href={`${path}/${id}`}>I have copied it</PrimaryLink>
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
  const frame = frameOf(c)
  const { id, name, status } = application
  const page = (
    <SettingsFrame frame={frame} tab="applications">
      <h2>{name}</h2>
      <Facts
        facts={[
          { term: 'Client ID', value: <code>{id}</code> },
          { term: 'Status', value: <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge> },
          { term: 'Issuer', value: <code>{urls.provider.issuer}</code> },
          { term: 'Discovery address', value: <code>{urls.provider.discoveryUrl}</code> },
        ]}
      />
      {!isPermitted(frame.ctx, 'applications.write') ? null : (
        <>
          <Panel title="Name and addresses" id="addresses">
            <ApplicationForm action={`${path}/${id}`} submit="Save" state={state} />
          </Panel>
          <Panel title="Secret" lead="A new secret makes the old one void at once.">
            <LinkButton href={`${path}/${id}/rotate`}>Make a new secret</LinkButton>
          </Panel>
          <Panel
            title="Turn off or delete"
            lead="Either way everybody who is signed in there is signed out, and its tokens are void."
          >
            <div class="actions">
              {status === 'active' ? (
                <LinkButton href={`${path}/${id}/disable`}>Turn off</LinkButton>
              ) : (
                <ButtonForm action={`${path}/${id}/enable`} label="Turn on" />
              )}
              <LinkButton href={`${path}/${id}/delete`}>Delete</LinkButton>
            </div>
          </Panel>
        </>
      )}
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}

const changes = {
  rotate: {
    title: 'Make a new secret',
    effects: [
      'The secret that it has now is void at once: nobody can sign in there until it has the new one.',
      'Who is signed in there stays so.',
    ],
    submit: 'Make a new secret',
  },
  disable: {
    title: 'Turn off',
    effects: [
      'Everybody who is signed in there is signed out, and its tokens are void.',
      'Nobody can sign in there until it is turned on again.',
    ],
    submit: 'Turn it off',
  },
  delete: {
    title: 'Delete',
    effects: [
      'Everybody who is signed in there is signed out, and its tokens are void.',
      'Its client id and secret are gone. It cannot be undone.',
    ],
    submit: 'Delete the application',
  },
} as const

async function showChange(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const { id = '', change = '' } = c.req.param() as Record<string, string | undefined>
  const { title, effects, submit } = changes[change as keyof typeof changes]
  const { name } = await getApplication(frame.ctx, id)
  const page = (
    <SettingsFrame frame={frame} tab="applications">
      <h2>
        {title}: {name}
      </h2>
      <Confirm {...{ effects, submit, state }} action={`${path}/${id}/${change}`} word={name} back={`${path}/${id}`} />
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}
