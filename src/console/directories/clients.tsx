// Clients of a directory: who gets access tokens for it by a secret, by a key, or from a tenant of Entra ID.
import { type Context, Hono } from 'hono'
import {
  createDirectoryClient,
  type NewDirectoryClient,
  revokeDirectoryClient,
} from '#connections/directories/change-directory-clients.ts'
import { type DirectoryRecord, getDirectory } from '#connections/directories/directories.ts'
import {
  type ClientKind,
  type DirectoryClient,
  listDirectoryClients,
} from '#connections/directories/directory-clients.ts'
import { readPublicKeys } from '#connections/directories/read-public-keys.ts'
import { rotateDirectoryClient } from '#connections/directories/rotate-directory-client.ts'
import { renderPage } from '#http/pages.ts'
import type { Form } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { notFound } from '#platform/errors.ts'
import { requirePermission } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, endOfDay, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { clientKinds, MadeClientPage, NewClientPage, RevokeClientPage, RotateClientPage } from './client-pages.tsx'

const path = '/console/directories'

/** @returns an app to be mounted at `/console/directories/:id/clients` */
export function createClientPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/new', (c) => showNew(c, kindOf(c.req.query('kind')), emptyForm))

  pages.post('/new', (c) => {
    const directoryId = c.req.param('id') ?? ''
    const kind = kindOf(c.req.query('kind'))
    return submit(c, { again: (state) => showNew(c, kind, state) }, async (form) => {
      const wanted = { directoryId, ...wantedClient(kind, form) } as Parameters<typeof createDirectoryClient>[1]
      return showMade(c, await createDirectoryClient(c.get('ctx'), wanted))
    })
  })

  pages.get('/:clientId/rotate', (c) => showRotate(c, emptyForm))

  pages.post('/:clientId/rotate', async (c) => {
    const { client } = await clientAt(c)
    const word = client.kind === 'secret' ? client.name : undefined
    return submit(c, { again: (state) => showRotate(c, state), word }, async (form) => {
      const { directoryId, id: clientId } = client
      const keys = client.kind === 'secret' ? {} : { keys: publicKeysOf(form) }
      return showMade(c, await rotateDirectoryClient(c.get('ctx'), { directoryId, clientId, ...keys }))
    })
  })

  pages.get('/:clientId/revoke', (c) => showRevoke(c, emptyForm))

  pages.post('/:clientId/revoke', async (c) => {
    const { client } = await clientAt(c)
    return submit(c, { again: (state) => showRevoke(c, state), word: client.name }, async () => {
      await revokeDirectoryClient(c.get('ctx'), { directoryId: client.directoryId, clientId: client.id })
      return `${path}/${client.directoryId}?done=revoked`
    })
  })
  return pages
}

/** The first kind where the address names none. */
const kindOf = (text: string | undefined): ClientKind =>
  text !== undefined && Object.hasOwn(clientKinds, text) ? (text as ClientKind) : 'secret'

const publicKeysOf = (form: Form) => readPublicKeys(form['keys'] ?? '')

function wantedClient(kind: ClientKind, form: Form) {
  const common = { kind, name: form['name'] ?? '', expiresAt: endOfDay(form, 'expiresAt') ?? null }
  if (kind === 'secret') return common
  if (kind === 'private_key_jwt') return { ...common, keys: publicKeysOf(form) }
  const [audience, applicationId] = [textOf(form, 'audience'), textOf(form, 'applicationId')]
  return { ...common, tenantId: (form['tenantId'] ?? '').trim(), audience, applicationId }
}

async function showNew(c: Context<ConsoleEnv>, kind: ClientKind, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  requirePermission(frame.ctx, 'directories.write')
  const directory = await getDirectory(frame.ctx, c.req.param('id') ?? '')
  return renderForm(c, state, <NewClientPage {...{ frame, directory, kind, state }} />)
}

async function showMade(c: Context<ConsoleEnv>, client: NewDirectoryClient): Promise<Response> {
  const frame = frameOf(c)
  const directory = await getDirectory(frame.ctx, client.directoryId)
  return renderPage(c, <MadeClientPage {...{ frame, directory, client }} />)
}

/** Of the address; one that is revoked is not there any more. */
async function clientAt(c: Context<ConsoleEnv>): Promise<{ directory: DirectoryRecord; client: DirectoryClient }> {
  const ctx = c.get('ctx')
  requirePermission(ctx, 'directories.write')
  const { id = '', clientId } = c.req.param() as Record<string, string | undefined>
  const directory = await getDirectory(ctx, id)
  const client = (await listDirectoryClients(ctx, id)).find((each) => each.id === clientId && each.revokedAt === null)
  if (client === undefined) throw notFound('Client')
  return { directory, client }
}

async function showRotate(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const { directory, client } = await clientAt(c)
  if (client.kind === 'entra') throw notFound('Page')
  return renderForm(c, state, <RotateClientPage {...{ frame: frameOf(c), directory, client, state }} />)
}

async function showRevoke(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const { directory, client } = await clientAt(c)
  return renderForm(c, state, <RevokeClientPage {...{ frame: frameOf(c), directory, client, state }} />)
}
