// The pages of applications: the list, a new one, one of them, its secret, and what is confirmed.
import type { Context } from 'hono'
import {
  type ApplicationKind,
  type ApplicationRecord,
  applicationKinds,
  getApplication,
  listApplications,
} from '#access/applications/applications.ts'
import { previewClaims } from '#access/applications/preview-claims.ts'
import { hasKeys } from '#access/applications/public-keys.ts'
import { type BrandRecord, listBrands } from '#access/grants/brands/brands.ts'
import { renderPage } from '#http/pages.ts'
import { LinkButton, PrimaryLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { AppError } from '#platform/errors.ts'
import { isPermitted } from '#src/context.ts'
import { Confirm } from '../ui/confirm.tsx'
import { type ConsoleEnv, type ConsoleServices, type Frame, frameOf } from '../ui/env.ts'
import { Badge, ButtonForm, CopyField, Panel } from '../ui/parts.tsx'
import { renderForm } from '../ui/submit.ts'
import { ApplicationForm, kinds } from './application-form.tsx'
import { platformPanel } from './platform-application-pages.tsx'
import { SettingsFrame } from './settings-frame.tsx'

export const applicationsPath = '/console/settings/applications'

const brandsFor = async ({ ctx }: Frame, kind: ApplicationKind): Promise<BrandRecord[]> =>
  kind === 'machine' && isPermitted(ctx, 'brands.read') ? listBrands(ctx) : []

const StatusBadge = ({ status }: Pick<ApplicationRecord, 'status'>) => (
  <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge>
)

export async function showList(c: Context<ConsoleEnv>): Promise<Response> {
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
          columns={['Application', 'Kind', 'Status', 'Since']}
          rows={applications.map(({ id, kind, name, status, createdAt }) => [
            <a href={`${applicationsPath}/${id}`}>{name}</a>,
            kinds[kind].label,
            <StatusBadge status={status} />,
            <Time at={createdAt} />,
          ])}
        />
      )}
      {await platformPanel(frame)}
      {isPermitted(frame.ctx, 'applications.write') ? <KindChoice /> : null}
    </SettingsFrame>
  )
  return renderPage(c, page)
}

const KindChoice = () => (
  <Panel title="Register an application" id="register" lead="Which kind is it? It stays that kind.">
    <dl>
      {applicationKinds.map((kind) => (
        <>
          <dt>
            <a href={`${applicationsPath}/new/${kind}`}>{kinds[kind].label}</a>
          </dt>
          <dd>{kinds[kind].hint}</dd>
        </>
      ))}
    </dl>
  </Panel>
)

export async function showNew(c: Context<ConsoleEnv>, kind: ApplicationKind, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const page = (
    <SettingsFrame frame={frame} tab="applications">
      <Panel title={kinds[kind].label} id="register" lead={kinds[kind].hint}>
        <ApplicationForm
          {...{ kind, state, brands: await brandsFor(frame, kind) }}
          action={applicationsPath}
          submit="Register the application"
        />
      </Panel>
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}

/** The only page that shows the secret; it is an answer, not an address, so that it cannot be gone back to. */
export function showSecret(
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
        <PrimaryLink href={`${applicationsPath}/${id}`}>I have copied it</PrimaryLink>
      </Panel>
    </SettingsFrame>
  )
  return renderPage(c, page)
}

export async function showApplication(
  c: Context<ConsoleEnv>,
  { urls }: ConsoleServices,
  application: ApplicationRecord,
  state: FormState,
): Promise<Response> {
  const frame = frameOf(c)
  const { id, kind, name, status } = application
  const page = (
    <SettingsFrame frame={frame} tab="applications">
      <h2>{name}</h2>
      <Facts
        facts={[
          { term: 'Client ID', value: <code>{id}</code> },
          { term: 'Kind', value: kinds[kind].label },
          { term: 'Status', value: <StatusBadge status={status} /> },
          { term: 'Issuer', value: <code>{urls.provider.issuer}</code> },
          { term: 'Discovery address', value: <code>{urls.provider.discoveryUrl}</code> },
        ]}
      />
      {!isPermitted(frame.ctx, 'applications.write') ? null : (
        <>
          <Panel title={kind === 'machine' ? 'Name and rights' : 'Name and addresses'} id="addresses">
            <ApplicationForm
              {...{ kind, state, brands: await brandsFor(frame, kind) }}
              action={`${applicationsPath}/${id}`}
              submit="Save"
            />
          </Panel>
          {kind === 'machine' ? null : <ClaimsOf {...{ application, ...(await claimsShown(c, application)) }} />}
          <Ends {...application} />
        </>
      )}
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}

type ClaimsShown = { user: string; said: string | undefined; fault: string | undefined }

/** What its tokens would say of the person that the address names. */
async function claimsShown(c: Context<ConsoleEnv>, { id }: ApplicationRecord): Promise<ClaimsShown> {
  const user = c.req.query('user') ?? ''
  if (user === '') return { user, said: undefined, fault: undefined }
  const scope = 'openid profile email roles brands permissions organization'
  try {
    const { idToken } = await previewClaims(c.get('ctx'), { applicationId: id, user, scope })
    return { user, said: JSON.stringify(idToken, null, 2), fault: undefined }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { user, said: undefined, fault: error.message }
  }
}

const ClaimsOf = ({ application, user, said, fault }: ClaimsShown & { application: ApplicationRecord }) => (
  <Panel title="What its tokens say" id="claims" lead="Of one person, now, where it asks for everything.">
    <form method="get" action={`${applicationsPath}/${application.id}#claims`}>
      <Field name="user" label="Person" value={user} error={fault} hint="User name or address." />
      <SubmitButton label="Show the claims" kind="secondary" />
    </form>
    {said === undefined ? null : <pre tabindex={0}>{said}</pre>}
  </Panel>
)

const Ends = ({ id, kind, status, ...keys }: ApplicationRecord) => (
  <>
    {kind === 'public' || hasKeys(keys) ? null : (
      <Panel title="Secret" lead="A new secret makes the old one void at once.">
        <LinkButton href={`${applicationsPath}/${id}/rotate`}>Make a new secret</LinkButton>
      </Panel>
    )}
    <Panel
      title="Turn off or delete"
      lead={
        kind === 'machine'
          ? 'Either way its tokens are void at once.'
          : 'Either way everybody who is signed in there is signed out, and its tokens are void.'
      }
    >
      <div class="actions">
        {status === 'active' ? (
          <LinkButton href={`${applicationsPath}/${id}/disable`}>Turn off</LinkButton>
        ) : (
          <ButtonForm action={`${applicationsPath}/${id}/enable`} label="Turn on" />
        )}
        <LinkButton href={`${applicationsPath}/${id}/delete`}>Delete</LinkButton>
      </div>
    </Panel>
  </>
)

/** What a change comes to, for who signs people in and for a machine. */
const changes = {
  rotate: {
    title: 'Make a new secret',
    submit: 'Make a new secret',
    effects: [
      'The secret that it has now is void at once: nobody can sign in there until it has the new one.',
      'Who is signed in there stays so.',
    ],
    ofMachine: [
      'The secret and the tokens that it has now are void at once: it can do nothing until it has the new one.',
    ],
  },
  disable: {
    title: 'Turn off',
    submit: 'Turn it off',
    effects: [
      'Everybody who is signed in there is signed out, and its tokens are void.',
      'Nobody can sign in there until it is turned on again.',
    ],
    ofMachine: ['Its tokens are void, and it gets no other until it is turned on again.'],
  },
  delete: {
    title: 'Delete',
    submit: 'Delete the application',
    effects: [
      'Everybody who is signed in there is signed out, and its tokens are void.',
      'Its client id and secret are gone. It cannot be undone.',
    ],
    ofMachine: ['Its tokens are void. Its client id and secret are gone. It cannot be undone.'],
  },
} as const

export async function showChange(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const { id = '', change = '' } = c.req.param() as Record<string, string | undefined>
  const { title, submit, ...told } = changes[change as keyof typeof changes]
  const { name, kind } = await getApplication(frame.ctx, id)
  const effects = kind === 'machine' ? told.ofMachine : told.effects
  const page = (
    <SettingsFrame frame={frame} tab="applications">
      <h2>
        {title}: {name}
      </h2>
      <Confirm
        {...{ effects, submit, state }}
        action={`${applicationsPath}/${id}/${change}`}
        word={name}
        back={`${applicationsPath}/${id}`}
      />
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}
