// Organizations as those see them who run the installation: the list with how each does, and one of them.
import { type Context, Hono } from 'hono'
import { requirePlatform } from '#access/ground/platform-rights.ts'
import { changeOrganization } from '#access/platform/organizations/change-organization.ts'
import { deleteOrganization } from '#access/platform/organizations/delete-organization.ts'
import { type OrganizationHealth, organizationHealth } from '#access/platform/organizations/organization-health.ts'
import {
  getPlatformOrganization,
  type PlatformOrganization,
  searchOrganizations,
} from '#access/platform/organizations/platform-organizations.ts'
import { ownSupport } from '#access/platform/support/request-support.ts'
import { renderPage } from '#http/pages.ts'
import { formOf } from '#http/read-form.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { isId } from '#platform/ids.ts'
import { counted } from '#words/counts.ts'
import { Confirm, typedState } from '../ui/confirm.tsx'
import { emptyForm, isRefused } from '../ui/forms.ts'
import { Search } from '../ui/list.tsx'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'
import { seatsInWords } from '../ui/seats.ts'
import { renderForm } from '../ui/submit.ts'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'
import { SupportPanel } from './support-pages.tsx'

const pageSize = 50

export function createOrganizationPages(): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/', showList)
  pages.get('/organizations/:id', showOne)
  pages.get('/organizations/:id/:change{suspend|delete}', (c) => showChange(c, emptyForm))
  pages.post('/organizations/:id/:change{suspend|delete}', async (c) => {
    const [ctx, { id, change }] = [c.get('ctx'), c.req.param()]
    const { slug } = await getPlatformOrganization(ctx, id)
    const state = typedState(await formOf(c), slug)
    if (isRefused(state)) return showChange(c, state)
    if (change === 'suspend') await changeOrganization(ctx, id, { status: 'suspended' })
    else await deleteOrganization(ctx, id)
    return c.redirect(`/platform/organizations/${id}?done=saved`, 303)
  })
  pages.post('/organizations/:id/resume', async (c) => {
    const { id } = c.req.param()
    await changeOrganization(c.get('ctx'), id, { status: 'active' })
    return c.redirect(`/platform/organizations/${id}?done=saved`, 303)
  })
  return pages
}

async function showList(c: Context<PlatformEnv>): Promise<Response> {
  const frame = frameOf(c)
  const q = (c.req.query('q') ?? '').trim().slice(0, 200)
  const after = c.req.query('after') ?? ''
  const found = await searchOrganizations(frame.ctx, {
    ...(q === '' ? {} : { q }),
    ...(isId('org', after) ? { after } : {}),
    limit: pageSize + 1,
  })
  const shown = found.slice(0, pageSize)
  const health = await organizationHealth(
    frame.ctx,
    shown.map(({ id }) => id),
  )
  const next = found.length > pageSize ? shown.at(-1)?.id : undefined
  const page = (
    <PlatformPage frame={frame} section="organizations" title="Organizations">
      <Search action="/platform" q={q === '' ? undefined : q} placeholder="Name or slug" isPrimary />
      {shown.length === 0 ? (
        <EmptyState title="No organizations match" text="Search for another part of the name or the slug." />
      ) : (
        <Table
          caption="Organizations"
          columns={['Organization', 'Status', 'Active users', 'Last synchronization', 'Last sign-in', 'Health']}
          rows={shown.map((organization) => rowOf(organization, health.get(organization.id)))}
        />
      )}
      {next === undefined ? null : (
        <LinkButton href={`/platform?${new URLSearchParams({ q, after: next })}`}>Next page</LinkButton>
      )}
    </PlatformPage>
  )
  return renderPage(c, page)
}

const rowOf = (organization: PlatformOrganization, health: OrganizationHealth | undefined) => [
  <>
    <a href={`/platform/organizations/${organization.id}`}>{organization.name}</a> <code>{organization.slug}</code>
  </>,
  <StatusBadge organization={organization} />,
  seatsInWords(health?.active ?? 0, organization.seatLimit),
  <Time at={health?.synchronisedAt ?? null} empty="Never" />,
  <Time at={health?.signedInAt ?? null} empty="Never" />,
  faultsOf(health).join(', ') || 'No problems found',
]

const StatusBadge = ({ organization: { status, deletionDueAt } }: { organization: PlatformOrganization }) =>
  deletionDueAt === null ? (
    <Badge tone={status === 'active' ? 'good' : 'bad'}>{status}</Badge>
  ) : (
    <Badge tone="bad">being deleted</Badge>
  )

const faultWords: Record<string, string> = {
  certificate_ending: 'a certificate ends soon',
  connection_failing: 'nobody gets in by a connection',
  mail_failing: 'mail is not sent',
  mass_change_waiting: 'a mass change waits',
}

function faultsOf(health: OrganizationHealth | undefined): string[] {
  if (health === undefined) return []
  const { faults, refused, undelivered } = health
  return [
    ...faults.map((fault) => faultWords[fault] ?? fault),
    ...(refused > 0 ? [`${counted(refused, 'refused sign-in')} today`] : []),
    ...(undelivered > 0 ? [`${counted(undelivered, 'undelivered sign-out')}`] : []),
  ]
}

async function showOne(c: Context<PlatformEnv>): Promise<Response> {
  const frame = frameOf(c)
  const organization = await getPlatformOrganization(frame.ctx, c.req.param('id') ?? '')
  const health = (await organizationHealth(frame.ctx, [organization.id])).get(organization.id)
  const { id, slug, name, status, externalId, metadata, seatLimit, createdAt, deletionDueAt } = organization
  const page = (
    <PlatformPage frame={frame} section="organizations" title={name}>
      <Panel title="Health" id="health">
        <Facts
          facts={[
            { term: 'Active users', value: seatsInWords(health?.active ?? 0, seatLimit) },
            { term: 'Last synchronization', value: <Time at={health?.synchronisedAt ?? null} empty="Never" /> },
            { term: 'Last sign-in', value: <Time at={health?.signedInAt ?? null} empty="Never" /> },
            { term: 'Problems', value: faultsOf(health).join(', ') || 'None found' },
          ]}
        />
      </Panel>
      <Panel title="Organization" id="facts">
        <Facts
          facts={[
            { term: 'Status', value: <StatusBadge organization={organization} /> },
            { term: 'Slug', value: <code>{slug}</code> },
            { term: 'ID', value: <code>{id}</code> },
            { term: 'External ID', value: externalId ?? 'None' },
            ...Object.entries(metadata).map(([term, value]) => ({ term, value })),
            { term: 'Created', value: <Time at={createdAt} /> },
            ...(deletionDueAt === null ? [] : [{ term: 'Erased after', value: <Time at={deletionDueAt} /> }]),
          ]}
        />
      </Panel>
      {frame.mayChange ? <SupportPanel {...{ id, support: await ownSupport(frame.ctx, id) }} /> : null}
      {frame.mayChange ? <Changes {...{ id, status, isDeleting: deletionDueAt !== null }} /> : null}
    </PlatformPage>
  )
  return renderPage(c, page)
}

const Changes = ({ id, status, isDeleting }: { id: string; status: string; isDeleting: boolean }) => (
  <Panel
    title="Suspend or delete"
    id="changes"
    lead="Either way every session ends and every key and token is refused."
  >
    <div class="actions">
      {status === 'active' ? (
        <LinkButton href={`/platform/organizations/${id}/suspend`}>Suspend</LinkButton>
      ) : (
        <ButtonForm
          action={`/platform/organizations/${id}/resume`}
          label={isDeleting ? 'Restore the organization' : 'Resume the organization'}
        />
      )}
      {isDeleting ? null : <LinkButton href={`/platform/organizations/${id}/delete`}>Delete</LinkButton>}
    </div>
  </Panel>
)

const changes = {
  suspend: {
    title: 'Suspend',
    submit: 'Suspend the organization',
    effects: [
      'Everybody is signed out, and nobody can sign in until it is resumed.',
      'Its API keys and directory tokens are refused. Nothing is lost.',
    ],
  },
  delete: {
    title: 'Delete',
    submit: 'Delete the organization',
    effects: [
      'It is suspended at once: everybody is signed out, and its keys and tokens are refused.',
      'After 30 days everything of it is erased, its audit trail too. Until then it can be restored.',
    ],
  },
} as const

async function showChange(c: Context<PlatformEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  requirePlatform(frame.ctx, 'organizations.write')
  const { id = '', change = '' } = c.req.param() as Record<string, string | undefined>
  const { title, submit, effects } = changes[change as keyof typeof changes]
  const { slug, name } = await getPlatformOrganization(frame.ctx, id)
  const page = (
    <PlatformPage frame={frame} section="organizations" title={`${title} ${name}`}>
      <Confirm
        {...{ effects, submit, state }}
        action={`/platform/organizations/${id}/${change}`}
        word={slug}
        back={`/platform/organizations/${id}`}
      />
    </PlatformPage>
  )
  return renderForm(c, state, page)
}
