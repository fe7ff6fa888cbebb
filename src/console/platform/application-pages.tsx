// Applications of the platform: the list, and a new one, whose secret is shown once.
import { type Context, Hono } from 'hono'
import { listApplications } from '#access/applications/applications.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { requirePlatform } from '#access/ground/platform-rights.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { emptyForm } from '../ui/forms.ts'
import { Badge, CopyField, Panel, TextArea } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'

const path = '/platform/applications'

type Made = Awaited<ReturnType<typeof createApplication>>

export function createApplicationPages(): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/applications', (c) => showApplications(c, emptyForm))
  pages.post('/applications', (c) =>
    submit(c, { again: (state) => showApplications(c, state) }, async (form) => {
      const ctx = c.get('ctx')
      requirePlatform(ctx, 'applications.write')
      return showApplications(c, emptyForm, await createApplication(ctx, wanted(form)))
    }),
  )
  return pages
}

const linesOf = (text = ''): string[] => text.split(/\s+/).filter((line) => line !== '')

const wanted = (form: Form): Parameters<typeof createApplication>[1] => ({
  name: form['name'] ?? '',
  kind: form['kind'] === 'public' ? 'public' : 'confidential',
  redirectUris: linesOf(form['redirectUris']),
  postLogoutRedirectUris: linesOf(form['postLogoutRedirectUris']),
  ...((form['backchannelLogoutUri'] ?? '') === '' ? {} : { backchannelLogoutUri: form['backchannelLogoutUri'] }),
})

async function showApplications(c: Context<PlatformEnv>, state: FormState, made?: Made): Promise<Response> {
  const frame = frameOf(c)
  const applications = await listApplications(frame.ctx)
  const page = (
    <PlatformPage
      frame={frame}
      section="applications"
      title="Applications"
      lead="They serve all organizations by one client ID; which ones, and everything else of them, by command or by API."
    >
      {made === undefined ? null : <MadePanel made={made} />}
      {applications.length === 0 ? (
        <EmptyState title="No application of the platform" text="Register the first one below." />
      ) : (
        <Table
          caption="Applications of the platform"
          columns={['Application', 'Client ID', 'Status', 'Since']}
          rows={applications.map(({ id, name, status, createdAt }) => [
            name,
            <code>{id}</code>,
            <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge>,
            <Time at={createdAt} />,
          ])}
        />
      )}
      {frame.mayChange ? <RegisterForm state={state} /> : null}
    </PlatformPage>
  )
  return renderForm(c, state, page)
}

const MadePanel = ({ made: { application, clientSecret } }: { made: Made }) => (
  <Panel title={`${application.name} is registered`} id="made">
    <CopyField id="client-id" label="Client ID" value={application.id} />
    {clientSecret === null ? null : (
      <>
        <Alert kind="warning" title="This secret is shown once">
          Keep it where secrets are kept.
        </Alert>
        <CopyField id="client-secret" label="Client secret" value={clientSecret} />
      </>
    )}
  </Panel>
)

const RegisterForm = ({ state }: { state: FormState }) => (
  <Panel title="Register an application" id="register">
    <PostForm action={path} state={state}>
      <Field {...field(state, 'name')} label="Name" maxlength={200} />
      <Choice
        name="kind"
        legend="Kind"
        value={state.values['kind']}
        options={[
          { value: 'confidential', label: 'Application with a server', hint: 'Keeps a client secret on its server.' },
          { value: 'public', label: 'Browser, mobile or command-line application', hint: 'Can keep no secret.' },
        ]}
      />
      <TextArea {...field(state, 'redirectUris')} label="Redirect addresses" hint="One on each line" />
      <TextArea
        {...field(state, 'postLogoutRedirectUris')}
        label="Addresses after signing out"
        hint="One on each line"
        isOptional
      />
      <Field
        {...field(state, 'backchannelLogoutUri')}
        label="Address for sign-outs (back-channel)"
        type="url"
        isOptional
      />
      <Buttons submit="Register the application" />
    </PostForm>
  </Panel>
)
