// Roles: the matrix, packs, custom roles and who gets them. A custom role that people hold is changed by way of a preview.
import { type Context, Hono } from 'hono'
import { listPermissions } from '#access/decisions/catalogue.ts'
import { listMappings } from '#access/grants/mappings/mappings.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { deleteRole } from '#access/grants/roles/delete-role.ts'
import { installRolePack } from '#access/grants/roles/install-role-pack.ts'
import { rolePacks } from '#access/grants/roles/role-packs.ts'
import { countRoleUses } from '#access/grants/roles/role-uses.ts'
import { getRole, listRoles, type RoleRecord } from '#access/grants/roles/roles.ts'
import { listHolders } from '#access/people/list-holders.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { isPermitted, requirePermission } from '#src/context.ts'
import { showPreview } from '../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { formOfRole, RoleForm, roleOfForm } from './role-form.tsx'
import { RolePage } from './role-page.tsx'
import { RoleListPage } from './roles-page.tsx'

const shownHolders = 10

/** @returns an app to be mounted at `/console/roles` */
export function createRoles(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const frame = frameOf(c)
    const [roles, uses, catalogue] = await Promise.all([
      listRoles(frame.ctx),
      countRoleUses(frame.ctx),
      listPermissions(frame.ctx),
    ])
    const packs = rolePacks.map((pack) => ({ ...pack, isInstalled: pack.roles.every((role) => isThere(role, roles)) }))
    const byRank = roles.toSorted((a, b) => b.rank - a.rank)
    return renderPage(c, <RoleListPage {...{ frame, uses, catalogue, packs }} roles={byRank} />)
  })

  pages.post('/packs', async (c) => {
    const { pack = '' } = await readForm(c)
    await installRolePack(c.get('ctx'), pack)
    return c.redirect('/console/roles?done=installed', 303)
  })

  pages.get('/new', async (c) => {
    requirePermission(c.get('ctx'), 'roles.write')
    const from = c.req.query('from')
    const [ctx, catalogue] = [c.get('ctx'), await listPermissions(c.get('ctx'))]
    if (from === undefined) return showNew(c, emptyForm)
    const form = formOfRole(await getRole(ctx, from), catalogue)
    const { name = '', key = '' } = form.values
    return showNew(c, { ...form, values: { ...form.values, name: `${name} (copy)`, key: `${key}-copy` } })
  })

  pages.post('/', (c) =>
    submit(c, { again: (state) => showNew(c, state) }, async (form) => {
      const { id } = await createRole(c.get('ctx'), roleOfForm(form))
      return `/console/roles/${id}?done=created`
    }),
  )

  pages.get('/:id', async (c) => {
    const frame = frameOf(c)
    const role = await getRole(frame.ctx, c.req.param('id'))
    const all = isPermitted(frame.ctx, 'mappings.read') ? await listMappings(frame.ctx) : []
    const [uses, catalogue, holders] = await Promise.all([
      countRoleUses(frame.ctx),
      listPermissions(frame.ctx),
      isPermitted(frame.ctx, 'users.read')
        ? listHolders(frame.ctx, { filter: { roleId: role.id }, limit: shownHolders })
        : undefined,
    ])
    const mappings = all.filter((mapping) => mapping.role.id === role.id)
    const page = { frame, role, catalogue, mappings, holders }
    return renderPage(c, <RolePage {...page} use={uses.get(role.id)} />)
  })

  pages.get('/:id/edit', async (c) => {
    const role = await getRole(c.get('ctx'), c.req.param('id'))
    return showEdit(c, role, formOfRole(role, await listPermissions(c.get('ctx'))))
  })

  pages.post('/:id', async (c) => {
    const role = await getRole(c.get('ctx'), c.req.param('id'))
    return submit(c, { again: (state) => showEdit(c, role, state) }, (form) =>
      showPreview(c, {
        section: 'roles',
        title: `Change the role ${role.name}`,
        change: { kind: 'update_role', role: { roleId: role.id, ...roleOfForm(form) } },
        next: `/console/roles/${role.id}`,
        back: `/console/roles/${role.id}/edit`,
      }),
    )
  })

  pages.post('/:id/delete', async (c) => {
    await deleteRole(c.get('ctx'), c.req.param('id'))
    return c.redirect('/console/roles?done=deleted', 303)
  })
  return pages
}

const isThere = (role: { name: string; purpose: string }, roles: readonly RoleRecord[]): boolean =>
  roles.some(({ isBuiltIn, purpose }) => isBuiltIn && purpose === role.purpose)

async function showNew(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const catalogue = await listPermissions(frame.ctx)
  const page = (
    <ConsolePage frame={frame} section="roles" title="New role" trail={sectionTrail('roles')}>
      <RoleForm action="/console/roles" submit="Create the role" {...{ catalogue, state }} />
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

async function showEdit(c: Context<ConsoleEnv>, role: RoleRecord, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const catalogue = await listPermissions(frame.ctx)
  const trail = [...sectionTrail('roles'), { label: role.name, href: `/console/roles/${role.id}` }]
  const page = (
    <ConsolePage {...{ frame, trail }} section="roles" title={`Edit ${role.name}`}>
      <RoleForm action={`/console/roles/${role.id}`} submit="See what changes" {...{ catalogue, state }} />
    </ConsolePage>
  )
  return renderForm(c, state, page)
}
