// Connections: how each of them does, its page, what its state and settings are, and the setup links.
import { type Context, Hono } from 'hono'
import { listRoles } from '#access/grants/roles/roles.ts'
import { listConnectionHealth } from '#access/organizations/overview.ts'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { previewConnectionStatus } from '#access/sign-in/status-effects.ts'
import { createSetupLink, revokeSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { getSetupLink, listSetupLinks } from '#connections/setup-links/setup-links.ts'
import { type Connection, getConnection } from '#connections/sign-in/connections.ts'
import { type DiscoveryDocument, discover } from '#connections/sign-in/discovery.ts'
import { refreshMetadata } from '#connections/sign-in/refresh-metadata.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError, notFound } from '#platform/errors.ts'
import { isPermitted } from '#src/context.ts'
import { arrivalsOf } from '../connect/choose.tsx'
import { namedDirectories } from '../ui/directory-names.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, refusedForm, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { ConnectionPage } from './connection-page.tsx'
import { ConnectionListPage, NewLinkPage, RevokeLinkPage } from './list-page.tsx'
import { changesOf, SettingsPage, valuesOf } from './settings-form.tsx'
import { StatusPage, wordFor } from './status-page.tsx'
import { isStatusChange, type StatusChange } from './words.ts'

const path = '/console/connections'

/** @returns an app to be mounted at `/console/connections` */
export function createConnectionPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', (c) => showList(c, emptyForm))

  pages.post('/setup-links', async (c) => {
    const frame = frameOf(c)
    return submit(c, { again: (state) => showList(c, state) }, async (form) => {
      const days = Number(textOf(form, 'days') ?? 7)
      const domains = (form['domains'] ?? '').split(/[\s,;]+/).filter((name) => name !== '')
      const wanted = { label: form['label'] ?? '', days, domains, arrivals: arrivalsOf(form) }
      const { link, token } = await createSetupLink(frame.ctx, wanted)
      return renderPage(c, <NewLinkPage {...{ frame, link }} url={frame.ctx.urls.page(`/setup/${token}`)} />)
    })
  })

  pages.get('/setup-links/:linkId/revoke', async (c) => {
    const frame = frameOf(c)
    return renderPage(c, <RevokeLinkPage frame={frame} link={await getSetupLink(frame.ctx, c.req.param('linkId'))} />)
  })

  pages.post('/setup-links/:linkId/revoke', async (c) => {
    await revokeSetupLink(c.get('ctx'), c.req.param('linkId'))
    return c.redirect(`${path}?done=revoked#setup-links`, 303)
  })

  pages.get('/:id', (c) => showConnection(c, c.req.param('id')))

  pages.get('/:id/settings', async (c) => {
    const connection = await getConnection(c.get('ctx'), c.req.param('id'))
    return showSettings(c, connection, { ...emptyForm, values: valuesOf(connection) })
  })

  pages.post('/:id/settings', async (c) => {
    const ctx = c.get('ctx')
    const connection = await getConnection(ctx, c.req.param('id'))
    return submit(c, { again: (state) => showSettings(c, connection, state) }, async (form) => {
      const changes = changesOf(connection, form)
      await updateConnection(ctx, { connectionId: connection.id, ...changes }, requireOrdinaryRole)
      return `${path}/${connection.id}?done=saved`
    })
  })

  pages.post('/:id/refresh', async (c) => {
    try {
      await refreshMetadata(c.get('ctx'), c.req.param('id'))
      return c.redirect(`${path}/${c.req.param('id')}?done=saved`, 303)
    } catch (error) {
      return showConnection(c, c.req.param('id'), refusedForm({}, error).message)
    }
  })

  pages.post('/:id/trust', async (c) => {
    const [form, connectionId] = [await readForm(c), c.req.param('id')]
    await updateConnection(
      c.get('ctx'),
      { connectionId, trustCertificates: [form['sha256'] ?? ''] },
      requireOrdinaryRole,
    )
    return c.redirect(`${path}/${connectionId}?done=saved`, 303)
  })

  pages.get('/:id/status', (c) => showStatus(c, wantedStatus(c.req.query('to')), emptyForm))

  pages.post('/:id/status', async (c) => {
    const status = wantedStatus((await readForm(c))['to'])
    const connection = await getConnection(c.get('ctx'), c.req.param('id'))
    const word = wordFor(status, connection)
    return submit(c, { again: (state) => showStatus(c, status, state), word }, async () => {
      await setConnectionStatus(c.get('ctx'), { connectionId: connection.id, status })
      return `${path}/${connection.id}?done=saved`
    })
  })
  return pages
}

function wantedStatus(text: string | undefined): StatusChange {
  if (isStatusChange(text)) return text
  throw notFound('Page')
}

async function showList(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [connections, links] = await Promise.all([
    listConnectionHealth(frame.ctx),
    listSetupLinks(frame.ctx, { limit: 50 }),
  ])
  const page = <ConnectionListPage {...{ frame, connections, links, state }} />
  return renderForm(c, state, page)
}

async function showConnection(c: Context<ConsoleEnv>, id: string, fault?: string): Promise<Response> {
  const frame = frameOf(c)
  const connection = await getConnection(frame.ctx, id)
  const [health, links, attempts, roles, directories] = await Promise.all([
    listConnectionHealth(frame.ctx),
    listSetupLinks(frame.ctx),
    isPermitted(frame.ctx, 'sign_ins.read') ? listAttempts(frame.ctx, { connectionId: id, limit: 8 }) : [],
    isPermitted(frame.ctx, 'roles.read') ? listRoles(frame.ctx) : [],
    namedDirectories(frame.ctx),
  ])
  const page = (
    <ConnectionPage
      {...{ frame, connection, attempts, fault }}
      health={health.find((each) => each.id === id)}
      links={links.filter(({ connectionId }) => connectionId === id)}
      defaultRole={roles.find((role) => role.id === connection.defaultRoleId)}
      directory={directories.find((directory) => directory.id === connection.directoryId)}
    />
  )
  return renderPage(c, page, { status: fault === undefined ? 200 : 400 })
}

async function showSettings(c: Context<ConsoleEnv>, connection: Connection, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [roles, directories] = await Promise.all([
    isPermitted(frame.ctx, 'roles.read') ? listRoles(frame.ctx) : [],
    namedDirectories(frame.ctx),
  ])
  const page = <SettingsPage {...{ frame, connection, state, roles, directories }} />
  return renderForm(c, state, page)
}

async function showStatus(c: Context<ConsoleEnv>, to: StatusChange, state: FormState): Promise<Response> {
  const [frame, id] = [frameOf(c), c.req.param('id') ?? '']
  const connection = await getConnection(frame.ctx, id)
  const effects = await previewConnectionStatus(frame.ctx, id)
  const provider = await providerOf(c, connection, to)
  const page = <StatusPage {...{ frame, connection, effects, to, state, provider }} />
  return renderForm(c, state, page)
}

/** Read before people are sent to an OpenID provider. */
async function providerOf(
  c: Context<ConsoleEnv>,
  connection: Connection,
  to: StatusChange,
): Promise<DiscoveryDocument | AppError | undefined> {
  if (connection.type !== 'oidc' || (to !== 'optional' && to !== 'enforced')) return undefined
  return discover(c.get('ctx'), connection.settings.issuer).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'invalid') return error
    throw error
  })
}
